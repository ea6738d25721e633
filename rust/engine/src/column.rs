//! One measure of all rows.

use std::sync::{Arc, OnceLock};

use crate::Row;
use crate::number::{Cell, UNKNOWN};

/// Rows a chunk of a column covers.
pub(crate) const CHUNK_ROWS: usize = 1_024;
type Chunk = [Cell; CHUNK_ROWS];

/// Cells in chunks that snapshots share; a chunk in which nothing is stated is not there.
///
/// Invariant: `known` is the number of cells that are not `UNKNOWN`; `sorted`, once made, has
/// exactly the rows of those, by cell and then row; a change patches it.
#[derive(Debug, Default)]
pub(crate) struct Column {
    chunks: Vec<Option<Arc<Chunk>>>,
    known: u32,
    /// The version of the last change.
    version: u64,
    sorted: OnceLock<Arc<Vec<Row>>>,
    /// How often `sorted` was patched since this column was cloned, that is, by one edit.
    patches: u32,
}

/// An edit that changes more cells of a column than this has its order made anew when next needed:
/// a patch moves up to all rows, so that many of them cost more than sorting.
const MOST_PATCHES: u32 = 16;

impl Clone for Column {
    fn clone(&self) -> Self {
        let Self { chunks, known, version, sorted, .. } = self;
        Self { chunks: chunks.clone(), known: *known, version: *version, sorted: sorted.clone(), patches: 0 }
    }
}

impl Column {
    /// A column of these known cells, which lie in these runs of rows, first row and how many,
    /// ascending. Runs and cells must be of one length.
    pub(crate) fn of(mut cells: &[Cell], runs: &[(Row, u32)], version: u64) -> Self {
        let (mut column, mut at, mut chunk) = (Self { version, ..Self::default() }, 0, [UNKNOWN; CHUNK_ROWS]);
        let mut stated = 0;
        for (first, len) in runs {
            let (mut row, mut left) = (*first as usize, *len as usize);
            while left > 0 {
                let (next, low) = (row / CHUNK_ROWS, row % CHUNK_ROWS);
                if next != at {
                    column.put(at, &chunk, stated);
                    (at, stated) = (next, 0);
                    chunk.fill(UNKNOWN);
                }
                let step = left.min(CHUNK_ROWS - low);
                let (now, later) = cells.split_at(step);
                chunk[low..low + step].copy_from_slice(now);
                (cells, row, left, stated) = (later, row + step, left - step, stated + step as u32);
            }
        }
        column.put(at, &chunk, stated);
        column
    }

    fn put(&mut self, at: usize, chunk: &Chunk, stated: u32) {
        if stated > 0 {
            self.chunks.resize(at, None);
            self.chunks.push(Some(Arc::new(*chunk)));
            self.known += stated;
        }
    }

    #[inline]
    pub(crate) fn get(&self, row: Row) -> Cell {
        let row = row as usize;
        match self.chunks.get(row / CHUNK_ROWS) {
            Some(Some(chunk)) => chunk[row % CHUNK_ROWS],
            _ => UNKNOWN,
        }
    }

    pub(crate) fn chunk(&self, index: usize) -> Option<&Chunk> {
        self.chunks.get(index)?.as_deref()
    }

    pub(crate) fn known(&self) -> u32 {
        self.known
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Sets a cell; `false` where it was that already.
    pub(crate) fn set(&mut self, row: Row, cell: Cell, version: u64) -> bool {
        let before = self.get(row);
        if before == cell {
            return false;
        }
        let sorted = self.sorted.take().filter(|_| self.patches < MOST_PATCHES);
        let sorted = sorted.map(|sorted| self.without_row(sorted, row, before));
        let at = row as usize / CHUNK_ROWS;
        if at >= self.chunks.len() {
            self.chunks.resize(at + 1, None);
        }
        let chunk = self.chunks[at].get_or_insert_with(|| Arc::new([UNKNOWN; CHUNK_ROWS]));
        Arc::make_mut(chunk)[row as usize % CHUNK_ROWS] = cell;
        self.known -= u32::from(before != UNKNOWN);
        self.known += u32::from(cell != UNKNOWN);
        self.version = version;
        if let Some(sorted) = sorted {
            self.sorted = OnceLock::from(self.with_row(sorted, row, cell));
            self.patches += 1;
        }
        true
    }

    /// The sorted rows but this one, which has this cell.
    fn without_row(&self, mut sorted: Arc<Vec<Row>>, row: Row, cell: Cell) -> Arc<Vec<Row>> {
        if let Ok(place) = sorted.binary_search_by(|other| (self.get(*other), *other).cmp(&(cell, row))) {
            Arc::make_mut(&mut sorted).remove(place);
        }
        sorted
    }

    /// The sorted rows and this one, which has this cell.
    fn with_row(&self, mut sorted: Arc<Vec<Row>>, row: Row, cell: Cell) -> Arc<Vec<Row>> {
        if cell != UNKNOWN {
            let place = sorted.partition_point(|other| (self.get(*other), *other) < (cell, row));
            Arc::make_mut(&mut sorted).insert(place, row);
        }
        sorted
    }

    /// The rows with a known cell, smallest first, ties by row. Made once, when first needed.
    pub(crate) fn sorted(&self) -> &[Row] {
        self.sorted.get_or_init(|| {
            let mut pairs: Vec<(Cell, Row)> = Vec::with_capacity(self.known as usize);
            for (at, chunk) in self.chunks.iter().enumerate() {
                let Some(chunk) = chunk else { continue };
                let first = (at * CHUNK_ROWS) as Row;
                let cells = chunk.iter().enumerate().filter(|(_, cell)| **cell != UNKNOWN);
                pairs.extend(cells.map(|(low, cell)| (*cell, first + low as Row)));
            }
            pairs.sort_unstable();
            Arc::new(pairs.into_iter().map(|(_, row)| row).collect())
        })
    }

    /// The rows with a known cell in the order of their cells, ties by row whichever way it goes.
    pub(crate) fn walk(&self, descending: bool) -> Walk<'_> {
        let sorted = self.sorted();
        let (at, end, left) = if descending { (0, 0, sorted.len()) } else { (0, sorted.len(), 0) };
        Walk { column: self, sorted, at, end, left }
    }
}

