//! What a text was resolved to, and how.

use modeldex_engine::{Row, TermId};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyString, PyTuple};

use crate::candidate::Candidate;
use crate::error::OrRaise;
use crate::inherit::inherited;
use crate::leisure::aside;
use crate::model::Model;
use crate::published::Published;
use crate::registry::Registry;

/// The answer of `resolve`: false where nothing is certain.
#[pyclass(frozen, module = "modeldex._core")]
pub(crate) struct Resolution {
    /// What was asked for.
    #[pyo3(get)]
    text: String,
    #[pyo3(get)]
    model: Option<Py<Model>>,
    /// The step that found it, or None where nothing is certain.
    #[pyo3(get)]
    how: Option<String>,
    /// 1.0 for a name as it stands, less for each further step, 0.0 for nothing.
    #[pyo3(get)]
    score: f64,
    #[pyo3(get)]
    reason: String,
    /// What it might have meant, the likeliest first.
    #[pyo3(get)]
    candidates: Py<PyTuple>,
    /// Whether several models have that name.
    #[pyo3(get)]
    ambiguous: bool,
}

#[pymethods]
impl Resolution {
    fn __bool__(&self) -> bool {
        self.model.is_some()
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let Ok(other) = other.cast::<Self>() else { return Ok(py.NotImplemented()) };
        let other = other.get();
        let same = (&self.text, &self.how, &self.reason, self.score.to_bits(), self.ambiguous)
            == (&other.text, &other.how, &other.reason, other.score.to_bits(), other.ambiguous)
            && match (&self.model, &other.model) {
                (Some(one), Some(other)) => one.bind(py).as_any().eq(other)?,
                (one, other) => one.is_none() && other.is_none(),
            }
            && self.candidates.bind(py).as_any().eq(&other.candidates)?;
        Ok(PyBool::new(py, same).to_owned().into_any().unbind())
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        (&self.text, &self.how, self.score).into_pyobject(py)?.hash()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Parts)> {
        let (py, resolution) = (slf.py(), slf.get());
        let parts = (
            resolution.text.clone(),
            resolution.model.as_ref().map(|model| model.clone_ref(py)),
            resolution.how.clone(),
            resolution.score,
            resolution.reason.clone(),
            resolution.candidates.clone_ref(py),
            resolution.ambiguous,
        );
        Ok((py.import("modeldex._core")?.getattr("_resolution")?, parts))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let text: String = self.text.chars().take(80).collect();
        let candidates = self.candidates.bind(py).len();
        Ok(match (&self.model, &self.how) {
            (Some(model), Some(how)) => {
                let model = model.bind(py).repr()?;
                format!("<Resolution {text:?}: {model} by {how}, {:.2}: {}>", self.score, self.reason)
            }
            _ if self.ambiguous => format!("<Resolution {text:?}: ambiguous, {candidates} candidates>"),
            _ => format!("<Resolution {text:?}: nothing certain, {candidates} candidates>"),
        })
    }
}

/// What the pickle of a resolution holds.
type Parts = (String, Option<Py<Model>>, Option<String>, f64, String, Py<PyTuple>, bool);

/// Makes a resolution again from what its pickle holds.
#[pyfunction]
#[pyo3(name = "_resolution")]
pub(crate) fn restore(
    text: String,
    model: Option<Py<Model>>,
    how: Option<String>,
    score: f64,
    reason: String,
    candidates: Py<PyTuple>,
    ambiguous: bool,
) -> Resolution {
    Resolution { text, model, how, score, reason, candidates, ambiguous }
}

/// A floor between 0 and 1.
fn checked(floor: f64) -> PyResult<f64> {
    if (0.0..=1.0).contains(&floor) {
        return Ok(floor);
    }
    Err(PyValueError::new_err(format!("a floor is a score between 0 and 1, not {floor}")))
}

/// The terms of the providers that are named, one or several.
fn providers(py: Python<'_>, state: &Published, named: &Bound<'_, PyAny>) -> PyResult<Vec<TermId>> {
    let odd = || PyTypeError::new_err("a provider is a text, or several of them in a list or a set");
    let names: Vec<String> = match named.cast::<PyString>() {
        Ok(name) => vec![name.to_string_lossy().into_owned()],
        Err(_) if named.is_instance_of::<PyBytes>() => return Err(odd()),
        Err(_) => {
            let names = named.try_iter().map_err(|_| odd())?;
            names.map(|name| name?.extract().map_err(|_| odd())).collect::<PyResult<_>>()?
        }
    };
    let vocabulary = state.snapshot.vocabulary();
    let facet = vocabulary.names().map(|names| vocabulary.facet(&names.provider)).transpose().or_raise(py)?;
    let Some(facet) = facet else { return Ok(Vec::new()) };
    let facets = state.snapshot.facets();
    // Case does not matter in a text, so it does not beside one.
    let term = |name: &String| match facets.find(facet, &name.to_lowercase()) {
        Some(term) if facets.find(facet, name).is_none() => Ok(term),
        _ => facets.term(vocabulary, facet, name).or_raise(py),
    };
    names.iter().map(term).collect()
}

/// The model of a row, or where the text names one that was made from it, that one.
fn made(py: Python<'_>, state: &Published, row: Row, text: &str, derived: bool) -> PyResult<Py<Model>> {
    let base = state.model(py, row)?;
    if !derived {
        return Ok(base);
    }
    let text = text.trim();
    let base_id = state.snapshot.names().id(row).unwrap_or_default();
    let front = base_id.split_once('/').map_or("", |(front, _)| front);
    let api_name = text.strip_prefix(front).and_then(|rest| rest.strip_prefix('/')).unwrap_or(text);
    match inherited(base.get().document_bytes(), base_id, text, api_name) {
        Some(document) => Py::new(py, Model::read(py, document, &state.words)?),
        None => Err(PyValueError::new_err(format!("the document of {base_id:?} cannot be read"))),
    }
}

#[pymethods]
impl Registry {
    /// What a text means; see the stub.
    #[pyo3(signature = (text, provider=None, floor=0.0))]
    fn resolve(
        &self,
        py: Python<'_>,
        text: &Bound<'_, PyString>,
        provider: Option<&Bound<'_, PyAny>>,
        floor: f64,
    ) -> PyResult<Resolution> {
        let floor = checked(floor)?;
        let state = self.published(py)?;
        let providers = provider.map(|named| providers(py, &state, named)).transpose()?;
        let shown = text.to_string_lossy().into_owned();
        // A text that is no UTF-8 (a lone surrogate) names nothing.
        let found = match text.to_str() {
            Ok(text) => aside(py, &state.snapshot, || state.snapshot.resolve(text, providers.as_deref(), floor)),
            Err(_) => modeldex_engine::Resolution::default(),
        };
        let candidates = found.candidates.into_iter().map(|candidate| {
            let model = state.model(py, candidate.row)?;
            Py::new(
                py,
                Candidate {
                    model,
                    name: candidate.name,
                    score: candidate.score,
                    reason: candidate.reason.into_owned(),
                },
            )
        });
        let candidates = candidates.collect::<PyResult<Vec<_>>>()?;
        Ok(Resolution {
            model: found.row.map(|row| made(py, &state, row, &shown, found.derived)).transpose()?,
            text: shown,
            how: found.how.map(|how| how.name().to_owned()),
            score: found.score,
            reason: found.reason.into_owned(),
            candidates: PyTuple::new(py, candidates)?.unbind(),
            ambiguous: found.ambiguous,
        })
    }
}
