//! Rows in the order of their cells.

use std::ops::Range;
use std::sync::Arc;

use crate::Row;
use crate::number::Cell;

/// Where a row comes: its cell, then the row itself, so that no two are equal.
pub(crate) type Place = (Cell, Row);

/// Rows a block has at most.
const ROWS: usize = 1_024;
/// Blocks a node has at most.
const BLOCKS: usize = 64;

/// Some items in order, and a place that none of them comes before and all of the group before do.
#[derive(Debug)]
struct Group<T> {
    first: Place,
    items: Arc<Vec<T>>,
}

impl<T> Clone for Group<T> {
    fn clone(&self) -> Self {
        Self { first: self.first, items: self.items.clone() }
    }
}

type Block = Group<Row>;
type Node = Group<Block>;

/// The rows with a known cell, smallest first, ties by row: blocks of rows, nodes of blocks, and a
/// root, each shared with the orders before and after. The cells lie elsewhere.
///
/// A change copies one block, the blocks' list of one node, and the root. Cloning counts a reference.
///
/// Invariants: a block has at most 1,024 rows and at least a quarter of that unless it is the only one,
/// a node the same of 64 blocks; none is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sorted {
    nodes: Arc<Vec<Node>>,
}

/// A place in an order: node, block, row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Spot(usize, usize, usize);

/// Groups of three quarters of what they may have, so that the next changes need not split them.
fn groups<T: Clone>(items: &[T], most: usize, first: impl Fn(&T) -> Place) -> Vec<Group<T>> {
    let count = items.len().div_ceil(most * 3 / 4);
    let cut = |at: usize| items.len() * at / count;
    let parts = (0..count).map(|at| &items[cut(at)..cut(at + 1)]);
    parts.map(|part| Group { first: first(&part[0]), items: Arc::new(part.to_vec()) }).collect()
}

/// The group in which this place is, or would be.
fn find<T>(groups: &[Group<T>], place: Place) -> usize {
    groups.partition_point(|group| group.first <= place).saturating_sub(1)
}

/// The items with these in the place of some of them.
fn splice<T: Clone>(items: &[T], place: Range<usize>, between: &[T]) -> Vec<T> {
    let mut spliced = Vec::with_capacity(items.len() + between.len() - place.len());
    spliced.extend_from_slice(&items[..place.start]);
    spliced.extend_from_slice(between);
    spliced.extend_from_slice(&items[place.end..]);
    spliced
}

/// The groups with this one in the place of one of them: split where it is too large, joined with a
/// neighbour where it is too small.
fn put<T: Clone>(
    groups: &[Group<T>],
    at: usize,
    group: Group<T>,
    most: usize,
    first: impl Fn(&T) -> Place,
) -> Arc<Vec<Group<T>>> {
    let (mut place, mut group, mut limit) = (at..at + 1, group, most);
    if group.items.len() < most / 4 && groups.len() > 1 {
        let (left, right) = if at == 0 { (group, groups[1].clone()) } else { (groups[at - 1].clone(), group) };
        place = if at == 0 { 0..2 } else { at - 1..at + 1 };
        group = Group { first: left.first, items: Arc::new([left.items.as_slice(), &right.items].concat()) };
        // Sooner than others, lest it be split at one of the next changes.
        limit = most * 3 / 4;
    }
    let len = group.items.len();
    if len > limit {
        let (left, right) = group.items.split_at(len / 2);
        let right = Group { first: first(&right[0]), items: Arc::new(right.to_vec()) };
        let left = Group { first: group.first, items: Arc::new(left.to_vec()) };
        return Arc::new(splice(groups, place, &[left, right]));
    }
    let kept = std::slice::from_ref(&group);
    Arc::new(splice(groups, place, if len == 0 { &[] } else { kept }))
}

impl Sorted {
    /// The order of these; they must be sorted.
    pub(crate) fn of(places: &[Place], cell: impl Fn(Row) -> Cell) -> Self {
        let rows: Vec<Row> = places.iter().map(|(_, row)| *row).collect();
        let blocks = groups(&rows, ROWS, |row| (cell(*row), *row));
        Self { nodes: Arc::new(groups(&blocks, BLOCKS, |block| block.first)) }
    }

