//! `mx.scale`: which number of a field is worst and which is best, and what the field weighs.

use std::hash::{Hash, Hasher};

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};

use crate::error::invalid_condition;
use crate::values::number;

/// A scale and a weight on it.
#[pyclass(frozen, eq, hash, module = "modeldex._core")]
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub(crate) ends: modeldex_engine::Scale,
    pub(crate) weight: f64,
}

impl Hash for Scale {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let modeldex_engine::Scale { worst, best, log } = self.ends;
        (worst.to_bits(), best.to_bits(), log, self.weight.to_bits()).hash(state);
    }
}

/// An end of a scale: a number, or the days of a date.
fn end(value: &Bound<'_, PyAny>) -> PyResult<f64> {
    let date = value.is_instance_of::<PyString>() || value.hasattr("toordinal")?;
    Ok(number(value.py(), "a scale", date, value)? + 0.0)
}

/// A weight: a finite number of 0 or more.
pub(crate) fn weight(name: &str, value: &Bound<'_, PyAny>) -> PyResult<f64> {
    let py = value.py();
    let weight = number(py, "a weight", false, value)?;
    if weight < 0.0 {
        let message = format!(
            "the weight of {name} is less than 0; to want less of it, turn its scale round: \
             mx.scale(worst, best, weight={})",
            -weight
        );
        return Err(invalid_condition(py, name, &message));
    }
    if weight.is_infinite() {
        return Err(invalid_condition(py, name, &format!("the weight of {name} is not finite")));
    }
    Ok(weight + 0.0)
}

#[pymethods]
impl Scale {
    #[new]
    #[pyo3(signature = (worst, best, *, log=false, weight=None))]
    fn new(
        worst: &Bound<'_, PyAny>,
        best: &Bound<'_, PyAny>,
        log: bool,
        weight: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let ends = modeldex_engine::Scale { worst: end(worst)?, best: end(best)?, log };
        if let Some(fault) = ends.fault() {
            let message = format!("mx.scale({}, {}): {fault}", worst.repr()?, best.repr()?);
            return Err(invalid_condition(worst.py(), "a scale", &message));
        }
        Ok(Self { ends, weight: weight.map_or(Ok(1.0), |weight| self::weight("a scale", weight))? })
    }

    #[getter]
    fn worst(&self) -> f64 {
        self.ends.worst
    }

    #[getter]
    fn best(&self) -> f64 {
        self.ends.best
    }

    #[getter]
    fn log(&self) -> bool {
        self.ends.log
    }

    #[getter]
    fn weight(&self) -> f64 {
        self.weight
    }

    /// 0 for the worst, 1 for the best.
    fn worth(&self, value: &Bound<'_, PyAny>) -> PyResult<f64> {
        Ok(self.ends.worth(end(value)?))
    }

    pub(crate) fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let shown = |value: f64| -> PyResult<String> { Ok(value.into_pyobject(py)?.repr()?.to_string()) };
        let log = if self.ends.log { ", log=True" } else { "" };
        let weight = if self.weight.to_bits() == 1.0_f64.to_bits() {
            String::new()
        } else {
            format!(", weight={}", shown(self.weight)?)
        };
        Ok(format!("scale({}, {}{log}{weight})", shown(self.ends.worst)?, shown(self.ends.best)?))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (f64, f64, bool, f64))> {
        let scale = slf.get();
        let make = slf.py().import("modeldex._core")?.getattr("_scale")?;
        Ok((make, (scale.ends.worst, scale.ends.best, scale.ends.log, scale.weight)))
    }
}

#[pyfunction]
#[pyo3(signature = (worst, best, *, log=false, weight=None), text_signature = "(worst, best, *, log=False, weight=1.0)")]
pub(crate) fn scale(
    worst: &Bound<'_, PyAny>,
    best: &Bound<'_, PyAny>,
    log: bool,
    weight: Option<&Bound<'_, PyAny>>,
) -> PyResult<Scale> {
    Scale::new(worst, best, log, weight)
}

/// Makes a scale again from what its pickle holds.
#[pyfunction]
#[pyo3(name = "_scale")]
pub(crate) fn restore(
    worst: &Bound<'_, PyAny>,
    best: &Bound<'_, PyAny>,
    log: bool,
    weight: &Bound<'_, PyAny>,
) -> PyResult<Scale> {
    Scale::new(worst, best, log, Some(weight))
}

/// One term of a weighted sum, on the scale of the schema where it has none of its own.
#[derive(Clone, PartialEq)]
pub(crate) struct Term {
    pub(crate) field: String,
    pub(crate) weight: f64,
    pub(crate) scale: Option<Scale>,
}

impl Eq for Term {}

impl Hash for Term {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.field, self.weight.to_bits(), self.scale).hash(state);
    }
}

/// The terms of a mapping from fields to weights or scales.
pub(crate) fn terms(given: &Bound<'_, PyAny>) -> PyResult<Vec<Term>> {
    let py = given.py();
    let wrong = |name: &str, message: &str| Err(invalid_condition(py, name, message));
    let Some(items) = given.getattr_opt("items")?.filter(|_| !given.is_instance_of::<PyString>()) else {
        return wrong("weighted", "weighted takes a mapping from fields to weights: {\"scores.coding\": 0.7}");
    };
    let mut terms: Vec<Term> = Vec::new();
    for item in items.call0()?.try_iter()? {
        let (field, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item?.extract()?;
        let Ok(field) = field.cast::<PyString>() else {
            return wrong("weighted", "weighted takes fields by name: {\"input_price\": 0.3}");
        };
        let field = field.to_string_lossy().into_owned();
        let term = match value.cast::<Scale>() {
            Ok(scale) => Term { field, weight: scale.get().weight, scale: Some(*scale.get()) },
            Err(_) if value.is_instance_of::<PyBool>() => return wrong(&field, "a weight is a number, not a bool"),
            Err(_) => Term { weight: weight(&field, &value)?, field, scale: None },
        };
        terms.push(term);
    }
    let sum: f64 = terms.iter().map(|term| term.weight).sum();
    if sum == 0.0 {
        return wrong("weighted", "weighted needs a weight above 0 to order by");
    }
    if sum.is_infinite() {
        return wrong("weighted", "the weights are too large to be added");
    }
    Ok(terms)
}

/// What [`terms`] was made from.
pub(crate) fn mapping<'py>(py: Python<'py>, terms: &[Term]) -> PyResult<Bound<'py, PyDict>> {
    let mapping = PyDict::new(py);
    for term in terms {
        match term.scale {
            Some(scale) => mapping.set_item(&term.field, Bound::new(py, scale)?)?,
            None => mapping.set_item(&term.field, term.weight)?,
        }
    }
    Ok(mapping)
}
