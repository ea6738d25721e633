//! The table that others see: an Arrow IPC file with the columns of `columns.rs`, written by `arrow-ipc`.

use std::ops::Range;

use arrow_ipc::MetadataVersion;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};

use super::columns::{Columns, blame};
use super::content::Content;
use super::damaged;
use crate::error::{Error, Result};

/// A block is read and checked as a whole, so it is small: about 0.2 ms.
const BLOCK_ROWS: usize = 256;
const BLOCK_BYTES: usize = 1 << 20;
/// Buffers begin at multiples of this; 16 is what a decimal needs.
const ALIGN: usize = 16;

/// The Arrow file, and where in it everything is.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) bytes: Vec<u8>,
    /// Where the batches begin.
    pub(super) head: usize,
    /// Where they end.
    pub(super) rest: usize,
    /// Where the footer begins.
    pub(super) footer: usize,
    pub(super) batches: Vec<Batch>,
    /// The length of the document of each row.
    pub(super) lengths: Vec<u32>,
}

#[derive(Debug)]
pub(super) struct Batch {
    pub(super) span: Range<usize>,
    pub(super) rows: u32,
    /// Where the documents begin, from the beginning of the span.
    pub(super) documents: usize,
}

pub(super) fn write(content: &Content) -> Result<Table> {
    let columns = Columns::of(content);
    let options = IpcWriteOptions::try_new(ALIGN, false, MetadataVersion::V5).map_err(|why| blame(&why))?;
    let writer = FileWriter::try_new_with_options(Vec::new(), &columns.schema, options);
    let mut writer = writer.map_err(|why| blame(&why))?;
    let (mut lengths, mut counts) = (Vec::with_capacity(content.rows.len()), Vec::new());
    let (mut first, mut bytes, mut documents) = (0, 0, Vec::new());
    for (at, row) in content.rows.iter().enumerate() {
        let document = content.snapshot.documents.read(*row)?;
        let len = u32::try_from(document.len()).ok().filter(|len| i32::try_from(*len).is_ok());
        lengths.push(len.ok_or_else(|| Error::File("a document of 2 GB".into()))?);
        if at > first && bytes + document.len() > BLOCK_BYTES {
            writer.write(&columns.batch(content, &content.rows[first..at], &documents)?).map_err(|why| blame(&why))?;
            counts.push((at - first) as u32);
            documents.clear();
            (first, bytes) = (at, 0);
        }
        bytes += document.len();
        documents.push(document);
        if documents.len() == BLOCK_ROWS || at + 1 == content.rows.len() {
            writer.write(&columns.batch(content, &content.rows[first..=at], &documents)?).map_err(|why| blame(&why))?;
            counts.push((at + 1 - first) as u32);
            documents.clear();
            (first, bytes) = (at + 1, 0);
        }
    }
    let bytes = writer.into_inner().map_err(|why| blame(&why))?;
    survey(bytes, &counts, lengths).ok_or_else(|| damaged("batches"))
}

/// Finds the batches and their documents in what the writer made.
fn survey(bytes: Vec<u8>, counts: &[u32], lengths: Vec<u32>) -> Option<Table> {
    let end = bytes.len().checked_sub(10)?;
    let footer = end.checked_sub(u32::from_le_bytes(bytes.get(end..end + 4)?.try_into().ok()?) as usize)?;
    let parsed = arrow_ipc::root_as_footer(bytes.get(footer..end)?).ok()?;
    let found = parsed.recordBatches().map(|blocks| blocks.iter().copied().collect::<Vec<_>>()).unwrap_or_default();
    let mut batches: Vec<Batch> = Vec::with_capacity(found.len());
    for (block, rows) in found.iter().zip(counts) {
        let start = usize::try_from(block.offset()).ok()?;
        let body = start + usize::try_from(block.metaDataLength()).ok()?;
        let span = start..body + usize::try_from(block.bodyLength()).ok()?;
        // A message begins with a mark and its length, four bytes each.
        let message = arrow_ipc::root_as_message(bytes.get(start + 8..body)?).ok()?;
        let letters = message.header_as_record_batch()?.buffers()?.iter().next_back()?;
        let documents = body - start + usize::try_from(letters.offset()).ok()?;
        if batches.last().is_some_and(|before| before.span.end != start) || documents > span.len() {
            return None;
        }
        batches.push(Batch { span, rows: *rows, documents });
    }
    let head = batches.first().map_or(footer, |batch| batch.span.start);
    let rest = batches.last().map_or(head, |batch| batch.span.end);
    (found.len() == counts.len()).then_some(Table { bytes, head, rest, footer, batches, lengths })
}