    /// The rows, a block at a time: a slice is walked fastest.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &[Row]> {
        self.nodes.iter().flat_map(|node| node.items.iter().map(|block| block.items.as_slice()))
    }

    pub(crate) fn first(&self) -> Option<&Row> {
        self.nodes.first()?.items.first()?.items.first()
    }

    /// Takes in a row that is not there and comes in this place. `cell` gives those of the others.
    pub(crate) fn insert(&mut self, place: Place, cell: impl Fn(Row) -> Cell) {
        let key = |row: &Row| (cell(*row), *row);
        let at = find(&self.nodes, place);
        let Some(node) = self.nodes.get(at) else {
            let block = Block { first: place, items: Arc::new(vec![place.1]) };
            self.nodes = Arc::new(vec![Node { first: place, items: Arc::new(vec![block]) }]);
            return;
        };
        let low = find(&node.items, place);
        let block = &node.items[low];
        let spot = block.items.partition_point(|row| key(row) < place);
        let items = splice(&block.items, spot..spot, &[place.1]);
        let block = Block { first: block.first.min(place), items: Arc::new(items) };
        let node = Node { first: node.first.min(place), items: put(&node.items, low, block, ROWS, key) };
        self.nodes = put(&self.nodes, at, node, BLOCKS, |block| block.first);
    }

    /// Takes out the row in this place, if it is there. `cell` gives those of the others, and of it.
    pub(crate) fn remove(&mut self, place: Place, cell: impl Fn(Row) -> Cell) {
        let key = |row: &Row| (cell(*row), *row);
        let at = find(&self.nodes, place);
        let Some(node) = self.nodes.get(at) else { return };
        let low = find(&node.items, place);
        let block = &node.items[low];
        let Ok(spot) = block.items.binary_search_by(|row| key(row).cmp(&place)) else { return };
        let block = Block { first: block.first, items: Arc::new(splice(&block.items, spot..spot + 1, &[])) };
        let node = Node { first: node.first, items: put(&node.items, low, block, ROWS, key) };
        self.nodes = put(&self.nodes, at, node, BLOCKS, |block| block.first);
    }

    fn block(&self, Spot(node, block, _): Spot) -> &[Row] {
        self.nodes.get(node).and_then(|node| node.items.get(block)).map_or(&[], |block| block.items.as_slice())
    }

    /// The block after this one.
    fn after(&self, Spot(node, block, _): Spot) -> Spot {
        match self.nodes.get(node) {
            Some(there) if block + 1 < there.items.len() => Spot(node, block + 1, 0),
            _ => Spot(node + 1, 0, 0),
        }
    }

    /// The end of the block before this one.
    fn before(&self, Spot(node, block, _): Spot) -> Option<Spot> {
        let (node, block) = match block.checked_sub(1) {
            Some(block) => (node, block),
            None => (node.checked_sub(1)?, self.nodes[node - 1].items.len() - 1),
        };
        Some(Spot(node, block, self.nodes[node].items[block].items.len()))
    }

    /// Where the first row is that does not come before this place.
    fn seek(&self, place: Place, cell: impl Fn(Row) -> Cell) -> Spot {
        let node = find(&self.nodes, place);
        let block = self.nodes.get(node).map_or(0, |node| find(&node.items, place));
        let rows = self.block(Spot(node, block, 0));
        Spot(node, block, rows.partition_point(|row| (cell(*row), *row) < place))
    }

    fn end(&self) -> Spot {
        Spot(self.nodes.len(), 0, 0)
    }
}

/// The rows of an order, up or down; see [`Sorted::walk`].
///
/// Invariant: `rows` and the blocks from `next` to `end` are left of the run of equal cells that it is
/// in (of all cells, going up); what lies before `left` comes after that.
pub(crate) struct Walk<'a, C> {
    sorted: &'a Sorted,
    cell: C,
    rows: std::slice::Iter<'a, Row>,
    next: Spot,
    end: Spot,
    left: Spot,
}

impl Sorted {
    /// The rows up or down the order, ties by row whichever way it goes.
    pub(crate) fn walk<C: Fn(Row) -> Cell>(&self, descending: bool, cell: C) -> Walk<'_, C> {
        let (first, last) = (Spot(0, 0, 0), self.end());
        let (next, end, left) = if descending { (last, last, last) } else { (first, last, first) };
        Walk { sorted: self, cell, rows: [].iter(), next, end, left }
    }
}

