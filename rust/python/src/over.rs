//! The objects of a view: its own for the rows that it changes, and those of the registry that it is
//! of for all others.

use std::sync::{Arc, OnceLock};

use modeldex_engine::{Definition, Row};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::error::OrRaise;
use crate::model::Model;
use crate::once;
use crate::published::Published;
use crate::reprice::Reprice;

/// A definition that a view brings, and the object made of it.
pub(crate) struct Entry {
    pub(crate) definition: Definition,
    /// The document that it was made from, as the registry had it; empty for a model of the view's own.
    pub(crate) from: Arc<[u8]>,
    model: PyOnceLock<Py<Model>>,
}

impl Entry {
    pub(crate) fn new(definition: Definition, from: Arc<[u8]>) -> Arc<Self> {
        Arc::new(Self { definition, from, model: PyOnceLock::new() })
    }

    /// The same, as made from another document, with its object where there is one.
    pub(crate) fn remade(&self, py: Python<'_>, definition: Definition, from: Arc<[u8]>) -> Arc<Self> {
        let model = PyOnceLock::new();
        if let Some(made) = self.model.get(py).filter(|_| self.definition == definition) {
            // A new slot is empty, so this cannot fail.
            let _ = model.set(py, made.clone_ref(py));
        }
        Arc::new(Self { definition, from, model })
    }
}

/// Rows that one part of the objects of discounted rows covers.
const PART: usize = 64;
type Part = Box<[PyOnceLock<Py<Model>>]>;

/// Objects of few of many rows.
#[derive(Default)]
pub(crate) struct Few {
    parts: OnceLock<Box<[OnceLock<Part>]>>,
}

impl Few {
    fn get(&self, py: Python<'_>, row: Row) -> Option<&Py<Model>> {
        self.parts.get()?.get(row as usize / PART)?.get()?.get(row as usize % PART)?.get(py)
    }

    /// The slot of one of so many rows.
    fn slot(&self, rows: u32, row: Row) -> Option<&PyOnceLock<Py<Model>>> {
        let parts = self.parts.get_or_init(|| (0..=rows as usize / PART).map(|_| OnceLock::new()).collect());
        let part = parts.get(row as usize / PART)?;
        part.get_or_init(|| (0..PART).map(|_| PyOnceLock::new()).collect()).get(row as usize % PART)
    }
}

/// The prices of a view with discounts, and the objects of the rows that have them.
pub(crate) struct Repriced {
    pub(crate) by: Arc<Reprice>,
    pub(crate) models: Arc<Few>,
    /// Those of the state before, for the rows that did not change since.
    pub(crate) before: Option<Arc<Few>>,
}

/// What a view lays over a state of the registry that it is of.
pub(crate) struct Over {
    pub(crate) base: Arc<Published>,
    /// The rows of what it brings, sorted.
    pub(crate) entries: Box<[(Row, Arc<Entry>)]>,
    pub(crate) repriced: Option<Repriced>,
}

impl Over {
    fn entry(&self, row: Row) -> Option<&Entry> {
        let place = self.entries.binary_search_by_key(&row, |(row, _)| *row).ok()?;
        self.entries.get(place).map(|(_, entry)| &**entry)
    }

    /// The discounts, where they change this row.
    fn repriced(&self, row: Row) -> Option<&Repriced> {
        self.repriced.as_ref().filter(|repriced| repriced.by.changes(row))
    }

    /// Those of these rows that were the registry's in this state: where it has come to more since, their
    /// numbers are those of the view's own models here.
    pub(crate) fn of_base(&self, rows: Arc<Vec<Row>>) -> Option<Arc<Vec<Row>>> {
        let end = rows.partition_point(|row| *row < self.base.snapshot.rows());
        if end == rows.len() {
            Some(rows)
        } else {
            Some(rows[..end].to_vec()).filter(|rows| !rows.is_empty()).map(Arc::new)
        }
    }

    pub(crate) fn made(&self, py: Python<'_>, row: Row) -> Option<&Py<Model>> {
        if let Some(entry) = self.entry(row) {
            return entry.model.get(py);
        }
        match self.repriced(row) {
            Some(repriced) => repriced.models.get(py, row),
            None => self.base.made(py, row),
        }
    }

    /// The object of a row, made now where it was not. `state` is the one that this belongs to.
    pub(crate) fn model(&self, py: Python<'_>, state: &Published, row: Row) -> PyResult<Py<Model>> {
        let document = || state.snapshot.documents().read(row).or_raise(py);
        let make = |document| Py::new(py, Model::read(py, document, &state.words)?);
        if let Some(entry) = self.entry(row) {
            let made = make(document()?)?;
            return Ok(once::keep(&entry.model, py, made).clone_ref(py));
        }
        let Some(repriced) = self.repriced(row) else { return self.base.model(py, row) };
        let document = document()?;
        let before = repriced.before.as_ref().and_then(|before| before.get(py, row));
        let made = match before.filter(|model| *model.get().document_bytes() == *document) {
            Some(model) => model.clone_ref(py),
            None => make(document)?,
        };
        match repriced.models.slot(self.base.snapshot.rows(), row) {
            Some(slot) => Ok(once::keep(slot, py, made).clone_ref(py)),
            None => Ok(made),
        }
    }
}
