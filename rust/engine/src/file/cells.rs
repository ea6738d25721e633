//! The section of cells: for each measure that a row states
//!
//! ```text
//! name       its length, the text
//! known      how many rows state it
//! width      8: the cells themselves; 1 or 2: a table of cells, and places in it of that many bytes
//! table      (width 1 or 2) its length, the cells in it ascending, 8 bytes each
//! values     `known` times `width` bytes
//! rows       each less the one after its predecessor
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
pub(super) fn write(content: &Content<'_>) -> (Vec<u8>, u64) {
    let (measures, mut out, mut chunks) = (&content.snapshot.measures, Vec::new(), 0);
    put(&mut out, content.measures.len() as u64);
    for id in &content.measures {
        let name = measures.spec(*id).map_or("", |spec| &spec.name);
        put(&mut out, name.len() as u64);
        out.extend_from_slice(name.as_bytes());
        let cells = content.rows.iter().map(|row| measures.cell(*row, *id)).enumerate();
        let (rows, cells): (Vec<usize>, Vec<Cell>) = cells.filter(|(_, cell)| *cell != UNKNOWN).unzip();
        put(&mut out, cells.len() as u64);
        write_values(&mut out, &cells);
        let mut next = 0;
        for row in &rows {
            put(&mut out, (*row - next) as u64);
            next = row + 1;
        }
        let mut touched: Vec<usize> = rows.into_iter().map(|row| row / CHUNK_ROWS).collect();
        touched.dedup();
        chunks += touched.len() as u64;
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
    for _ in 0..count {
        let len = cursor.number().ok_or_else(wrong)?;
        let name = cursor.take(len).and_then(|name| std::str::from_utf8(name).ok()).ok_or_else(wrong)?;
        let id = measures.intern(vocabulary, name)?;
        let kind = measures.spec(id).map(|spec| spec.kind).filter(|_| before < Some(id)).ok_or_else(wrong)?;
        before = Some(id);
        let (column, taken) = read_column(&mut cursor, seal.rows, kind).ok_or_else(wrong)?;
        measures.restore(id, column);
        chunks += taken;
        check_chunks(chunks, seal.file)?;
    }
    cursor.end().ok_or_else(wrong)?;
    measures.settle();
    Ok(())
}

/// The values of a column, checked: a cell, or a place in the table, for each known row.
enum Values<'a> {
    Cells(&'a [[u8; CELL]]),
    Bytes(&'a [u8], Vec<Cell>),
    Words(&'a [[u8; 2]], Vec<Cell>),
}

impl Values<'_> {
    #[inline]
    fn get(&self, at: usize) -> Option<Cell> {
        match self {
            Self::Cells(cells) => cells.get(at).map(|cell| Cell::from_le_bytes(*cell)),
            Self::Bytes(places, table) => table.get(usize::from(*places.get(at)?)).copied(),
            Self::Words(places, table) => table.get(usize::from(u16::from_le_bytes(*places.get(at)?))).copied(),
        }
    }
}

/// Whether this is the one cell of a number of this kind.
fn is_number(cell: Cell, kind: Kind) -> bool {
    Number::from_cell(cell, kind).and_then(Number::cell) == Some(cell)
}

fn read_values<'a>(cursor: &mut Cursor<'a>, known: usize, kind: Kind) -> Option<Values<'a>> {
    let [width] = cursor.array()?;
    if usize::from(width) == CELL {
        let (cells, _) = cursor.take(known.checked_mul(CELL)?)?.as_chunks();
        return cells.iter().all(|cell| is_number(Cell::from_le_bytes(*cell), kind)).then_some(Values::Cells(cells));
    }
    let len: usize = cursor.number()?;
    let (table, _) = cursor.take(len.checked_mul(CELL)?)?.as_chunks();
    let table: Vec<Cell> = table.iter().map(|cell| Cell::from_le_bytes(*cell)).collect();
    if !table.is_sorted_by(|a, b| a < b) || !table.iter().all(|cell| is_number(*cell, kind)) {
        return None;
    }
    match width {
        1 => Some(Values::Bytes(cursor.take(known)?, table)),
        2 => Some(Values::Words(cursor.take(known.checked_mul(2)?)?.as_chunks().0, table)),
        _ => None,
    }
}

/// The column, and how many chunks it takes.
fn read_column(cursor: &mut Cursor<'_>, rows: u32, kind: Kind) -> Option<(Column, u64)> {
    let known: usize = cursor.number()?;
    let values = read_values(cursor, known, kind)?;
    let (mut next, mut chunk, mut chunks, mut read) = (0_u64, None, 0_u64, 0_usize);
    let cells = (0..known).map_while(|at| {
        let row = next.checked_add(cursor.varint()?).filter(|row| *row < u64::from(rows))?;
        next = row + 1;
        let of = Some(row / CHUNK_ROWS as u64);
        chunks += u64::from(chunk != of);
        chunk = of;
        let cell = values.get(at)?;
        read = at + 1;
        Some((row as Row, cell))
    });
    let column = Column::of(cells, super::VERSION);
    (read == known && known > 0).then_some((column, chunks))
}
