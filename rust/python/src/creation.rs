//! Models made when they are asked for: the function is called, and what it returns checked, in Python.

use modeldex_engine::Lookup;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::error::raise;
use crate::model::Model;
use crate::registry::Registry;

impl Registry {
    /// The function that defines unknown ids, with what it made so far.
    pub(crate) fn create_by(
        &self,
        py: Python<'_>,
        function: &Bound<'_, PyAny>,
        limit: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        self.writable(py)?;
        let creator = py.import("modeldex.creating")?.getattr("Creator")?;
        let made = match limit {
            Some(limit) => creator.call1((function, limit))?,
            None => creator.call1((function, 10_000))?,
        };
        let there = self.creator.set(made.unbind());
        there.map_err(|_| raise(py, "AutoCreateError", ("this registry has a function that creates models already",)))
    }
}

#[pymethods]
impl Registry {
    /// The model of a name, made now by the function of `auto_create` where there is none.
    fn get_or_create(slf: &Bound<'_, Self>, id: &Bound<'_, PyString>) -> PyResult<Py<Model>> {
        let (py, registry) = (slf.py(), slf.get());
        if let Some(model) = registry.made(py, id) {
            return Ok(model);
        }
        let state = registry.published(py)?;
        // A text that is no UTF-8 names nothing.
        let lookup = id.to_str().map_or(Lookup::Missing, |id| state.snapshot.lookup(id));
        match (lookup, lookup.row(), registry.creator.get()) {
            (_, Some(row), _) => state.model(py, row),
            (Lookup::Missing, _, Some(creator)) => {
                Ok(creator.bind(py).call_method1("create", (slf, id))?.cast_into::<Model>()?.unbind())
            }
            _ => Err(Self::missing(py, &state.snapshot, id.as_any())),
        }
    }

    /// Gives a registry the function that defines unknown ids.
    #[pyo3(signature = (function, *, limit=None), text_signature = "($self, function, *, limit=10000)")]
    fn auto_create(
        &self,
        py: Python<'_>,
        function: &Bound<'_, PyAny>,
        limit: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        self.create_by(py, function, limit)
    }
}