/// The rows of a column in order; see [`Column::walk`].
///
/// Invariant: `at..end` is left of the run of equal cells that it is in (of all cells, going up),
/// `..left` is what comes after that.
pub(crate) struct Walk<'a> {
    column: &'a Column,
    sorted: &'a [Row],
    at: usize,
    end: usize,
    left: usize,
}

impl<'a> Walk<'a> {
    /// What is left, where the walk goes up: a slice is walked faster.
    pub(crate) fn upward(&self) -> Option<&'a [Row]> {
        (self.left == 0).then(|| &self.sorted[self.at..self.end])
    }

    /// Turns to the next lower run of equal cells.
    fn turn(&mut self) -> Option<()> {
        let last = self.left.checked_sub(1)?;
        let cell = self.column.get(self.sorted[last]);
        // Most runs are short where cells differ, and long where there are few different ones.
        let mut step = 1;
        while step <= last && self.column.get(self.sorted[last - step]) == cell {
            step *= 2;
        }
        let least = last.saturating_sub(step);
        let start = least + self.sorted[least..last].partition_point(|row| self.column.get(*row) < cell);
        (self.at, self.end, self.left) = (start, self.left, start);
        Some(())
    }
}

impl Iterator for Walk<'_> {
    type Item = Row;

    #[inline]
    fn next(&mut self) -> Option<Row> {
        if self.at == self.end {
            self.turn()?;
        }
        let row = self.sorted[self.at];
        self.at += 1;
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cell() -> impl Strategy<Value = Cell> {
        prop_oneof![2 => Just(UNKNOWN), 6 => 0_i64..4, 1 => any::<Cell>()]
    }

    fn naive(column: &Column, rows: Row, descending: bool) -> Vec<Row> {
        let mut known: Vec<Row> = (0..rows).filter(|row| column.get(*row) != UNKNOWN).collect();
        known.sort_by_key(|row| (if descending { !column.get(*row) } else { column.get(*row) }, *row));
        known
    }

    proptest! {
        /// One change after the other, in edits of one change or several.
        #[test]
        fn a_patched_order_is_the_sorted_order(
            changes in proptest::collection::vec((0_u32..2_500, cell(), any::<bool>()), 1..80),
            crowded in any::<bool>(),
        ) {
            let (mut column, mut patches) = (Column::default(), 0);
            for (version, (row, cell, again)) in (1..).zip(changes) {
                let row = if crowded { row % 20 } else { row };
                let earlier = column.clone();
                let before = earlier.sorted().to_vec();
                column.sorted();
                if !again {
                    column = column.clone();
                    patches = 0;
                }
                let changed = column.set(row, cell, version);
                prop_assert_eq!(changed, earlier.get(row) != cell);
                if changed {
                    prop_assert_eq!(column.version(), version);
                    prop_assert_eq!(column.sorted.get().is_some(), patches < MOST_PATCHES, "patched, not made anew");
                    patches += u32::from(patches < MOST_PATCHES);
                }
                prop_assert_eq!(column.sorted(), naive(&column, 2_500, false));
                prop_assert_eq!(column.known() as usize, column.sorted().len());
                prop_assert!(column.walk(false).eq(naive(&column, 2_500, false)));
                prop_assert!(column.walk(true).eq(naive(&column, 2_500, true)));
                prop_assert_eq!(earlier.sorted(), before);
            }
        }
    }

    #[test]
    fn an_order_that_nobody_asked_for_is_not_made_by_a_change() {
        let mut column = Column::default();
        column.set(3, 7, 1);
        column.set(1, 7, 2);
        assert!(column.sorted.get().is_none());
        assert_eq!(column.sorted(), [1, 3]);
        assert_eq!((column.chunk(0).map(|chunk| chunk[3]), column.chunk(1)), (Some(7), None));
    }
}
