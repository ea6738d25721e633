//! The difference between two snapshots, as people see it.

use std::sync::Arc;

use modeldex_engine::{Difference, Row};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyMapping, PyMappingProxy, PyTuple};

use crate::error::OrRaise;
use crate::once;
use crate::published::Published;

/// Two states and the rows that were updated between them, until somebody asks for what was.
struct Updated {
    earlier: Arc<Published>,
    later: Arc<Published>,
    rows: Vec<(Row, Row)>,
}

/// What is different between two snapshots.
#[pyclass(frozen, module = "modeldex._core")]
pub(crate) struct Diff {
    #[pyo3(get)]
    added: Py<PyTuple>,
    #[pyo3(get)]
    removed: Py<PyTuple>,
    count: usize,
    pending: Option<Updated>,
    updated: PyOnceLock<Py<PyAny>>,
}

impl Diff {
    /// From the earlier state to the later one. Reads no field yet.
    pub(crate) fn between(py: Python<'_>, earlier: Arc<Published>, later: Arc<Published>) -> PyResult<Self> {
        // Two large states without a common past are compared document by document.
        let found = py.detach(|| later.snapshot.difference(&earlier.snapshot));
        let Difference { added, removed, updated } = found.or_raise(py)?;
        let ids = |state: &Published, rows: &[Row]| {
            let ids = rows.iter().filter_map(|row| state.snapshot.names().id(*row));
            PyTuple::new(py, ids.collect::<Vec<_>>()).map(Bound::unbind)
        };
        Ok(Self {
            added: ids(&later, &added)?,
            removed: ids(&earlier, &removed)?,
            count: updated.len(),
            pending: (!updated.is_empty()).then_some(Updated { earlier, later, rows: updated }),
            updated: PyOnceLock::new(),
        })
    }
}

#[pymethods]
impl Diff {
    /// Id -> field -> before and after.
    #[getter]
    fn updated<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let updated = once::get_or_make(&self.updated, py, || {
            let found = PyDict::new(py);
            if let Some(Updated { earlier, later, rows }) = &self.pending {
                let fields = py.import("modeldex.difference")?.getattr("fields")?;
                for (before, after) in rows {
                    let Some(id) = later.snapshot.names().id(*after) else { continue };
                    let document = |state: &Published, row| state.model(py, row)?.bind(py).getattr("document");
                    found.set_item(id, fields.call1((document(earlier, *before)?, document(later, *after)?))?)?;
                }
            }
            Ok(PyMappingProxy::new(py, found.as_mapping()).into_any().unbind())
        })?;
        Ok(updated.bind(py).clone())
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.added.bind(py).len() + self.removed.bind(py).len() + self.count
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let (added, removed) = (self.added.bind(py).len(), self.removed.bind(py).len());
        format!("<Diff {added} added, {removed} removed, {} updated>", self.count)
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Py<PyTuple>, Py<PyTuple>, Bound<'py, PyDict>))> {
        let updated = PyDict::new(py);
        updated.update(self.updated(py)?.cast::<PyMapping>()?)?;
        let parts = (self.added.clone_ref(py), self.removed.clone_ref(py), updated);
        Ok((py.import("modeldex._core")?.getattr("_diff")?, parts))
    }
}

/// Makes a difference again from what its pickle holds.
#[pyfunction]
#[pyo3(name = "_diff")]
pub(crate) fn restore(
    py: Python<'_>,
    added: Py<PyTuple>,
    removed: Py<PyTuple>,
    updated: Bound<'_, PyMapping>,
) -> PyResult<Diff> {
    let count = updated.len()?;
    let cell = PyOnceLock::new();
    once::keep(&cell, py, PyMappingProxy::new(py, &updated).into_any().unbind());
    Ok(Diff { added, removed, count, pending: None, updated: cell })
}
