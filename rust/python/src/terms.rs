//! `any_of`, `all_of`, `none_of`: what a list of terms means where the keyword's own reading will not do.

use modeldex_engine::Mode;
use pyo3::prelude::*;

/// Terms and how they combine.
#[pyclass(frozen, eq, hash, module = "modeldex._core")]
#[derive(PartialEq, Eq, Hash)]
#[expect(clippy::struct_field_names, reason = "the terms of the terms are what Python sees")]
pub(crate) struct Terms {
    #[pyo3(get)]
    mode: String,
    #[pyo3(get)]
    terms: Vec<String>,
    #[pyo3(get)]
    pub(crate) missing_ok: bool,
}

impl Terms {
    pub(crate) fn of(mode: Mode, terms: Vec<String>, missing_ok: bool) -> Self {
        let mode = match mode {
            Mode::Any => "any",
            Mode::All => "all",
            Mode::None => "none",
        };
        Self { mode: mode.into(), terms, missing_ok }
    }

    pub(crate) fn mode(&self) -> Mode {
        mode(&self.mode).unwrap_or(Mode::Any)
    }

    pub(crate) fn terms(&self) -> &[String] {
        &self.terms
    }
}

/// The mode of this name.
pub(crate) fn mode(name: &str) -> Option<Mode> {
    match name {
        "any" => Some(Mode::Any),
        "all" => Some(Mode::All),
        "none" => Some(Mode::None),
        _ => None,
    }
}

#[pymethods]
impl Terms {
    #[new]
    fn new(mode: String, terms: Vec<String>, missing_ok: bool) -> PyResult<Self> {
        if self::mode(&mode).is_none() {
            return Err(pyo3::exceptions::PyValueError::new_err("mode is 'any', 'all' or 'none'"));
        }
        Ok(Self { mode, terms, missing_ok })
    }

    fn __repr__(&self) -> String {
        let terms: Vec<String> = self.terms.iter().map(|term| format!("{term:?}")).collect();
        format!("{}_of({}{})", self.mode, terms.join(", "), if self.missing_ok { ", missing_ok=True" } else { "" })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (String, Vec<String>, bool)) {
        let terms = slf.get();
        (slf.get_type().into_any(), (terms.mode.clone(), terms.terms.clone(), terms.missing_ok))
    }
}

#[pyfunction]
#[pyo3(signature = (*terms, missing_ok=false))]
pub(crate) fn any_of(terms: Vec<String>, missing_ok: bool) -> Terms {
    Terms { mode: "any".into(), terms, missing_ok }
}

#[pyfunction]
#[pyo3(signature = (*terms, missing_ok=false))]
pub(crate) fn all_of(terms: Vec<String>, missing_ok: bool) -> Terms {
    Terms { mode: "all".into(), terms, missing_ok }
}

#[pyfunction]
#[pyo3(signature = (*terms, missing_ok=false))]
pub(crate) fn none_of(terms: Vec<String>, missing_ok: bool) -> Terms {
    Terms { mode: "none".into(), terms, missing_ok }
}
