//! The registry: a mapping of names to models, and the questions that can be asked of it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use modeldex_engine::{Error, Lookup, Opened, Row, Shelf, Snapshot as Engine, Vocabulary};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::{MutexExt, PyOnceLock};
use pyo3::types::{IntoPyDict, PyBytes, PyIterator, PyList, PyString, PyTuple};

use crate::error::{OrRaise, guarded, raise};
use crate::leisure::aside;
use crate::model::Model;
use crate::once;
use crate::plain::Plain;
use crate::pointer::Pointer;
use crate::published::Published;
use crate::remembered::Answers;
use crate::selection::Selection;
use crate::snapshot::Snapshot;
use crate::subscription::Subscribers;
use crate::view::View;
use crate::words::{SHIPPED, Words};

/// How many suggestions an error names, and how many candidates of an ambiguous name.
const SUGGESTIONS: usize = 3;
const CANDIDATES: usize = 20;
/// The index of a file of more rows takes more than a few milliseconds to read: others may go on.
const LARGE: Row = 20_000;
/// So many models take long enough to save that a terminal is told.
const MANY: u32 = 100_000;

/// The registry. Readers are never blocked: everything is read through one pointer.
#[pyclass(frozen, mapping, weakref, module = "modeldex._core")]
pub(crate) struct Registry {
    current: Pointer<Published>,
    /// Held while a change is made and published. No Python code runs under it, and its holder never
    /// lets go of the interpreter: so no process is forked while it is held.
    writer: Mutex<()>,
    schema: PyOnceLock<Py<PyAny>>,
    plain: PyOnceLock<Plain>,
    subscribers: Subscribers,
    pub(crate) shelf: Shelf,
    /// What makes models of unknown ids.
    pub(crate) creator: OnceLock<Py<PyAny>>,
    answers: Answers,
    frozen: bool,
    /// Of which registry it is a view, and what it shows of it.
    view: Option<Box<View>>,
}

/// The words of a vocabulary text, or of the one that ships.
pub(crate) fn words_of(py: Python<'_>, vocabulary: Option<&str>) -> PyResult<Arc<Words>> {
    static SHIPPED_WORDS: PyOnceLock<Arc<Words>> = PyOnceLock::new();
    let make = |text: &str| Ok::<_, PyErr>(empty(py, text)?.words);
    match vocabulary {
        Some(text) if text != SHIPPED => make(text),
        _ => once::get_or_make(&SHIPPED_WORDS, py, || make(SHIPPED)).cloned(),
    }
}

/// A state without models.
fn empty(py: Python<'_>, vocabulary: &str) -> PyResult<Published> {
    let vocabulary = Arc::new(Vocabulary::parse(vocabulary).or_raise(py)?);
    let snapshot = Engine::new(vocabulary).or_raise(py)?;
    let words = Arc::new(Words::new(&snapshot).or_raise(py)?);
    Ok(Published::new(snapshot, words))
}

/// The state that a snapshot file holds.
fn published(py: Python<'_>, snapshot: Engine) -> PyResult<Published> {
    let words = Arc::new(Words::new(&snapshot).or_raise(py)?);
    Ok(Published::new(snapshot, words))
}

/// The error for a file; the engine puts the path in front, and the exception keeps it apart.
fn damaged(py: Python<'_>, why: &str, path: &str) -> PyErr {
    let why = why.strip_prefix(path).and_then(|why| why.strip_prefix(": ")).unwrap_or(why);
    raise(py, "CatalogueError", (why, path))
}

/// The error for an opened file.
fn lost(py: Python<'_>, why: Error, path: Option<&str>) -> PyErr {
    match (why, path) {
        (Error::File(why), Some(path)) => damaged(py, &why, path),
        (why, _) => crate::error::from_engine(py, why),
    }
}

pub(crate) fn open_bytes(py: Python<'_>, bytes: &[u8]) -> PyResult<Published> {
    guarded(py, || {
        let snapshot = py.detach(|| Engine::from_bytes(bytes.to_vec()));
        published(py, snapshot.or_raise(py)?)
    })
}

impl Registry {
    fn of(state: Published, frozen: bool) -> Self {
        Self {
            current: Pointer::new(Arc::new(state)),
            writer: Mutex::new(()),
            schema: PyOnceLock::new(),
            plain: PyOnceLock::new(),
            subscribers: Subscribers::default(),
            shelf: Shelf::default(),
            creator: OnceLock::new(),
            answers: Answers::default(),
            frozen,
            view: None,
        }
    }

    fn holding(py: Python<'_>, state: Published, schema: Option<Py<PyAny>>) -> Self {
        let registry = Self::of(state, false);
        if let Some(schema) = schema {
            // A new lock is empty, so this cannot fail.
            let _ = registry.schema.set(py, schema);
        }
        registry
    }

