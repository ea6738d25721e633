//! What a registry publishes: a snapshot, and the Python objects made for its rows so far.

use std::sync::Arc;

use modeldex_engine::{Opened, Row, Snapshot};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::error::OrRaise;
use crate::model::Model;
use crate::once;
use crate::over::Over;
use crate::suspension::Suspensions;
use crate::words::Words;

/// Rows a block of slots covers, and blocks a node has: a change copies the block and the node of each
/// row that it touches, and a pointer for every node.
const BLOCK: usize = 64;
const NODE: usize = 128;

type Block = [PyOnceLock<Py<Model>>; BLOCK];
type Node = [Arc<Block>];

/// One published state. Immutable but for the slots, each of which is filled once.
pub(crate) struct Published {
    pub(crate) snapshot: Snapshot,
    pub(crate) words: Arc<Words>,
    /// The file, where no more than the rows of the snapshot was read so far. Only the registry meets
    /// such a state: it gives others one that is whole.
    pub(crate) opened: Option<Arc<Opened>>,
    /// The same for all states of a registry, and for its views.
    pub(crate) suspensions: Arc<Suspensions>,
    /// A slot for every row, in blocks that are shared with the states before and after while no row of
    /// them is touched: so an unchanged row keeps its object. A view has none.
    slots: Arc<[Arc<Node>]>,
    /// Where a view's objects are.
    pub(crate) over: Option<Arc<Over>>,
}

fn block() -> Arc<Block> {
    Arc::new([const { PyOnceLock::new() }; BLOCK])
}

/// The block with the objects made so far but those of these rows, by their places in it.
fn handed_on(py: Python<'_>, before: &Block, touched: &[Row]) -> Arc<Block> {
    let after = block();
    for (low, (slot, copy)) in (0..).zip(before.iter().zip(&*after)) {
        if let Some(model) = slot.get(py)
            && touched.iter().all(|row| *row % BLOCK as Row != low)
        {
            // A new slot is empty, so this cannot fail.
            let _ = copy.set(py, model.clone_ref(py));
        }
    }
    after
}

impl Published {
    pub(crate) fn new(snapshot: Snapshot, words: Arc<Words>) -> Self {
        let blocks: Vec<Arc<Block>> = (0..(snapshot.rows() as usize).div_ceil(BLOCK)).map(|_| block()).collect();
        let slots = blocks.chunks(NODE).map(Arc::from).collect();
        Self { snapshot, words, opened: None, suspensions: Arc::default(), slots, over: None }
    }

    /// What a view shows of a state: it keeps the numbers of rows, so that who is suspended is there too.
    pub(crate) fn view(snapshot: Snapshot, over: Over) -> Self {
        let (words, suspensions) = (over.base.words.clone(), over.base.suspensions.clone());
        Self { snapshot, words, opened: None, suspensions, slots: Arc::default(), over: Some(Arc::new(over)) }
    }

    /// The same state and objects for a registry of its own, in which nobody is suspended.
    pub(crate) fn apart(&self) -> Self {
        let Self { snapshot, words, opened, slots, over, .. } = self;
        let (snapshot, words, opened) = (snapshot.clone(), words.clone(), opened.clone());
        Self { snapshot, words, opened, suspensions: Arc::default(), slots: slots.clone(), over: over.clone() }
    }

    /// The state that a file holds, of which the index is not read yet.
    pub(crate) fn opened(file: Opened, words: Arc<Words>) -> Self {
        let state = Self::new(file.bare().clone(), words);
        Self { opened: Some(Arc::new(file)), ..state }
    }

    /// The row of a name; of a file whose index was not read yet, the row of an id or an alias.
    #[inline(always)]
    pub(crate) fn row(&self, name: &str) -> Option<Row> {
        match &self.opened {
            None => self.snapshot.lookup(name).row(),
            Some(file) => file.get(name).ok()?.row(),
        }
    }

    /// The state after this one: objects of untouched rows are handed on. Every new row is one of the touched,
    /// which are sorted.
    pub(crate) fn next(&self, py: Python<'_>, snapshot: Snapshot, touched: &[Row]) -> Self {
        let (of_block, of_node) = (|row: Row| row as usize / BLOCK, |row: Row| row as usize / BLOCK / NODE);
        let mut nodes = self.slots.to_vec();
        for touched in touched.chunk_by(|a, b| of_node(*a) == of_node(*b)) {
            let at = of_node(touched[0]);
            nodes.resize(nodes.len().max(at + 1), Arc::default());
            let mut blocks = nodes[at].to_vec();
            for touched in touched.chunk_by(|a, b| of_block(*a) == of_block(*b)) {
                let at = of_block(touched[0]) % NODE;
                match blocks.get_mut(at) {
                    Some(before) => *before = handed_on(py, before, touched),
                    None => blocks.resize_with(at + 1, block),
                }
            }
            nodes[at] = blocks.into();
        }
        let (words, suspensions) = (self.words.clone(), self.suspensions.clone());
        Self { snapshot, words, opened: None, suspensions, slots: nodes.into(), over: None }
    }

    /// The rows of those suspended now, ascending; nothing where nobody is.
    #[inline]
    pub(crate) fn suspended(&self) -> Option<Arc<Vec<Row>>> {
        let rows = self.suspensions.rows()?;
        match &self.over {
            None => Some(rows),
            Some(over) => over.of_base(rows),
        }
    }

    #[inline(always)]
    fn slot(&self, row: Row) -> Option<&PyOnceLock<Py<Model>>> {
        let block = row as usize / BLOCK;
        self.slots.get(block / NODE)?.get(block % NODE).map(|block| &block[row as usize % BLOCK])
    }

    /// The object of a row, where it was made already. Runs no Python code.
    #[inline(always)]
    pub(crate) fn made(&self, py: Python<'_>, row: Row) -> Option<&Py<Model>> {
        match self.slot(row) {
            Some(slot) => slot.get(py),
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
        let document = self.snapshot.documents().read(row).or_raise(py)?;
        let made = Py::new(py, Model::read(py, document, &self.words)?)?;
        // A row that has a document has a slot.
        let Some(slot) = self.slot(row) else { return Ok(made) };
        Ok(once::keep(slot, py, made).clone_ref(py))
    }
}
