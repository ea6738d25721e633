//! Documents: bytes that the engine keeps and never looks into.

use std::sync::Arc;

use crate::Row;
use crate::chunks::Chunks;
use crate::error::{Error, Result};

/// Where the documents of an opened file come from: read when first asked for, and checked then.
pub trait Store: Send + Sync + std::fmt::Debug {
    /// `len` bytes of the file, from `offset`, verified against the file's own hashes.
    fn read(&self, offset: u64, len: u32) -> Result<Arc<[u8]>>;
}

/// One document: in memory, or in the file that the snapshot was opened from.
#[derive(Clone, Debug)]
pub enum Document {
    Held(Arc<[u8]>),
    Stored { offset: u64, len: u32 },
}

/// Changes documents as they are read, where a view shows them in another way.
pub trait Amend: Send + Sync + std::fmt::Debug {
    /// The document of this row as it is to be read.
    fn amend(&self, row: Row, document: Arc<[u8]>) -> Result<Arc<[u8]>>;
}

/// The documents of all rows. A removed row's is empty.
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
    /// Documents that lie in a file.
    pub(crate) fn stored(rows: Chunks<Document>, store: Arc<dyn Store>) -> Self {
        Self { rows, store: Some(store), ..Self::default() }
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
            (Some(Document::Stored { offset, len }), Some(store)) => store.read(*offset, *len),
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

    /// Whether a row's bytes are those of a row of these others.
    pub(crate) fn equal(&self, row: Row, other: &Self, there: Row) -> Result<bool> {
        // What amends documents reads other bytes in the same place.
        let as_they_are = self.amended.is_none() && other.amended.is_none();
        if let (
            true,
            Some(Document::Stored { offset, len }),
            Some(Document::Stored { offset: other_offset, len: other_len }),
        ) = (as_they_are, self.rows.get(row as usize), other.rows.get(there as usize))
            && let (Some(store), Some(other_store)) = (&self.store, &other.store)
            && Arc::ptr_eq(store, other_store)
            && (offset, len) == (other_offset, other_len)
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
