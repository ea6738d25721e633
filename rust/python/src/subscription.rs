//! Subscriptions: who is told of changes, and what they are told.

use std::collections::{HashMap, VecDeque};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use modeldex_engine::{Row, Snapshot};
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::error::raise;
use crate::registry::Registry;

/// How many changes wait for one callback before they are told as one.
const MOST_WAITING: usize = 1_024;

/// Who made a change, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct By {
    pub(crate) author: Option<String>,
    pub(crate) message: Option<String>,
}

/// What one publication changed, or several in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Report {
    since: u64,
    version: u64,
    /// Each id once: whether it was there before, and whether it is there now.
    ids: Vec<(Box<str>, bool, bool)>,
    by: By,
}

impl Report {
    /// What differs in the touched rows.
    fn of(before: &Snapshot, after: &Snapshot, touched: &[Row], by: &By) -> Self {
        let mut ids = Ids::default();
        for row in touched {
            let (was, is) = (before.names().id(*row), after.names().id(*row));
            if let (Some(was), Some(is)) = (was, is)
                && was == is
                && matches!((before.documents().read(*row), after.documents().read(*row)), (Ok(a), Ok(b)) if a == b)
            {
                continue;
            }
            was.into_iter().for_each(|id| ids.say(id, true, is == was));
            is.into_iter().filter(|_| is != was).for_each(|id| ids.say(id, false, true));
        }
        Self { since: before.version(), version: after.version(), ids: ids.ids, by: by.clone() }
    }

    /// Several in a row as one.
    fn joined(reports: impl IntoIterator<Item = Arc<Self>>) -> Option<Self> {
        let mut reports = reports.into_iter();
        let mut joined = reports.next().map(Arc::unwrap_or_clone)?;
        let mut ids = Ids::default();
        std::mem::take(&mut joined.ids).into_iter().for_each(|(id, was, is)| ids.say(&id, was, is));
        for report in reports {
            report.ids.iter().for_each(|(id, was, is)| ids.say(id, *was, *is));
            joined.version = report.version;
            if joined.by != report.by {
                joined.by = By::default();
            }
        }
        joined.ids = ids.ids;
        Some(joined)
    }

    fn change(&self, py: Python<'_>) -> PyResult<Change> {
        let those = |was: bool, is: bool| {
            let ids = self.ids.iter().filter(|(_, then, now)| (*then, *now) == (was, is));
            PyTuple::new(py, ids.map(|(id, ..)| &**id).collect::<Vec<&str>>()).map(Bound::unbind)
        };
        Ok(Change {
            since: self.since,
            version: self.version,
            added: those(false, true)?,
            updated: those(true, true)?,
            removed: those(true, false)?,
            author: self.by.author.clone(),
            message: self.by.message.clone(),
        })
    }
}

/// Ids in the order in which they were first spoken of.
#[derive(Default)]
struct Ids {
    ids: Vec<(Box<str>, bool, bool)>,
    places: HashMap<Box<str>, usize>,
}

impl Ids {
    /// What is said later counts for whether it is there, what was said first for whether it was.
    fn say(&mut self, id: &str, was: bool, is: bool) {
        if let Some(place) = self.places.get(id) {
            self.ids[*place].2 = is;
        } else {
            self.places.insert(id.into(), self.ids.len());
            self.ids.push((id.into(), was, is));
        }
    }
}

