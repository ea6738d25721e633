//! Suspensions: offerings that are left out of every answer for a while.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use modeldex_engine::{Row, Snapshot};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::change::not_found;
use crate::registry::Registry;

/// No suspension is longer: three centuries, whose end every clock can tell.
const LONGEST: f64 = 1e10;

/// Who is suspended, and until when; one for all states of a registry.
///
/// Nothing waits for an end: what is over is taken out by the first question after it. A suspension
/// is of an id, and the row of an id stays the same until it is removed, which ends the suspension.
/// The lock is held for moments, and no Python code runs under it.
#[derive(Debug, Default)]
pub(crate) struct Suspensions {
    /// Twice the number of beginnings and ends so far, and 1 while anybody is suspended.
    word: AtomicU64,
    inner: Mutex<Inner>,
}

/// Invariant: the three hold the same suspensions.
#[derive(Debug, Default)]
struct Inner {
    ids: HashMap<Box<str>, (Instant, Row)>,
    ends: BTreeSet<(Instant, Row)>,
    /// Ascending; shared with the questions that are being answered.
    rows: Arc<Vec<Row>>,
}

impl Inner {
    fn end(&mut self, id: &str) -> bool {
        let Some((until, row)) = self.ids.remove(id) else { return false };
        self.ends.remove(&(until, row));
        if let Ok(place) = self.rows.binary_search(&row) {
            Arc::make_mut(&mut self.rows).remove(place);
        }
        true
    }

    /// Ends those whose time is over; whether there were any.
    fn expire(&mut self, now: Instant) -> bool {
        if self.ends.first().is_none_or(|(until, _)| *until > now) {
            return false;
        }
        while let Some((_, row)) = self.ends.first().copied().filter(|(until, _)| *until <= now) {
            self.ends.pop_first();
            if let Ok(place) = self.rows.binary_search(&row) {
                Arc::make_mut(&mut self.rows).remove(place);
            }
        }
        self.ids.retain(|_, (until, _)| *until > now);
        true
    }
}

impl Suspensions {
    /// Whether nobody is suspended: all that it costs a question then.
    #[inline(always)]
    fn is_idle(&self) -> bool {
        self.word.load(Ordering::Acquire) & 1 == 0
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self, inner: &Inner) {
        let word = self.word.load(Ordering::Relaxed) | 1;
        self.word.store(word + 2 - u64::from(inner.ids.is_empty()), Ordering::Release);
    }

    /// The suspensions of this moment.
    fn current(&self) -> MutexGuard<'_, Inner> {
        let mut inner = self.lock();
        if inner.expire(Instant::now()) {
            self.changed(&inner);
        }
        inner
    }

    /// A number that is another one after each beginning or end.
    #[inline(always)]
    pub(crate) fn epoch(&self) -> u64 {
        if !self.is_idle() {
            drop(self.current());
        }
        self.word.load(Ordering::Acquire)
    }

    /// The rows of those suspended, ascending; nothing where nobody is.
    #[inline]
    pub(crate) fn rows(&self) -> Option<Arc<Vec<Row>>> {
        if self.is_idle() {
            return None;
        }
        Some(self.current().rows.clone()).filter(|rows| !rows.is_empty())
    }

    fn begin(&self, id: &str, row: Row, until: Instant) {
        let mut inner = self.current();
        inner.end(id);
        inner.ids.insert(id.into(), (until, row));
        inner.ends.insert((until, row));
        if let Err(place) = inner.rows.binary_search(&row) {
            Arc::make_mut(&mut inner.rows).insert(place, row);
        }
        self.changed(&inner);
    }

    fn end(&self, id: &str) -> bool {
        if self.is_idle() {
            return false;
        }
        let mut inner = self.current();
        let was = inner.end(id);
        if was {
            self.changed(&inner);
        }
        was
    }

    /// Seconds left for each id, those that end first first.
    fn left(&self) -> Vec<(String, f64)> {
        if self.is_idle() {
            return Vec::new();
        }
        let (now, inner) = (Instant::now(), self.current());
        let mut left: Vec<(String, Duration)> =
            inner.ids.iter().map(|(id, (until, _))| (String::from(&**id), *until - now)).collect();
        drop(inner);
        left.sort_unstable_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        left.into_iter().map(|(id, left)| (id, left.as_secs_f64())).collect()
    }

    /// Ends the suspensions of ids that a change took away; its rows are ascending.
    pub(crate) fn forget(&self, before: &Snapshot, after: &Snapshot, touched: &[Row]) {
        if self.is_idle() {
            return;
        }
        let mut inner = self.current();
        let mut any = false;
        for row in touched {
            if inner.rows.binary_search(row).is_ok()
                && let Some(id) = before.names().id(*row)
                && after.names().id(*row) != Some(id)
            {
                any |= inner.end(id);
            }
        }
        if any {
            self.changed(&inner);
        }
    }
}

