//! The weighted choice of a prepared query.

use modeldex_engine::Dice;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyInt, PyString};

use crate::entry::{Arguments, Body};
use crate::error::invalid_condition;
use crate::leisure::aside;
use crate::query::Query;
use crate::values::number;

const NEAR: f64 = 0.1;

pub(crate) struct Pick;

impl Body<Query> for Pick {
    fn call<'py>(slf: &Bound<'py, Query>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        let (py, query) = (slf.py(), slf.get().current(slf.py())?);
        let published = query.registry(py)?.published(py)?;
        let (mut near, mut dice) = (NEAR, None);
        for keyword in arguments.keywords() {
            let (name, value) = keyword?;
            match &*name.to_string_lossy() {
                "near" => near = share(&value)?,
                "seed" if !value.is_none() => dice = Some(seeded(&value)?),
                _ => {}
            }
        }
        let given = query.given(py, &published, arguments, "pick", &["near", "seed"])?;
        let mut dice = dice.unwrap_or_default();
        let (engine, snapshot) = (&query.question().query, &published.snapshot);
        match aside(py, snapshot, || engine.pick(snapshot, given.values(), near, &mut dice)) {
            Some(row) => Ok(published.model(py, row)?.into_any()),
            None => Ok(py.None()),
        }
    }
}

fn share(value: &Bound<'_, PyAny>) -> PyResult<f64> {
    let near = number(value.py(), "near", false, value)?;
    if (0.0..=f64::MAX).contains(&near) {
        return Ok(near);
    }
    let message = format!("near is a share of the best key, 0 or more (0.1 for a tenth), not {near}");
    Err(invalid_condition(value.py(), "near", &message))
}

/// The dice of a seed: the kind and the value of the seed make them, so 1 and "1" are two seeds.
fn seeded(seed: &Bound<'_, PyAny>) -> PyResult<Dice> {
    if let Ok(text) = seed.cast::<PyString>() {
        return Ok(Dice::of(&[b"s", text.to_string_lossy().as_bytes()].concat()));
    }
    if let Ok(bytes) = seed.cast::<PyBytes>() {
        return Ok(Dice::of(&[b"b", bytes.as_bytes()].concat()));
    }
    if seed.is_instance_of::<PyInt>() && !seed.is_instance_of::<PyBool>() {
        let text = seed.py().import("builtins")?.call_method1("hex", (seed,))?;
        return Ok(Dice::of(&[b"i", text.cast::<PyString>()?.to_string_lossy().as_bytes()].concat()));
    }
    let kind = seed.get_type().qualname()?;
    Err(PyTypeError::new_err(format!("a seed is an int, a str or bytes, not {kind}")))
}
