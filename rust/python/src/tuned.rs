//! The forms of the ids of tuned models, asked from Python.

use modeldex_engine::Markers as Forms;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// What an id says: kind, base, owner, suffix, id, date, step, front, head.
type Parts<'a> = (
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
    &'a str,
);

#[pyclass(frozen, module = "modeldex._core")]
pub(crate) struct Markers(Forms);

#[pymethods]
impl Markers {
    #[new]
    fn new(text: &str) -> PyResult<Self> {
        serde_json::from_str(text)
            .map(Self)
            .map_err(|why| PyValueError::new_err(format!("the forms of tuned models cannot be read: {why}")))
    }

    #[pyo3(signature = (text, /))]
    fn tuned<'a>(&'a self, text: &'a str) -> Option<Parts<'a>> {
        let tuned = self.0.tuned(text)?;
        let owned = (tuned.kind, tuned.base, tuned.owner, tuned.suffix, tuned.id);
        let (kind, base, owner, suffix, id) = owned;
        Some((kind, base, owner, suffix, id, tuned.date, tuned.step, tuned.front, tuned.head))
    }

    #[pyo3(signature = (text, /))]
    fn resource<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.0.resource(text)
    }
}
