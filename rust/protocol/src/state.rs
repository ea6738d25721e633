//! One published state: `Published` of the binding.

use std::sync::Arc;

use loom::sync::Mutex;

use crate::{Flaw, locked};

/// The object of a row: what it was made from.
#[derive(Debug, PartialEq, Eq)]
pub struct Model {
    pub row: usize,
    pub number: u64,
}

/// Filled once, then the same for everybody: `PyOnceLock`.
type Slot = Mutex<Option<Arc<Model>>>;

/// Rows of one block; a change copies the slots of the blocks that it touches.
const BLOCK: usize = 2;

/// Immutable but for the slots.
#[derive(Debug)]
pub struct State {
    pub version: u64,
    pub numbers: Vec<u64>,
    /// For each row the version of its last change: what `Query::stamp` reads of facets and measures.
    pub stamps: Vec<u64>,
    slots: Vec<Arc<Vec<Slot>>>,
    flaw: Flaw,
}

fn block() -> Arc<Vec<Slot>> {
    Arc::new((0..BLOCK).map(|_| Mutex::new(None)).collect())
}

impl State {
    pub(crate) fn new(rows: usize, flaw: Flaw) -> Self {
        let slots = (0..rows.div_ceil(BLOCK)).map(|_| block()).collect();
        Self { version: 0, numbers: vec![0; rows], stamps: vec![0; rows], slots, flaw }
    }

    /// The state after this one: the objects of untouched rows are handed on.
    pub(crate) fn next(&self, touched: &[usize], change: impl Fn(u64) -> u64) -> Self {
        let (mut numbers, mut stamps, version) = (self.numbers.clone(), self.stamps.clone(), self.version + 1);
        let mut slots = self.slots.clone();
        for row in touched {
            numbers[*row] = change(numbers[*row]);
            stamps[*row] = version;
        }
        let mut blocks: Vec<usize> = touched.iter().map(|row| row / BLOCK).collect();
        blocks.dedup();
        for at in blocks {
            let keeps = |low: &usize| self.flaw == Flaw::KeepTouched || !touched.contains(&(at * BLOCK + low));
            let copy = self.slots[at].iter().enumerate();
            slots[at] = Arc::new(
                copy.map(|(low, slot)| Mutex::new(locked(slot).clone().filter(|_| keeps(&low)))).collect::<Vec<_>>(),
            );
        }
        Self { version, numbers, stamps, slots, flaw: self.flaw }
    }

    pub(crate) fn made(&self, row: usize) -> Option<Arc<Model>> {
        locked(&self.slots[row / BLOCK][row % BLOCK]).clone()
    }

    /// The object of a row, made now where it was not: the same one for everybody.
    #[must_use]
    pub fn model(&self, row: usize) -> Arc<Model> {
        if let Some(model) = self.made(row) {
            return model;
        }
        // Made outside the slot: other threads may make one meanwhile, and the first to come is kept.
        let made = Arc::new(Model { row, number: self.numbers[row] });
        let mut slot = locked(&self.slots[row / BLOCK][row % BLOCK]);
        if self.flaw == Flaw::FillTwice {
            *slot = None;
        }
        slot.get_or_insert(made).clone()
    }
}
