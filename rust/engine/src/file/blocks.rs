//! The blocks of an opened file: where its documents are read from.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::seal::Hash;
use super::source::Source;
use crate::Row;
use crate::document::Store;
use crate::error::{Error, Result};

/// One block: a record batch, the last column of which has the documents.
///
/// Invariant: `offsets` and `letters` are places in `span`, in this order.
#[derive(Debug)]
pub(super) struct Block {
    span: Range<u64>,
    /// Where each document begins in the letters and where the last one ends: four bytes each.
    offsets: u64,
    letters: u64,
    rows: Range<Row>,
    hash: Hash,
    held: OnceLock<Held>,
}

/// The documents of a block whose hash was right, from the offsets on.
#[derive(Debug)]
enum Held {
    /// A copy of what was read and checked: the file may change, this does not.
    Read(Box<[u8]>),
    /// They stay where they are in memory.
    There,
}

impl Block {
    pub(super) const fn new(span: Range<u64>, offsets: u64, letters: u64, rows: Range<Row>, hash: Hash) -> Self {
        Self { span, offsets, letters, rows, hash, held: OnceLock::new() }
    }

    /// The document of a row in the bytes from the offsets on.
    fn document<'a>(&self, bytes: &'a [u8], row: Row) -> Option<&'a [u8]> {
        let at = row.checked_sub(self.rows.start)? as usize;
        let (offsets, letters) = bytes.split_at_checked(usize::try_from(self.letters - self.offsets).ok()?)?;
        let (offsets, _) = offsets.as_chunks();
        let offset = |at: usize| usize::try_from(i32::from_le_bytes(*offsets.get(at)?)).ok();
        letters.get(offset(at)?..offset(at + 1)?)
    }
}

/// Blocks in the order of the file; each is read and checked when it is first needed.
#[derive(Debug)]
pub(super) struct Blocks {
    source: Arc<Source>,
    blocks: Vec<Block>,
}

impl Blocks {
    pub(super) const fn new(source: Arc<Source>, blocks: Vec<Block>) -> Self {
        Self { source, blocks }
    }

    fn check(&self, block: &Block) -> Result<Held> {
        let bytes = self.source.read(block.span.start, block.span.end - block.span.start)?;
        if *blake3::hash(&bytes).as_bytes() != block.hash {
            return Err(Error::File("the documents of the file were changed or damaged: their hash is another".into()));
        }
        if let Source::Bytes(_) = *self.source {
            return Ok(Held::There);
        }
        let documents = bytes.get((block.offsets - block.span.start) as usize..);
        documents.map(|documents| Held::Read(documents.into())).ok_or_else(|| super::damaged("documents"))
    }

    fn documents<'a>(&'a self, block: &'a Block) -> Result<&'a [u8]> {
        let held = match block.held.get() {
            Some(held) => held,
            // Two threads may both do it; an error is not kept, since reading may work next time.
            None => {
                let checked = self.check(block)?;
                block.held.get_or_init(|| checked)
            }
        };
        let there = || match &*self.source {
            Source::Bytes(bytes) => bytes.get(block.offsets as usize..block.span.end as usize),
            Source::File(..) => None,
        };
        match held {
            Held::Read(documents) => Ok(documents),
            Held::There => there().ok_or_else(|| super::damaged("documents")),
        }
    }
}

impl Store for Blocks {
    fn read(&self, row: Row) -> Result<Arc<[u8]>> {
        let wrong = || super::damaged("documents");
        let block = self.blocks.get(self.blocks.partition_point(|block| block.rows.end <= row)).ok_or_else(wrong)?;
        block.document(self.documents(block)?, row).map(Arc::from).ok_or_else(wrong)
    }
}
