//! The names nearest to a text.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyList, PyString};

use crate::error::guarded;
use crate::leisure::aside;
use crate::model::Model;
use crate::registry::Registry;
use crate::remembered::Question;

/// A name that is near to a text, and the model that it leads to.
#[pyclass(frozen, module = "modeldex._core")]
pub(crate) struct Near {
    #[pyo3(get)]
    model: Py<Model>,
    #[pyo3(get)]
    name: Py<PyString>,
    #[pyo3(get)]
    score: f64,
}

#[pymethods]
impl Near {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (name, model) = (self.name.bind(py).repr()?, self.model.bind(py).repr()?);
        Ok(format!("<Near {name} score={:.3}: {model}>", self.score))
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let Ok(other) = other.cast::<Self>() else { return Ok(py.NotImplemented()) };
        let other = other.get();
        let same = self.score.to_bits() == other.score.to_bits()
            && self.name.bind(py).as_any().eq(&other.name)?
            && self.model.bind(py).as_any().eq(&other.model)?;
        Ok(PyBool::new(py, same).to_owned().into_any().unbind())
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        (&self.name, self.score).into_pyobject(py)?.hash()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Py<Model>, Py<PyString>, f64))> {
        let (py, near) = (slf.py(), slf.get());
        let parts = (near.model.clone_ref(py), near.name.clone_ref(py), near.score);
        Ok((py.import("modeldex._core")?.getattr("_near")?, parts))
    }
}

/// Makes an item again from what its pickle holds.
#[pyfunction]
#[pyo3(name = "_near")]
pub(crate) fn restore(model: Py<Model>, name: Py<PyString>, score: f64) -> Near {
    Near { model, name, score }
}

/// How many names are asked for; more than there can be is all of them.
struct Limit(usize);

/// The least score that is asked for.
struct Cutoff(f64);

fn kind(value: &Bound<'_, PyAny>) -> String {
    value.get_type().qualname().map_or_else(|_| String::new(), |name| name.to_string())
}

impl FromPyObject<'_, '_> for Limit {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if !value.is_instance_of::<PyInt>() || value.is_instance_of::<PyBool>() {
            return Err(PyTypeError::new_err(format!("how many names at most is an int, not {}", kind(&value))));
        }
        if value.lt(0)? {
            return Err(PyValueError::new_err("limit is how many names at most: 0 or more"));
        }
        Ok(Self(value.extract().unwrap_or(usize::MAX)))
    }
}

impl FromPyObject<'_, '_> for Cutoff {
    type Error = PyErr;

    #[expect(clippy::cast_possible_truncation, reason = "meant, see below")]
    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let is_number = value.is_instance_of::<PyFloat>() || value.is_instance_of::<PyInt>();
        if !is_number || value.is_instance_of::<PyBool>() {
            return Err(PyTypeError::new_err(format!("the least score is a float from 0 to 1, not {}", kind(&value))));
        }
        match value.extract::<f64>() {
            // rapidfuzz reads a cutoff as a float of 32 bits: what it finds is found here.
            Ok(cutoff) if (0.0..=1.0).contains(&cutoff) => Ok(Self(f64::from(cutoff as f32))),
            _ => Err(PyValueError::new_err("cutoff is the least score of what is found: from 0 to 1")),
        }
    }
}

#[pymethods]
impl Registry {
    /// The names nearest to a text, by normalised Levenshtein similarity.
    #[pyo3(signature = (text, limit=Limit(5), cutoff=Cutoff(f64::from(0.6_f32))), text_signature = "($self, text, limit=5, cutoff=0.6)")]
    fn nearest<'py>(
        &self,
        py: Python<'py>,
        text: &Bound<'py, PyString>,
        limit: Limit,
        cutoff: Cutoff,
    ) -> PyResult<Bound<'py, PyList>> {
        let found = PyList::empty(py);
        // A text that is no UTF-8 (a lone surrogate) is near to nothing.
        let Ok(text) = text.to_str() else { return Ok(found) };
        let state = self.published(py)?;
        let question = Question { text, limit: limit.0, cutoff: cutoff.0 };
        let answer = match self.answers().get(question, state.snapshot.names_stamp()) {
            Some(answer) => answer,
            None => {
                let ask = || state.snapshot.near(text, limit.0, cutoff.0);
                let near = guarded(py, || Ok(aside(py, &state.snapshot, ask)))?;
                self.answers().put(question, &state.snapshot, &near)
            }
        };
        for (name, row, score) in &*answer {
            let name = PyString::new(py, name).unbind();
            found.append(Near { model: state.model(py, *row)?, name, score: *score })?;
        }
        Ok(found)
    }

    /// The ids nearest to a text.
    #[pyo3(signature = (text, limit=3))]
    fn suggest(&self, py: Python<'_>, text: &Bound<'_, PyString>, limit: usize) -> PyResult<Vec<String>> {
        let text = &*text.to_string_lossy();
        let state = self.published(py)?;
        let near = aside(py, &state.snapshot, || state.snapshot.suggest(text, limit));
        Ok(near.into_iter().map(|(_, id)| id.to_owned()).collect())
    }

    /// Every name that leads to a model: ids and their aliases in the order of registration, then bare names.
    fn names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let state = self.published(py)?;
        let names: Vec<&str> = guarded(py, || {
            Ok(aside(py, &state.snapshot, || state.snapshot.every_name().map(|(name, _)| name).collect()))
        })?;
        PyList::new(py, names)
    }
}
