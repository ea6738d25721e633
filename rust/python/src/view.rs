//! Views: a registry as one tenant sees it, which follows the registry that it is of.
//!
//! A view holds what it says and derives what it shows when it is next used after a change: the engine
//! does that, and the schema checks a patch again where the document under it has changed. No lock is
//! held while it does.

use std::sync::{Arc, Mutex, PoisonError};

use modeldex_engine::{Draft, Lens, Snapshot};
use pyo3::exceptions::PyException;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::change;
use crate::model::Model;
use crate::over::{Entry, Few, Over, Repriced};
use crate::pointer::Pointer;
use crate::published::Published;
use crate::registry::Registry;
use crate::reprice::Reprice;

/// A patch of a model of the registry.
pub(crate) struct Override {
    pub(crate) id: String,
    pub(crate) changes: Py<PyDict>,
    /// What it made of the document of the model when that was last another.
    pub(crate) made: Mutex<Arc<Entry>>,
}

impl Override {
    fn made(&self) -> Arc<Entry> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What makes a registry a view.
pub(crate) struct View {
    pub(crate) base: Py<Registry>,
    pub(crate) lens: Lens,
    pub(crate) overrides: Vec<Override>,
    pub(crate) own: Vec<Arc<Entry>>,
}

/// A snapshot being looked at, and the prices that discounts give it.
pub(crate) struct Look {
    pub(crate) draft: Draft,
    reprice: Option<Arc<Reprice>>,
}

impl Look {
    pub(crate) fn new(lens: &Lens, base: &Snapshot, before: Option<&Snapshot>) -> modeldex_engine::Result<Self> {
        let mut reprice = None;
        let draft = lens.draft(base, before, |before, after| {
            let by = Arc::new(Reprice::new(before, after));
            reprice = Some(by.clone());
            by
        })?;
        Ok(Self { draft, reprice })
    }

    /// What the view shows of `base` with these entries.
    pub(crate) fn finish(
        self,
        lens: &Lens,
        base: &Arc<Published>,
        before: Option<&Published>,
        (changed, own): (&[Arc<Entry>], &[Arc<Entry>]),
        first: bool,
    ) -> modeldex_engine::Result<Published> {
        let patches: Vec<_> = changed.iter().map(|entry| &entry.definition).collect();
        let models: Vec<_> = own.iter().map(|entry| &entry.definition).collect();
        let (snapshot, rows) =
            self.draft.finish(lens, before.map(|before| &before.snapshot), &patches, &models, first)?;
        let entries = rows.into_iter().zip(changed.iter().chain(own));
        let mut entries: Vec<_> = entries.filter_map(|(row, entry)| Some((row?, entry.clone()))).collect();
        entries.sort_unstable_by_key(|(row, _)| *row);
        let repriced = self.reprice.map(|by| {
            let before = before.and_then(|before| before.over.as_ref()?.repriced.as_ref());
            let before = before.map(|before| before.models.clone());
            Repriced { by, models: Arc::new(Few::default()), before }
        });
        Ok(Published::view(snapshot, Over { base: base.clone(), entries: entries.into(), repriced }))
    }
}

impl View {
    /// Whether it shows the registry as it is.
    fn is_clear(&self) -> bool {
        self.lens.is_clear() && self.overrides.is_empty() && self.own.is_empty()
    }

    pub(crate) fn version(&self, py: Python<'_>) -> u64 {
        self.base.get().version(py)
    }

    pub(crate) fn stamp(&self, py: Python<'_>) -> (u64, u64) {
        self.base.get().stamp(py)
    }

    /// A callback of the registry may hold this view: together they can be collected.
    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.base)
    }

    /// The object of a name where the view is up to date and the object made.
    pub(crate) fn made(
        &self,
        py: Python<'_>,
        name: &Bound<'_, PyString>,
        state: &Pointer<Published>,
    ) -> Option<Py<Model>> {
        if self.is_clear() {
            return self.base.get().made(py, name);
        }
        let name = name.to_str().ok()?;
        let version = self.version(py);
        state.read(py, |state| {
            state.over.as_ref().filter(|_| state.snapshot.version() == version)?;
            let row = state.snapshot.lookup(name).row()?;
            state.made(py, row).map(|model| model.clone_ref(py))
        })
    }

    /// What the view shows of its registry now.
    ///
    /// Where the registry has changed in a way that the view cannot take over (a measure too many), it
    /// goes on showing what it showed.
    pub(crate) fn current(&self, py: Python<'_>, pointer: &Pointer<Published>) -> PyResult<Arc<Published>> {
        let base = self.base.get().published(py)?;
        if self.is_clear() {
            return Ok(base);
        }
        let state = pointer.get(py);
        if state.over.as_ref().is_some_and(|over| Arc::ptr_eq(&over.base, &base)) {
            return Ok(state);
        }
        let next = match self.derived(py, &base, &state) {
            Ok(next) => Arc::new(next),
            Err(_) if state.over.is_some() => return Ok(state),
            Err(error) => return Err(error),
        };
        // Another thread may have looked at a later state meanwhile.
        if state.over.is_none() || pointer.read(py, |there| there.snapshot.version() <= next.snapshot.version()) {
            drop(pointer.replace(py, next.clone()));
        }
        Ok(next)
    }

    fn derived(&self, py: Python<'_>, base: &Arc<Published>, before: &Arc<Published>) -> PyResult<Published> {
        use crate::error::OrRaise;
        let before = before.over.is_some().then_some(&**before);
        let look = Look::new(&self.lens, &base.snapshot, before.map(|before| &before.snapshot)).or_raise(py)?;
        let changed: Vec<_> = self.overrides.iter().map(|change| self.patched(py, &look.draft, change)).collect();
        look.finish(&self.lens, base, before, (&changed, &self.own), false).or_raise(py)
    }

    /// The entry of an override, made anew where the document under it is another than before. Where
    /// the patch no longer fits, the model stays as it last was.
    fn patched(&self, py: Python<'_>, draft: &Draft, change: &Override) -> Arc<Entry> {
        let made = change.made();
        let snapshot = draft.snapshot();
        let document = snapshot.row(&change.id).and_then(|row| snapshot.documents().read(row));
        let Ok(document) = document else { return made };
        if document == made.from {
            return made;
        }
        let schema = self.base.get().schema(py);
        let patched = schema.and_then(|schema| {
            change::patched(py, &schema, &Arc::new(snapshot.clone()), &change.id, change.changes.bind(py))
        });
        let entry = match patched {
            Ok((definition, from)) => made.remade(py, definition, from),
            Err(error) if error.is_instance_of::<PyException>(py) => made.remade(py, made.definition.clone(), document),
            // An interrupt says nothing about the patch.
            Err(_) => return made,
        };
        let before = std::mem::replace(&mut *change.made.lock().unwrap_or_else(PoisonError::into_inner), entry.clone());
        drop(before);
        entry
    }
}
