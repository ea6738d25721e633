//! The section of cells: for each measure that a row states
//!
//! ```text
//! name       its length, the text
//! known      how many rows state it
//! width      8: the cells themselves; 1 or 2: a table of cells, and places in it of that many bytes
//! table      (width 1 or 2) its length, the cells in it ascending, 8 bytes each
//! values     `known` times `width` bytes
//! runs       of rows one after the other: the first less the end of the run before, how many
//!            less one; as many as there are known rows for
//! ```
//!
//! Cells and places are little-endian. Prices and limits have few different values, so most
//! columns take two or three bytes a row, and unpacking them is one look into a small table.

use super::content::Content;
use super::cursor::{Cursor, put};
use super::damaged;
use super::seal::Seal;
use crate::column::{CHUNK_ROWS, Column};
use crate::error::{Error, Result};
use crate::measures::Measures;
use crate::number::{Cell, Number, UNKNOWN};
use crate::vocabulary::{Kind, Vocabulary};
use crate::{MeasureId, Row};

const CELL: usize = size_of::<Cell>();

/// Bytes that columns may take beyond a multiple of the file: a column takes a whole chunk where
/// one row of it states something, and no file may ask for more memory than it is worth.
const SPARE: u64 = 256 << 20;
const PER_BYTE: u64 = 16;

pub(super) fn check_chunks(chunks: u64, file: u64) -> Result<()> {
    if chunks.saturating_mul((CHUNK_ROWS * CELL) as u64) <= file.saturating_mul(PER_BYTE).saturating_add(SPARE) {
        return Ok(());
    }
    Err(Error::File(
        "its measures are stated by too few rows each: they would take many times the file in memory".into(),
    ))
}

/// The section, and how many chunks its columns take.
pub(super) fn write(content: &Content) -> (Vec<u8>, u64) {
    let (measures, mut out, mut chunks) = (&content.snapshot.measures, Vec::new(), 0);
    put(&mut out, content.measures.len() as u64);
    for id in &content.measures {
        let name = measures.spec(*id).map_or("", |spec| &spec.name);
        put(&mut out, name.len() as u64);
        out.extend_from_slice(name.as_bytes());
        let cells = (0..).zip(content.rows.iter().map(|row| measures.cell(*row, *id)));
        let (rows, cells): (Vec<Row>, Vec<Cell>) = cells.filter(|(_, cell)| *cell != UNKNOWN).unzip();
        put(&mut out, cells.len() as u64);
        write_values(&mut out, &cells);
        let mut next = 0;
        let mut runs: Vec<(Row, u32)> = Vec::new();
        for run in rows.chunk_by(|a, b| *a + 1 == *b) {
            runs.push((run[0], run.len() as u32));
            put(&mut out, u64::from(run[0] - next));
            put(&mut out, run.len() as u64 - 1);
            next = run[0] + run.len() as Row;
        }
        chunks += chunks_of(&runs);
    }
    (out, chunks)
}

fn write_values(out: &mut Vec<u8>, cells: &[Cell]) {
    let mut table = cells.to_vec();
    table.sort_unstable();
    table.dedup();
    let width = if table.len() <= 1 << 8 { 1 } else { 2 };
    if table.len() > 1 << 16 || table.len() * CELL + cells.len() * width >= cells.len() * CELL {
        out.push(CELL as u8);
        cells.iter().for_each(|cell| out.extend_from_slice(&cell.to_le_bytes()));
        return;
    }
    out.push(width as u8);
    put(out, table.len() as u64);
    table.iter().for_each(|cell| out.extend_from_slice(&cell.to_le_bytes()));
    for cell in cells {
        let place = table.partition_point(|other| other < cell) as u16;
        out.extend_from_slice(&place.to_le_bytes()[..width]);
    }
}

