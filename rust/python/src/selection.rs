//! A selection: rows of one snapshot, in order.

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::Arc;

use modeldex_engine::{Row, Values};
use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyIterator, PyList, PySlice, PyString};

use crate::ask::Asker;
use crate::entry::{Arguments, Body};
use crate::error::OrRaise;
use crate::leisure::over;
use crate::model::Model;
use crate::published::Published;
use crate::question::Question;

/// Models of one snapshot, in order. It holds that snapshot, so it never changes.
#[pyclass(frozen, sequence, weakref, module = "modeldex._core")]
pub(crate) struct Selection {
    published: Arc<Published>,
    rows: Vec<Row>,
}

impl Selection {
    pub(crate) fn new(published: Arc<Published>, rows: Vec<Row>) -> Self {
        Self { published, rows }
    }

    pub(crate) fn with(&self, rows: Vec<Row>) -> Self {
        Self::new(self.published.clone(), rows)
    }

    pub(crate) fn published(&self) -> &Arc<Published> {
        &self.published
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(crate) fn model(&self, py: Python<'_>, row: Row) -> PyResult<Py<Model>> {
        self.published.model(py, row)
    }

    /// The model at a place, nothing beyond the last.
    pub(crate) fn at(&self, py: Python<'_>, place: usize) -> PyResult<Option<Py<Model>>> {
        self.rows.get(place).map(|row| self.model(py, *row)).transpose()
    }

    pub(crate) fn id(&self, row: Row) -> &str {
        self.published.snapshot.names().id(row).unwrap_or_default()
    }

    /// The rows of mine that meet the question, in its order if it has one.
    fn narrowed(&self, py: Python<'_>, question: &Question) -> Vec<Row> {
        over(py, self.rows.len(), || question.query.arrange(&self.published.snapshot, self.matching(question)))
    }

    /// The rows of mine that meet the question, in my order.
    fn matching(&self, question: &Question) -> Vec<Row> {
        let snapshot = &self.published.snapshot;
        let exclude = question.excluded(&self.published);
        let values = Values { exclude: &exclude, ..Values::default() };
        self.rows.iter().copied().filter(|row| question.query.matches(snapshot, *row, values)).collect()
    }

    fn ask<'py>(&self, py: Python<'py>, arguments: &Arguments<'py>) -> PyResult<Question> {
        Asker::new(py, &self.published).within().asked(arguments)
    }

    /// Where a model (an equal one) or an id is.
    fn place(&self, item: &Bound<'_, PyAny>) -> PyResult<Option<usize>> {
        let (py, snapshot) = (item.py(), &self.published.snapshot);
        let place = |row: Option<Row>| row.and_then(|row| self.rows.iter().position(|there| *there == row));
        if let Ok(model) = item.cast::<Model>() {
            let id = model.getattr("id")?;
            let row = snapshot.names().get(id.cast::<PyString>()?.to_str()?).row();
            let Some(row) = row else { return Ok(None) };
            let same = *snapshot.documents().read(row).or_raise(py)? == *model.get().document_bytes();
            return Ok(place(Some(row).filter(|_| same)));
        }
        let id = item.cast::<PyString>().ok().and_then(|id| id.to_str().ok());
        Ok(id.and_then(|id| place(snapshot.lookup(id).row())))
    }

    /// The ids of another selection, for combining by id.
    fn ids_of(other: &Self) -> HashSet<&str> {
        other.rows.iter().map(|row| other.id(*row)).collect()
    }

    /// The rows of mine that the other has too, or has not.
    fn shared(&self, other: &Self, wanted: bool) -> Vec<Row> {
        let own = self.rows.iter().copied();
        if self.same_snapshot(other) {
            let rows: HashSet<Row> = other.rows.iter().copied().collect();
            return own.filter(|row| rows.contains(row) == wanted).collect();
        }
        let ids = Self::ids_of(other);
        own.filter(|row| ids.contains(self.id(*row)) == wanted).collect()
    }

    pub(crate) fn same_snapshot(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.published, &other.published)
    }
}

pub(crate) struct Where;

impl Body<Selection> for Where {
    fn call<'py>(slf: &Bound<'py, Selection>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        let selection = slf.get();
        let question = selection.ask(slf.py(), arguments)?;
        let narrowed = selection.with(selection.narrowed(slf.py(), &question));
        Ok(Py::new(slf.py(), narrowed)?.into_any())
    }
}