/// The row of an id, under the lock of the writer so that it is not removed meanwhile.
fn with_row<T>(
    registry: &Registry,
    py: Python<'_>,
    id: &str,
    work: impl FnOnce(&Suspensions, Row) -> T,
) -> PyResult<T> {
    registry.writable(py)?;
    drop(registry.published(py)?);
    let lock = registry.lock(py);
    let state = registry.published(py)?;
    let outcome = state.snapshot.row(id).map(|row| work(&state.suspensions, row));
    drop(lock);
    outcome.map_err(|_| not_found(py, &state.snapshot, id))
}

#[pymethods]
impl Registry {
    /// Leaves an offering out of every answer for so many seconds.
    #[pyo3(signature = (id, *, seconds))]
    fn suspend(&self, py: Python<'_>, id: &str, seconds: f64) -> PyResult<()> {
        if !(seconds > 0.0 && seconds <= LONGEST) {
            let text = format!("seconds is {seconds}; write a number above 0 and at most {LONGEST:e}");
            return Err(PyValueError::new_err(text));
        }
        let until = Instant::now().checked_add(Duration::from_secs_f64(seconds));
        let Some(until) = until else { return Err(PyValueError::new_err("the clock does not go that far")) };
        with_row(self, py, id, |suspensions, row| suspensions.begin(id, row, until))
    }

    /// Ends a suspension before its time; whether there was one.
    fn resume(&self, py: Python<'_>, id: &str) -> PyResult<bool> {
        with_row(self, py, id, |suspensions, _| suspensions.end(id))
    }

    /// Those suspended, with the seconds left for each.
    fn suspended<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let found = PyDict::new(py);
        let state = self.published(py)?;
        for (id, seconds) in state.suspensions.left() {
            // A view tells of those that it shows.
            if state.over.is_none()
                || state.suspended().is_some_and(|rows| state.snapshot.row(&id).is_ok_and(|row| rows.contains(&row)))
            {
                found.set_item(id, seconds)?;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_out_and_the_epoch_tells() {
        let (suspensions, start) = (Suspensions::default(), Instant::now());
        assert_eq!((suspensions.epoch(), suspensions.rows()), (0, None));
        for row in [7, 3, 5] {
            suspensions.begin(&format!("m{row}"), row, start + Duration::from_secs(100 + u64::from(row)));
        }
        assert_eq!(*suspensions.rows().unwrap(), [3, 5, 7]);
        let kept = suspensions.rows().unwrap();
        let epoch = suspensions.epoch();
        suspensions.begin("m3", 3, start + Duration::from_secs(200));
        assert_ne!(suspensions.epoch(), epoch);
        assert!(suspensions.lock().expire(start + Duration::from_secs(150)));
        assert_eq!(*suspensions.rows().unwrap(), [3]);
        assert_eq!(*kept, [3, 5, 7]);
        assert_eq!(suspensions.left().len(), 1);
        let epoch = suspensions.epoch();
        assert!(suspensions.end("m3") && !suspensions.end("m3"));
        assert_eq!(suspensions.rows(), None);
        assert!(suspensions.is_idle() && suspensions.epoch() != epoch);
        let inner = suspensions.lock();
        assert!(inner.ids.is_empty() && inner.ends.is_empty() && inner.rows.is_empty());
    }
}
