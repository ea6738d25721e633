//! Errors of the engine become the exceptions of `modeldex.errors`: one match, here.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use modeldex_engine::Error;
use pyo3::call::PyCallArgs;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// An exception of `modeldex.errors`, made from the arguments of its constructor.
pub(crate) fn raise<'py>(py: Python<'py>, class: &str, arguments: impl PyCallArgs<'py>) -> PyErr {
    let made = py.import("modeldex.errors").and_then(|errors| errors.getattr(class)?.call1(arguments));
    match made {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

/// The exception for an error of the engine.
pub(crate) fn from_engine(py: Python<'_>, error: Error) -> PyErr {
    let text = error.to_string();
    match error {
        Error::NotFound(id) => raise(py, "ModelNotFoundError", (id,)),
        Error::DuplicateId(id) => raise(py, "DuplicateModelError", (id,)),
        Error::AliasTaken { id, alias, by } => raise(py, "DuplicateModelError", (id, alias, by)),
        Error::InvalidName { what, .. } => {
            let path = match what {
                "an alias" => "aliases",
                "a measure" => "metadata",
                "a term" => "",
                _ => "id",
            };
            invalid(py, path, &text)
        }
        Error::UnknownField { name, what, nearest } => raise(py, "UnknownFieldError", (name, nearest, what)),
        Error::UnknownTerm { facet, term, nearest } => raise(py, "UnknownTermError", (term, facet, nearest)),
        Error::InvalidNumber { measure, why } => invalid(py, &measure, why),
        Error::Full => raise(py, "ModeldexError", (text,)),
        Error::TooManyMeasures(_) => invalid(py, "metadata", &text),
        Error::File(why) => raise(py, "CatalogueError", (why,)),
        Error::Vocabulary(_) => raise(py, "CatalogueError", (text,)),
    }
}

fn invalid(py: Python<'_>, path: &str, message: &str) -> PyErr {
    match PyTuple::new(py, [(path, message)]) {
        Ok(problems) => raise(py, "InvalidModelError", (problems,)),
        Err(error) => error,
    }
}

/// A condition that asks nothing sensible.
pub(crate) fn invalid_condition(py: Python<'_>, name: &str, message: &str) -> PyErr {
    raise(py, "InvalidConditionError", (message, name))
}

/// A result of the engine as one of Python.
pub(crate) trait OrRaise<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for modeldex_engine::Result<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| from_engine(py, error))
    }
}

/// Runs `work`; a panic in it becomes an ordinary `InternalError`, and nothing was published.
pub(crate) fn guarded<T>(py: Python<'_>, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(internal(py, &*panic)))
}

pub(crate) fn internal(py: Python<'_>, panic: &(dyn Any + Send)) -> PyErr {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    raise(py, "InternalError", (format!("a defect of modeldex: {}", text.unwrap_or("an unknown panic")),))
}