    /// The current state; an error where it is in a file that was damaged since it was opened.
    pub(crate) fn published(&self, py: Python<'_>) -> PyResult<Arc<Published>> {
        if let Some(view) = &self.view {
            return view.current(py, &self.current);
        }
        let state = self.current.get(py);
        match state.opened.clone() {
            None => Ok(state),
            Some(file) => guarded(py, || self.whole(py, &state, &file)),
        }
    }

    /// The current state, which may be of a file whose index was not read.
    fn state(&self, py: Python<'_>) -> PyResult<Arc<Published>> {
        if self.is_view() { self.published(py) } else { Ok(self.current.get(py)) }
    }

    /// A view that shows this state until the registry that it is of changes.
    pub(crate) fn viewing(state: Published, view: View) -> Self {
        Self { view: Some(Box::new(view)), ..Self::of(state, true) }
    }

    pub(crate) fn as_view(&self) -> Option<&View> {
        self.view.as_deref()
    }

    pub(crate) fn is_view(&self) -> bool {
        self.view.is_some()
    }

    /// The state of an opened file after its index was read.
    #[cold]
    fn whole(&self, py: Python<'_>, state: &Arc<Published>, file: &Opened) -> PyResult<Arc<Published>> {
        let load = || file.snapshot().cloned();
        let snapshot = if state.snapshot.rows() > LARGE { py.detach(load) } else { load() };
        let whole = Arc::new(state.next(py, snapshot.map_err(|why| lost(py, why, file.path()))?, &[]));
        let lock = match self.writer.try_lock() {
            Ok(lock) => lock,
            Err(TryLockError::Poisoned(lock)) => lock.into_inner(),
            // Somebody makes a change, from a state like this one.
            Err(TryLockError::WouldBlock) => return Ok(whole),
        };
        if !Arc::ptr_eq(&self.current.get(py), state) {
            return Ok(self.current.get(py));
        }
        let before = self.current.replace(py, whole.clone());
        drop(lock);
        drop(before);
        Ok(whole)
    }

    pub(crate) fn is_frozen(&self) -> bool {
        self.frozen
    }

    pub(crate) fn version(&self, py: Python<'_>) -> u64 {
        match &self.view {
            None => self.current.read(py, |state| state.snapshot.version()),
            Some(view) => view.version(py),
        }
    }

    /// What a remembered answer is good for: the version, and who is suspended.
    #[inline(always)]
    pub(crate) fn stamp(&self, py: Python<'_>) -> (u64, u64) {
        match &self.view {
            None => self.current.read(py, |state| (state.snapshot.version(), state.suspensions.epoch())),
            Some(view) => view.stamp(py),
        }
    }

