//! The state of a registry at one moment, as people see it.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::difference::Diff;
use crate::error::OrRaise;
use crate::published::Published;

/// A state of a registry; it never changes.
#[pyclass(frozen, module = "modeldex._core")]
pub(crate) struct Snapshot {
    pub(crate) published: Arc<Published>,
}

#[pymethods]
impl Snapshot {
    /// How many changes led here.
    #[getter]
    fn version(&self) -> u64 {
        self.published.snapshot.version()
    }

    /// 32 hexadecimal digits; equal content, equal fingerprint, whatever the order.
    #[getter]
    fn fingerprint(&self) -> String {
        format!("{:032x}", self.published.snapshot.fingerprint())
    }

    /// What is different from an earlier snapshot, or from any other: by id.
    fn diff(&self, py: Python<'_>, earlier: &Self) -> PyResult<Diff> {
        Diff::between(py, earlier.published.clone(), self.published.clone())
    }

    fn __len__(&self) -> usize {
        self.published.snapshot.len() as usize
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let (py, own) = (slf.py(), slf.get());
        let bytes = py.detach(|| own.published.snapshot.to_file()).or_raise(py)?;
        Ok((py.import("modeldex._core")?.getattr("_snapshot")?, (PyBytes::new(py, &bytes),)))
    }

    fn __repr__(&self) -> String {
        let snapshot = &self.published.snapshot;
        format!(
            "<Snapshot version={} models={} fingerprint={:032x}>",
            snapshot.version(),
            snapshot.len(),
            snapshot.fingerprint()
        )
    }
}

/// Makes a snapshot again from what its pickle holds; the count of changes begins anew.
#[pyfunction]
#[pyo3(name = "_snapshot")]
pub(crate) fn restore(py: Python<'_>, bytes: &Bound<'_, PyBytes>) -> PyResult<Snapshot> {
    Ok(Snapshot { published: Arc::new(crate::registry::open_bytes(py, bytes.as_bytes())?) })
}
