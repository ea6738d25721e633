//! Rows as a stream of Arrow batches, with the columns of the file.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, Schema};

use super::columns::Columns;
use super::content::Content;
use crate::Row;
use crate::error::{Error, Result};
use crate::snapshot::Snapshot;

/// A batch ends where it has this many rows, or documents of so many bytes.
const BATCH_ROWS: usize = 8_192;
const BATCH_BYTES: usize = 16 << 20;

/// Rows of a snapshot, batch by batch: each is made when it is asked for. It shares the snapshot, so no
/// later change shows.
#[derive(Debug)]
pub struct Batches {
    content: Content,
    columns: Columns,
    next: usize,
}

impl Snapshot {
    /// These rows in this order as Arrow batches, with the columns that [`Self::write`] gives a file;
    /// which measures there are is told by the whole snapshot.
    #[must_use]
    pub fn batches(&self, rows: Vec<Row>) -> Batches {
        let content = Content::of_rows(self, rows);
        let columns = Columns::of(&content);
        Batches { content, columns, next: 0 }
    }
}

impl Batches {
    fn batch(&mut self) -> Result<RecordBatch> {
        let (start, mut bytes, mut documents) = (self.next, 0_usize, Vec::new());
        for row in self.content.rows[start..].iter().take(BATCH_ROWS) {
            let document = self.content.snapshot.documents.read(*row)?;
            if i32::try_from(document.len()).is_err() {
                return Err(Error::File("a document of 2 GB".into()));
            }
            bytes = bytes.saturating_add(document.len());
            if bytes > BATCH_BYTES && !documents.is_empty() {
                break;
            }
            documents.push(document);
        }
        self.next = start + documents.len();
        self.columns.batch(&self.content, &self.content.rows[start..self.next], &documents)
    }
}

impl Iterator for Batches {
    type Item = std::result::Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.content.rows.len() {
            return None;
        }
        Some(self.batch().map_err(|why| {
            // What cannot be read now cannot be read later either.
            self.next = usize::MAX;
            ArrowError::ExternalError(Box::new(why))
        }))
    }
}

impl RecordBatchReader for Batches {
    fn schema(&self) -> Arc<Schema> {
        self.columns.schema.clone()
    }
}
