//! What a call costs: exact, and unknown where a price that it needs is unknown.

use modeldex_engine::UNKNOWN;
use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyMappingProxy};

use crate::error::raise;

/// The tokens of a call; the cached ones are part of the input.
#[derive(Clone, Copy)]
pub(crate) struct Tokens {
    pub(crate) input: u64,
    pub(crate) output: u64,
    pub(crate) cached: u64,
}

/// A number of tokens as callers pass it: an `int`, and no `bool`.
pub(crate) struct Count(pub(crate) u64);

impl FromPyObject<'_, '_> for Count {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_instance_of::<PyBool>() {
            return Err(PyTypeError::new_err("a number of tokens is an int, not a bool"));
        }
        value.extract().map(Self)
    }
}

impl Tokens {
    /// Input tokens that are not cached, output tokens, cached tokens.
    pub(crate) fn parts(self) -> PyResult<[u64; 3]> {
        match self.input.checked_sub(self.cached) {
            Some(input) => Ok([input, self.output, self.cached]),
            None => Err(PyValueError::new_err(format!(
                "cached_tokens ({}) are part of input_tokens ({}) and cannot be more",
                self.cached, self.input
            ))),
        }
    }
}

const PARTS: [&str; 3] = ["input", "output", "cached"];

/// The cost of a call of one model, in parts. Nothing of a part is known where its price is not.
#[pyclass(frozen, module = "modeldex._core")]
pub(crate) struct Cost {
    #[pyo3(get)]
    id: Py<PyAny>,
    parts: [Option<i128>; 3],
}

impl Cost {
    pub(crate) fn of(py: Python<'_>, id: &Py<PyAny>, tokens: Tokens, femto: [i64; 3]) -> PyResult<Self> {
        let amounts = tokens.parts()?;
        let mut parts = [Some(0); 3];
        for ((part, amount), price) in parts.iter_mut().zip(amounts).zip(femto) {
            if amount > 0 {
                *part = (price != UNKNOWN).then(|| i128::from(price) * i128::from(amount));
            }
        }
        Ok(Self { id: id.clone_ref(py), parts })
    }

    fn sum(&self) -> PyResult<Option<i128>> {
        let [Some(input), Some(output), Some(cached)] = self.parts else { return Ok(None) };
        let sum = input.checked_add(output).and_then(|sum| sum.checked_add(cached));
        sum.map(Some).ok_or_else(|| PyOverflowError::new_err("a cost of more than 128 bits of femtodollars"))
    }
}

/// Femtodollars as a `Decimal` of USD, without trailing zeros.
fn usd(py: Python<'_>, femto: i128) -> PyResult<Bound<'_, PyAny>> {
    const FEMTO: i128 = 1_000_000_000_000_000;
    let mut text = format!("{}.{:015}", femto / FEMTO, femto % FEMTO);
    text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    py.import("decimal")?.getattr("Decimal")?.call1((text,))
}

#[pymethods]
impl Cost {
    #[new]
    fn new(id: Py<PyAny>, parts: [Option<i128>; 3]) -> PyResult<Self> {
        if parts.iter().flatten().any(|part| *part < 0) {
            return Err(PyValueError::new_err("a cost cannot be negative"));
        }
        Ok(Self { id, parts })
    }

    #[getter]
    fn known(&self) -> bool {
        self.parts.iter().all(Option::is_some)
    }

    #[getter]
    fn femtodollars(&self) -> PyResult<Option<i128>> {
        self.sum()
    }

    #[getter]
    fn usd<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.sum()? {
            Some(femto) => usd(py, femto),
            None => {
                let gaps = PARTS.iter().zip(self.parts).filter(|(_, part)| part.is_none());
                let gaps: Vec<String> = gaps.map(|(name, _)| format!("the price of {name} tokens")).collect();
                Err(raise(py, "UnknownPriceError", (self.id.clone_ref(py), gaps)))
            }
        }
    }

    #[getter]
    fn breakdown<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyMappingProxy>> {
        let parts = PyDict::new(py);
        for (name, part) in PARTS.iter().zip(self.parts) {
            match part {
                Some(femto) => parts.set_item(name, usd(py, femto)?)?,
                None => parts.set_item(name, py.None())?,
            }
        }
        Ok(PyMappingProxy::new(py, parts.as_mapping()))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let amount = match self.sum()? {
            Some(femto) => format!("{} USD", usd(py, femto)?),
            None => "unknown".to_owned(),
        };
        Ok(format!("<Cost {amount} of {}>", self.id.bind(py).repr()?))
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, operator: CompareOp) -> PyResult<Py<PyAny>> {
        let py = other.py();
        let Ok(other) = other.cast::<Self>() else { return Ok(py.NotImplemented()) };
        let equal = self.parts == other.get().parts && self.id.bind(py).eq(&other.get().id)?;
        match operator {
            CompareOp::Eq => Ok(equal.into_pyobject(py)?.to_owned().into_any().unbind()),
            CompareOp::Ne => Ok((!equal).into_pyobject(py)?.to_owned().into_any().unbind()),
            _ => Ok(py.NotImplemented()),
        }
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        let [input, output, cached] = self.parts;
        (self.id.clone_ref(py), input, output, cached).into_pyobject(py)?.hash()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (Py<PyAny>, [Option<i128>; 3])) {
        (slf.get_type().into_any(), (slf.get().id.clone_ref(slf.py()), slf.get().parts))
    }
}
