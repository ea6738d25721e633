//! What a batch of requests brings for each parameter: one value for all, or a column of numpy's.

use modeldex_engine::{Count, Numbers, Quantity, Requests, Restriction, Row};
use numpy::{PyArray1, PyArrayMethods, PyReadonlyArray1};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

use crate::error::invalid_condition;
use crate::order::Given;
use crate::question::{Question, Usd};
use crate::values::{number, usd};

/// The values of one parameter.
pub(crate) enum Column<'py> {
    One(f64),
    Read(Vec<f64>),
    Floats(PyReadonlyArray1<'py, f64>),
    Ints(PyReadonlyArray1<'py, i64>),
}

impl<'py> Column<'py> {
    /// Reads what was given for the parameter `name`; with `date` its values are dates.
    pub(crate) fn of(name: &str, date: bool, value: &Bound<'py, PyAny>) -> PyResult<Self> {
        let py = value.py();
        let single = value.is_instance_of::<PyFloat>()
            || value.is_instance_of::<PyInt>()
            || value.is_instance_of::<PyString>()
            || value.getattr_opt("toordinal")?.is_some();
        if single {
            return number(py, name, date, value).map(Self::One);
        }
        if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            return Self::each(name, date, value);
        }
        let numpy = py.import("numpy")?;
        if value.is_instance(&numpy.getattr("ma")?.getattr("MaskedArray")?)? {
            let mask = numpy.getattr("ma")?.call_method1("getmaskarray", (value,))?;
            first(&mask)?.map_or(Ok(()), |at| Err(absent(py, name, at, "is masked")))?;
        }
        let array = numpy.call_method1("asarray", (value,))?;
        match array.getattr("ndim")?.extract::<usize>()? {
            1 => {}
            0 if array.getattr("dtype")?.getattr("kind")?.extract::<char>()? != 'O' => {
                return Self::of(name, date, &array.call_method0("item")?);
            }
            0 => return number(py, name, date, value).map(Self::One),
            dimensions => {
                let message =
                    format!("{name} takes one value for each request, not an array of {dimensions} dimensions");
                return Err(invalid_condition(py, name, &message));
            }
        }
        let kind: char = array.getattr("dtype")?.getattr("kind")?.extract()?;
        let cast = |array: &Bound<'py, PyAny>, to: &str| {
            let plain = PyDict::new(py);
            plain.set_item("dtype", to)?;
            numpy.getattr("ascontiguousarray")?.call((array,), Some(&plain))
        };
        match kind {
            'i' if !date => Ok(Self::Ints(cast(&array, "int64")?.cast_into::<PyArray1<i64>>()?.try_readonly()?)),
            'u' | 'f' if !date => {
                Ok(Self::Floats(cast(&array, "float64")?.cast_into::<PyArray1<f64>>()?.try_readonly()?))
            }
            'M' if date => {
                first(&numpy.call_method1("isnat", (&array,))?)?
                    .map_or(Ok(()), |at| Err(absent(py, name, at, "is not a time")))?;
                let days = cast(&array, "datetime64[D]")?.call_method1("view", ("int64",))?;
                Ok(Self::Ints(days.cast_into::<PyArray1<i64>>()?.try_readonly()?))
            }
            _ => Self::each(name, date, &array.call_method0("tolist")?),
        }
    }

    /// Values that are read one by one.
    fn each(name: &str, date: bool, values: &Bound<'py, PyAny>) -> PyResult<Self> {
        let py = values.py();
        let read = values
            .try_iter()?
            .enumerate()
            .map(|(at, value)| number(py, name, date, &value?).map_err(|why| wrong(py, name, at, &why)));
        read.collect::<PyResult<_>>().map(Self::Read)
    }

    /// How many requests it is for; nothing where it is for all.
    pub(crate) fn len(&self) -> Option<usize> {
        match self {
            Self::One(_) => None,
            Self::Read(values) => Some(values.len()),
            Self::Floats(array) => Some(array.as_array().len()),
            Self::Ints(array) => Some(array.as_array().len()),
        }
    }

    fn numbers(&self) -> PyResult<Numbers<'_>> {
        Ok(match self {
            Self::One(value) => Numbers::One(*value),
            Self::Read(values) => Numbers::Floats(values),
            Self::Floats(array) => Numbers::Floats(array.as_slice()?),
            Self::Ints(array) => Numbers::Ints(array.as_slice()?),
        })
    }
}

