//! The answers to many requests.

use std::sync::Arc;

use modeldex_engine::{Answers, Key, Kind, NOTHING, Row};
use numpy::{IntoPyArray, PyArray1, PyArrayMethods, PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList, PySlice};

use crate::columns::{Column, amounts, length, refused, requests};
use crate::entry::{Arguments, Body};
use crate::published::Published;
use crate::query::Query;
use crate::registry::Registry;
use crate::selection::Selection;
use crate::values::excluded_rows;

/// What `match` returns: for each request the place of its answer in a selection, and its key.
///
/// Invariant: both arrays are of one length and cannot be written to; a row is -1 or a place of `models`.
#[pyclass(frozen, sequence, weakref, module = "modeldex._core")]
pub(crate) struct Matches {
    models: Py<Selection>,
    rows: Py<PyArray1<i32>>,
    keys: Py<PyArray1<f64>>,
    /// Whether the keys are money.
    money: bool,
}

pub(crate) struct Match;

impl Body<Query> for Match {
    fn call<'py>(slf: &Bound<'py, Query>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        arguments.only_keywords("match")?;
        let (py, query) = (slf.py(), slf.get().current(slf.py())?);
        let (published, question) = (query.registry(py)?.published(py)?, query.question());
        let mut exclude = Vec::new();
        let mut usd = vec![Vec::new(); question.params.len()];
        let mut columns: Vec<Option<Column<'py>>> = question.params.iter().map(|_| None).collect();
        for keyword in arguments.keywords() {
            let (name, value) = keyword?;
            let name = &*name.to_string_lossy();
            match question.params.iter().position(|param| param == name) {
                Some(place) => {
                    let column = Column::of(name, question.takes_date(place), &value)?;
                    if question.takes_usd(place) {
                        usd[place] = amounts(name, &column, &value)?;
                    }
                    columns[place] = Some(column);
                }
                None if name == "exclude" => exclude.extend(excluded_rows(&published.snapshot, &value)?),
                None => return Err(query.no_parameter(py, name)),
            }
        }
        if let Some(missing) = columns.iter().position(Option::is_none) {
            return Err(query.missing("match", missing));
        }
        let exclude = question.excluded_also(&published, exclude);
        let columns: Vec<Column<'py>> = columns.into_iter().flatten().collect();
        let len = length(&question.params, &columns)?;
        let requests = requests(question, &columns, len, (&exclude, &usd))?;
        let (engine, snapshot) = (&question.query, &published.snapshot);
        match py.detach(|| engine.best_of_each(snapshot, &requests)) {
            Ok(answers) => Ok(Py::new(py, Matches::of(py, published, &engine.keys, answers)?)?.into_any()),
            Err(request) => Err(refused(py, question, &columns, request)),
        }
    }
}

/// The array as one that cannot be written to.
fn sealed<T: numpy::Element>(array: Bound<'_, PyArray1<T>>) -> PyResult<Bound<'_, PyArray1<T>>> {
    let flags = PyDict::new(array.py());
    flags.set_item("write", false)?;
    array.call_method("setflags", (), Some(&flags))?;
    Ok(array)
}

impl Matches {
    fn of(py: Python<'_>, published: Arc<Published>, keys: &[Key], answers: Answers) -> PyResult<Self> {
        let money = match keys.first() {
            Some(Key::Cost(_)) => true,
            Some(Key::Measure { measure, .. }) => {
                published.snapshot.measures().spec(*measure).is_some_and(|spec| spec.kind == Kind::Money)
            }
            Some(Key::Weighted(_)) | None => false,
        };
        let Answers { rows, places, keys } = answers;
        Self::new(Py::new(py, Selection::new(published, rows))?, places.into_pyarray(py), keys.into_pyarray(py), money)
    }

    fn new(
        models: Py<Selection>,
        rows: Bound<'_, PyArray1<i32>>,
        keys: Bound<'_, PyArray1<f64>>,
        money: bool,
    ) -> PyResult<Self> {
        let places = models.get().rows().len();
        let wrong = |row: &i32| *row != NOTHING && usize::try_from(*row).map_or(true, |row| row >= places);
        if rows.len() != keys.len() || rows.readonly().as_slice()?.iter().any(wrong) {
            return Err(PyTypeError::new_err("these are no matches"));
        }
        let (rows, keys) = (sealed(rows)?.unbind(), sealed(keys)?.unbind());
        Ok(Self { models, rows, keys, money })
    }

    fn len(&self, py: Python<'_>) -> usize {
        self.rows.bind(py).len()
    }

    /// The model of a request, None where nothing fits.
    fn at<'py>(&self, py: Python<'py>, request: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        let row = self.rows.bind(py).readonly().get(request).copied().unwrap_or(NOTHING);
        match usize::try_from(row) {
            Ok(place) => {
                self.models.get().at(py, place).map(|model| model.map(|model| model.into_bound(py).into_any()))
            }
            Err(_) => Ok(None),
        }
    }

    fn each<'py, T: Clone + IntoPyObject<'py>>(
        &self,
        py: Python<'py>,
        of: impl Fn(Row) -> PyResult<T>,
    ) -> PyResult<Bound<'py, PyList>> {
        let known = self.models.get().rows().iter().map(|row| of(*row)).collect::<PyResult<Vec<T>>>()?;
        let rows = self.rows.bind(py).readonly();
        let known =
            rows.as_slice()?.iter().map(|row| usize::try_from(*row).ok().and_then(|place| known.get(place).cloned()));
        PyList::new(py, known.collect::<Vec<_>>())
    }
}

