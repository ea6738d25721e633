//! One measure of all rows.

use std::sync::{Arc, OnceLock};

use crate::Row;
use crate::number::{Cell, UNKNOWN};
use crate::sorted::{Place, Sorted, Walk};

/// Rows a chunk of a column covers.
pub(crate) const CHUNK_ROWS: usize = 512;
/// Chunks a span has.
const SPAN: usize = 64;

type Chunk = [Cell; CHUNK_ROWS];
type Span = [Option<Arc<Chunk>>; SPAN];

/// Cells in chunks, which lie in spans; snapshots share them, and where nothing is stated there are none.
///
/// Cloning counts three references. A change copies one chunk, its span, and the root: one pointer for
/// every 32,768 rows; a change in the last chunk, where new rows are, copies that alone.
///
/// Invariants: the chunk in the place `last` is `tail`, and those before it are in the tree; `known` is the number of cells that are not `UNKNOWN`; `sorted`, once made, has
/// exactly the rows of those; a change patches it.
#[derive(Debug, Default)]
pub(crate) struct Column {
    root: Arc<[Option<Arc<Span>>]>,
    tail: Option<Arc<Chunk>>,
    last: usize,
    known: u32,
    /// The version of the last change.
    version: u64,
    sorted: OnceLock<Sorted>,
    /// How often `sorted` was patched since this column was cloned, that is, by one edit.
    patches: u32,
}

/// An edit that patches an order more often than this has it made anew when next needed, unless that
/// would cost more: then it has [`PATCH_COST`] times as many rows.
const MOST_PATCHES: u32 = 16;
/// How many rows are sorted in the time of one patch.
const PATCH_COST: u32 = 32;

impl Clone for Column {
    fn clone(&self) -> Self {
        let (root, tail, sorted) = (self.root.clone(), self.tail.clone(), self.sorted.clone());
        Self { root, tail, sorted, patches: 0, ..*self }
    }
}

impl Column {
    /// A column of these known cells, which lie in these runs of rows, first row and how many,
    /// ascending. Runs and cells must be of one length.
    pub(crate) fn of(mut cells: &[Cell], runs: &[(Row, u32)], version: u64) -> Self {
        let (mut column, mut chunks) = (Self { version, ..Self::default() }, Vec::new());
        let (mut at, mut chunk, mut stated) = (0, [UNKNOWN; CHUNK_ROWS], 0);
        let mut put = |at: usize, chunk: &Chunk, stated: u32| {
            if stated > 0 {
                chunks.resize(at, None);
                chunks.push(Some(Arc::new(*chunk)));
                column.known += stated;
            }
        };
        for (first, len) in runs {
            let (mut row, mut left) = (*first as usize, *len as usize);
            while left > 0 {
                let (next, low) = (row / CHUNK_ROWS, row % CHUNK_ROWS);
                if next != at {
                    put(at, &chunk, stated);
                    (at, stated) = (next, 0);
                    chunk.fill(UNKNOWN);
                }
                let step = left.min(CHUNK_ROWS - low);
                let (now, later) = cells.split_at(step);
                chunk[low..low + step].copy_from_slice(now);
                (cells, row, left, stated) = (later, row + step, left - step, stated + step as u32);
            }
        }
        put(at, &chunk, stated);
        column.last = chunks.len().saturating_sub(1);
        column.tail = chunks.pop().flatten();
        let spans = chunks.chunks(SPAN).map(|chunks| {
            let mut span = [const { None }; SPAN];
            span[..chunks.len()].clone_from_slice(chunks);
            span.iter().any(Option::is_some).then(|| Arc::new(span))
        });
        column.root = spans.collect();
        column
    }

    #[inline]
    pub(crate) fn get(&self, row: Row) -> Cell {
        match self.chunk(row as usize / CHUNK_ROWS) {
            Some(chunk) => chunk[row as usize % CHUNK_ROWS],
            None => UNKNOWN,
        }
    }

    #[inline]
    pub(crate) fn chunk(&self, index: usize) -> Option<&Chunk> {
        let span = self.root.get(index / SPAN).and_then(Option::as_ref);
        match span.and_then(|span| span[index % SPAN].as_deref()) {
            None if index == self.last => self.tail.as_deref(),
            chunk => chunk,
        }
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
        let few = self.patches < MOST_PATCHES.max(self.known / PATCH_COST);
        let mut sorted = self.sorted.take().filter(|_| few);
        if let Some(sorted) = sorted.as_mut().filter(|_| before != UNKNOWN) {
            sorted.remove((before, row), |row| self.get(row));
        }
        self.write(row as usize, cell);
        self.known -= u32::from(before != UNKNOWN);
        self.known += u32::from(cell != UNKNOWN);
        self.version = version;
        if let Some(mut sorted) = sorted {
            if cell != UNKNOWN {
                sorted.insert((cell, row), |row| self.get(row));
            }
            self.sorted = OnceLock::from(sorted);
            self.patches += 1;
        }
        true
    }

    fn write(&mut self, row: usize, cell: Cell) {
        let at = row / CHUNK_ROWS;
        if at > self.last {
            if let Some(tail) = self.tail.take() {
                *self.place(self.last) = Some(tail);
            }
            self.last = at;
        }
        let place = if at == self.last { &mut self.tail } else { self.place(at) };
        let chunk = place.get_or_insert_with(|| Arc::new([UNKNOWN; CHUNK_ROWS]));
        Arc::make_mut(chunk)[row % CHUNK_ROWS] = cell;
    }

