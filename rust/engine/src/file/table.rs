//! The table that others see: an Arrow IPC file with the columns of `columns.rs`, written by `arrow-ipc`.

use std::io::Write;
use std::sync::Arc;

use arrow_ipc::MetadataVersion;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};

use super::columns::{Columns, blame};
use super::content::Content;
use super::seal::Hash;
use super::{damaged, places, unwritten};
use crate::Row;
use crate::error::{Error, Result};

/// A block is read and checked as a whole, so it is small: about 0.2 ms.
const BLOCK_ROWS: usize = 256;
const BLOCK_BYTES: usize = 1 << 20;
/// Buffers begin at multiples of this; 16 is what a decimal needs.
const ALIGN: usize = 16;

/// What the file has beside the batches.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) head: Vec<u8>,
    /// Where the batches end.
    pub(super) rest: u64,
    /// Arrow's end mark, which follows them.
    pub(super) mark: Vec<u8>,
    /// What ends the file.
    pub(super) footer: Vec<u8>,
    /// The section that tells of each batch.
    pub(super) blocks: Vec<u8>,
}

/// A batch as it was written; places count from its beginning.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) len: usize,
    pub(super) rows: u32,
    /// Where the offsets of the documents begin.
    pub(super) offsets: usize,
    /// Where their letters begin.
    pub(super) letters: usize,
    pub(super) hash: Hash,
}

impl Batch {
    fn of(bytes: &[u8], rows: usize) -> Option<Self> {
        // A message begins with a mark and its length, four bytes each.
        let body = 8 + u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?) as usize;
        let message = arrow_ipc::root_as_message(bytes.get(8..body)?).ok()?;
        let mut buffers = message.header_as_record_batch()?.buffers()?.iter().rev();
        let mut place = || Some(body + usize::try_from(buffers.next()?.offset()).ok()?);
        let (letters, offsets) = (place()?, place()?);
        let fits = offsets <= letters && letters <= bytes.len();
        let hash = *blake3::hash(bytes).as_bytes();
        fits.then_some(Self { len: bytes.len(), rows: rows as u32, offsets, letters, hash })
    }
}

/// Writes head and batches, each as soon as it is made.
pub(super) fn write(content: &Content, out: &mut dyn Write) -> Result<Table> {
    let columns = Columns::of(content);
    let options = IpcWriteOptions::try_new(ALIGN, false, MetadataVersion::V5).map_err(|why| blame(&why))?;
    // The writer remembers where it is, so what it has written may be taken away each time.
    let writer = FileWriter::try_new_with_options(Vec::new(), &columns.schema, options);
    let mut writer = writer.map_err(|why| blame(&why))?;
    let head = std::mem::take(writer.get_mut());
    out.write_all(&head).map_err(|why| unwritten(&why))?;
    let (mut rest, mut blocks) = (head.len() as u64, Vec::new());
    let mut batch = |rows: &[Row], documents: &[Arc<[u8]>]| {
        writer.write(&columns.batch(content, rows, documents)?).map_err(|why| blame(&why))?;
        let bytes = std::mem::take(writer.get_mut());
        places::write(&mut blocks, &Batch::of(&bytes, rows.len()).ok_or_else(|| damaged("batches"))?);
        rest += bytes.len() as u64;
        out.write_all(&bytes).map_err(|why| unwritten(&why))
    };
    let (mut first, mut bytes, mut documents) = (0, 0, Vec::new());
    for (at, row) in content.rows.iter().enumerate() {
        let document = content.snapshot.documents.read(*row)?;
        if i32::try_from(document.len()).is_err() {
            return Err(Error::File("a document of 2 GB".into()));
        }
        if documents.len() == BLOCK_ROWS || (at > first && bytes + document.len() > BLOCK_BYTES) {
            batch(&content.rows[first..at], &documents)?;
            documents.clear();
            (first, bytes) = (at, 0);
        }
        bytes += document.len();
        documents.push(document);
    }
    if !documents.is_empty() {
        batch(&content.rows[first..], &documents)?;
    }
    writer.finish().map_err(|why| blame(&why))?;
    let mut mark = std::mem::take(writer.get_mut());
    let footer = split(&mut mark).ok_or_else(|| damaged("footer"))?;
    Ok(Table { head, rest, mark, footer, blocks })
}

/// Takes the footer, its length and the magic off the end mark.
fn split(mark: &mut Vec<u8>) -> Option<Vec<u8>> {
    let end = mark.len().checked_sub(10)?;
    let footer = end.checked_sub(u32::from_le_bytes(mark.get(end..end + 4)?.try_into().ok()?) as usize)?;
    Some(mark.split_off(footer))
}
