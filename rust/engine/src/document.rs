//! Documents: bytes that the engine keeps and never looks into.

use std::sync::Arc;

use crate::Row;
use crate::chunks::Chunks;
use crate::error::{Error, Result};

/// Where the documents of an opened file come from: read when first asked for, and checked then.
pub trait Store: Send + Sync + std::fmt::Debug {
    /// The document of a row of the file, verified against the file's own hashes.
    fn read(&self, row: Row) -> Result<Arc<[u8]>>;
}

/// One document: in memory, or in the file that the snapshot was opened from.
#[derive(Clone, Debug)]
pub enum Document {
    Held(Arc<[u8]>),
    Stored,
}

/// Changes documents as they are read, where a view shows them in another way.
pub trait Amend: Send + Sync + std::fmt::Debug {
    /// The document of this row as it is to be read.
    fn amend(&self, row: Row, document: Arc<[u8]>) -> Result<Arc<[u8]>>;
}

/// The documents of all rows. A removed row's is empty.
///
/// Invariant: rows that are not in `rows` are those of the store, if there is one.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    rows: Chunks<Document>,
    store: Option<Arc<dyn Store>>,
    amended: Option<Arc<Amended>>,
    /// The rows that were set since documents are amended, sorted: those are read as they are.
    set: Vec<Row>,
}

#[derive(Debug)]
struct Amended {
    by: Arc<dyn Amend>,
    from: Documents,
}

impl Documents {
    /// Documents that lie in a file. [`Self::fill`] comes before any change.
    pub(crate) fn stored(store: Arc<dyn Store>) -> Self {
        Self { store: Some(store), ..Self::default() }
    }

    /// Makes a place for each of the rows that lie in the file.
    pub(crate) fn fill(&mut self, rows: Row) {
        self.rows = std::iter::repeat_n(Document::Stored, rows as usize).collect();
    }

    /// The bytes; an error where the file behind it was damaged since it was opened.
    pub fn read(&self, row: Row) -> Result<Arc<[u8]>> {
        if let Some(amended) = &self.amended
            && self.set.binary_search(&row).is_err()
        {
            return amended.by.amend(row, amended.from.read(row)?);
        }
        match (self.rows.get(row as usize), &self.store) {
            (Some(Document::Held(bytes)), _) => Ok(bytes.clone()),
            (Some(Document::Stored) | None, Some(store)) => store.read(row),
            _ => Err(Error::File(format!("row {row} has no document"))),
        }
    }

    /// These documents as `by` gives them.
    pub(crate) fn amended(self, by: Arc<dyn Amend>) -> Self {
        let (rows, store) = (self.rows.clone(), self.store.clone());
        Self { rows, store, amended: Some(Arc::new(Amended { by, from: self })), set: Vec::new() }
    }

    fn is_set(&mut self, row: Row) {
        if self.amended.is_some()
            && let Err(place) = self.set.binary_search(&row)
        {
            self.set.insert(place, row);
        }
    }

    /// The rows whose place is not shared with these other documents, which may be of any snapshot;
    /// and those of the other that are not shared with mine. Costs a comparison a chunk.
    pub(crate) fn apart(&self, other: &Self) -> (Vec<Row>, Vec<Row>) {
        let (mine, theirs) = self.rows.apart(&other.rows);
        let rows = |places: Vec<usize>| places.into_iter().map(|place| place as Row).collect();
        (rows(mine), rows(theirs))
    }

    /// Whether a row's document is the very one of the same row of these others; what amends documents
    /// is left aside.
    pub(crate) fn is_same(&self, row: Row, other: &Self) -> bool {
        match (self.rows.get(row as usize), other.rows.get(row as usize)) {
            (Some(Document::Held(mine)), Some(Document::Held(theirs))) => Arc::ptr_eq(mine, theirs),
            (Some(Document::Stored), Some(Document::Stored)) => match (&self.store, &other.store) {
                (Some(mine), Some(theirs)) => Arc::ptr_eq(mine, theirs),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a row's bytes are those of a row of these others.
    pub(crate) fn equal(&self, row: Row, other: &Self, there: Row) -> Result<bool> {
        let filed =
            |documents: &Self, row: Row| matches!(documents.rows.get(row as usize), Some(Document::Stored) | None);
        // What amends documents reads other bytes in the same place.
        let as_they_are = self.amended.is_none() && other.amended.is_none();
        if as_they_are
            && row == there
            && filed(self, row)
            && filed(other, there)
            && let (Some(store), Some(other_store)) = (&self.store, &other.store)
            && Arc::ptr_eq(store, other_store)
        {
            return Ok(true);
        }
        let (mine, theirs) = (self.read(row)?, other.read(there)?);
        Ok(Arc::ptr_eq(&mine, &theirs) || mine == theirs)
    }

    pub(crate) fn push(&mut self, bytes: Arc<[u8]>) {
        self.is_set(self.rows.len() as Row);
        self.rows.push(Document::Held(bytes));
    }

    pub(crate) fn set(&mut self, row: Row, bytes: Arc<[u8]>) {
        self.is_set(row);
        if let Some(document) = self.rows.get_mut(row as usize) {
            *document = Document::Held(bytes);
        }
    }
}