/// The amounts of money of a column that was read already, exact: one for all requests, or one for each.
pub(crate) fn amounts(name: &str, column: &Column<'_>, value: &Bound<'_, PyAny>) -> PyResult<Vec<Usd>> {
    let py = value.py();
    if column.len().is_none() {
        return Ok(vec![usd(py, name, value)?]);
    }
    let each = value.try_iter()?.enumerate();
    each.map(|(at, value)| usd(py, name, &value?).map_err(|why| wrong(py, name, at, &why))).collect()
}

/// The place of the first that is true.
fn first(flags: &Bound<'_, PyAny>) -> PyResult<Option<usize>> {
    if flags.call_method0("any")?.is_truthy()? { flags.call_method0("argmax")?.extract().map(Some) } else { Ok(None) }
}

fn absent(py: Python<'_>, name: &str, request: usize, what: &str) -> PyErr {
    invalid_condition(py, name, &format!("request {request}: {name} {what}; each request needs a value"))
}

/// The error of a value, with the place of its request.
pub(crate) fn wrong(py: Python<'_>, name: &str, request: usize, why: &PyErr) -> PyErr {
    invalid_condition(py, name, &format!("request {request}: {}", why.value(py)))
}

/// How many requests columns are for: 1 where each has one value for all.
pub(crate) fn length(params: &[String], columns: &[Column<'_>]) -> PyResult<usize> {
    let mut found: Option<(usize, &str)> = None;
    for (name, column) in params.iter().zip(columns) {
        match (found, column.len()) {
            (Some((there, other)), Some(len)) if there != len => {
                return Err(PyValueError::new_err(format!(
                    "columns are of one length, or one value for all requests: {other} has {there}, {name} has {len}"
                )));
            }
            (None, Some(len)) => found = Some((len, name)),
            _ => {}
        }
    }
    Ok(found.map_or(1, |(len, _)| len))
}

/// The columns of a question's parameters as the engine asks with them.
pub(crate) fn requests<'a>(
    question: &Question,
    columns: &'a [Column<'_>],
    len: usize,
    (exclude, usd): (&'a [Row], &[Vec<Usd>]),
) -> PyResult<Requests<'a>> {
    let none = || PyTypeError::new_err("a parameter without a column");
    let limits = question.slots.iter().map(|slot| {
        let values = columns.get(slot.param).ok_or_else(none)?.numbers()?;
        Ok(Restriction { values, kind: slot.kind, side: slot.side })
    });
    let count = |given: &Given| match given {
        Given::Fixed(count) => Ok(Count::One(*count)),
        Given::Param(name) => {
            let place = question.params.iter().position(|there| there == name).ok_or_else(none)?;
            Ok::<_, PyErr>(Count::Each(columns.get(place).ok_or_else(none)?.numbers()?))
        }
    };
    let mut quantities = Vec::with_capacity(question.tokens.len() * 3);
    for [input, output, cached] in &question.tokens {
        let (input, output, cached, zero) = (count(input)?, count(output)?, count(cached)?, Count::One(0));
        // The cached tokens are part of the input.
        quantities.push(Quantity { of: input, less: cached });
        quantities.push(Quantity { of: output, less: zero });
        quantities.push(Quantity { of: cached, less: zero });
    }
    let costs = question.limits.iter().map(|(param, side)| {
        let amounts = usd.get(*param).ok_or_else(none)?;
        Ok(amounts.iter().map(|usd| usd.end(*side)).collect())
    });
    let (limits, costs) = (limits.collect::<PyResult<_>>()?, costs.collect::<PyResult<_>>()?);
    Ok(Requests { len, limits, quantities, costs, exclude })
}

/// The error for the request at this place, which the engine has refused.
pub(crate) fn refused(py: Python<'_>, question: &Question, columns: &[Column<'_>], request: usize) -> PyErr {
    let values = columns.iter().map(|column| Ok(column.numbers()?.get(request))).collect::<PyResult<Vec<f64>>>();
    let values = match values {
        Ok(values) => values,
        Err(error) => return error,
    };
    if let Some(place) = values.iter().position(|value| value.is_nan()) {
        return absent(py, &question.params[place], request, "is not a number");
    }
    match question.amounts(py, &values) {
        Err(why) => wrong(py, "", request, &why),
        Ok(_) => PyValueError::new_err(format!("request {request} cannot be answered")),
    }
}