/// One callback and what it is still to be told.
struct Subscriber {
    /// Nothing once it is closed.
    callback: Mutex<Option<Py<PyAny>>>,
    waiting: Mutex<VecDeque<Arc<Report>>>,
    /// The process that is calling it now, 0 where none is: a child that was forked during a call
    /// must not wait for its end.
    calling: AtomicU32,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Subscriber {
    fn is_open(&self) -> bool {
        locked(&self.callback).is_some()
    }

    fn close(&self) {
        let callback = locked(&self.callback).take();
        locked(&self.waiting).clear();
        // Outside the locks: this may run Python code.
        drop(callback);
    }

    fn announce(&self, report: &Arc<Report>) {
        let mut waiting = locked(&self.waiting);
        if waiting.len() >= MOST_WAITING {
            let joined = Report::joined(waiting.drain(..));
            waiting.extend(joined.map(Arc::new));
        }
        waiting.push_back(report.clone());
    }

    /// Calls the callback with everything that waits, unless somebody is at it: then they will.
    fn deliver(&self, py: Python<'_>) -> PyResult<()> {
        let (me, mut outcome) = (process::id(), Ok(()));
        while !locked(&self.waiting).is_empty() {
            let there = self.calling.load(Ordering::Acquire);
            if there == me || self.calling.compare_exchange(there, me, Ordering::AcqRel, Ordering::Acquire).is_err() {
                break;
            }
            let told = self.drain(py);
            self.calling.store(0, Ordering::Release);
            outcome = outcome.and(told);
        }
        outcome
    }

    fn drain(&self, py: Python<'_>) -> PyResult<()> {
        let mut outcome = Ok(());
        loop {
            let Some(report) = locked(&self.waiting).pop_front() else { return outcome };
            let Some(callback) = locked(&self.callback).as_ref().map(|callback| callback.clone_ref(py)) else {
                return outcome;
            };
            let called = report.change(py).and_then(|change| callback.call1(py, (change,)));
            match called {
                Ok(_) => {}
                Err(error) if error.is_instance_of::<PyException>(py) => {
                    error.write_unraisable(py, Some(callback.bind(py)));
                }
                // An interrupt is not the callback's: it goes on to whoever made the change.
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
    }
}

/// Everybody who is told of the changes of one registry.
#[derive(Default)]
pub(crate) struct Subscribers(Mutex<Vec<Arc<Subscriber>>>);

impl Subscribers {
    /// Takes note of a publication, in the order of publications: called under the lock of the
    /// writer. Runs no Python code.
    pub(crate) fn announce(&self, before: &Snapshot, after: &Snapshot, touched: &[Row], by: &By) {
        let mut subscribers = locked(&self.0);
        subscribers.retain(|subscriber| subscriber.is_open());
        if subscribers.is_empty() {
            return;
        }
        let report = Arc::new(Report::of(before, after, touched, by));
        subscribers.iter().for_each(|subscriber| subscriber.announce(&report));
    }

    /// Tells what is still to be told; no lock is held while a callback runs.
    pub(crate) fn deliver(&self, py: Python<'_>) -> PyResult<()> {
        let subscribers = match locked(&self.0) {
            none if none.is_empty() => return Ok(()),
            some => some.clone(),
        };
        let mut outcome = Ok(());
        for subscriber in subscribers {
            outcome = outcome.and(subscriber.deliver(py));
        }
        outcome
    }

    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        let Ok(subscribers) = self.0.try_lock() else { return Ok(()) };
        for subscriber in &*subscribers {
            if let Ok(callback) = subscriber.callback.try_lock() {
                visit.call(&*callback)?;
            }
        }
        Ok(())
    }

    pub(crate) fn clear(&self) {
        let subscribers = std::mem::take(&mut *locked(&self.0));
        subscribers.iter().for_each(|subscriber| subscriber.close());
    }
}

/// What changed, as a callback is told.
#[pyclass(frozen, module = "modeldex._core")]
pub(crate) struct Change {
    #[pyo3(get)]
    since: u64,
    #[pyo3(get)]
    version: u64,
    #[pyo3(get)]
    added: Py<PyTuple>,
    #[pyo3(get)]
    updated: Py<PyTuple>,
    #[pyo3(get)]
    removed: Py<PyTuple>,
    #[pyo3(get)]
    author: Option<String>,
    #[pyo3(get)]
    message: Option<String>,
}

type Parts = (u64, u64, Py<PyTuple>, Py<PyTuple>, Py<PyTuple>, Option<String>, Option<String>);

#[pymethods]
impl Change {
    fn __bool__(&self, py: Python<'_>) -> bool {
        [&self.added, &self.updated, &self.removed].iter().any(|ids| !ids.bind(py).is_empty())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let count = |ids: &Py<PyTuple>| ids.bind(py).len();
        let said = |name: &str, value: &Option<String>| match value {
            Some(value) => Ok::<_, PyErr>(format!(" {name}={}", value.into_pyobject(py)?.repr()?)),
            None => Ok(String::new()),
        };
        Ok(format!(
            "<Change version={} added={} updated={} removed={}{}{}>",
            self.version,
            count(&self.added),
            count(&self.updated),
            count(&self.removed),
            said("author", &self.author)?,
            said("message", &self.message)?
        ))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Parts)> {
        let ids = |ids: &Py<PyTuple>| ids.clone_ref(py);
        let parts = (
            self.since,
            self.version,
            ids(&self.added),
            ids(&self.updated),
            ids(&self.removed),
            self.author.clone(),
            self.message.clone(),
        );
        Ok((py.import("modeldex._core")?.getattr("_change")?, parts))
    }
}

/// Makes a change again from what its pickle holds.
#[pyfunction]
#[pyo3(name = "_change")]
pub(crate) fn restore(
    since: u64,
    version: u64,
    added: Py<PyTuple>,
    updated: Py<PyTuple>,
    removed: Py<PyTuple>,
    author: Option<String>,
    message: Option<String>,
) -> Change {
    Change { since, version, added, updated, removed, author, message }
}

/// What `subscribe` returns. It keeps neither the registry nor the callback alive.
#[pyclass(frozen, weakref, module = "modeldex._core")]
pub(crate) struct Subscription {
    subscriber: Weak<Subscriber>,
    #[pyo3(get)]
    since: u64,
}

#[pymethods]
impl Subscription {
    /// Ends it: no call begins after this. Again does nothing.
    fn close(&self) {
        if let Some(subscriber) = self.subscriber.upgrade() {
            subscriber.close();
        }
    }

    #[getter]
    fn closed(&self) -> bool {
        !self.subscriber.upgrade().is_some_and(|subscriber| subscriber.is_open())
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, PyTuple>) -> bool {
        self.close();
        false
    }

    fn __repr__(&self) -> String {
        format!("<Subscription since={}{}>", self.since, if self.closed() { " closed" } else { "" })
    }
}

#[pymethods]
impl Registry {
    /// Calls a function after every change.
    fn subscribe(&self, py: Python<'_>, callback: Bound<'_, PyAny>) -> PyResult<Subscription> {
        if self.is_view() {
            let text =
                "a view has no changes of its own: subscribe to the registry that it is of, and ask the view again";
            return Err(raise(py, "ModeldexError", (text,)));
        }
        if !callback.is_callable() {
            let kind = callback.get_type().qualname()?;
            return Err(PyTypeError::new_err(format!(
                "a callback is called with a Change, and {kind} cannot be called"
            )));
        }
        let subscriber = Arc::new(Subscriber {
            callback: Mutex::new(Some(callback.unbind())),
            waiting: Mutex::default(),
            calling: AtomicU32::new(0),
        });
        let subscription = Arc::downgrade(&subscriber);
        // Under the lock of the writer: everything after this version is told, nothing before.
        let lock = self.lock(py);
        let since = self.version(py);
        let mut subscribers = locked(&self.subscribers().0);
        subscribers.retain(|subscriber| subscriber.is_open());
        subscribers.push(subscriber);
        drop(subscribers);
        drop(lock);
        Ok(Subscription { subscriber: subscription, since })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.subscribers().traverse(&visit)?;
        // Its function may hold the registry: Python clears what holds the function.
        self.creator.get().map_or(Ok(()), |creator| visit.call(creator))?;
        self.as_view().map_or(Ok(()), |view| view.traverse(&visit))
    }

    fn __clear__(&self) {
        self.subscribers().clear();
    }
}
