//! The raw entry of the calls that a router makes on every request.
//!
//! `PyO3` passes `**keywords` through a tuple and a dict (measured for four conditions: 522 ns);
//! the vector call hands over the caller's own array (91 ns). This module turns it into
//! [`Arguments`] and is the only place that touches it.
#![expect(unsafe_code, reason = "the raw call of the design: five times faster than **keywords")]

use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::PyClass;
use pyo3::exceptions::{PyImportError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// What a call passed: positional values, then one value a keyword.
pub(crate) struct Arguments<'py> {
    py: Python<'py>,
    values: *const *mut ffi::PyObject,
    positional: usize,
    names: *mut ffi::PyObject,
    keywords: usize,
}

impl<'py> Arguments<'py> {
    /// The value at this place.
    fn value(&self, place: usize) -> Bound<'py, PyAny> {
        // SAFETY: the caller of the vector call keeps `positional + keywords` values alive for as
        // long as the call lasts, and every place asked for below is among them.
        unsafe { Bound::from_borrowed_ptr(self.py, *self.values.add(place)) }
    }

    pub(crate) fn positional(&self) -> impl Iterator<Item = Bound<'py, PyAny>> + '_ {
        (0..self.positional).map(|place| self.value(place))
    }

    pub(crate) fn len(&self) -> usize {
        self.positional + self.keywords
    }

    pub(crate) fn keywords(&self) -> impl Iterator<Item = PyResult<(Bound<'py, PyString>, Bound<'py, PyAny>)>> + '_ {
        (0..self.keywords).map(|at| {
            // SAFETY: `names` is a tuple of `keywords` texts (the protocol of the vector call).
            let name = unsafe { Bound::from_borrowed_ptr(self.py, ffi::PyTuple_GetItem(self.names, at.cast_signed())) };
            Ok((name.cast_into::<PyString>()?, self.value(self.positional + at)))
        })
    }

    /// Refuses positional arguments, for calls that have none.
    pub(crate) fn only_keywords(&self, call: &str) -> PyResult<()> {
        if self.positional == 0 {
            return Ok(());
        }
        Err(PyTypeError::new_err(format!("{call}() takes keywords only, {} positional given", self.positional)))
    }
}

/// The body of a method: what it is called on, and with.
pub(crate) trait Body<T> {
    fn call<'py>(slf: &Bound<'py, T>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>>;
}

unsafe extern "C" fn enter<T: PyClass, B: Body<T>>(
    slf: *mut ffi::PyObject,
    values: *const *mut ffi::PyObject,
    positional: ffi::Py_ssize_t,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls methods on an attached thread.
    let py = unsafe { Python::assume_attached() };
    let call = || {
        // SAFETY: a method descriptor checks that `slf` is of its class before it calls.
        let slf = unsafe { Bound::from_borrowed_ptr(py, slf).cast_into_unchecked::<T>() };
        // SAFETY: `names` is null or a tuple, by the protocol.
        let keywords = if names.is_null() { 0 } else { unsafe { ffi::PyTuple_Size(names) } };
        let arguments =
            Arguments { py, values, positional: positional.cast_unsigned(), names, keywords: keywords.cast_unsigned() };
        B::call(&slf, &arguments)
    };
    let result = match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result,
        Err(panic) => Err(crate::error::internal(py, &*panic)),
    };
    match result {
        Ok(value) => value.into_ptr(),
        Err(error) => {
            error.restore(py);
            std::ptr::null_mut()
        }
    }
}

/// Refuses to be imported by any interpreter but the main one: objects are shared by the process.
pub(crate) fn only_main_interpreter(_py: Python<'_>) -> PyResult<()> {
    // SAFETY: the token proves that this thread is attached, so it has a current interpreter.
    let id = unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) };
    if id == 0 { Ok(()) } else { Err(PyImportError::new_err("modeldex does not support subinterpreters")) }
}

/// Gives a class the method `name`. `doc` begins with the signature that `inspect` reads.
pub(crate) fn add_method<T: PyClass, B: Body<T>>(
    py: Python<'_>,
    name: &'static CStr,
    doc: &'static CStr,
) -> PyResult<()> {
    let class = py.get_type::<T>();
    // A method definition must outlive its class, and classes live as long as the process.
    let definition = Box::leak(Box::new(ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: enter::<T, B> },
        ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS,
        ml_doc: doc.as_ptr(),
    }));
    // SAFETY: the class is a type object, and the definition is never freed.
    let method = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyDescr_NewMethod(class.as_type_ptr(), definition))? };
    class.setattr(name.to_string_lossy(), method)
}