    /// The place of a chunk in the tree, for changing.
    fn place(&mut self, at: usize) -> &mut Option<Arc<Chunk>> {
        let span = at / SPAN;
        if span >= self.root.len() {
            let missing = span + 1 - self.root.len();
            self.root = self.root.iter().cloned().chain(std::iter::repeat_n(None, missing)).collect();
        }
        let span = Arc::make_mut(&mut self.root)[span].get_or_insert_with(|| Arc::new([const { None }; SPAN]));
        &mut Arc::make_mut(span)[at % SPAN]
    }

    /// Drops the order before so many changes that to make it anew costs less than to patch it.
    pub(crate) fn expect(&mut self, changes: usize) {
        if changes > (self.known / PATCH_COST).max(MOST_PATCHES) as usize {
            self.sorted = OnceLock::new();
        }
    }

    /// The rows with a known cell in their order. Made once, when first needed.
    pub(crate) fn sorted(&self) -> &Sorted {
        if let Some(sorted) = self.sorted.get() {
            return sorted;
        }
        let mut places: Vec<Place> = Vec::with_capacity(self.known as usize);
        for at in 0..=self.last {
            let Some(chunk) = self.chunk(at) else { continue };
            // Not a range from the first row on: the one after the last row would be no row.
            let cells = chunk.iter().enumerate().filter(|(_, cell)| **cell != UNKNOWN);
            places.extend(cells.map(|(low, cell)| (*cell, (at * CHUNK_ROWS + low) as Row)));
        }
        places.sort_unstable();
        let made = Sorted::of(&places, |row| self.get(row));
        // Put in only when it is made: a process forked while the cell is being filled would wait for ever.
        self.sorted.get_or_init(|| made)
    }

    /// The rows with a known cell in the order of their cells, ties by row whichever way it goes.
    pub(crate) fn walk(&self, descending: bool) -> Walk<'_, impl Fn(Row) -> Cell> {
        self.sorted().walk(descending, |row| self.get(row))
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
                let before: Vec<Row> = earlier.sorted().iter().copied().collect();
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
                prop_assert!(column.sorted().iter().copied().eq(naive(&column, 2_500, false)));
                prop_assert_eq!(column.known() as usize, column.sorted().iter().count());
                prop_assert!(column.walk(false).eq(naive(&column, 2_500, false)));
                prop_assert!(column.walk(true).eq(naive(&column, 2_500, true)));
                prop_assert!(earlier.sorted().iter().copied().eq(before));
            }
        }
    }

    #[test]
    fn an_order_that_nobody_asked_for_is_not_made_by_a_change() {
        let mut column = Column::default();
        column.set(3, 7, 1);
        column.set(1, 7, 2);
        assert!(column.sorted.get().is_none());
        assert!(column.sorted().iter().eq(&[1, 3]));
        assert_eq!((column.chunk(0).map(|chunk| chunk[3]), column.chunk(1)), (Some(7), None));
    }

    #[test]
    fn a_change_shares_every_other_chunk() {
        let cells: Vec<Cell> = (0..100_000).collect();
        let before = Column::of(&cells, &[(0, 50_000), (60_000, 50_000)], 1);
        assert_eq!(
            (before.known(), before.get(49_999), before.get(50_000), before.get(60_000)),
            (100_000, 49_999, UNKNOWN, 50_000)
        );
        before.sorted();
        let mut after = before.clone();
        after.set(70_000, -1, 2);
        after.set(1_000_000, 3, 2);
        assert_eq!((before.get(70_000), after.get(70_000), after.get(1_000_000)), (60_000, -1, 3));
        let chunks = |column: &Column| (0..220).map(|at| column.chunk(at).map(std::ptr::from_ref)).collect::<Vec<_>>();
        let other = chunks(&before).iter().zip(chunks(&after)).filter(|(this, that)| **this != *that).count();
        assert_eq!(other, 1, "two chunks were changed, and one of them was not there");
        let blocks = before.sorted().blocks().count();
        assert!(blocks > 390 && after.sorted().shared_with(before.sorted()) >= blocks - 2);
        assert!(after.sorted().iter().take(3).eq(&[70_000, 0, 1]));
        let mut last = before.clone();
        last.set(109_999, -5, 2);
        assert!(Arc::ptr_eq(&last.root, &before.root), "the last chunk hangs by itself");
    }

    proptest! {
        /// Far apart and in any order, so that the last chunk comes and goes.
        #[test]
        fn cells_are_where_they_were_put(
            steps in proptest::collection::vec((0_u32..200_000, cell(), any::<bool>()), 0..60),
            run in (0_u32..100_000, 1_u32..3_000),
        ) {
            let known: Vec<Cell> = (0..i64::from(run.1)).collect();
            let mut column = Column::of(&known, &[run], 1);
            let mut twin: std::collections::BTreeMap<Row, Cell> = (run.0..).zip(known).collect();
            let mut earlier = Vec::new();
            for (row, cell, keep) in steps {
                if keep {
                    earlier.push((column.clone(), twin.clone()));
                }
                column.set(row, cell, 2);
                if cell == UNKNOWN { twin.remove(&row); } else { twin.insert(row, cell); }
            }
            earlier.push((column, twin));
            for (column, twin) in earlier {
                prop_assert_eq!(column.known() as usize, twin.len());
                let mut rows = (0..200_000).step_by(7).chain(twin.keys().copied());
                prop_assert!(rows.all(|row| column.get(row) == twin.get(&row).copied().unwrap_or(UNKNOWN)));
                let mut places: Vec<Place> = twin.iter().map(|(row, cell)| (*cell, *row)).collect();
                places.sort_unstable();
                prop_assert!(column.sorted().iter().eq(places.iter().map(|(_, row)| row)));
            }
        }
    }
}
