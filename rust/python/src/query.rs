//! A prepared query: compiled once, always current.

mod written;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use modeldex_engine::{Row, Values};
use pyo3::exceptions::PyTypeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::ask::Asker;
use crate::entry::{Arguments, Body};
use crate::error::raise;
use crate::leisure::aside;
use crate::model::Model;
use crate::published::Published;
use crate::question::{Excluded, Question, Usd};
use crate::registry::Registry;
use crate::selection::Selection;
use crate::values::{excluded_rows, number, usd};

/// The answer of a query without parameters, and what it is good for: a version of the registry, and
/// those suspended then.
struct Remembered {
    version: u64,
    epoch: u64,
    row: Option<Row>,
    model: Option<Py<Model>>,
}

/// What `prepare` returns. Unpickled, it is unbound until `bind` gives it a registry.
#[pyclass(frozen, weakref, module = "modeldex._core")]
pub(crate) struct Query {
    registry: Option<Py<Registry>>,
    question: Question,
    conditions: Py<PyTuple>,
    keywords: Py<PyDict>,
    remembered: Mutex<Option<Remembered>>,
    /// This query compiled again, after the registry met a name that it had not met before.
    later: OnceLock<Box<Self>>,
}

/// The values of one request.
pub(crate) struct Given {
    cells: Vec<i64>,
    amounts: Vec<u64>,
    limits: Vec<i128>,
    exclude: Excluded,
}

impl Given {
    pub(crate) fn values(&self) -> Values<'_> {
        Values { cells: &self.cells, amounts: &self.amounts, limits: &self.limits, exclude: &self.exclude }
    }
}

