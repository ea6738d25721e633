//! A model as people see it: plain attributes, read once from its document.

use std::collections::HashMap;
use std::sync::Arc;

use modeldex_engine::{UNKNOWN, money};
use pyo3::basic::CompareOp;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDate, PyDict, PyFloat, PyFrozenSet, PyString, PyTuple};
use serde_json::value::RawValue;

use crate::cost::{Cost, Count, Tokens};
use crate::document;
use crate::error::raise;
use crate::once;
use crate::words::{Stated, Words};

/// Declares the attributes. Those that a router reads are `Py` fields with `get`, read with the
/// object itself: such a field reads as fast as a slot. The others are taken from the document when
/// asked for, so that an object stays small: 336 bytes with the collector's header, and no power of
/// two, whose objects would fall into a few sets of the cache (measured: 512 bytes made a copy of a
/// list ten times slower).
macro_rules! model {
    (
        plain: $($plain:ident)*; lists: $($list:ident)*; prices: $($price:ident)*;
        later: $($later:ident)*; later lists: $($later_list:ident)*; later mappings: $($mapping:ident)*; dates: $($date:ident)*;
    ) => {
        /// One offering of a model; see the stub for what each attribute is.
        #[pyclass(frozen, weakref, module = "modeldex._core")]
        pub(crate) struct Model {
            $(#[pyo3(get)] $plain: Py<PyAny>,)*
            $(#[pyo3(get)] $list: Py<PyAny>,)*
            $(#[pyo3(get)] $price: Py<PyAny>,)*
            #[pyo3(get)]
            capabilities: Py<PyFrozenSet>,
            stated: Arc<Py<PyDict>>,
            /// Femtodollars a token: input, output, cache read; `UNKNOWN` where not stated.
            femto: [i64; 3],
            document: Arc<[u8]>,
            words: Arc<Words>,
            decoded: PyOnceLock<Py<PyAny>>,
        }

        impl Model {
            fn build(py: Python<'_>, document: Arc<[u8]>, words: &Arc<Words>, fields: &HashMap<&str, &RawValue>) -> PyResult<Self> {
                let stated = stated(py, words, fields)?;
                Ok(Self {
                    $($plain: plain(py, fields, stringify!($plain))?,)*
                    $($list: list(py, fields, stringify!($list))?,)*
                    $($price: price(py, fields, stringify!($price)),)*
                    capabilities: stated.held.clone_ref(py),
                    stated: stated.all,
                    femto: ["input_price", "output_price", "cache_read_price"].map(|name| femto(fields, name)),
                    document,
                    words: words.clone(),
                    decoded: PyOnceLock::new(),
                })
            }

            /// The names of the attributes that are fields.
            const FIELDS: &[&str] = &[
                $(stringify!($plain),)* $(stringify!($list),)* $(stringify!($price),)* "capabilities", "extends",
                $(stringify!($later),)* $(stringify!($later_list),)* $(stringify!($mapping),)* $(stringify!($date),)*
            ];
        }

        #[pymethods]
        impl Model {
            $(#[getter]
            fn $later<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                self.top(py, stringify!($later))
            })*

            $(#[getter]
            fn $later_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                self.top_or(py, stringify!($later_list), "[]")
            })*

            $(#[getter]
            fn $mapping<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                self.top_or(py, stringify!($mapping), "{}")
            })*

            $(#[getter]
            fn $date<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDate>>> {
                self.date(py, stringify!($date))
            })*
        }
    };
}

model! {
    plain: id name base owner family provider mode context_window max_input_tokens max_output_tokens billing
        latency_p50_ms latency_p99_ms tokens_per_second quality_tier status api_name base_url api_key_env;
    lists: providers tags;
    prices: input_price output_price cache_read_price cache_write_price;
    later: version description rate_limit_rpm rate_limit_tpm replacement license parameters_total parameters_active
        experts experts_per_token deployment zoo_url home;
    later lists: aliases tasks endpoints hardware privacy regions service_tier rates;
    later mappings: modalities supported_parameters latency scores metadata source unknown derived;
    dates: released deprecated_on retires_on knowledge_cutoff;
}

fn plain(py: Python<'_>, fields: &HashMap<&str, &RawValue>, name: &str) -> PyResult<Py<PyAny>> {
    match (fields.get(name), name) {
        (Some(raw), _) => Ok(document::read(py, raw.get())?.unbind()),
        // The first of several providers is the provider.
        (None, "provider") => match fields.get("providers") {
            Some(raw) => Ok(document::read(py, raw.get())?.get_item(0)?.unbind()),
            None => Ok(py.None()),
        },
        (None, _) => Ok(py.None()),
    }
}

fn list(py: Python<'_>, fields: &HashMap<&str, &RawValue>, name: &str) -> PyResult<Py<PyAny>> {
    match (fields.get(name), name) {
        (Some(raw), _) => Ok(document::read(py, raw.get())?.unbind()),
        (None, "providers") => match fields.get("provider") {
            Some(raw) => Ok(PyTuple::new(py, [document::read(py, raw.get())?])?.into_any().unbind()),
            None => Ok(PyTuple::empty(py).into_any().unbind()),
        },
        (None, _) => Ok(PyTuple::empty(py).into_any().unbind()),
    }
}

