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

/// The documents of all rows. A removed row's is empty.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    rows: Chunks<Document>,
    store: Option<Arc<dyn Store>>,
}

impl Documents {
    /// Documents that lie in a file.
    pub(crate) fn stored(rows: Chunks<Document>, store: Arc<dyn Store>) -> Self {
        Self { rows, store: Some(store) }
    }

    /// The bytes; an error where the file behind it was damaged since it was opened.
    pub fn read(&self, row: Row) -> Result<Arc<[u8]>> {
        match (self.rows.get(row as usize), &self.store) {
            (Some(Document::Held(bytes)), _) => Ok(bytes.clone()),
            (Some(Document::Stored { offset, len }), Some(store)) => store.read(*offset, *len),
            _ => Err(Error::File(format!("row {row} has no document"))),
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
        if let (Some(Document::Stored { offset, len }), Some(Document::Stored { offset: other_offset, len: other_len })) =
            (self.rows.get(row as usize), other.rows.get(there as usize))
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
        self.rows.push(Document::Held(bytes));
    }

    pub(crate) fn set(&mut self, row: Row, bytes: Arc<[u8]>) {
        if let Some(document) = self.rows.get_mut(row as usize) {
            *document = Document::Held(bytes);
        }
    }
}