pub(crate) struct Best;

impl Body<Selection> for Best {
    fn call<'py>(slf: &Bound<'py, Selection>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        let (py, selection) = (slf.py(), slf.get());
        let mut question = selection.ask(py, arguments)?;
        let snapshot = &selection.published.snapshot;
        // As the registry's: the first of all that fit, whatever the limit.
        question.query.limit = Some(1);
        question.query.distinct = None;
        let rows = over(py, selection.rows.len(), || {
            let mut rows = selection.matching(&question);
            rows.retain(|row| question.query.keys_known(snapshot, *row));
            question.query.arrange(snapshot, rows)
        });
        match rows.into_iter().next() {
            Some(row) => Ok(selection.model(py, row)?.into_any()),
            None => Ok(py.None()),
        }
    }
}

#[pymethods]
impl Selection {
    fn __len__(&self) -> usize {
        self.rows.len()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: &Bound<'py, PyAny>) -> PyResult<Py<PyAny>> {
        if let Ok(slice) = index.cast::<PySlice>() {
            let range = slice.indices(self.rows.len().cast_signed())?;
            let mut rows = Vec::with_capacity(range.slicelength);
            let mut at = range.start;
            for _ in 0..range.slicelength {
                rows.push(self.rows[at.cast_unsigned()]);
                at = at.wrapping_add(range.step);
            }
            return Ok(Py::new(py, self.with(rows))?.into_any());
        }
        let at: isize = match index.extract() {
            Ok(at) => at,
            Err(_) if index.is_instance_of::<PyInt>() => {
                return Err(PyIndexError::new_err(format!("no place of a selection of {}", self.rows.len())));
            }
            Err(error) => return Err(error),
        };
        let place = if at < 0 { self.rows.len().checked_sub(at.unsigned_abs()) } else { Some(at.unsigned_abs()) };
        match place.and_then(|place| self.rows.get(place)) {
            Some(row) => Ok(self.model(py, *row)?.into_any()),
            None => Err(PyIndexError::new_err(format!("index {at} of a selection of {}", self.rows.len()))),
        }
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.models(py)?.try_iter()
    }