/// Fills the columns; measures that are not declared must be taken in by a group.
pub(super) fn read(section: &[u8], seal: &Seal, vocabulary: &Vocabulary, measures: &mut Measures) -> Result<()> {
    let wrong = || damaged("numbers");
    let mut cursor = Cursor::new(section);
    let count: usize = cursor.number().ok_or_else(wrong)?;
    let (mut before, mut chunks): (Option<MeasureId>, u64) = (None, 0);
    let (mut cells, mut runs) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let len = cursor.number().ok_or_else(wrong)?;
        let name = cursor.take(len).and_then(|name| std::str::from_utf8(name).ok()).ok_or_else(wrong)?;
        let id = measures.intern(vocabulary, name)?;
        let kind = measures.spec(id).map(|spec| spec.kind).filter(|_| before < Some(id)).ok_or_else(wrong)?;
        before = Some(id);
        let known = cursor.number().filter(|known| *known > 0).ok_or_else(wrong)?;
        read_values(&mut cursor, known, kind, &mut cells).ok_or_else(wrong)?;
        read_runs(&mut cursor, known, seal.rows, &mut runs).ok_or_else(wrong)?;
        chunks += chunks_of(&runs);
        check_chunks(chunks, seal.file)?;
        measures.restore(id, Column::of(&cells, &runs, super::VERSION));
    }
    cursor.end().ok_or_else(wrong)?;
    measures.settle();
    Ok(())
}

/// Whether this is the one cell of a number of this kind.
fn is_number(cell: Cell, kind: Kind) -> bool {
    Number::from_cell(cell, kind).and_then(Number::cell) == Some(cell)
}

/// Reads `known` cells; all are numbers of this kind.
fn read_values(cursor: &mut Cursor<'_>, known: usize, kind: Kind, cells: &mut Vec<Cell>) -> Option<()> {
    cells.clear();
    let [width] = cursor.array()?;
    if usize::from(width) == CELL {
        let (values, _) = cursor.take(known.checked_mul(CELL)?)?.as_chunks();
        cells.extend(values.iter().map(|cell| Cell::from_le_bytes(*cell)));
        return cells.iter().all(|cell| is_number(*cell, kind)).then_some(());
    }
    let len: usize = cursor.number()?;
    let (table, _) = cursor.take(len.checked_mul(CELL)?)?.as_chunks();
    let table: Vec<Cell> = table.iter().map(|cell| Cell::from_le_bytes(*cell)).collect();
    if !table.is_sorted_by(|a, b| a < b) || !table.iter().all(|cell| is_number(*cell, kind)) {
        return None;
    }
    match width {
        1 => look_up(&table, cursor.take(known)?.iter().map(|place| usize::from(*place)), cells),
        2 => {
            let (places, _) = cursor.take(known.checked_mul(2)?)?.as_chunks();
            look_up(&table, places.iter().map(|place| usize::from(u16::from_le_bytes(*place))), cells)
        }
        _ => None,
    }
}

fn look_up(table: &[Cell], places: impl Iterator<Item = usize> + Clone, cells: &mut Vec<Cell>) -> Option<()> {
    if places.clone().max()? >= table.len() {
        return None;
    }
    cells.extend(places.map(|place| table[place]));
    Some(())
}

/// Reads runs for `known` rows.
fn read_runs(cursor: &mut Cursor<'_>, known: usize, rows: u32, runs: &mut Vec<(Row, u32)>) -> Option<()> {
    runs.clear();
    let (mut next, mut left) = (0_u32, u32::try_from(known).ok()?);
    while left > 0 {
        let first = next.checked_add(cursor.number()?)?;
        let len = cursor.number::<u32>()?.checked_add(1)?;
        next = first.checked_add(len).filter(|end| *end <= rows)?;
        left = left.checked_sub(len)?;
        runs.push((first, len));
    }
    Some(())
}

/// How many chunks these runs touch.
fn chunks_of(runs: &[(Row, u32)]) -> u64 {
    let (mut count, mut after) = (0, 0);
    for (first, len) in runs {
        // The first chunk may be the last one of the run before.
        let from = (first / CHUNK_ROWS as u32).max(after);
        after = (first + len).div_ceil(CHUNK_ROWS as u32);
        count += u64::from(after - from);
    }
    count
}
