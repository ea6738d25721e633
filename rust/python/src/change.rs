//! Changes: register, update, remove, replace all; each is one step from the current state to the next.
//!
//! The schema checks what people write, in Python, before anything is locked. What it hands over
//! is put into a copy of the current state, which is published in one step.

use std::collections::HashMap;
use std::sync::Arc;

use modeldex_engine::{Definition, Edit as EngineEdit, Error, Kind, Lookup, Number, Snapshot};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyList, PyMapping, PyString, PyTuple};
use serde_json::value::RawValue;

use crate::difference::Diff;
use crate::edit::Edit;
use crate::error::{OrRaise, guarded, raise};
use crate::model::Model;
use crate::plain::{Patch, Plain};
use crate::published::Published;
use crate::registry::Registry;
use crate::subscription::By;

/// One step of an edit, as the engine takes it.
#[derive(Clone)]
pub(crate) enum Step {
    Put {
        definition: Arc<Definition>,
        replace: bool,
    },
    /// The document that the update was made from: if it is another by now, somebody was faster.
    Update {
        definition: Arc<Definition>,
        from: Arc<[u8]>,
    },
    /// The same, without a definition.
    Patch {
        id: Arc<str>,
        patch: Arc<Patch>,
        from: Arc<[u8]>,
    },
    Remove(String),
}

impl Step {
    pub(crate) fn apply(&self, edit: &mut EngineEdit) -> modeldex_engine::Result<()> {
        match self {
            Self::Put { definition, replace } => edit.put(definition, *replace).map(drop),
            Self::Update { definition, .. } => edit.put(definition, true).map(drop),
            // The row of an id that was taken out and put in again within one edit is another one.
            Self::Patch { id, patch, .. } => {
                let row = edit.snapshot().row(id)?;
                if row == patch.row { patch.apply(edit) } else { Patch { row, ..(**patch).clone() }.apply(edit) }
            }
            Self::Remove(id) => edit.remove(id).map(drop),
        }
    }

    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Put { definition, .. } | Self::Update { definition, .. } => &definition.id,
            Self::Patch { id, .. } => id,
            Self::Remove(id) => id,
        }
    }

    pub(crate) fn from(&self) -> Option<&Arc<[u8]>> {
        match self {
            Self::Update { from, .. } | Self::Patch { from, .. } => Some(from),
            Self::Put { .. } | Self::Remove(_) => None,
        }
    }
}

/// Why a change was not made.
pub(crate) enum Refusal {
    /// It was made from what is no longer there, or is none that this way can make.
    Again,
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// A row as the schema compiles it.
pub(crate) fn definition(compiled: &Bound<'_, PyAny>, snapshot: &Snapshot) -> PyResult<Definition> {
    type Parts<'py> = (String, Vec<String>, Vec<(String, String)>, Vec<(String, Bound<'py, PyAny>)>, Vec<u8>);
    let (id, aliases, terms, numbers, document): Parts<'_> = compiled.extract()?;
    let kind = |name: &str| {
        let measures = snapshot.measures();
        measures.find(name).and_then(|id| measures.spec(id)).map(|spec| spec.kind)
    };
    let numbers = numbers.into_iter().map(|(name, value)| {
        let number = match kind(&name) {
            Some(Kind::Money) => Number::Money(value.extract()?),
            _ => Number::Float(value.extract()?),
        };
        Ok((name, number))
    });
    Ok(Definition { id, aliases, terms, numbers: numbers.collect::<PyResult<_>>()?, document })
}