#[pymethods]
impl Matches {
    /// The different answers, in the order of registration.
    #[getter]
    fn models(&self, py: Python<'_>) -> Py<Selection> {
        self.models.clone_ref(py)
    }

    /// For each request the place of its answer in `models`, -1 where nothing fits.
    #[getter]
    fn rows(&self, py: Python<'_>) -> Py<PyArray1<i32>> {
        self.rows.clone_ref(py)
    }

    /// For each request the first key of its answer, NaN where nothing fits.
    #[getter]
    fn keys(&self, py: Python<'_>) -> Py<PyArray1<f64>> {
        self.keys.clone_ref(py)
    }

    /// The keys, where they are money.
    #[getter]
    fn prices(&self, py: Python<'_>) -> PyResult<Py<PyArray1<f64>>> {
        if self.money {
            return Ok(self.keys.clone_ref(py));
        }
        Err(PyTypeError::new_err("these answers are not ordered by money, so they have no prices; see keys"))
    }

    /// The id for each request, None where nothing fits.
    fn ids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let models = self.models.get();
        self.each(py, |row| Ok(pyo3::types::PyString::new(py, models.id(row))))
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.len(py)
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let len = self.len(py);
        if let Ok(slice) = index.cast::<PySlice>() {
            let range = slice.indices(len.cast_signed())?;
            let models = (0..range.slicelength.cast_signed())
                .map(|step| self.at(py, (range.start + step * range.step).cast_unsigned()))
                .collect::<PyResult<Vec<_>>>()?;
            return Ok(PyList::new(py, models)?.into_any());
        }
        let at: isize = index.extract()?;
        let place = if at < 0 { len.checked_sub(at.unsigned_abs()) } else { Some(at.unsigned_abs()) };
        match place.filter(|place| *place < len) {
            Some(place) => Ok(self.at(py, place)?.unwrap_or_else(|| py.None().into_bound(py))),
            None => Err(PyIndexError::new_err(format!("request {at} of {len}"))),
        }
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        let models = self.models.get();
        self.each(py, |row| Ok(models.model(py, row)?.into_bound(py)))?.try_iter()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let rows = self.rows.bind(py).readonly();
        let found = rows.as_slice()?.iter().filter(|row| **row != NOTHING).count();
        let (len, models) = (self.len(py), self.models.get().rows().len());
        Ok(format!("<Matches of {len} requests: {found} answered by {models} models>"))
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Py<Selection>, Py<PyArray1<i32>>, Py<PyArray1<f64>>, bool))> {
        let state = (self.models.clone_ref(py), self.rows.clone_ref(py), self.keys.clone_ref(py), self.money);
        Ok((py.import("modeldex._core")?.getattr("_matches")?, state))
    }
}

/// Makes matches of what a pickle or a part of them holds; the arrays become theirs.
#[pyfunction]
#[pyo3(name = "_matches")]
pub(crate) fn restore(
    models: Py<Selection>,
    rows: Bound<'_, PyArray1<i32>>,
    keys: Bound<'_, PyArray1<f64>>,
    money: bool,
) -> PyResult<Matches> {
    Matches::new(models, rows, keys, money)
}

/// The answers to all requests from those to parts of them, each with the places of its requests. `none` is
/// of the state that all parts are of.
#[pyfunction]
#[pyo3(name = "_joined")]
pub(crate) fn joined(
    py: Python<'_>,
    none: Bound<'_, Selection>,
    parts: Vec<(Py<Matches>, PyReadonlyArray1<'_, i64>)>,
    size: usize,
) -> PyResult<Matches> {
    let broken = || PyTypeError::new_err("these are no parts of one batch");
    let mut rows: Vec<Row> = parts.iter().flat_map(|(part, _)| part.get().models.get().rows()).copied().collect();
    rows.sort_unstable();
    rows.dedup();
    let (mut places, mut keys) = (vec![NOTHING; size], vec![f64::NAN; size]);
    let mut money = !parts.is_empty();
    for (part, at) in &parts {
        let part = part.get();
        let models = part.models.get();
        if !models.same_snapshot(none.get()) {
            return Err(broken());
        }
        money &= part.money;
        let place = |row: &Row| rows.binary_search(row).ok().and_then(|place| i32::try_from(place).ok());
        let moved = models.rows().iter().map(place).collect::<Option<Vec<i32>>>().ok_or_else(broken)?;
        let (own, theirs) = (part.rows.bind(py).readonly(), part.keys.bind(py).readonly());
        let at = at.as_slice()?;
        // One answer stands for all where nothing tells the requests apart.
        if own.len() != at.len() && own.len() != 1 {
            return Err(broken());
        }
        let answers = own.as_slice()?.iter().zip(theirs.as_slice()?).cycle();
        for (at, (row, key)) in at.iter().zip(answers) {
            let at = usize::try_from(*at).ok().filter(|at| *at < size).ok_or_else(broken)?;
            keys[at] = *key;
            places[at] = usize::try_from(*row).ok().and_then(|row| moved.get(row).copied()).unwrap_or(NOTHING);
        }
    }
    let models = Py::new(py, none.get().with(rows))?;
    Matches::new(models, places.into_pyarray(py), keys.into_pyarray(py), money)
}

#[pymethods]
impl Registry {
    /// For each request what `best` answers.
    #[pyo3(name = "match")]
    fn match_requests<'py>(slf: &Bound<'py, Self>, requests: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("modeldex.matching")?.call_method1("match", (slf, requests))
    }
}
