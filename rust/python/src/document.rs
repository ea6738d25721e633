//! Documents as Python values: JSON read once, frozen (tuples and read-only mappings).

use std::fmt;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyList, PyMappingProxy, PyString, PyTuple};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// Reads a JSON text into frozen Python values.
pub(crate) fn read<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    if let Some(plain) = plain_text(text) {
        // Providers, modes and the like are few words in many models.
        return Ok(PyString::intern(py, plain).into_any());
    }
    if has_long_number(text) {
        // Whole numbers beyond 64 bits: Python's own reader keeps them, ours would make floats of them.
        let read = py.import("json")?.call_method1("loads", (text,))?;
        return frozen(&read);
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    Frozen(py).deserialize(&mut reader).map_err(|why| damaged(py, &why))
}

/// Whether a run of digits is as long as a number that 64 bits may not hold.
fn has_long_number(text: &str) -> bool {
    let mut run = 0;
    text.bytes().any(|byte| {
        run = if byte.is_ascii_digit() { run + 1 } else { 0 };
        run == 19
    })
}

/// Mappings and lists as read-only ones, at every depth.
fn frozen<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    if let Ok(items) = value.cast::<PyList>() {
        let items = items.iter().map(|item| frozen(&item)).collect::<PyResult<Vec<_>>>()?;
        return Ok(PyTuple::new(py, items)?.into_any());
    }
    let Ok(entries) = value.cast::<PyDict>() else { return Ok(value.clone()) };
    let read = PyDict::new(py);
    for (key, value) in entries.iter() {
        read.set_item(key, frozen(&value)?)?;
    }
    Ok(PyMappingProxy::new(py, read.as_mapping()).into_any())
}

/// The text of a JSON string without escapes.
fn plain_text(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['\\', '"'])).then_some(inner)
}

/// The error for a document that is no JSON: only a damaged file can hold one.
pub(crate) fn damaged(py: Python<'_>, why: &serde_json::Error) -> PyErr {
    crate::error::raise(py, "CatalogueError", (format!("a document cannot be read: {why}"),))
}

struct Frozen<'py>(Python<'py>);

impl<'de, 'py> DeserializeSeed<'de> for Frozen<'py> {
    type Value = Bound<'py, PyAny>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de, 'py> Visitor<'de> for Frozen<'py> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(self.0.None().into_bound(self.0))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(pyo3::types::PyBool::new(self.0, value).to_owned().into_any())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        let Ok(value) = value.into_pyobject(self.0);
        Ok(value.into_any())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        let Ok(value) = value.into_pyobject(self.0);
        Ok(value.into_any())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(PyFloat::new(self.0, value).into_any())
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(PyString::new(self.0, value).into_any())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut read = Vec::new();
        while let Some(item) = items.next_element_seed(Frozen(self.0))? {
            read.push(item);
        }
        PyTuple::new(self.0, read).map(Bound::into_any).map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let read = PyDict::new(self.0);
        while let Some(key) = entries.next_key::<std::borrow::Cow<'de, str>>()? {
            read.set_item(&*key, entries.next_value_seed(Frozen(self.0))?).map_err(A::Error::custom)?;
        }
        Ok(PyMappingProxy::new(self.0, read.as_mapping()).into_any())
    }
}
