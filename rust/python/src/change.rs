//! Changes: register, update, remove, one at a time or as one edit.
//!
//! The schema checks what people write, in Python, before anything is locked. What it hands over
//! is put into a copy of the current state, which is published in one step.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use modeldex_engine::{Definition, Edit as EngineEdit, Error, Kind, Lookup, Number, Snapshot};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyList, PyMapping, PyString, PyTuple};
use serde_json::value::RawValue;

use crate::error::{OrRaise, guarded, raise};
use crate::model::Model;
use crate::published::Published;
use crate::registry::Registry;

/// One step of an edit, as the engine takes it.
#[derive(Clone)]
enum Step {
    Put {
        definition: Arc<Definition>,
        replace: bool,
    },
    /// The document that the update was made from: if it is another by now, somebody was faster.
    Update {
        definition: Arc<Definition>,
        from: Arc<[u8]>,
    },
    Remove(String),
}

impl Step {
    fn apply(&self, edit: &mut EngineEdit) -> modeldex_engine::Result<()> {
        match self {
            Self::Put { definition, replace } => edit.put(definition, *replace).map(drop),
            Self::Update { definition, .. } => edit.put(definition, true).map(drop),
            Self::Remove(id) => edit.remove(id).map(drop),
        }
    }
}

/// Whether every update still starts from what it was made from. Only the first step on a model
/// starts from what others may have changed; those after it start from the one before.
fn are_current(steps: &[Step], snapshot: &Snapshot) -> bool {
    let mut seen: HashSet<&str> = HashSet::new();
    steps.iter().all(|step| match step {
        Step::Put { definition, .. } => {
            seen.insert(&definition.id);
            true
        }
        Step::Remove(id) => {
            seen.insert(id);
            true
        }
        Step::Update { definition, from } => {
            let document = || snapshot.row(&definition.id).and_then(|row| snapshot.documents().read(row));
            !seen.insert(&definition.id) || document().is_ok_and(|document| document == *from)
        }
    })
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
    snapshot.row(id).map_err(|error| failed(py, snapshot, error))?;
    let Some((document, from)) = document_of(py, snapshot, id)? else {
        return Err(failed(py, snapshot, Error::NotFound(id.to_owned())));
    };
    let patched = schema.call_method1("patch", (document, changes))?;
    let compiled = schema.call_method1("compile", (patched, lookup(py, snapshot.clone())?))?;
    Ok((definition(&compiled, snapshot)?, from))
}

/// The error of a step that failed, with what only the border knows.
fn failed(py: Python<'_>, snapshot: &Snapshot, error: Error) -> PyErr {
    match error {
        Error::NotFound(id) => {
            let near: Vec<&str> = snapshot.suggest(&id, 3).into_iter().map(|(_, id)| id).collect();
            raise(py, "ModelNotFoundError", (id, near))
        }
        other => crate::error::from_engine(py, other),
    }
}

impl Registry {
    /// Applies steps to the current state and publishes the result; nothing changes on an error.
    /// None where a step was made from what is no longer there.
    fn apply(&self, py: Python<'_>, steps: &[Step]) -> PyResult<Option<Arc<Published>>> {
        if self.is_frozen() {
            let text = if self.is_view() {
                "a view is read-only: change the registry that it is of, or make another view"
            } else {
                "this registry is read-only; Registry.load(\"bundled\") gives one of your own with the same models"
            };
            return Err(raise(py, "ModeldexError", (text,)));
        }
        guarded(py, || {
            let lock = self.lock();
            let before = self.published(py)?;
            if !are_current(steps, &before.snapshot) {
                return Ok(None);
            }
            let mut edit = before.snapshot.edit();
            let outcome = steps.iter().try_for_each(|step| step.apply(&mut edit));
            if let Err(error) = outcome {
                drop(lock);
                return Err(failed(py, &before.snapshot, error));
            }
            let (snapshot, touched) = edit.finish();
            let after = before.next(py, snapshot, &touched);
            let replaced = self.publish(py, after);
            drop(lock);
            // Objects of rows that are gone may run Python code when they are dropped: after the lock.
            drop(replaced);
            Ok(Some(self.published(py)?))
        })
    }

    fn compiled(
        &self,
        py: Python<'_>,
        snapshot: &Arc<Snapshot>,
        given: &Bound<'_, PyAny>,
    ) -> PyResult<Arc<Definition>> {
        let row = self.schema(py)?.call_method1("compile", (given, lookup(py, snapshot.clone())?))?;
        definition(&row, snapshot).map(Arc::new)
    }