    pub(crate) fn lock(&self, py: Python<'_>) -> MutexGuard<'_, ()> {
        self.writer.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn subscribers(&self) -> &Subscribers {
        &self.subscribers
    }

    pub(crate) fn answers(&self) -> &Answers {
        &self.answers
    }

    pub(crate) fn plain_cell(&self) -> &PyOnceLock<Plain> {
        &self.plain
    }

    /// Publishes a state; the lock of the writer is held by the caller.
    #[must_use = "the state before is dropped after the lock"]
    pub(crate) fn publish(&self, py: Python<'_>, state: Arc<Published>) -> Arc<Published> {
        self.current.replace(py, state)
    }

    /// The object of a name where it was made already: the path of almost every lookup.
    #[inline(always)]
    pub(crate) fn made(&self, py: Python<'_>, name: &Bound<'_, PyString>) -> Option<Py<Model>> {
        if let Some(view) = &self.view {
            return view.made(py, name, &self.current);
        }
        let name = name.to_str().ok()?;
        self.current.read(py, |state| {
            let row = state.row(name)?;
            state.made(py, row).map(|model| model.clone_ref(py))
        })
    }

    /// Where a name leads. The state may be of a file whose index was not read: it has the model of the row.
    fn find(&self, py: Python<'_>, name: &Bound<'_, PyString>) -> PyResult<(Arc<Published>, Lookup)> {
        let state = self.state(py)?;
        // A text that is no UTF-8 (a lone surrogate) names nothing.
        let Ok(name) = name.to_str() else { return Ok((state, Lookup::Missing)) };
        if let Some(file) = &state.opened {
            match file.get(name).map_err(|why| lost(py, why, file.path()))? {
                Lookup::Missing => {}
                found => return Ok((state, found)),
            }
        }
        let state = self.published(py)?;
        let lookup = state.snapshot.lookup(name);
        Ok((state, lookup))
    }

    /// The error for a name that leads to no model, or to several.
    pub(crate) fn missing(py: Python<'_>, snapshot: &Engine, name: &Bound<'_, PyAny>) -> PyErr {
        let text = name.cast::<PyString>().map_or_else(|_| String::new(), |name| name.to_string_lossy().into_owned());
        let candidates = snapshot.bare_candidates(&text);
        let ids: Vec<&str> = candidates.iter().take(CANDIDATES).filter_map(|row| snapshot.names().id(*row)).collect();
        if candidates.is_empty() {
            let near = aside(py, snapshot, || snapshot.suggest(&text, SUGGESTIONS));
            let suggestions: Vec<&str> = near.into_iter().map(|(_, id)| id).collect();
            raise(py, "ModelNotFoundError", (name, suggestions))
        } else {
            raise(py, "AmbiguousNameError", (name, candidates.len(), ids))
        }
    }
}

#[pymethods]
impl Registry {
    #[new]
    #[pyo3(
        signature = (schema=None, *, auto_create=None, auto_create_limit=None),
        text_signature = "(schema=None, *, auto_create=None, auto_create_limit=10000)"
    )]
    fn new(
        py: Python<'_>,
        schema: Option<Bound<'_, PyAny>>,
        auto_create: Option<Bound<'_, PyAny>>,
        auto_create_limit: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let state = match &schema {
            None => empty(py, SHIPPED)?,
            Some(schema) if !schema.is_instance(&py.import("modeldex.schema")?.getattr("Schema")?)? => {
                let kind = schema.get_type().qualname()?;
                return Err(PyTypeError::new_err(format!("a schema is a modeldex.Schema, not {kind}")));
            }
            // Schemas compare by their words, so the shipped ones are recognised.
            Some(schema)
                if schema.eq(py.import("modeldex.schema")?.getattr("Schema")?.call_method0("default")?)? =>
            {
                empty(py, SHIPPED)?
            }
            Some(schema) => {
                let vocabulary = py.import("json")?.call_method1("dumps", (schema.call_method0("vocabulary")?,))?;
                empty(py, vocabulary.cast::<PyString>()?.to_str()?)?
            }
        };
        let registry = Self::holding(py, state, schema.map(Bound::unbind));
        if let Some(function) = auto_create {
            registry.create_by(py, &function, auto_create_limit.as_ref())?;
        }
        Ok(registry)
    }