impl Query {
    pub(crate) fn prepare<'py>(
        registry: &Bound<'py, Registry>,
        conditions: Bound<'py, PyTuple>,
        keywords: Bound<'py, PyDict>,
    ) -> PyResult<Self> {
        let published = registry.get().published(registry.py())?;
        let asker = Asker::new(registry.py(), &published).prepared();
        Self::compiled(asker, registry, conditions, keywords)
    }

    fn compiled<'py>(
        mut asker: Asker<'_, 'py>,
        registry: &Bound<'py, Registry>,
        conditions: Bound<'py, PyTuple>,
        keywords: Bound<'py, PyDict>,
    ) -> PyResult<Self> {
        conditions.iter().try_for_each(|condition| asker.condition(&condition))?;
        for (name, value) in keywords.iter() {
            asker.keyword(name.cast::<PyString>()?, &value)?;
        }
        let question = asker.finish();
        Ok(Self {
            registry: Some(registry.clone().unbind()),
            question,
            conditions: conditions.unbind(),
            keywords: keywords.unbind(),
            remembered: Mutex::new(None),
            later: OnceLock::new(),
        })
    }

    /// This query as it is to be asked now: compiled again where the registry has met a name that it
    /// had not met before. Each time fewer names are left, so that this ends.
    pub(crate) fn current(&self, py: Python<'_>) -> PyResult<&Self> {
        let mut query = self;
        while !query.question.unheard.is_empty() {
            if let Some(later) = query.later.get() {
                query = later;
                continue;
            }
            let Some(registry) = &query.registry else { break };
            let published = registry.get().published(py)?;
            if !query.question.unheard.iter().any(|name| name.is_met(&published.snapshot)) {
                break;
            }
            let (conditions, keywords) = (query.conditions.bind(py).clone(), query.keywords.bind(py).clone());
            let asker = Asker::new(py, &published).prepared().quiet();
            let later = Self::compiled(asker, registry.bind(py), conditions, keywords)?;
            // Of two threads one is first; the other's is the same.
            drop(query.later.set(Box::new(later)));
        }
        Ok(query)
    }

    pub(crate) fn question(&self) -> &Question {
        &self.question
    }

    /// The error for a keyword that is no parameter.
    pub(crate) fn no_parameter(&self, py: Python<'_>, name: &str) -> PyErr {
        let params = self.question.params.iter().map(String::as_str);
        let nearest: Vec<&str> = modeldex_engine::nearest(name, params, 3).into_iter().map(|(_, name)| name).collect();
        raise(py, "UnknownFieldError", (name, nearest, "parameter of this query"))
    }

    /// The error for a call that did not give the parameter at this place.
    pub(crate) fn missing(&self, call: &str, place: usize) -> PyErr {
        let name = &self.question.params[place];
        PyTypeError::new_err(format!("{call}() needs {name}=: the query was prepared with param({name:?})"))
    }

    pub(crate) fn registry(&self, py: Python<'_>) -> PyResult<&Registry> {
        match &self.registry {
            Some(registry) => Ok(registry.get()),
            None => Err(raise(py, "ModeldexError", ("this query is bound to no registry: call bind(registry) first",))),
        }
    }

    /// The conditions and keywords as they were written.
    pub(crate) fn written(&self) -> (&Py<PyTuple>, &Py<PyDict>) {
        (&self.conditions, &self.keywords)
    }

    /// What a call brings for the parameters; `others` are keywords of the call itself.
    pub(crate) fn given<'py>(
        &self,
        py: Python<'py>,
        published: &Published,
        arguments: &Arguments<'py>,
        call: &str,
        others: &[&str],
    ) -> PyResult<Given> {
        arguments.only_keywords(call)?;
        self.values(py, published, arguments, call, others)
    }

    /// The values of the keywords of a call.
    pub(crate) fn values<'py>(
        &self,
        py: Python<'py>,
        published: &Published,
        arguments: &Arguments<'py>,
        call: &str,
        others: &[&str],
    ) -> PyResult<Given> {
        let params = &self.question.params;
        let mut values = vec![f64::NAN; params.len()];
        let mut amounts = vec![Usd::default(); if self.question.limits.is_empty() { 0 } else { params.len() }];
        let mut exclude = Vec::new();
        for keyword in arguments.keywords() {
            let (name, value) = keyword?;
            let name = &*name.to_string_lossy();
            match params.iter().position(|param| param == name) {
                Some(place) => {
                    values[place] = number(py, name, self.question.takes_date(place), &value)?;
                    if self.question.takes_usd(place) {
                        amounts[place] = usd(py, name, &value)?;
                    }
                }
                None if name == "exclude" => exclude.extend(excluded_rows(&published.snapshot, &value)?),
                None if others.contains(&name) => {}
                None => return Err(self.no_parameter(py, name)),
            }
        }
        if let Some(missing) = values.iter().position(|value| value.is_nan()) {
            return Err(self.missing(call, missing));
        }
        Ok(Given {
            cells: self.question.cells(&values),
            amounts: self.question.amounts(py, &values)?,
            limits: self.question.limits(&amounts),
            exclude: self.question.excluded_also(published, exclude),
        })
    }

    /// The remembered answer, or a new one where something that it depends on has changed.
    fn constant(&self, py: Python<'_>, registry: &Registry) -> PyResult<Py<PyAny>> {
        let (version, epoch) = registry.stamp(py);
        let known = {
            let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            match &*remembered {
                Some(answer) if answer.version == version && answer.epoch == epoch => {
                    return Ok(answer.model.as_ref().map_or_else(|| py.None(), |model| model.clone_ref(py).into_any()));
                }
                Some(answer) if answer.epoch == epoch => Some((answer.version, answer.row)),
                _ => None,
            }
        };
        let published = registry.published(py)?;
        let query = &self.question.query;
        let row = match known {
            // What an excluded name leads to may change with names that the query does not read.
            Some((version, row)) if self.question.exclude.is_empty() && query.stamp(&published.snapshot) <= version => {
                row
            }
            _ => {
                let exclude = self.question.excluded(&published);
                query.best(&published.snapshot, Values { exclude: &exclude, ..Values::default() })
            }
        };
        let model = row.map(|row| published.model(py, row)).transpose()?;
        let answer = model.as_ref().map_or_else(|| py.None(), |model| model.clone_ref(py).into_any());
        let remembered = Remembered { version: published.snapshot.version(), epoch, row, model };
        let before = self.remembered.lock().unwrap_or_else(PoisonError::into_inner).replace(remembered);
        // Dropped outside the lock: dropping an object may run Python code.
        drop(before);
        Ok(answer)
    }
}

