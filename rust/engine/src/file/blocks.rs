//! The blocks of an opened file: where its documents are read from.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::source::Source;
use crate::document::Store;
use crate::error::{Error, Result};

/// One block.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) span: Range<u64>,
    /// Where its documents are: within `span`, and not at its beginning.
    pub(super) documents: Range<u64>,
    pub(super) rows: u32,
    pub(super) hash: [u8; blake3::OUT_LEN],
    held: OnceLock<Held>,
}

/// The documents of a block whose hash was right.
#[derive(Debug)]
enum Held {
    /// A copy of what was read and checked: the file may change, this does not.
    Read(Box<[u8]>),
    /// They stay where they are in memory.
    There,
}

impl Block {
    pub(super) fn new(span: Range<u64>, documents: Range<u64>, rows: u32, hash: [u8; blake3::OUT_LEN]) -> Self {
        Self { span, documents, rows, hash, held: OnceLock::new() }
    }
}

/// Blocks in the order of the file; each is read and checked when it is first needed.
#[derive(Debug)]
pub(super) struct Blocks {
    source: Source,
    blocks: Vec<Block>,
}

impl Blocks {
    pub(super) const fn new(source: Source, blocks: Vec<Block>) -> Self {
        Self { source, blocks }
    }

    fn check(&self, block: &Block) -> Result<Held> {
        let bytes = self.source.read(block.span.start, block.span.end - block.span.start)?;
        if *blake3::hash(&bytes).as_bytes() != block.hash {
            return Err(Error::File("the documents of the file were changed or damaged: their hash is another".into()));
        }
        if let Source::Bytes(_) = self.source {
            return Ok(Held::There);
        }
        let documents = block.documents.start - block.span.start..block.documents.end - block.span.start;
        let documents = bytes.get(documents.start as usize..documents.end as usize);
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
        let there = || match &self.source {
            Source::Bytes(bytes) => bytes.get(block.documents.start as usize..block.documents.end as usize),
            Source::File(..) => None,
        };
        match held {
            Held::Read(documents) => Ok(documents),
            Held::There => there().ok_or_else(|| super::damaged("documents")),
        }
    }
}

impl Store for Blocks {
    fn read(&self, offset: u64, len: u32) -> Result<Arc<[u8]>> {
        let wrong = || super::damaged("documents");
        let after = self.blocks.partition_point(|block| block.documents.start <= offset);
        let block = after.checked_sub(1).and_then(|at| self.blocks.get(at)).ok_or_else(wrong)?;
        let start = usize::try_from(offset - block.documents.start).map_err(|_| wrong())?;
        let end = start.checked_add(len as usize).ok_or_else(wrong)?;
        self.documents(block)?.get(start..end).map(Arc::from).ok_or_else(wrong)
    }
}
