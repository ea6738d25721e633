//! Queries as data and as text; reading and writing both is Python's (`modeldex.queries`).

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::{Query, restore};
use crate::registry::Registry;

/// The query of what `modeldex.queries` reads, bound where there is a registry.
fn read(
    py: Python<'_>,
    function: &str,
    written: &Bound<'_, PyAny>,
    registry: Option<&Bound<'_, Registry>>,
) -> PyResult<Query> {
    let parts = py.import("modeldex.queries")?.getattr(function)?.call1((written,))?;
    let parts = parts.cast::<PyTuple>()?;
    let (conditions, keywords) =
        (parts.get_item(0)?.cast_into::<PyTuple>()?, parts.get_item(1)?.cast_into::<PyDict>()?);
    match registry {
        Some(registry) => Query::prepare(registry, conditions, keywords),
        None => Ok(restore(conditions.unbind(), keywords.unbind())),
    }
}

#[pymethods]
impl Query {
    #[staticmethod]
    #[pyo3(signature = (mapping, registry=None))]
    fn from_dict(py: Python<'_>, mapping: &Bound<'_, PyAny>, registry: Option<&Bound<'_, Registry>>) -> PyResult<Self> {
        read(py, "from_dict", mapping, registry)
    }

    #[staticmethod]
    #[pyo3(signature = (text, registry=None))]
    fn from_text(py: Python<'_>, text: &Bound<'_, PyAny>, registry: Option<&Bound<'_, Registry>>) -> PyResult<Self> {
        read(py, "from_text", text, registry)
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("modeldex.queries")?.getattr("to_dict")?.call1((&self.conditions, &self.keywords))
    }

    fn __str__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("modeldex.queries")?.getattr("to_text")?.call1((&self.conditions, &self.keywords))
    }
}
