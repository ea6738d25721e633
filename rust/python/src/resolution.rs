//! What a text was resolved to, and how.

use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::model::Model;

/// The answer of `resolve`: false where nothing is certain.
#[pyclass(frozen, module = "modeldex._core")]
pub(crate) struct Resolution {
    /// What was asked for.
    #[pyo3(get)]
    pub(crate) text: String,
    #[pyo3(get)]
    pub(crate) model: Option<Py<Model>>,
    /// `exact`, `alias`, or None where nothing is certain.
    #[pyo3(get)]
    pub(crate) how: Option<&'static str>,
    /// 1.0 for a certain answer, 0.0 for none.
    #[pyo3(get)]
    pub(crate) score: f64,
    /// What it might have meant: models, the likeliest first.
    #[pyo3(get)]
    pub(crate) candidates: Py<PyTuple>,
    /// Whether the text is a bare name of several offerings.
    #[pyo3(get)]
    pub(crate) ambiguous: bool,
}

#[pymethods]
impl Resolution {
    fn __bool__(&self) -> bool {
        self.model.is_some()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Parts)> {
        let (py, resolution) = (slf.py(), slf.get());
        let model = resolution.model.as_ref().map(|model| model.clone_ref(py));
        let how = resolution.how.map(str::to_owned);
        let candidates = resolution.candidates.clone_ref(py);
        let parts = (resolution.text.clone(), model, how, resolution.score, candidates, resolution.ambiguous);
        Ok((py.import("modeldex._core")?.getattr("_resolution")?, parts))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let text: String = self.text.chars().take(80).collect();
        let candidates = self.candidates.bind(py).len();
        Ok(match &self.model {
            Some(model) => {
                format!("<Resolution {text:?}: {} by {}>", model.bind(py).repr()?, self.how.unwrap_or("?"))
            }
            None if self.ambiguous => format!("<Resolution {text:?}: ambiguous, {candidates} candidates>"),
            None => format!("<Resolution {text:?}: nothing certain, {candidates} candidates>"),
        })
    }
}

/// What the pickle of a resolution holds.
type Parts = (String, Option<Py<Model>>, Option<String>, f64, Py<PyTuple>, bool);

/// Makes a resolution again from what its pickle holds.
#[pyfunction]
#[pyo3(name = "_resolution")]
pub(crate) fn restore(
    text: String,
    model: Option<Py<Model>>,
    how: Option<String>,
    score: f64,
    candidates: Py<PyTuple>,
    ambiguous: bool,
) -> Resolution {
    let how = match how.as_deref() {
        Some("exact") => Some("exact"),
        Some("alias") => Some("alias"),
        _ => None,
    };
    Resolution { text, model, how, score, candidates, ambiguous }
}