impl<'a, C: Fn(Row) -> Cell> Walk<'a, C> {
    /// What is left, where the walk goes up: slices are walked faster.
    pub(crate) fn upward(&self) -> Option<impl Iterator<Item = &'a [Row]> + use<'a, C>> {
        let (sorted, next) = (self.sorted, self.next);
        (self.left == Spot(0, 0, 0) && self.end == sorted.end()).then(|| {
            let nodes = (next.0..sorted.nodes.len()).map(move |node| {
                let skip = if node == next.0 { next.1 } else { 0 };
                sorted.nodes[node].items[skip..].iter().map(|block| block.items.as_slice())
            });
            std::iter::once(self.rows.as_slice()).chain(nodes.flatten())
        })
    }

    /// Takes up the rows from here to the end of the block, or to the end of all.
    fn take_up(&mut self, from: Spot) {
        let block = self.sorted.block(from);
        let upto = if (from.0, from.1) == (self.end.0, self.end.1) { self.end.2 } else { block.len() };
        self.rows = block[from.2..upto].iter();
        self.next = self.sorted.after(from);
    }

    /// Turns to the next lower run of equal cells.
    fn turn(&mut self) -> Option<()> {
        let end = if self.left.2 == 0 { self.sorted.before(self.left)? } else { self.left };
        let rows = &self.sorted.block(end)[..end.2];
        let cell = |row: &Row| (self.cell)(*row);
        let equal = cell(rows.last()?);
        // Most runs are short where cells differ, and long where there are few different ones.
        let mut step = 1;
        while step < rows.len() && cell(&rows[rows.len() - 1 - step]) == equal {
            step *= 2;
        }
        let least = rows.len().saturating_sub(step + 1);
        let start = least + rows[least..].partition_point(|row| cell(row) < equal);
        let mut start = Spot(end.0, end.1, start);
        if start.2 == 0 {
            // It may begin in a block before this one.
            start = self.sorted.seek((equal, 0), &self.cell);
        }
        if start.2 == self.sorted.block(start).len() {
            start = self.sorted.after(start);
        }
        (self.end, self.left) = (end, start);
        self.take_up(start);
        Some(())
    }
}

