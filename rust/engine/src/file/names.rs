//! The section of names: every id and alias, in blocks by its hash.
//!
//! A block is an arena of records (see `texts.rs`), and becomes a table when it is first looked into.
//! The hash is rapidhash V3 under a seed that follows from the content. Which block a name is in: the
//! hash times the number of blocks, the upper 64 of 128 bits. Within a block names are in the order of
//! their hash, then of their text.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rapidhash::v3::{RapidSecrets, rapidhash_v3_seeded};

use super::content::Content;
use super::cursor::{Cursor, put};
use super::damaged;
use super::seal::{HASH_LEN, Hash, Seal};
use super::source::Source;
use crate::Row;
use crate::error::{Error, Result};
use crate::names::{ID, Names};
use crate::texts::{Record, Table, Target};

/// Names a block has: one is read, checked and hashed for the first lookup.
const BLOCK_NAMES: usize = 256;

/// Where names are: what the writer and the reader must agree on.
#[derive(Clone, Copy, Debug)]
struct Places {
    seed: RapidSecrets,
    blocks: usize,
}

impl Places {
    fn new(fingerprint: u128, blocks: usize) -> Self {
        Self { seed: RapidSecrets::seed_cpp(fingerprint as u64), blocks }
    }

    #[inline(always)]
    fn hash(&self, text: &str) -> u64 {
        rapidhash_v3_seeded(text.as_bytes(), &self.seed)
    }

    #[inline(always)]
    const fn block(&self, hash: u64) -> usize {
        ((hash as u128 * self.blocks as u128) >> 64) as usize
    }
}

/// The section, and what the directory says of it: the number of blocks, then for each its length,
/// its names and its hash.
pub(super) fn write(content: &Content, directory: &mut Vec<u8>) -> Vec<u8> {
    let names = &content.snapshot.names;
    let of_row = |(at, row): (usize, &Row)| {
        let all = names.id(*row).into_iter().chain(names.aliases(*row)).enumerate();
        all.map(move |(tag, text)| (at as Row, tag as u16, text))
    };
    let all = content.rows.iter().enumerate().flat_map(of_row);
    let mut places = Places::new(content.snapshot.fingerprint, 0);
    let mut all: Vec<(u64, &str, Row, u16)> = all.map(|(row, tag, text)| (places.hash(text), text, row, tag)).collect();
    all.sort_unstable();
    places.blocks = all.len().div_ceil(BLOCK_NAMES);
    let (mut out, mut left) = (Vec::new(), all.as_slice());
    put(directory, places.blocks as u64);
    for block in 0..places.blocks {
        let start = out.len();
        let (own, others) = left.split_at(left.partition_point(|(hash, ..)| places.block(*hash) <= block));
        for (_, text, row, tag) in own {
            Record { space: 0, text, to: Target { value: *row, tag: *tag } }.push(&mut out);
        }
        left = others;
        put(directory, (out.len() - start) as u64);
        put(directory, own.len() as u64);
        directory.extend_from_slice(blake3::hash(&out[start..]).as_bytes());
    }
    out
}

#[derive(Debug)]
struct Block {
    span: Range<u64>,
    names: usize,
    hash: Hash,
    table: OnceLock<Table>,
}

/// The names of an opened file; each block is read and checked when it is first needed.
#[derive(Debug)]
pub(super) struct Filed {
    source: Arc<Source>,
    places: Places,
    blocks: Vec<Block>,
    rows: Row,
}

