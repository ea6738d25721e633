//! What a query is ordered by, and the values that a request brings later.

use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::cost::Count;
use crate::scale::{Term, mapping, terms};

/// A value that is given with each request.
#[pyclass(frozen, eq, hash, module = "modeldex._core")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Param {
    #[pyo3(get)]
    pub(crate) name: String,
}

#[pymethods]
impl Param {
    #[new]
    fn new(name: &Bound<'_, PyString>) -> PyResult<Self> {
        let fits = name.call_method0("isidentifier")?.is_truthy()?;
        let name = name.to_string_lossy().into_owned();
        if !fits || ["exclude", "near", "seed"].contains(&&*name) {
            let shown: String = name.chars().take(64).collect();
            return Err(PyValueError::new_err(format!(
                "{shown:?} cannot be a parameter: it is given as a keyword of best() or pick(), beside exclude=, near= and seed="
            )));
        }
        Ok(Self { name })
    }

    fn __repr__(&self) -> String {
        format!("param({:?})", self.name)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (String,)) {
        (slf.get_type().into_any(), (slf.get().name.clone(),))
    }
}

#[pyfunction]
pub(crate) fn param(name: &Bound<'_, PyString>) -> PyResult<Param> {
    Param::new(name)
}

/// A number of tokens: known, or given with each request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Given {
    Fixed(u64),
    Param(String),
}

impl FromPyObject<'_, '_> for Given {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if let Ok(param) = value.cast::<Param>() {
            return Ok(Self::Param(param.get().name.clone()));
        }
        value.extract::<Count>().map(|count| Self::Fixed(count.0))
    }
}

impl<'py> IntoPyObject<'py> for Given {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        match self {
            Self::Fixed(tokens) => Ok(tokens.into_pyobject(py)?.into_any()),
            Self::Param(name) => Ok(Bound::new(py, Param { name })?.into_any()),
        }
    }
}

#[derive(PartialEq, Eq, Hash)]
pub(crate) enum Way {
    /// Lowest first: input, output and cached tokens.
    Cost([Given; 3]),
    Highest(String),
    Lowest(String),
    /// The weighted sum, highest first.
    Weighted(Vec<Term>),
}

/// One key of an order.
#[pyclass(frozen, module = "modeldex._core")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Order {
    pub(crate) way: Way,
}

#[pymethods]
impl Order {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let shown = |given: &Given| match given {
            Given::Fixed(tokens) => tokens.to_string(),
            Given::Param(name) => format!("param({name:?})"),
        };
        Ok(match &self.way {
            Way::Cost([input, output, cached]) => {
                format!(
                    "cost(input_tokens={}, output_tokens={}, cached_tokens={})",
                    shown(input),
                    shown(output),
                    shown(cached)
                )
            }
            Way::Highest(field) => format!("highest({field:?})"),
            Way::Lowest(field) => format!("lowest({field:?})"),
            Way::Weighted(terms) => format!("weighted({})", mapping(py, terms)?.repr()?),
        })
    }

    /// Two orders are equal or not; a cost compared with an amount of money is a condition.
    fn __richcmp__<'py>(&self, other: &Bound<'py, PyAny>, operator: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        let order = other.cast::<Self>();
        let sign = match (operator, &order) {
            (CompareOp::Eq, Ok(order)) => return Ok((self == order.get()).into_pyobject(py)?.to_owned().into_any()),
            (CompareOp::Ne, Ok(order)) => return Ok((self != order.get()).into_pyobject(py)?.to_owned().into_any()),
            (CompareOp::Eq | CompareOp::Ne, Err(_)) | (_, Ok(_)) => return Ok(py.NotImplemented().into_bound(py)),
            (CompareOp::Lt, _) => "<",
            (CompareOp::Le, _) => "<=",
            (CompareOp::Gt, _) => ">",
            (CompareOp::Ge, _) => ">=",
        };
        let Way::Cost([input, output, cached]) = &self.way else {
            return Err(PyTypeError::new_err("only mx.cost(...) is compared with a number; a field is mx.f[name]"));
        };
        let tokens = (input.clone(), output.clone(), cached.clone());
        py.import("modeldex.conditions")?.getattr("cost_compared")?.call1((tokens, sign, other))
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let py = slf.py();
        let core = py.import("modeldex._core")?;
        match &slf.get().way {
            Way::Cost([input, output, cached]) => {
                let arguments = (input.clone(), output.clone(), cached.clone()).into_pyobject(py)?;
                Ok((core.getattr("cost")?, arguments.into_any()))
            }
            Way::Highest(field) => Ok((core.getattr("highest")?, (field,).into_pyobject(py)?.into_any())),
            Way::Lowest(field) => Ok((core.getattr("lowest")?, (field,).into_pyobject(py)?.into_any())),
            Way::Weighted(terms) => {
                Ok((core.getattr("weighted")?, (mapping(py, terms)?,).into_pyobject(py)?.into_any()))
            }
        }
    }
}

#[pyfunction]
#[pyo3(signature = (input_tokens=Given::Fixed(0), output_tokens=Given::Fixed(0), cached_tokens=Given::Fixed(0)), text_signature = "(input_tokens=0, output_tokens=0, cached_tokens=0)")]
pub(crate) fn cost(input_tokens: Given, output_tokens: Given, cached_tokens: Given) -> PyResult<Order> {
    if let (Given::Fixed(input), Given::Fixed(cached)) = (&input_tokens, &cached_tokens) {
        crate::cost::Tokens { input: *input, output: 0, cached: *cached }.parts()?;
    }
    Ok(Order { way: Way::Cost([input_tokens, output_tokens, cached_tokens]) })
}

#[pyfunction]
pub(crate) fn highest(field: String) -> Order {
    Order { way: Way::Highest(field) }
}

#[pyfunction]
pub(crate) fn lowest(field: String) -> Order {
    Order { way: Way::Lowest(field) }
}

#[pyfunction]
#[pyo3(signature = (weights, /))]
pub(crate) fn weighted(weights: &Bound<'_, PyAny>) -> PyResult<Order> {
    Ok(Order { way: Way::Weighted(terms(weights)?) })
}