pub(crate) struct Best;

impl Body<Query> for Best {
    fn call<'py>(slf: &Bound<'py, Query>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        let (py, query) = (slf.py(), slf.get().current(slf.py())?);
        let registry = query.registry(py)?;
        if arguments.len() == 0 && query.question.params.is_empty() {
            return query.constant(py, registry);
        }
        let published = registry.published(py)?;
        let given = query.given(py, &published, arguments, "best", &[])?;
        match query.question.query.best(&published.snapshot, given.values()) {
            Some(row) => Ok(published.model(py, row)?.into_any()),
            None => Ok(py.None()),
        }
    }
}

fn selected<'py>(
    slf: &Bound<'py, Query>,
    arguments: &Arguments<'py>,
    call: &str,
) -> PyResult<(Arc<Published>, Vec<Row>)> {
    let (py, query) = (slf.py(), slf.get().current(slf.py())?);
    let published = query.registry(py)?.published(py)?;
    let given = query.given(py, &published, arguments, call, &[])?;
    let snapshot = &published.snapshot;
    let rows = aside(py, snapshot, || query.question.query.select(snapshot, given.values()));
    Ok((published, rows))
}

pub(crate) struct Select;

impl Body<Query> for Select {
    fn call<'py>(slf: &Bound<'py, Query>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        let (published, rows) = selected(slf, arguments, "select")?;
        Ok(Py::new(slf.py(), Selection::new(published, rows))?.into_any())
    }
}

pub(crate) struct Ids;

impl Body<Query> for Ids {
    fn call<'py>(slf: &Bound<'py, Query>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        let (published, rows) = selected(slf, arguments, "ids")?;
        let ids = rows.iter().filter_map(|row| published.snapshot.names().id(*row));
        Ok(pyo3::types::PyList::new(slf.py(), ids.collect::<Vec<_>>())?.into_any().unbind())
    }
}

pub(crate) struct Count;

impl Body<Query> for Count {
    fn call<'py>(slf: &Bound<'py, Query>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        let (py, query) = (slf.py(), slf.get().current(slf.py())?);
        let published = query.registry(py)?.published(py)?;
        let given = query.given(py, &published, arguments, "count", &[])?;
        let snapshot = &published.snapshot;
        let count = aside(py, snapshot, || query.question.query.count(snapshot, given.values()));
        Ok(count.into_pyobject(py)?.into_any().unbind())
    }
}

#[pymethods]
impl Query {
    /// A callback of the registry may hold this query: together they can be collected.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.registry)
    }

    /// The same query on another registry.
    fn bind(&self, registry: &Bound<'_, Registry>) -> PyResult<Self> {
        let py = registry.py();
        Self::prepare(registry, self.conditions.bind(py).clone(), self.keywords.bind(py).clone())
    }

    /// The parameters that each call must give, in the order of their first use.
    #[getter]
    fn params<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.question.params)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let conditions = self.conditions.bind(py).iter().map(|condition| Ok(condition.repr()?.to_string()));
        let keywords = self.keywords.bind(py).iter().map(|(name, value)| Ok(format!("{name}={}", value.repr()?)));
        let parts = conditions.chain(keywords).collect::<PyResult<Vec<String>>>()?;
        Ok(format!("<Query {}>", parts.join(", ")))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Py<PyTuple>, Py<PyDict>))> {
        Ok((
            py.import("modeldex._core")?.getattr("_query")?,
            (self.conditions.clone_ref(py), self.keywords.clone_ref(py)),
        ))
    }
}

/// Makes a query again from what its pickle holds, bound to no registry.
#[pyfunction]
#[pyo3(name = "_query")]
pub(crate) fn restore(conditions: Py<PyTuple>, keywords: Py<PyDict>) -> Query {
    Query {
        registry: None,
        question: Question::default(),
        conditions,
        keywords,
        remembered: Mutex::new(None),
        later: OnceLock::new(),
    }
}