    /// Opens a snapshot file.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let shown = path.to_string_lossy().into_owned();
        let opened = guarded(py, || {
            let file = py.detach(|| Opened::open(&path)).map_err(|why| lost(py, why, Some(&shown)))?;
            let words = Arc::new(Words::new(file.bare()).or_raise(py)?);
            Ok(Published::opened(file, words))
        });
        Ok(Self::holding(py, opened?, None))
    }

    /// Layers of models, lowest first: `"bundled"`, and files of JSON or JSON lines.
    #[staticmethod]
    #[pyo3(signature = (*sources, schema=None, progress=None))]
    fn load(
        py: Python<'_>,
        sources: &Bound<'_, PyTuple>,
        schema: Option<Bound<'_, PyAny>>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        Ok(py.import("modeldex.loading")?.call_method1("load", (sources, schema, progress))?.unbind())
    }

    /// The same models, read-only: every change is refused.
    fn frozen(&self, py: Python<'_>) -> PyResult<Self> {
        // What a view shows is told when it is asked.
        Ok(Self::of(self.state(py)?.apart(), true))
    }

    /// Writes a snapshot file, replacing one that is there at once or not at all.
    #[pyo3(signature = (path, *, progress=None))]
    fn save(&self, py: Python<'_>, path: PathBuf, progress: Option<bool>) -> PyResult<()> {
        let state = self.published(py)?;
        // A file of fewer models is written before anybody wonders.
        let waiting = if progress == Some(true) || state.snapshot.len() >= MANY {
            let keywords = [("progress", progress)].into_py_dict(py)?;
            Some(py.import("modeldex.progress")?.getattr("waiting")?.call(("saving",), Some(&keywords))?)
        } else {
            None
        };
        waiting.as_ref().map(|waiting| waiting.call_method0("__enter__")).transpose()?;
        let written = py.detach(|| state.snapshot.write(&path));
        waiting.map(|waiting| waiting.call_method1("__exit__", (py.None(), py.None(), py.None()))).transpose()?;
        written.map_err(|why| lost(py, why, Some(&path.to_string_lossy())))
    }

    #[inline(always)]
    fn __getitem__(&self, py: Python<'_>, name: &Bound<'_, PyAny>) -> PyResult<Py<Model>> {
        if let Ok(text) = name.cast::<PyString>() {
            if let Some(model) = self.made(py, text) {
                return Ok(model);
            }
            let (state, lookup) = self.find(py, text)?;
            if let Some(row) = lookup.row() {
                return state.model(py, row);
            }
        }
        Err(Self::missing(py, &self.published(py)?.snapshot, name))
    }

    #[pyo3(signature = (id, default=None, /))]
    fn get(&self, py: Python<'_>, id: &Bound<'_, PyAny>, default: Option<Py<PyAny>>) -> PyResult<Py<PyAny>> {
        if let Ok(text) = id.cast::<PyString>() {
            if let Some(model) = self.made(py, text) {
                return Ok(model.into_any());
            }
            let (state, lookup) = self.find(py, text)?;
            if let Some(row) = lookup.row() {
                return Ok(state.model(py, row)?.into_any());
            }
        }
        Ok(default.unwrap_or_else(|| py.None()))
    }

    fn __contains__(&self, py: Python<'_>, name: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(name) = name.cast::<PyString>() else { return Ok(false) };
        let Ok(text) = name.to_str() else { return Ok(false) };
        if self.is_view() {
            return Ok(self.published(py)?.snapshot.lookup(text).row().is_some());
        }
        match self.current.read(py, |state| (state.row(text).is_some(), state.opened.is_some())) {
            // A bare name, perhaps, or one in a part of the file that is damaged.
            (false, true) => Ok(self.find(py, name)?.1.row().is_some()),
            (there, _) => Ok(there),
        }
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(self.state(py)?.snapshot.len() as usize)
    }

    /// The ids, in the order of registration.
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.ids(py)?.try_iter()
    }

    fn ids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let state = self.state(py)?;
        if let Some(file) = &state.opened {
            let names = file.names().map_err(|why| lost(py, why, file.path()))?;
            return PyList::new(py, names.ids().map(|(_, id)| id).collect::<Vec<_>>());
        }
        PyList::new(py, state.snapshot.ids().map(|(_, id)| id).collect::<Vec<_>>())
    }

    fn keys<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("collections.abc")?.call_method1("KeysView", (slf,))
    }

    fn values<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        // Over one state, so that a walk cannot meet a model that is removed meanwhile.
        let state = slf.get().frozen(slf.py())?;
        slf.py().import("collections.abc")?.call_method1("ValuesView", (state,))
    }

    fn items<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        // Over one state, so that a walk cannot meet a model that is removed meanwhile.
        let state = slf.get().frozen(slf.py())?;
        slf.py().import("collections.abc")?.call_method1("ItemsView", (state,))
    }

    /// Everybody who serves the model of this base name, in the order of registration.
    fn offerings(&self, py: Python<'_>, base: &str) -> PyResult<Selection> {
        let state = self.published(py)?;
        let rows: Vec<Row> = state.snapshot.bare_candidates(base);
        if rows.is_empty() {
            // The name of one offering, perhaps: what is wanted is the model that it is an offering of.
            let suggestions: Vec<&str> = state
                .snapshot
                .suggest(base, SUGGESTIONS)
                .into_iter()
                .map(|(_, id)| id)
                .filter(|id| *id != base)
                .collect();
            return Err(raise(py, "ModelNotFoundError", (base, suggestions)));
        }
        Ok(Selection::new(state, rows))
    }

    #[getter]
    fn snapshot(&self, py: Python<'_>) -> PyResult<Snapshot> {
        Ok(Snapshot { published: self.published(py)? })
    }

    /// What checks definitions; read from the vocabulary of the registry where none was given.
    #[getter]
    pub(crate) fn schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(view) = &self.view {
            return view.base.get().schema(py);
        }
        let schema = once::get_or_make(&self.schema, py, || {
            let state = self.current.get(py);
            let text = state.words.vocabulary.text();
            let schema = py.import("modeldex.schema")?.getattr("Schema")?;
            let made = if text == SHIPPED {
                schema.call_method0("default")?
            } else {
                schema.call_method1("from_vocabulary", (py.import("json")?.call_method1("loads", (text,))?,))?
            };
            Ok(made.unbind())
        })?;
        Ok(schema.bind(py).clone())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (state, view) = (self.state(py)?, if self.is_view() { " view" } else { "" });
        Ok(format!("<Registry{view} of {} models, version {}>", state.snapshot.len(), state.snapshot.version()))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>, bool))> {
        let (py, registry) = (slf.py(), slf.get());
        let state = registry.published(py)?;
        let bytes = py.detach(|| state.snapshot.to_file()).or_raise(py)?;
        Ok((py.import("modeldex._core")?.getattr("_registry")?, (PyBytes::new(py, &bytes), registry.frozen)))
    }
}

/// Makes a registry again from what its pickle holds.
#[pyfunction]
#[pyo3(name = "_registry")]
pub(crate) fn restore(py: Python<'_>, bytes: &Bound<'_, PyBytes>, frozen: bool) -> PyResult<Registry> {
    let registry = Registry::holding(py, open_bytes(py, bytes.as_bytes())?, None);
    if frozen { registry.frozen(py) } else { Ok(registry) }
}
