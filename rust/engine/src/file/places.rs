//! The section of blocks: where the documents are.

use super::blocks::Block;
use super::cursor::{Cursor, put};
use super::damaged;
use super::seal::{HASH_LEN, Seal};
use super::table::Batch;
use crate::error::Result;

pub(super) fn write(out: &mut Vec<u8>, batch: &Batch) {
    put(out, batch.len as u64);
    put(out, u64::from(batch.rows));
    put(out, batch.offsets as u64);
    put(out, (batch.letters - batch.offsets) as u64);
    out.extend_from_slice(&batch.hash);
}

/// The blocks that the section tells of, one after the other from the end of the head to the rest.
pub(super) fn read(section: &[u8], seal: &Seal) -> Result<Vec<Block>> {
    let wrong = || damaged("blocks");
    let (mut cursor, mut blocks, mut start, mut first) = (Cursor::new(section), Vec::new(), seal.head, 0_u32);
    while cursor.left() > 0 {
        let within = |from: u64, cursor: &mut Cursor<'_>, end: u64| {
            cursor.varint().and_then(|len| from.checked_add(len)).filter(|to| *to <= end).ok_or_else(wrong)
        };
        let end = within(start, &mut cursor, seal.rest)?;
        // A block without rows would never be looked at, and never checked.
        let rows: u32 = cursor.number().filter(|rows| *rows > 0).ok_or_else(wrong)?;
        let offsets = within(start, &mut cursor, end)?;
        let letters = within(offsets, &mut cursor, end)?;
        // Each row has four bytes there: no file may ask for more rows than it is worth.
        if (letters - offsets) / 4 <= u64::from(rows) {
            return Err(wrong());
        }
        let hash = cursor.array().ok_or_else(wrong)?;
        blocks.push(Block::new(start..end, offsets, letters, first..first.checked_add(rows).ok_or_else(wrong)?, hash));
        (start, first) = (end, first + rows);
    }
    if start == seal.rest && first == seal.rows { Ok(blocks) } else { Err(wrong()) }
}

/// For each block its length, and where in the section its hash is.
pub(super) fn hashes(section: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut cursor = Cursor::new(section);
    std::iter::from_fn(move || {
        let len = cursor.number()?;
        for _ in 0..3 {
            cursor.varint()?;
        }
        let place = section.len() - cursor.left();
        cursor.take(HASH_LEN)?;
        Some((len, place))
    })
}
