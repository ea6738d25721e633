//! What a registry publishes: a snapshot, and the Python objects made for its rows so far.

use std::sync::Arc;

use modeldex_engine::{Row, Snapshot};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::error::OrRaise;
use crate::model::Model;
use crate::once;
use crate::suspension::Suspensions;
use crate::words::Words;

/// Rows a block of slots covers: a change copies the block of each row that it touches, and the
/// group of blocks that it is in. So a state of a million rows is made from the one before by
/// copying 62 pointers to groups, 64 to blocks and 256 to objects.
const BLOCK: usize = 256;
const BLOCKS: usize = 64;
type Slots = [PyOnceLock<Py<Model>>];

/// One published state. Immutable but for the slots, each of which is filled once.
pub(crate) struct Published {
    pub(crate) snapshot: Snapshot,
    pub(crate) words: Arc<Words>,
    /// The same for all states of a registry.
    pub(crate) suspensions: Arc<Suspensions>,
    /// Groups of blocks, each shared with the states before and after while no row of it is touched:
    /// so an unchanged row keeps its object. Every group but the last is full.
    slots: Vec<Arc<[Arc<Slots>]>>,
}

fn block() -> Arc<Slots> {
    (0..BLOCK).map(|_| PyOnceLock::new()).collect()
}

/// Adds blocks until there is one for each of so many rows.
fn grow(slots: &mut Vec<Arc<[Arc<Slots>]>>, rows: usize) {
    let blocks = rows.div_ceil(BLOCK);
    for group in slots.len().saturating_sub(1)..blocks.div_ceil(BLOCKS) {
        let wanted = (blocks - group * BLOCKS).min(BLOCKS);
        match slots.get_mut(group) {
            Some(there) if there.len() >= wanted => {}
            Some(there) => {
                *there = there.iter().cloned().chain((there.len()..wanted).map(|_| block())).collect();
            }
            None => slots.push((0..wanted).map(|_| block()).collect()),
        }
    }
}

impl Published {
    pub(crate) fn new(snapshot: Snapshot, words: Arc<Words>) -> Self {
        let mut slots = Vec::new();
        grow(&mut slots, snapshot.rows() as usize);
        Self { snapshot, words, suspensions: Arc::default(), slots }
    }

    /// The same state and objects for a registry of its own, in which nobody is suspended.
    pub(crate) fn apart(&self) -> Self {
        let Self { snapshot, words, slots, .. } = self;
        Self { snapshot: snapshot.clone(), words: words.clone(), suspensions: Arc::default(), slots: slots.clone() }
    }

    /// The state after this one: objects of untouched rows are handed on. Runs no Python code, and
    /// never lets go of the interpreter.
    pub(crate) fn next(&self, py: Python<'_>, snapshot: Snapshot, touched: &[Row]) -> Self {
        let mut slots = self.slots.clone();
        grow(&mut slots, snapshot.rows() as usize);
        let (of_block, of_group) = (|row: &Row| *row as usize / BLOCK, |row: &Row| *row as usize / BLOCK / BLOCKS);
        for rows in touched.chunk_by(|a, b| of_group(a) == of_group(b)) {
            let (Some(group), Some(before)) = (slots.get_mut(of_group(&rows[0])), self.slots.get(of_group(&rows[0])))
            else {
                continue;
            };
            let mut blocks = group.to_vec();
            for part in rows.chunk_by(|a, b| of_block(a) == of_block(b)) {
                let at = of_block(&part[0]);
                let Some(before) = before.get(at % BLOCKS) else { continue };
                let copy = before.iter().enumerate().map(|(low, slot)| {
                    let kept = slot.get(py).filter(|_| part.binary_search(&((at * BLOCK + low) as Row)).is_err());
                    let copy = PyOnceLock::new();
                    if let Some(model) = kept {
                        // A new slot is empty, so this cannot fail.
                        let _ = copy.set(py, model.clone_ref(py));
                    }
                    copy
                });
                blocks[at % BLOCKS] = copy.collect();
            }
            *group = blocks.into();
        }
        Self { snapshot, words: self.words.clone(), suspensions: self.suspensions.clone(), slots }
    }

    #[inline(always)]
    fn slot(&self, row: Row) -> Option<&PyOnceLock<Py<Model>>> {
        let (block, low) = (row as usize / BLOCK, row as usize % BLOCK);
        self.slots.get(block / BLOCKS)?.get(block % BLOCKS)?.get(low)
    }

    /// The object of a row, where it was made already. Runs no Python code.
    #[inline(always)]
    pub(crate) fn made(&self, py: Python<'_>, row: Row) -> Option<&Py<Model>> {
        self.slot(row)?.get(py)
    }

    /// The object of a row, made now where it was not: the same one for everybody.
    pub(crate) fn model(&self, py: Python<'_>, row: Row) -> PyResult<Py<Model>> {
        if let Some(model) = self.made(py, row) {
            return Ok(model.clone_ref(py));
        }
        let document = self.snapshot.documents().read(row).or_raise(py)?;
        let made = Py::new(py, Model::read(py, document, &self.words)?)?;
        let Some(slot) = self.slot(row) else { return Ok(made) };
        Ok(once::keep(slot, py, made).clone_ref(py))
    }
}