    fn __contains__(&self, item: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.place(item)?.is_some())
    }

    /// The place of a model or id.
    #[pyo3(signature = (item, start=0, stop=None, /))]
    fn index(&self, item: &Bound<'_, PyAny>, start: isize, stop: Option<isize>) -> PyResult<usize> {
        let len = self.rows.len().cast_signed();
        let from = |place: isize| if place < 0 { (len + place).max(0) } else { place };
        let within = from(start)..stop.map_or(len, from);
        match self.place(item)?.filter(|place| within.contains(&place.cast_signed())) {
            Some(place) => Ok(place),
            None => Err(PyValueError::new_err(format!("{} is not in the selection", item.repr()?))),
        }
    }

    /// 1 where a model or id is in it, else 0: a selection holds no model twice.
    fn count(&self, item: &Bound<'_, PyAny>) -> PyResult<usize> {
        Ok(usize::from(self.place(item)?.is_some()))
    }

    /// The models, as a list.
    fn models<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        // In one pass where every object was made before, as it is for all but the first to ask.
        let complete = Cell::new(true);
        let made = PyList::new(
            py,
            self.rows.iter().map(|row| {
                let model = self.published.made(py, *row);
                complete.set(complete.get() & model.is_some());
                model
            }),
        )?;
        if complete.get() {
            return Ok(made);
        }
        let models = self.rows.iter().map(|row| self.model(py, *row)).collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, models)
    }

    /// The ids, as a list.
    fn ids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.rows.iter().map(|row| self.id(*row)))
    }

    /// The values of a measure as an array, of another field as a list.
    fn values<'py>(&self, py: Python<'py>, field: &str) -> PyResult<Bound<'py, PyAny>> {
        let snapshot = &self.published.snapshot;
        if let Some(measure) = snapshot.measures().find(field) {
            return Ok(crate::numbers::array(py, snapshot, measure, &self.rows));
        }
        let values = self.rows.iter().map(|row| self.model(py, *row)?.bind(py).call_method1("value", (field,)));
        Ok(PyList::new(py, values.collect::<PyResult<Vec<_>>>()?)?.into_any())
    }

    /// In the order of these fields; `-field` is descending, the unknown comes last.
    #[pyo3(signature = (*fields))]
    fn sort(&self, py: Python<'_>, fields: &Bound<'_, pyo3::types::PyTuple>) -> PyResult<Self> {
        let mut asker = Asker::new(py, &self.published).within();
        asker.keyword(&PyString::new(py, "sort"), fields.as_any())?;
        let question = asker.finish();
        let sorted = || question.query.arrange(&self.published.snapshot, self.rows.clone());
        Ok(self.with(over(py, self.rows.len(), sorted)))
    }

    fn __and__(&self, py: Python<'_>, other: &Self) -> Self {
        self.with(over(py, self.rows.len().max(other.rows.len()), || self.shared(other, true)))
    }

    fn __sub__(&self, py: Python<'_>, other: &Self) -> Self {
        self.with(over(py, self.rows.len().max(other.rows.len()), || self.shared(other, false)))
    }

    /// Mine, then those of the other that I do not have; of another snapshot, the rows of its ids in mine.
    fn __or__(&self, py: Python<'_>, other: &Self) -> Self {
        self.with(over(py, self.rows.len().max(other.rows.len()), || {
            let mut seen: HashSet<Row> = self.rows.iter().copied().collect();
            let mut rows = self.rows.clone();
            let (snapshot, same) = (&self.published.snapshot, self.same_snapshot(other));
            let others = other.rows.iter();
            let others = others.filter_map(|row| if same { Some(*row) } else { snapshot.row(other.id(*row)).ok() });
            rows.extend(others.filter(|row| seen.insert(*row)));
            rows
        }))
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, operator: CompareOp) -> PyResult<Py<PyAny>> {
        let py = other.py();
        let Ok(other) = other.cast::<Self>() else { return Ok(py.NotImplemented()) };
        let other = other.get();
        let equal = if self.same_snapshot(other) {
            self.rows == other.rows
        } else {
            self.rows.len() == other.rows.len() && {
                let document = |selection: &Self, row| selection.published.snapshot.documents().read(row);
                self.rows
                    .iter()
                    .zip(&other.rows)
                    .all(|(a, b)| matches!((document(self, *a), document(other, *b)), (Ok(a), Ok(b)) if a == b))
            }
        };
        match operator {
            CompareOp::Eq => Ok(equal.into_pyobject(py)?.to_owned().into_any().unbind()),
            CompareOp::Ne => Ok((!equal).into_pyobject(py)?.to_owned().into_any().unbind()),
            _ => Ok(py.NotImplemented()),
        }
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        let ids: Vec<&str> = self.rows.iter().map(|row| self.id(*row)).collect();
        pyo3::types::PyTuple::new(py, ids)?.hash()
    }

    fn __repr__(&self) -> String {
        let shown: Vec<&str> = self.rows.iter().take(3).map(|row| self.id(*row)).collect();
        let more = if self.rows.len() > shown.len() { ", ..." } else { "" };
        format!("<Selection of {}: {}{more}>", self.rows.len(), shown.join(", "))
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("modeldex.notebook")?.call_method1("selection", (slf,))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let (py, selection) = (slf.py(), slf.get());
        let file = || selection.published.snapshot.only(&selection.rows).and_then(|snapshot| snapshot.to_file());
        let bytes = py.detach(file).or_raise(py)?;
        Ok((py.import("modeldex._core")?.getattr("_selection")?, (PyBytes::new(py, &bytes),)))
    }
}

/// Makes a selection again from what its pickle holds.
#[pyfunction]
#[pyo3(name = "_selection")]
pub(crate) fn restore(py: Python<'_>, bytes: &Bound<'_, PyAny>) -> PyResult<Selection> {
    let Ok(bytes) = bytes.cast::<PyBytes>() else { return Err(PyTypeError::new_err("a selection's pickle is bytes")) };
    let published = crate::registry::open_bytes(py, bytes.as_bytes())?;
    let rows = published.snapshot.live_rows().collect();
    Ok(Selection::new(Arc::new(published), rows))
}
