//! Values that callers pass: texts, numbers, dates, models.

use modeldex_engine::{Row, Snapshot};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple};

use crate::error::invalid_condition;
use crate::model::Model;
use crate::question::Usd;

/// The ids of ids or models.
pub(crate) fn excluded(value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let mut ids = Vec::new();
    let mut add = |item: &Bound<'_, PyAny>| -> PyResult<()> {
        let id = match item.cast::<Model>() {
            Ok(model) => model.getattr(intern!(item.py(), "id"))?,
            Err(_) => item.clone(),
        };
        let id = text(item.py(), "exclude", &id)?;
        ids.push(id.to_string_lossy().into_owned());
        Ok(())
    };
    if value.is_instance_of::<PyString>() || value.is_instance_of::<Model>() {
        add(value)?;
    } else {
        value.try_iter()?.try_for_each(|item| add(&item?))?;
    }
    Ok(ids)
}

/// The rows that ids or models lead to; None is none of them, and what is gone leads nowhere.
pub(crate) fn excluded_rows(snapshot: &Snapshot, value: &Bound<'_, PyAny>) -> PyResult<Vec<Row>> {
    let ids = if value.is_none() { Vec::new() } else { excluded(value)? };
    Ok(ids.iter().filter_map(|id| snapshot.lookup(id).row()).collect())
}

/// A text, or an error that says what was given.
pub(crate) fn text<'a, 'py>(
    py: Python<'py>,
    name: &str,
    value: &'a Bound<'py, PyAny>,
) -> PyResult<&'a Bound<'py, PyString>> {
    value.cast::<PyString>().map_err(|_| {
        let kind = value.get_type().qualname().map_or_else(|_| String::new(), |name| name.to_string());
        invalid_condition(py, name, &format!("{name} takes a text, not {kind}"))
    })
}

/// Calls `one` with a text, or with each of a list, tuple or set of texts.
pub(crate) fn each_text(
    py: Python<'_>,
    value: &Bound<'_, PyAny>,
    mut one: impl FnMut(&str) -> PyResult<()>,
) -> PyResult<()> {
    if let Ok(term) = value.cast::<PyString>() {
        return one(&term.to_string_lossy());
    }
    if let Ok(terms) = value.cast::<PyList>() {
        return terms.iter().try_for_each(|term| one(&text(py, "a condition", &term)?.to_string_lossy()));
    }
    if let Ok(terms) = value.cast::<PyTuple>() {
        return terms.iter().try_for_each(|term| one(&text(py, "a condition", &term)?.to_string_lossy()));
    }
    if value.is_instance_of::<PySet>() || value.is_instance_of::<PyFrozenSet>() {
        return value.try_iter()?.try_for_each(|term| one(&text(py, "a condition", &term?)?.to_string_lossy()));
    }
    let kind = value.get_type().qualname()?;
    Err(invalid_condition(py, "", &format!("a condition on terms takes a text or a list of texts, not {kind}")))
}

/// A number, or with `date` the days of a date since 1970-01-01.
pub(crate) fn number(py: Python<'_>, name: &str, date: bool, value: &Bound<'_, PyAny>) -> PyResult<f64> {
    let refuse = |what: &str| {
        Err(invalid_condition(
            py,
            name,
            &format!(
                "{name} takes {what}, not {}",
                value.repr().map_or_else(|_| String::new(), |text| text.to_string().chars().take(60).collect())
            ),
        ))
    };
    if date {
        const EPOCH: f64 = 719_163.0; // datetime.date(1970, 1, 1).toordinal()
        let day = if let Ok(text) = value.cast::<PyString>() {
            let text = &*text.to_string_lossy();
            let text = if text.len() == 7 { format!("{text}-01") } else { text.to_owned() };
            match py.import("datetime")?.getattr("date")?.call_method1("fromisoformat", (text,)) {
                Ok(day) => day,
                Err(_) => return refuse("a date such as '2026-12-31' or '2026-12'"),
            }
        } else {
            value.clone()
        };
        return match day.getattr_opt("toordinal")? {
            Some(ordinal) => Ok(ordinal.call0()?.extract::<f64>()? - EPOCH),
            None => refuse("a date"),
        };
    }
    if let Ok(number) = value.cast_exact::<PyInt>() {
        // A number too large for a float lies beyond every number that is stated.
        let beyond = || if value.lt(0).unwrap_or(false) { f64::NEG_INFINITY } else { f64::INFINITY };
        return Ok(number.extract::<f64>().unwrap_or_else(|_| beyond()));
    }
    if value.is_instance_of::<PyBool>() || value.is_instance_of::<PyString>() {
        return refuse("a number");
    }
    let number = match value.cast::<PyFloat>() {
        Ok(number) => number.value(),
        Err(_) => match value.extract::<f64>() {
            Ok(number) => number,
            Err(_) => return refuse("a number"),
        },
    };
    if number.is_nan() { refuse("a number") } else { Ok(number) }
}

/// An amount in USD, exact: a float is the decimal that it is written as, so that 0.1 is a tenth.
pub(crate) fn usd(py: Python<'_>, name: &str, value: &Bound<'_, PyAny>) -> PyResult<Usd> {
    const DOLLAR: i128 = 1_000_000_000_000_000;
    // Refuses what is no number, NaN included.
    let near = number(py, name, false, value)?;
    if value.cast_exact::<PyInt>().is_ok()
        && let Ok(dollars) = value.extract::<i128>()
    {
        let femto = dollars.saturating_mul(DOLLAR);
        return Ok(Usd { floor: femto, ceiling: femto });
    }
    let exact = if value.is_instance_of::<PyFloat>() { None } else { value.str().ok() };
    let exact = exact.and_then(|text| modeldex_engine::usd(&text.to_string_lossy()));
    let (floor, ceiling) = match exact.or_else(|| modeldex_engine::usd(&format!("{near:e}"))) {
        Some(found) => found,
        None if near < 0.0 => (i128::MIN, i128::MIN),
        None => (i128::MAX, i128::MAX),
    };
    Ok(Usd { floor, ceiling })
}