impl Filed {
    pub(super) fn read(directory: &mut Cursor<'_>, seal: &Seal, source: &Arc<Source>) -> Result<Self> {
        let wrong = || damaged("names");
        let count: usize = directory.number().filter(|count| *count <= directory.left()).ok_or_else(wrong)?;
        let (section, mut blocks) = (seal.names(), Vec::with_capacity(count));
        let mut start = section.start;
        for _ in 0..count {
            let end = directory.varint().and_then(|len| start.checked_add(len)).filter(|end| *end <= section.end);
            let span = start..end.ok_or_else(wrong)?;
            start = span.end;
            let names = directory.number().ok_or_else(wrong)?;
            let hash = directory.array().ok_or_else(wrong)?;
            blocks.push(Block { span, names, hash, table: OnceLock::new() });
        }
        if start != section.end {
            return Err(wrong());
        }
        let places = Places::new(seal.fingerprint, count);
        Ok(Self { source: source.clone(), places, blocks, rows: seal.rows })
    }

    /// Where this id or alias leads.
    #[inline]
    pub(super) fn get(&self, text: &str) -> Result<Option<Target>> {
        let hash = self.places.hash(text);
        let Some(block) = self.blocks.get(self.places.block(hash)) else { return Ok(None) };
        let table = match block.table.get() {
            Some(table) => table,
            // Two threads may both do it; an error is not kept, since reading may work next time.
            None => {
                let table = self.table(block)?;
                block.table.get_or_init(|| table)
            }
        };
        Ok(table.find(hash, 0, text))
    }

    fn table(&self, block: &Block) -> Result<Table> {
        let bytes = self.source.read(block.span.start, block.span.end - block.span.start)?;
        self.check(block, &bytes)?;
        let table = Table::new(bytes.into_owned(), block.names, |_, text| self.places.hash(text));
        table.map_err(|_| damaged("names"))
    }

    /// Whether these are the bytes of the block, and records of names that belong there.
    fn check(&self, block: &Block, bytes: &[u8]) -> Result<()> {
        if *blake3::hash(bytes).as_bytes() != block.hash {
            return Err(changed());
        }
        let (mut place, mut before) = (0, None);
        for _ in 0..block.names {
            let (record, next) = Record::at(bytes, place).ok_or_else(|| damaged("names"))?;
            let key = Some((self.places.hash(record.text), record.text));
            let own = key.and_then(|(hash, _)| self.blocks.get(self.places.block(hash)));
            let fits = own.is_some_and(|own| std::ptr::eq(own, block)) && before < key;
            if !fits || record.space != 0 || record.to.value >= self.rows {
                return Err(damaged("names"));
            }
            (place, before) = (next, key);
        }
        if place == bytes.len() { Ok(()) } else { Err(damaged("names")) }
    }

    /// All of them, checked to fit each other and the rows.
    pub(super) fn all(&self) -> Result<Names> {
        let (Some(first), Some(last)) = (self.blocks.first(), self.blocks.last()) else {
            return Names::restore(Vec::new(), 0, self.rows);
        };
        let (start, mut records) = (first.span.start, 0_usize);
        let arena = self.source.read(start, last.span.end - start)?;
        for block in &self.blocks {
            let span = (block.span.start - start) as usize..(block.span.end - start) as usize;
            self.check(block, arena.get(span).ok_or_else(|| damaged("names"))?)?;
            records = records.checked_add(block.names).ok_or_else(|| damaged("names"))?;
        }
        Names::restore(arena.into_owned(), records, self.rows)
    }
}

pub(super) fn changed() -> Error {
    Error::File("the index of the file was changed or damaged: its hash is another".into())
}

const _: () = assert!(ID == 0, "the id comes first, then the aliases in their order");

/// For each block its length, and where in the directory its hash is; and where the blocks' part ends.
pub(super) fn hashes(directory: &[u8]) -> (Vec<(usize, usize)>, usize) {
    let mut cursor = Cursor::new(directory);
    let count: usize = cursor.number().unwrap_or(0);
    let next = |_| {
        let len = cursor.number()?;
        cursor.varint()?;
        let place = directory.len() - cursor.left();
        cursor.take(HASH_LEN)?;
        Some((len, place))
    };
    let found = (0..count).map_while(next).collect();
    (found, directory.len() - cursor.left())
}