/// The document of an id in this state, as the schema reads it, or None.
fn document_of<'py>(
    py: Python<'py>,
    snapshot: &Snapshot,
    id: &str,
) -> PyResult<Option<(Bound<'py, PyAny>, Arc<[u8]>)>> {
    let row = match snapshot.lookup(id) {
        Lookup::Ambiguous(_) => return Err(Registry::missing(py, snapshot, PyString::new(py, id).as_any())),
        lookup => match lookup.row() {
            Some(row) => row,
            None => return Ok(None),
        },
    };
    let bytes = snapshot.documents().read(row).or_raise(py)?;
    let read = py.import("json")?.call_method1("loads", (pyo3::types::PyBytes::new(py, &bytes),))?;
    // A price may have more digits than a float holds: it goes back to the schema as it is written.
    let fields: HashMap<&str, &RawValue> =
        serde_json::from_slice(&bytes).map_err(|why| crate::document::damaged(py, &why))?;
    for spec in snapshot.vocabulary().measures().iter().filter(|spec| spec.kind == Kind::Money) {
        if let Some(price) = fields.get(spec.name.as_str()) {
            read.set_item(&spec.name, price.get())?;
        }
    }
    Ok(Some((read, bytes)))
}

/// What the schema calls for the documents of models that others extend.
pub(crate) fn lookup(py: Python<'_>, snapshot: Arc<Snapshot>) -> PyResult<Bound<'_, PyCFunction>> {
    PyCFunction::new_closure(
        py,
        None,
        None,
        move |arguments: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| -> PyResult<Py<PyAny>> {
            let (py, id) = (arguments.py(), arguments.get_item(0)?.extract::<String>()?);
            Ok(document_of(py, &snapshot, &id)?.map_or_else(|| py.None(), |(document, _)| document.unbind()))
        },
    )
}

/// What changes make of the document of an id, as the schema compiles it, and that document.
pub(crate) fn patched(
    py: Python<'_>,
    schema: &Bound<'_, PyAny>,
    snapshot: &Arc<Snapshot>,
    id: &str,
    changes: &Bound<'_, PyDict>,
) -> PyResult<(Definition, Arc<[u8]>)> {
    snapshot.row(id).map_err(|_| not_found(py, snapshot, id))?;
    let Some((document, from)) = document_of(py, snapshot, id)? else {
        return Err(not_found(py, snapshot, id));
    };
    let patched = schema.call_method1("patch", (document, changes))?;
    let compiled = schema.call_method1("compile", (patched, lookup(py, snapshot.clone())?))?;
    let definition = definition(&compiled, snapshot)?;
    // A step on another model than the one that it was made from would be tried for ever.
    if definition.id != id {
        let text = format!("the schema made {:?} of an update of {id:?}: an update keeps the id", definition.id);
        return Err(raise(py, "ModeldexError", (text,)));
    }
    Ok((definition, from))
}

/// The error for an id that a change names and that is none: what it leads to, or the nearest ids.
pub(crate) fn not_found(py: Python<'_>, snapshot: &Snapshot, id: &str) -> PyErr {
    let stands_for = snapshot.lookup(id).row().and_then(|row| snapshot.names().id(row));
    if let Some(meant) = stands_for {
        return raise(py, "ModelNotFoundError", (id, (meant,), meant));
    }
    let near: Vec<&str> = snapshot.suggest(id, 3).into_iter().map(|(_, id)| id).collect();
    raise(py, "ModelNotFoundError", (id, near))
}

/// The error of a step that failed, with what only the border knows.
pub(crate) fn failed(py: Python<'_>, snapshot: &Snapshot, error: Error) -> PyErr {
    match error {
        Error::NotFound(id) => not_found(py, snapshot, &id),
        other => crate::error::from_engine(py, other),
    }
}

impl Registry {
    pub(crate) fn writable(&self, py: Python<'_>) -> PyResult<()> {
        if self.is_frozen() {
            let text = if self.is_view() {
                "a view is read-only: change the registry that it is of, or make another view"
            } else {
                "this registry is read-only; Registry.load(\"bundled\") gives one of your own with the same models"
            };
            return Err(raise(py, "ModeldexError", (text,)));
        }
        Ok(())
    }

    /// Lets `work` make the next state from the current one and publishes it: gives both. Nothing
    /// changes where it refuses. `work` runs under the lock, so it must run no Python code; all that
    /// does (dropping objects, errors, subscribers) comes after.
    pub(crate) fn commit(
        &self,
        py: Python<'_>,
        by: &By,
        work: impl FnOnce(&Arc<Published>) -> Result<EngineEdit, Refusal>,
    ) -> PyResult<Option<(Arc<Published>, Arc<Published>)>> {
        self.writable(py)?;
        // A file that is still to be read is read before the lock.
        drop(self.published(py)?);
        let published = guarded(py, || {
            let lock = self.lock(py);
            let before = self.published(py)?;
            let outcome = work(&before);
            let edit = match outcome {
                Ok(edit) => edit,
                Err(refusal) => {
                    drop(lock);
                    return match refusal {
                        Refusal::Again => Ok(None),
                        Refusal::Failed(error) => Err(failed(py, &before.snapshot, error)),
                    };
                }
            };
            let (snapshot, touched) = edit.finish();
            let after = Arc::new(before.next(py, snapshot, &touched));
            after.suspensions.forget(&before.snapshot, &after.snapshot, &touched);
            self.subscribers().announce(&before.snapshot, &after.snapshot, &touched, by);
            let replaced = self.publish(py, after.clone());
            drop(lock);
            // Objects of rows that are gone may run Python code when they are dropped: after the lock.
            drop(replaced);
            Ok(Some((before, after)))
        })?;
        if published.is_some() {
            self.subscribers().deliver(py)?;
        }
        Ok(published)
    }

    /// Applies one step to the current state; None where it was made from what is no longer there.
    fn apply(&self, py: Python<'_>, step: &Step) -> PyResult<Option<Arc<Published>>> {
        let committed = self.commit(py, &By::default(), |before| {
            if let Some(from) = step.from()
                && !is_still(&before.snapshot, step.id(), from)
            {
                return Err(Refusal::Again);
            }
            let mut edit = before.snapshot.edit();
            step.apply(&mut edit)?;
            Ok(edit)
        })?;
        Ok(committed.map(|(_, after)| after))
    }

    pub(crate) fn compiled(
        &self,
        py: Python<'_>,
        snapshot: &Arc<Snapshot>,
        given: &Bound<'_, PyAny>,
    ) -> PyResult<Arc<Definition>> {
        let row = self.schema(py)?.call_method1("compile", (given, lookup(py, snapshot.clone())?))?;
        definition(&row, snapshot).map(Arc::new)
    }

    /// Definitions that the schema compiles together, in their order.
    fn compiled_many(
        &self,
        py: Python<'_>,
        given: &Bound<'_, PyAny>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Arc<Definition>>> {
        let snapshot = Arc::new(self.published(py)?.snapshot.clone());
        let rows = self.schema(py)?.call_method1("compile_many", (given, lookup(py, snapshot.clone())?, progress))?;
        rows.cast::<PyList>()?.iter().map(|row| definition(&row, &snapshot).map(Arc::new)).collect()
    }

    /// The step that an update of this id is, from this state.
    pub(crate) fn update_step(
        &self,
        py: Python<'_>,
        snapshot: &Arc<Snapshot>,
        id: &str,
        changes: &Bound<'_, PyDict>,
    ) -> PyResult<Step> {
        let (definition, from) = patched(py, &self.schema(py)?, snapshot, id, changes)?;
        Ok(Step::Update { definition: Arc::new(definition), from })
    }

    /// Which fields change by themselves, as the schema tells.
    pub(crate) fn plain(&self, py: Python<'_>) -> PyResult<&Plain> {
        crate::once::get_or_make(self.plain_cell(), py, || Plain::of(&self.schema(py)?.call_method0("independent")?))
    }
}

/// Whether the document of an id is still this one.
pub(crate) fn is_still(snapshot: &Snapshot, id: &str, from: &Arc<[u8]>) -> bool {
    let document = snapshot.row(id).and_then(|row| snapshot.documents().read(row));
    document.is_ok_and(|document| document == *from)
}

#[pymethods]
impl Registry {
    /// Adds a model and returns it.
    #[pyo3(signature = (definition, *, replace=false))]
    fn register(&self, py: Python<'_>, definition: &Bound<'_, PyAny>, replace: bool) -> PyResult<Py<Model>> {
        let snapshot = Arc::new(self.published(py)?.snapshot.clone());
        let definition = self.compiled(py, &snapshot, definition)?;
        let id = definition.id.clone();
        let after = self.apply(py, &Step::Put { definition, replace })?;
        found(py, after, &id)
    }

    /// Adds many models in one step and returns how many.
    #[pyo3(signature = (definitions, *, replace=false, progress=None))]
    fn register_many(
        &self,
        py: Python<'_>,
        definitions: &Bound<'_, PyAny>,
        replace: bool,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<usize> {
        let definitions = self.compiled_many(py, definitions, progress)?;
        if definitions.is_empty() {
            return Ok(0);
        }
        self.commit(py, &By::default(), |before| {
            let mut edit = before.snapshot.edit();
            definitions.iter().try_for_each(|definition| edit.put(definition, replace).map(drop))?;
            Ok(edit)
        })?;
        Ok(definitions.len())
    }

    /// Makes these the only models; what differs from before.
    #[pyo3(signature = (definitions, *, progress=None))]
    fn replace_all(
        &self,
        py: Python<'_>,
        definitions: &Bound<'_, PyAny>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Diff> {
        let definitions = self.compiled_many(py, definitions, progress)?;
        let committed = self.commit(py, &By::default(), |before| {
            let mut edit = before.snapshot.edit();
            edit.replace_all(&definitions)?;
            if edit.is_empty() { Err(Refusal::Again) } else { Ok(edit) }
        })?;
        let (before, after) = match committed {
            Some(both) => both,
            None => {
                let same = self.published(py)?;
                (same.clone(), same)
            }
        };
        Diff::between(py, before, after)
    }

    /// Changes some fields of a model and returns it.
    #[pyo3(signature = (id, changes=None, /, **fields))]
    fn update(
        &self,
        py: Python<'_>,
        id: &str,
        changes: Option<&Bound<'_, PyMapping>>,
        fields: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<Model>> {
        let changes = joined(py, changes, fields)?;
        let plain = self.plain(py)?;
        if let Some(wanted) = plain.wanted(&changes) {
            let committed = self.commit(py, &By::default(), |before| {
                let patch = plain.patch(&before.snapshot, id, &wanted).ok_or(Refusal::Again)?;
                let mut edit = before.snapshot.edit();
                patch.apply(&mut edit)?;
                Ok(edit)
            })?;
            if let Some((_, after)) = committed {
                return found(py, Some(after), id);
            }
        }
        loop {
            let snapshot = Arc::new(self.published(py)?.snapshot.clone());
            let step = self.update_step(py, &snapshot, id, &changes)?;
            if let Some(after) = self.apply(py, &step)? {
                return found(py, Some(after), id);
            }
        }
    }

    /// Removes a model.
    fn remove(&self, py: Python<'_>, id: &str) -> PyResult<()> {
        self.apply(py, &Step::Remove(id.to_owned())).map(drop)
    }

    /// Several changes as one: `with registry.edit() as edit: ...`.
    #[pyo3(signature = (*, author=None, message=None))]
    fn edit(slf: &Bound<'_, Self>, author: Option<String>, message: Option<String>) -> Edit {
        Edit::new(slf.clone().unbind(), By { author, message })
    }
}

pub(crate) fn joined<'py>(
    py: Python<'py>,
    changes: Option<&Bound<'py, PyMapping>>,
    fields: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyDict>> {
    let joined = PyDict::new(py);
    for part in changes.into_iter().chain(fields.map(PyDictMethods::as_mapping)) {
        joined.update(part)?;
    }
    if joined.is_empty() {
        return Err(PyTypeError::new_err("an update needs at least one field"));
    }
    Ok(joined)
}

fn found(py: Python<'_>, state: Option<Arc<Published>>, id: &str) -> PyResult<Py<Model>> {
    let row = state.as_ref().and_then(|state| state.snapshot.lookup(id).row());
    match (state, row) {
        (Some(state), Some(row)) => state.model(py, row),
        _ => Err(raise(py, "ModelNotFoundError", (id,))),
    }
}