/// USD per million tokens, the float nearest to the exact decimal.
fn price(py: Python<'_>, fields: &HashMap<&str, &RawValue>, name: &str) -> Py<PyAny> {
    match fields.get(name).and_then(|raw| raw.get().trim_matches('"').parse::<f64>().ok()) {
        Some(value) => PyFloat::new(py, value).into_any().unbind(),
        None => py.None(),
    }
}

fn femto(fields: &HashMap<&str, &RawValue>, name: &str) -> i64 {
    fields.get(name).and_then(|raw| money(raw.get().trim_matches('"'))).unwrap_or(UNKNOWN)
}

fn stated(py: Python<'_>, words: &Words, fields: &HashMap<&str, &RawValue>) -> PyResult<Stated> {
    let text = fields.get("capabilities").map_or("{}", |raw| raw.get());
    words.stated(text, || {
        let all = document::read(py, text)?.call_method0("copy")?.cast_into::<PyDict>().map_err(PyErr::from)?;
        let names = all.iter().filter(|(_, stated)| stated.is_truthy().unwrap_or(false)).map(|(name, _)| name);
        let names = PyTuple::new(py, names.collect::<Vec<_>>())?;
        let make = py.import("modeldex.capabilities")?.getattr("Capabilities")?;
        let held =
            make.call1((names, words.capability_synonyms(py)?))?.cast_into::<PyFrozenSet>().map_err(PyErr::from)?;
        Ok(Stated { all: Arc::new(all.unbind()), held: Arc::new(held.unbind()) })
    })
}

impl Model {
    /// Reads a document that the schema has produced.
    pub(crate) fn read(py: Python<'_>, document: Arc<[u8]>, words: &Arc<Words>) -> PyResult<Self> {
        let bytes = document.clone();
        let fields: HashMap<&str, &RawValue> =
            serde_json::from_slice(&bytes).map_err(|why| document::damaged(py, &why))?;
        Self::build(py, document, words, &fields)
    }

    pub(crate) fn document_bytes(&self) -> &[u8] {
        &self.document
    }

    /// A top-level value of the document, None where it is not stated.
    fn top<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        self.document(py)?.call_method1("get", (name,))
    }

    /// As `top`, what `nothing` reads as where it is not stated.
    fn top_or<'py>(&self, py: Python<'py>, name: &str, nothing: &str) -> PyResult<Bound<'py, PyAny>> {
        let value = self.top(py, name)?;
        if value.is_none() { document::read(py, nothing) } else { Ok(value) }
    }

    /// What `value` gives.
    fn look_up<'py>(&self, slf: &Bound<'py, Self>, field: &str) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if Self::FIELDS.contains(&field) {
            return slf.getattr(field);
        }
        let vocabulary = &self.words.vocabulary;
        let facets = vocabulary.facets();
        if let Some(spec) = facets.iter().find(|spec| spec.name == field && spec.field != field) {
            if let Some(found) = inside(&self.document(py)?, &format!("{}.{field}", spec.field))? {
                return Ok(found);
            }
            let capabilities = self.words.vocabulary.facet("capabilities").ok();
            let of_capabilities = capabilities.and_then(|facet| facets.get(usize::from(facet)));
            let shared = facets.iter().filter(|other| other.field == spec.field).count() > 1;
            if shared && of_capabilities.is_none_or(|facet| facet.field != spec.field) {
                // Each has its own part of the field, and this one's is not stated.
                return Ok(py.None().into_bound(py));
            }
            // Two facets share the field of capabilities: those stated true, and those stated not to be.
            let first = facets.iter().find(|other| other.field == spec.field).is_none_or(|first| first.name == field);
            if first {
                return self.look_up(slf, &spec.field.clone());
            }
            let denied = self.stated.bind(py).iter().filter(|(_, stated)| !stated.is_truthy().unwrap_or(true));
            return Ok(PyTuple::new(py, denied.map(|(name, _)| name).collect::<Vec<_>>())?.into_any());
        }
        if let Some(found) = inside(&self.document(py)?, field)? {
            return Ok(found);
        }
        let measure = || vocabulary.measures().iter().any(|spec| spec.name == field);
        let facet = || facets.iter().any(|spec| spec.name == field || spec.field == field);
        if vocabulary.grouped(field).is_some() || measure() || facet() {
            return Ok(py.None().into_bound(py));
        }
        let nearest = modeldex_engine::nearest(field, Self::FIELDS.iter().copied(), 3);
        let nearest: Vec<&str> = nearest.into_iter().map(|(_, name)| name).collect();
        Err(raise(py, "UnknownFieldError", (field.chars().take(64).collect::<String>(), nearest)))
    }

    /// A date, the first day where only the month is stated.
    fn date<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyDate>>> {
        let value = self.top(py, name)?;
        let Ok(text) = value.cast::<PyString>() else { return Ok(None) };
        let text = text.to_str()?;
        let mut parts = text.splitn(3, '-');
        let year = parts.next().and_then(|part| part.parse::<i32>().ok());
        let mut rest = parts.map(|part| part.parse::<u8>().ok());
        match (year, rest.next().flatten(), rest.next()) {
            (Some(year), Some(month), None) => PyDate::new(py, year, month, 1).map(Some),
            (Some(year), Some(month), Some(Some(day))) => PyDate::new(py, year, month, day).map(Some),
            _ => Ok(None),
        }
    }
}