    /// The step that an update of this id is, from this state.
    fn update_step(
        &self,
        py: Python<'_>,
        snapshot: &Arc<Snapshot>,
        id: &str,
        changes: &Bound<'_, PyDict>,
    ) -> PyResult<Step> {
        let (definition, from) = patched(py, &self.schema(py)?, snapshot, id, changes)?;
        Ok(Step::Update { definition: Arc::new(definition), from })
    }
}

#[pymethods]
impl Registry {
    /// Adds a model and returns it.
    #[pyo3(signature = (definition, *, replace=false))]
    fn register(&self, py: Python<'_>, definition: &Bound<'_, PyAny>, replace: bool) -> PyResult<Py<Model>> {
        let snapshot = Arc::new(self.published(py)?.snapshot.clone());
        let definition = self.compiled(py, &snapshot, definition)?;
        let id = definition.id.clone();
        let after = self.apply(py, &[Step::Put { definition, replace }])?;
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
        let snapshot = Arc::new(self.published(py)?.snapshot.clone());
        let rows =
            self.schema(py)?.call_method1("compile_many", (definitions, lookup(py, snapshot.clone())?, progress))?;
        let steps = rows
            .cast::<PyList>()?
            .iter()
            .map(|row| Ok(Step::Put { definition: Arc::new(definition(&row, &snapshot)?), replace }));
        let steps = steps.collect::<PyResult<Vec<_>>>()?;
        if steps.is_empty() {
            return Ok(0);
        }
        self.apply(py, &steps)?;
        Ok(steps.len())
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
        loop {
            let snapshot = Arc::new(self.published(py)?.snapshot.clone());
            let step = self.update_step(py, &snapshot, id, &changes)?;
            if let Some(after) = self.apply(py, &[step])? {
                return found(py, Some(after), id);
            }
        }
    }

    /// Removes a model.
    fn remove(&self, py: Python<'_>, id: &str) -> PyResult<()> {
        self.apply(py, &[Step::Remove(id.to_owned())]).map(drop)
    }

    /// Several changes as one: `with registry.edit() as edit: ...`.
    #[pyo3(signature = (*, author=None, message=None))]
    fn edit(slf: &Bound<'_, Self>, author: Option<String>, message: Option<String>) -> Edit {
        Edit { registry: slf.clone().unbind(), author, message, draft: Mutex::new(None) }
    }
}

fn joined<'py>(
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

/// The steps so far, and the state that they lead to.
struct Draft {
    steps: Vec<Step>,
    edit: EngineEdit,
}

/// Changes that are published together when the `with` block ends, or not at all.
#[pyclass(frozen, module = "modeldex._core")]
pub(crate) struct Edit {
    registry: Py<Registry>,
    #[pyo3(get)]
    author: Option<String>,
    #[pyo3(get)]
    message: Option<String>,
    draft: Mutex<Option<Draft>>,
}

impl Edit {
    /// `work` runs under the lock, so it must run no Python code.
    fn draft<T>(&self, py: Python<'_>, work: impl FnOnce(&mut Draft) -> T) -> PyResult<T> {
        let done = self.draft.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(work);
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
}

#[pymethods]
impl Edit {
    fn __enter__(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        let py = slf.py();
        let edit = slf.get().registry.bind(py).get().published(py)?.snapshot.edit();
        let mut draft = slf.get().draft.lock().unwrap_or_else(PoisonError::into_inner);
        if draft.is_some() {
            drop(draft);
            return Err(raise(py, "ModeldexError", ("this edit has begun already",)));
        }
        *draft = Some(Draft { steps: Vec::new(), edit });
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
        let draft = self.draft.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(draft) = draft
            && kind.is_none()
            && !draft.steps.is_empty()
            && self.registry.bind(py).get().apply(py, &draft.steps)?.is_none()
        {
            let text = "another change came in between to a model that this edit updates; nothing was changed, run the edit again";
            return Err(raise(py, "ModeldexError", (text,)));
        }
        Ok(false)
    }

    #[pyo3(signature = (definition, *, replace=false))]
    fn register(&self, py: Python<'_>, definition: &Bound<'_, PyAny>, replace: bool) -> PyResult<()> {
        let definition = self.registry.bind(py).get().compiled(py, &self.snapshot(py)?, definition)?;
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
        let step = self.registry.bind(py).get().update_step(py, &self.snapshot(py)?, id, &changes)?;
        self.add(py, step)
    }

    fn remove(&self, py: Python<'_>, id: &str) -> PyResult<()> {
        self.add(py, Step::Remove(id.to_owned()))
    }
}
