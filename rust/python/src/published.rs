//! What a registry publishes: a snapshot, and the Python objects made for its rows so far.

use std::sync::Arc;

use modeldex_engine::{Row, Snapshot};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::error::OrRaise;
use crate::model::Model;
use crate::over::Over;
use crate::words::Words;

/// Rows a block of slots covers: a change copies the block of each row that it touches.
const BLOCK: usize = 256;
type Slots = [PyOnceLock<Py<Model>>];

/// One published state. Immutable but for the slots, each of which is filled once.
pub(crate) struct Published {
    pub(crate) snapshot: Snapshot,
    pub(crate) words: Arc<Words>,
    /// One block of slots for every `BLOCK` rows, shared with the states before and after while
    /// no row of it is touched: so an unchanged row keeps its object. A view has none.
    slots: Vec<Arc<Slots>>,
    /// Where a view's objects are.
    pub(crate) over: Option<Box<Over>>,
}

fn block(rows: usize) -> Arc<Slots> {
    (0..rows).map(|_| PyOnceLock::new()).collect()
}

impl Published {
    pub(crate) fn new(snapshot: Snapshot, words: Arc<Words>) -> Self {
        let blocks = (snapshot.rows() as usize).div_ceil(BLOCK);
        Self { snapshot, words, slots: (0..blocks).map(|_| block(BLOCK)).collect(), over: None }
    }

    /// What a view shows of a state.
    pub(crate) fn view(snapshot: Snapshot, over: Over) -> Self {
        Self { snapshot, words: over.base.words.clone(), slots: Vec::new(), over: Some(Box::new(over)) }
    }

    /// The state after this one: objects of untouched rows are handed on.
    pub(crate) fn next(&self, py: Python<'_>, snapshot: Snapshot, touched: &[Row]) -> Self {
        let mut slots = self.slots.clone();
        slots.resize_with((snapshot.rows() as usize).div_ceil(BLOCK), || block(BLOCK));
        for part in touched.chunk_by(|a, b| *a as usize / BLOCK == *b as usize / BLOCK) {
            let at = part[0] as usize / BLOCK;
            let Some(before) = self.slots.get(at) else { continue };
            let copy = before.iter().enumerate().map(|(low, slot)| {
                let kept = slot.get(py).filter(|_| part.binary_search(&((at * BLOCK + low) as Row)).is_err());
                let copy = PyOnceLock::new();
                if let Some(model) = kept {
                    // A new slot is empty, so this cannot fail.
                    let _ = copy.set(py, model.clone_ref(py));
                }
                copy
            });
            slots[at] = copy.collect();
        }
        Self { snapshot, words: self.words.clone(), slots, over: None }
    }

    /// The object of a row, where it was made already. Runs no Python code.
    #[inline(always)]
    pub(crate) fn made(&self, py: Python<'_>, row: Row) -> Option<&Py<Model>> {
        match self.slots.get(row as usize / BLOCK) {
            Some(block) => block.get(row as usize % BLOCK)?.get(py),
            None => self.made_over(py, row),
        }
    }

    #[cold]
    fn made_over(&self, py: Python<'_>, row: Row) -> Option<&Py<Model>> {
        self.over.as_ref()?.made(py, row)
    }

    /// The object of a row, made now where it was not: the same one for everybody.
    pub(crate) fn model(&self, py: Python<'_>, row: Row) -> PyResult<Py<Model>> {
        if let Some(model) = self.made(py, row) {
            return Ok(model.clone_ref(py));
        }
        if let Some(over) = &self.over {
            return over.model(py, self, row);
        }
        let slot = &self.slots[row as usize / BLOCK][row as usize % BLOCK];
        let document = self.snapshot.documents().read(row).or_raise(py)?;
        let made = Py::new(py, Model::read(py, document, &self.words)?)?;
        Ok(slot.get_or_init(py, || made).clone_ref(py))
    }
}