#[pymethods]
impl Model {
    /// The whole definition, frozen.
    #[getter]
    fn document<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let decoded = once::get_or_make(&self.decoded, py, || {
            Ok(document::read(py, &String::from_utf8_lossy(&self.document))?.unbind())
        })?;
        Ok(decoded.bind(py).clone())
    }

    /// What a model extends is resolved when it is registered; the origin stands among the derived facts.
    #[getter]
    fn extends<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.derived(py)?.call_method1("get", ("extends",))
    }

    /// True, False or None (not stated); synonyms are understood, an unknown word is an error.
    fn supports<'py>(&self, py: Python<'py>, capability: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let capability = &*capability.to_string_lossy();
        let stated = self.stated.bind(py);
        if let Some(stated) = stated.get_item(capability)? {
            return Ok(Some(stated));
        }
        match self.words.capability(capability) {
            Some(name) => stated.get_item(name),
            None => Err(raise(
                py,
                "UnknownTermError",
                (capability, "capability", self.words.nearest_capabilities(capability)),
            )),
        }
    }

    /// What a call costs; see the stub.
    #[pyo3(
        signature = (*, input_tokens=Count(0), output_tokens=Count(0), cached_tokens=Count(0)),
        text_signature = "($self, /, *, input_tokens=0, output_tokens=0, cached_tokens=0)"
    )]
    fn cost(&self, py: Python<'_>, input_tokens: Count, output_tokens: Count, cached_tokens: Count) -> PyResult<Cost> {
        let tokens = Tokens { input: input_tokens.0, output: output_tokens.0, cached: cached_tokens.0 };
        Cost::of(py, &self.id, tokens, self.femto)
    }

    /// Any field by its name, own ones and numbers of metadata included; None where not stated.
    fn value<'py>(slf: &Bound<'py, Self>, field: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        slf.get().look_up(slf, &field.to_string_lossy())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut text = format!("<Model {}", self.id.bind(py).repr()?);
        for (name, value) in [
            ("context_window", &self.context_window),
            ("input_price", &self.input_price),
            ("output_price", &self.output_price),
        ] {
            if !value.is_none(py) {
                text.push(' ');
                text.push_str(name);
                text.push('=');
                text.push_str(value.bind(py).repr()?.to_str()?);
            }
        }
        Ok(text + ">")
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("modeldex.notebook")?.call_method1("model", (slf,))
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, operator: CompareOp) -> PyResult<Py<PyAny>> {
        let py = other.py();
        let Ok(other) = other.cast::<Self>() else { return Ok(py.NotImplemented()) };
        let equal = self.document == other.get().document;
        match operator {
            CompareOp::Eq => Ok(equal.into_pyobject(py)?.to_owned().into_any().unbind()),
            CompareOp::Ne => Ok((!equal).into_pyobject(py)?.to_owned().into_any().unbind()),
            _ => Ok(py.NotImplemented()),
        }
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.id.bind(py).hash()
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>, Option<Bound<'py, PyString>>))> {
        let (py, model) = (slf.py(), slf.get());
        let own = (model.words.vocabulary.text() != crate::words::SHIPPED).then(|| model.words.text(py));
        Ok((py.import("modeldex._core")?.getattr("_model")?, (PyBytes::new(py, &model.document), own)))
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }
}

/// What lies at a dotted path: keys may hold dots themselves, so every reading is tried.
fn inside<'py>(value: &Bound<'py, PyAny>, path: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Ok(mapping) = value.cast::<pyo3::types::PyMapping>() else { return Ok(None) };
    if mapping.contains(path)? {
        return mapping.get_item(path).map(Some);
    }
    for (at, _) in path.match_indices('.') {
        if mapping.contains(&path[..at])?
            && let Some(found) = inside(&mapping.get_item(&path[..at])?, &path[at + 1..])?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Makes a model again from what its pickle holds.
#[pyfunction]
#[pyo3(name = "_model", signature = (document, vocabulary=None))]
pub(crate) fn restore(py: Python<'_>, document: &Bound<'_, PyAny>, vocabulary: Option<&str>) -> PyResult<Model> {
    let Ok(bytes) = document.cast::<PyBytes>() else { return Err(PyTypeError::new_err("a document is bytes")) };
    let words = crate::registry::words_of(py, vocabulary)?;
    Model::read(py, Arc::from(bytes.as_bytes()), &words)
}
