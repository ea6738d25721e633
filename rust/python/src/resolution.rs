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

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let candidates = self.candidates.bind(py).len();
        Ok(match &self.model {
            Some(model) => {
                format!("<Resolution {:?}: {} by {}>", self.text, model.bind(py).repr()?, self.how.unwrap_or("?"))
            }
            None if self.ambiguous => format!("<Resolution {:?}: ambiguous, {candidates} candidates>", self.text),
            None => format!("<Resolution {:?}: nothing certain, {candidates} candidates>", self.text),
        })
    }
}
