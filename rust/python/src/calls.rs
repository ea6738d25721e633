//! The calls of a registry that every request makes; they come in through the raw entry.

use modeldex_engine::Values;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFrozenSet, PyIterator, PyList, PySet, PyTuple};

use crate::ask::Asker;
use crate::entry::{Arguments, Body};
use crate::leisure::aside;
use crate::query::Query;
use crate::registry::Registry;
use crate::selection::Selection;

pub(crate) struct Select;

impl Body<Registry> for Select {
    fn call<'py>(slf: &Bound<'py, Registry>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        let (py, state) = (slf.py(), slf.get().published(slf.py())?);
        let question = Asker::new(py, &state).asked(arguments)?;
        let exclude = question.excluded(&state);
        let values = Values { exclude: &exclude, ..Values::default() };
        let rows = aside(py, &state.snapshot, || question.query.select(&state.snapshot, values));
        Ok(Py::new(py, Selection::new(state, rows))?.into_any())
    }
}

pub(crate) struct Best;

impl Body<Registry> for Best {
    fn call<'py>(slf: &Bound<'py, Registry>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        let (py, state) = (slf.py(), slf.get().published(slf.py())?);
        let question = Asker::new(py, &state).asked(arguments)?;
        match question.query.best(&state.snapshot, Values { exclude: &question.excluded(&state), ..Values::default() })
        {
            Some(row) => Ok(state.model(py, row)?.into_any()),
            None => Ok(py.None()),
        }
    }
}

pub(crate) struct Count;

impl Body<Registry> for Count {
    fn call<'py>(slf: &Bound<'py, Registry>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        let (py, state) = (slf.py(), slf.get().published(slf.py())?);
        let question = Asker::new(py, &state).asked(arguments)?;
        let exclude = question.excluded(&state);
        let values = Values { exclude: &exclude, ..Values::default() };
        let count = aside(py, &state.snapshot, || question.query.count(&state.snapshot, values));
        Ok(count.into_pyobject(py)?.into_any().unbind())
    }
}

pub(crate) struct Prepare;

impl Body<Registry> for Prepare {
    fn call<'py>(slf: &Bound<'py, Registry>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        let keywords = PyDict::new(py);
        for keyword in arguments.keywords() {
            let (name, value) = keyword?;
            keywords.set_item(name, own(&value)?)?;
        }
        let conditions = PyTuple::new(py, arguments.positional().collect::<Vec<_>>())?;
        Ok(Py::new(py, Query::prepare(slf, conditions, keywords)?)?.into_any())
    }
}

/// A value that its caller cannot change afterwards: lists and what is walked once become tuples.
pub(crate) fn own<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyIterator>() {
        return Ok(PyTuple::new(value.py(), value.try_iter()?.collect::<PyResult<Vec<_>>>()?)?.into_any());
    }
    if value.is_instance_of::<PySet>() {
        return Ok(PyFrozenSet::new(value.py(), value.try_iter()?.collect::<PyResult<Vec<_>>>()?)?.into_any());
    }
    Ok(value.clone())
}
