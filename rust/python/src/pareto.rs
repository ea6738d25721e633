//! What no other model of a selection beats in everything.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use crate::ask::Asker;
use crate::selection::Selection;

#[pymethods]
impl Selection {
    /// The models that no other of the selection beats in all fields at once.
    #[pyo3(signature = (*fields))]
    fn pareto(&self, py: Python<'_>, fields: &Bound<'_, PyTuple>) -> PyResult<Self> {
        if fields.is_empty() {
            return Err(PyTypeError::new_err("pareto() takes the fields to compare by, at least one"));
        }
        let mut asker = Asker::new(py, self.published()).within();
        asker.keyword(&PyString::new(py, "by"), fields.as_any())?;
        let query = asker.finish().query;
        let (snapshot, rows) = (&self.published().snapshot, self.rows());
        Ok(self.with(py.detach(|| query.pareto(snapshot, rows))))
    }
}
