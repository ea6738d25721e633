//! What a text might have meant.

use pyo3::basic::CompareOp;
use pyo3::prelude::*;

use crate::model::Model;

/// A model that a text might have meant, and why; equal to its model.
#[pyclass(frozen, module = "modeldex._core")]
pub(crate) struct Candidate {
    #[pyo3(get)]
    pub(crate) model: Py<Model>,
    /// The name that led to it.
    #[pyo3(get)]
    pub(crate) name: String,
    #[pyo3(get)]
    pub(crate) score: f64,
    #[pyo3(get)]
    pub(crate) reason: String,
}

#[pymethods]
impl Candidate {
    #[getter]
    fn id(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.model.getattr(py, "id")
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<Candidate {} {:.2}: {}>", self.id(py)?.bind(py).repr()?, self.score, self.reason))
    }

    /// A candidate stands for its model: `model in resolution.candidates`.
    fn __richcmp__<'py>(&self, other: &Bound<'py, PyAny>, operator: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        let model = self.model.bind(other.py());
        match other.cast::<Self>() {
            Ok(other) => model.rich_compare(&other.get().model, operator),
            Err(_) => model.rich_compare(other, operator),
        }
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.model.bind(py).hash()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Py<Model>, String, f64, String))> {
        let (py, candidate) = (slf.py(), slf.get());
        let parts = (candidate.model.clone_ref(py), candidate.name.clone(), candidate.score, candidate.reason.clone());
        Ok((py.import("modeldex._core")?.getattr("_candidate")?, parts))
    }
}

/// Makes a candidate again from what its pickle holds.
#[pyfunction]
#[pyo3(name = "_candidate")]
pub(crate) fn restore(model: Py<Model>, name: String, score: f64, reason: String) -> Candidate {
    Candidate { model, name, score, reason }
}
