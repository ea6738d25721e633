//! The sections of lengths and of blocks: where each document is.

use super::blocks::Block;
use super::cursor::{Cursor, put};
use super::damaged;
use super::seal::Seal;
use super::table::Table;
use crate::chunks::Chunks;
use crate::document::Document;
use crate::error::Result;

pub(super) fn write_lengths(lengths: &[u32]) -> Vec<u8> {
    let mut out = Vec::new();
    lengths.iter().for_each(|len| put(&mut out, u64::from(*len)));
    out
}

pub(super) fn write_blocks(table: &Table) -> Vec<u8> {
    let mut out = Vec::new();
    for batch in &table.batches {
        put(&mut out, batch.span.len() as u64);
        put(&mut out, u64::from(batch.rows));
        put(&mut out, batch.documents as u64);
        out.extend_from_slice(blake3::hash(&table.bytes[batch.span.clone()]).as_bytes());
    }
    out
}

/// The blocks that the section tells of, one after the other from the end of the head to the
/// rest. How far their documents go is not known yet.
pub(super) fn read_blocks(section: &[u8], seal: &Seal) -> Result<Vec<Block>> {
    let wrong = || damaged("blocks");
    let (mut cursor, mut blocks, mut start) = (Cursor::new(section), Vec::new(), seal.head);
    while cursor.left() > 0 {
        let end = cursor.varint().and_then(|len| start.checked_add(len)).filter(|end| *end <= seal.rest);
        let end = end.ok_or_else(wrong)?;
        // A block without rows would never be looked at, and never checked.
        let rows = cursor.number().filter(|rows| *rows > 0).ok_or_else(wrong)?;
        let documents =
            cursor.varint().filter(|at| *at > 0).and_then(|at| start.checked_add(at)).filter(|at| *at <= end);
        let documents = documents.ok_or_else(wrong)?;
        let hash = cursor.array().ok_or_else(wrong)?;
        blocks.push(Block::new(start..end, documents..end, rows, hash));
        start = end;
    }
    if start == seal.rest { Ok(blocks) } else { Err(wrong()) }
}

/// Where the document of each row is and how long.
pub(super) fn read(section: &[u8], rows: u32, blocks: &[Block]) -> Result<Chunks<Document>> {
    let (mut cursor, mut blocks) = (Cursor::new(section), blocks.iter());
    let (mut offset, mut end, mut left) = (0, 0, 0);
    let places: Chunks<Document> = (0..rows)
        .map_while(|_| {
            if left == 0 {
                let block = blocks.next()?;
                (offset, end, left) = (block.documents.start, block.documents.end, block.rows);
            }
            let len = cursor.number()?;
            let place = Document::Stored { offset, len };
            offset = offset.checked_add(u64::from(len)).filter(|next| *next <= end)?;
            left -= 1;
            Some(place)
        })
        .collect();
    let all = places.len() == rows as usize && left == 0 && blocks.next().is_none();
    cursor.end().filter(|()| all).ok_or_else(|| damaged("documents"))?;
    Ok(places)
}

/// For each block its length, and where in the section its hash is.
pub(super) fn hashes(section: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut cursor = Cursor::new(section);
    std::iter::from_fn(move || {
        let len = cursor.number()?;
        cursor.varint()?;
        cursor.varint()?;
        let place = section.len() - cursor.left();
        cursor.take(blake3::OUT_LEN)?;
        Some((len, place))
    })
}
