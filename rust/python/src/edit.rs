//! An edit: several changes that are published together, or not at all.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use modeldex_engine::{Edit as EngineEdit, Snapshot};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};

use crate::change::{Refusal, Step, failed, is_still, joined};
use crate::error::raise;
use crate::published::Published;
use crate::registry::Registry;
use crate::subscription::By;

/// The steps so far, the state that they began from, and the one that they lead to.
struct Draft {
    steps: Vec<Step>,
    base: Arc<Published>,
    edit: EngineEdit,
}

/// Whether every update still starts from what it was made from. Only the first step on a model
/// starts from what others may have changed; those after it start from the one before.
fn are_current(steps: &[Step], snapshot: &Snapshot) -> bool {
    let mut seen: HashSet<&str> = HashSet::new();
    steps.iter().all(|step| {
        let first = seen.insert(step.id());
        !first || step.from().is_none_or(|from| is_still(snapshot, step.id(), from))
    })
}

/// Changes that are published together when the `with` block ends, or not at all.
#[pyclass(frozen, module = "modeldex._core")]
pub(crate) struct Edit {
    registry: Py<Registry>,
    by: By,
    draft: Mutex<Option<Draft>>,
}

impl Edit {
    pub(crate) fn new(registry: Py<Registry>, by: By) -> Self {
        Self { registry, by, draft: Mutex::new(None) }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Draft>> {
        self.draft.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `work` runs under the lock, so it must run no Python code.
    fn draft<T>(&self, py: Python<'_>, work: impl FnOnce(&mut Draft) -> T) -> PyResult<T> {
        let done = self.lock().as_mut().map(work);
        match done {
            Some(done) => Ok(done),
            None => Err(raise(py, "ModeldexError", ("an edit works inside `with registry.edit() as edit:` only",))),
        }
    }

    /// The state that the steps so far lead to.
    fn snapshot(&self, py: Python<'_>) -> PyResult<Arc<Snapshot>> {
        self.draft(py, |draft| Arc::new(draft.edit.snapshot().clone()))
    }

    fn add(&self, py: Python<'_>, step: Step) -> PyResult<()> {
        let outcome = self.draft(py, |draft| {
            // A step that fails must leave the draft as it was, so it is tried on a copy.
            let mut tried = draft.edit.clone();
            step.apply(&mut tried)?;
            draft.edit = tried;
            draft.steps.push(step);
            Ok(())
        })?;
        match outcome {
            Ok(()) => Ok(()),
            Err(error) => Err(failed(py, &*self.snapshot(py)?, error)),
        }
    }

    /// Adds an update of plain fields; false where it is none.
    fn add_plain(&self, py: Python<'_>, id: &str, changes: &Bound<'_, PyDict>) -> PyResult<bool> {
        let plain = self.registry.get().plain(py)?;
        let Some(wanted) = plain.wanted(changes) else { return Ok(false) };
        self.draft(py, |draft| {
            let snapshot = draft.edit.snapshot();
            let Some(patch) = plain.patch(snapshot, id, &wanted) else { return false };
            let Ok(from) = snapshot.documents().read(patch.row) else { return false };
            // Nothing of a patch can fail, so that no copy is needed; if it does, the slow way tells.
            if patch.apply(&mut draft.edit).is_err() {
                let mut again = draft.base.snapshot.edit();
                if draft.steps.iter().try_for_each(|step| step.apply(&mut again)).is_ok() {
                    draft.edit = again;
                }
                return false;
            }
            draft.steps.push(Step::Patch { id: id.into(), patch: Arc::new(patch), from });
            true
        })
    }

    /// Publishes the steps of a draft.
    fn publish(&self, py: Python<'_>, draft: Draft) -> PyResult<()> {
        let Draft { steps, base, edit } = draft;
        let committed = self.registry.get().commit(py, &self.by, |before| {
            if Arc::ptr_eq(before, &base) {
                return Ok(edit);
            }
            if !are_current(&steps, &before.snapshot) {
                return Err(Refusal::Again);
            }
            let mut edit = before.snapshot.edit();
            steps.iter().try_for_each(|step| step.apply(&mut edit))?;
            Ok(edit)
        })?;
        if committed.is_none() {
            let text = "another change came in between to a model that this edit updates; nothing was changed, run the edit again";
            return Err(raise(py, "ModeldexError", (text,)));
        }
        Ok(())
    }
}

#[pymethods]
impl Edit {
    #[getter]
    fn author(&self) -> Option<&str> {
        self.by.author.as_deref()
    }

    #[getter]
    fn message(&self) -> Option<&str> {
        self.by.message.as_deref()
    }

    fn __enter__(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        let py = slf.py();
        let base = slf.get().registry.get().published(py)?;
        let edit = base.snapshot.edit();
        let mut draft = slf.get().lock();
        if draft.is_some() {
            drop(draft);
            return Err(raise(py, "ModeldexError", ("this edit has begun already",)));
        }
        *draft = Some(Draft { steps: Vec::new(), base, edit });
        drop(draft);
        Ok(slf)
    }

    /// Publishes everything, unless the block ended with an exception.
    fn __exit__(
        &self,
        py: Python<'_>,
        kind: &Bound<'_, PyAny>,
        _value: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<bool> {
        // What it holds may be the last reference to objects: dropped outside the lock.
        let draft = self.lock().take();
        match draft {
            Some(draft) if kind.is_none() && !draft.steps.is_empty() => self.publish(py, draft)?,
            _ => {}
        }
        Ok(false)
    }

    #[pyo3(signature = (definition, *, replace=false))]
    fn register(&self, py: Python<'_>, definition: &Bound<'_, PyAny>, replace: bool) -> PyResult<()> {
        let definition = self.registry.get().compiled(py, &self.snapshot(py)?, definition)?;
        self.add(py, Step::Put { definition, replace })
    }

    #[pyo3(signature = (id, changes=None, /, **fields))]
    fn update(
        &self,
        py: Python<'_>,
        id: &str,
        changes: Option<&Bound<'_, PyMapping>>,
        fields: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let changes = joined(py, changes, fields)?;
        if self.add_plain(py, id, &changes)? {
            return Ok(());
        }
        let step = self.registry.get().update_step(py, &self.snapshot(py)?, id, &changes)?;
        self.add(py, step)
    }

    fn remove(&self, py: Python<'_>, id: &str) -> PyResult<()> {
        self.add(py, Step::Remove(id.to_owned()))
    }
}