impl<C: Fn(Row) -> Cell> Iterator for Walk<'_, C> {
    type Item = Row;

    #[inline]
    fn next(&mut self) -> Option<Row> {
        loop {
            if let Some(row) = self.rows.next() {
                return Some(*row);
            }
            if self.next < self.end {
                self.take_up(self.next);
            } else {
                self.turn()?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    impl Sorted {
        pub(crate) fn iter(&self) -> impl Iterator<Item = &Row> {
            self.blocks().flatten()
        }

        /// How many blocks are the same as one of the other's.
        pub(crate) fn shared_with(&self, other: &Self) -> usize {
            let theirs: BTreeSet<*const Row> = other.blocks().map(<[Row]>::as_ptr).collect();
            self.blocks().filter(|block| theirs.contains(&block.as_ptr())).count()
        }

        /// The invariants, and what it has.
        fn is(&self, twin: &BTreeSet<Place>) {
            assert!(self.iter().eq(twin.iter().map(|(_, row)| row)));
            assert_eq!(self.first(), twin.first().map(|(_, row)| row));
            let (mut places, only) = (twin.iter(), self.blocks().count() == 1);
            let mut least = None;
            for node in &*self.nodes {
                let sizes = if self.nodes.len() == 1 { 1..=BLOCKS } else { BLOCKS / 4..=BLOCKS };
                assert!(sizes.contains(&node.items.len()), "{} blocks", node.items.len());
                assert!(node.first <= node.items[0].first && least.is_none_or(|least| least < node.first));
                for block in &*node.items {
                    let sizes = if only { 1..=ROWS } else { ROWS / 4..=ROWS };
                    assert!(sizes.contains(&block.items.len()), "{} rows", block.items.len());
                    assert!(least.is_none_or(|least| least < block.first), "after all before it");
                    for _ in &*block.items {
                        let place = places.next().unwrap();
                        assert!(block.first <= *place);
                        least = Some(*place);
                    }
                }
            }
        }
    }

    fn down(twin: &BTreeSet<Place>) -> Vec<Row> {
        let mut places: Vec<Place> = twin.iter().copied().collect();
        places.sort_by_key(|(cell, row)| (!cell, *row));
        places.into_iter().map(|(_, row)| row).collect()
    }

    /// The cell of a row: few different ones, or one each, or all the same.
    fn cell(row: Row, kinds: Cell) -> Cell {
        (i64::from(row) * 7_919) % kinds
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        /// Insertions and removals, in bursts at one end, at one place and everywhere.
        #[test]
        fn behaves_as_a_set(
            start in prop_oneof![Just(0_u32), 0_u32..40, 700_u32..3_000, 60_000_u32..62_000],
            kinds in prop_oneof![Just(1_i64), Just(5_i64), Just(300_i64), Just(i64::MAX)],
            bursts in proptest::collection::vec((any::<u32>(), any::<bool>(), 1_usize..900, 1_u32..40), 0..12),
        ) {
            let key = |row: Row| (cell(row, kinds), row);
            let mut twin: BTreeSet<Place> = (0..start).map(key).collect();
            let places: Vec<Place> = twin.iter().copied().collect();
            let mut sorted = Sorted::of(&places, |row| cell(row, kinds));
            sorted.is(&twin);
            for (from, insert, count, step) in bursts {
                let (before, was) = (sorted.clone(), twin.clone());
                if insert {
                    for row in (0..count as u32).map(|at| (from % 100_000).saturating_add(at * step)) {
                        if twin.insert(key(row)) {
                            sorted.insert(key(row), |row| cell(row, kinds));
                        }
                    }
                } else {
                    let gone: Vec<Place> = twin.iter().skip(from as usize % (twin.len() + 1)).take(count).copied().collect();
                    for place in gone {
                        twin.remove(&place);
                        sorted.remove(place, |row| cell(row, kinds));
                    }
                    // What is not there is not taken out.
                    sorted.remove((-1, 7), |row| cell(row, kinds));
                }
                sorted.is(&twin);
                before.is(&was);
                prop_assert!(sorted.walk(true, |row| cell(row, kinds)).eq(down(&twin)));
                prop_assert!(sorted.walk(false, |row| cell(row, kinds)).eq(twin.iter().map(|(_, row)| *row)));
                for taken in [0, 1, 5, 1_024, 1_500] {
                    let mut walk = sorted.walk(false, |row| cell(row, kinds));
                    let first: Vec<Row> = walk.by_ref().take(taken).collect();
                    let rest = walk.upward().into_iter().flatten().flatten();
                    prop_assert!(first.iter().chain(rest).eq(sorted.iter()));
                }
            }
        }
    }

    #[test]
    fn a_change_copies_one_block() {
        for kinds in [1, 300, i64::MAX] {
            let key = |row: Row| (cell(row, kinds), row);
            let mut places: Vec<Place> = (0..100_000).map(key).collect();
            places.sort_unstable();
            let before = Sorted::of(&places, |row| cell(row, kinds));
            let mut after = before.clone();
            after.insert(key(123_456), |row| cell(row, kinds));
            let blocks = before.blocks().count();
            assert_eq!(after.shared_with(&before), blocks - 1);
            let mut after = before.clone();
            after.remove(key(777), |row| cell(row, kinds));
            assert_eq!(after.shared_with(&before), blocks - 1);
            let others =
                before.nodes.iter().zip(&*after.nodes).filter(|(this, that)| !Arc::ptr_eq(&this.items, &that.items));
            assert_eq!(others.count(), 1);
        }
    }

    #[test]
    fn emptied_row_by_row() {
        let mut twin: BTreeSet<Place> = (0..5_000).map(|row| (0, row)).collect();
        let places: Vec<Place> = twin.iter().copied().collect();
        let mut sorted = Sorted::of(&places, |_| 0);
        for row in (0..5_000).rev().step_by(2).chain((0..5_000).step_by(2)) {
            twin.remove(&(0, row));
            sorted.remove((0, row), |_| 0);
            if row % 64 < 2 {
                sorted.is(&twin);
            }
        }
        sorted.is(&twin);
        assert!(twin.is_empty() && sorted.walk(true, |_| 0).next().is_none() && sorted.first().is_none());
    }
}
