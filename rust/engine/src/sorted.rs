//! Rows in the order of their cells.

use std::ops::Range;
use std::sync::Arc;

use crate::Row;
use crate::number::Cell;

/// Where a row comes: its cell, then the row itself, so that no two are equal.
pub(crate) type Place = (Cell, Row);

/// Rows a block has at most: a kilobyte, which allocators hand out fastest.
const ROWS: usize = 256;
/// Blocks a node has at most, and nodes a branch.
const DEGREE: usize = 16;

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
type Branch = Group<Node>;

/// The rows with a known cell, smallest first, ties by row: blocks of rows, nodes of blocks, branches of
/// nodes and a root, each shared with the orders before and after. The cells lie elsewhere.
///
/// A change copies one block, the list of one node and of one branch, and the root. Cloning counts a reference.
///
/// Invariants: a block has at most 256 rows and at least a quarter of that unless it is the only one,
/// a node the same of 16 blocks, a branch of 16 nodes; none is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sorted {
    branches: Arc<Vec<Branch>>,
}

/// A block: its branch, node, place in that.
type At = (usize, usize, usize);
/// A block, and the place of a row in it.
type Spot = (At, usize);

const START: Spot = ((0, 0, 0), 0);

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
        let nodes = groups(&blocks, DEGREE, |block| block.first);
        Self { branches: Arc::new(groups(&nodes, DEGREE, |node| node.first)) }
    }

    /// The rows, a block at a time: a slice is walked fastest.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &[Row]> {
        let nodes = self.branches.iter().flat_map(|branch| branch.items.iter());
        nodes.flat_map(|node| node.items.iter().map(|block| block.items.as_slice()))
    }

    pub(crate) fn first(&self) -> Option<&Row> {
        self.branches.first()?.items.first()?.items.first()?.items.first()
    }

    /// Takes in a row that is not there and comes in this place. `cell` gives those of the others, and of it.
    pub(crate) fn insert(&mut self, place: Place, cell: impl Fn(Row) -> Cell) {
        let at = self.at(place);
        if let Some(rows) = self.block(at) {
            let spot = rows.partition_point(|row| (cell(*row), *row) < place);
            let rows = splice(rows, spot..spot, &[place.1]);
            self.replace(at, place, rows, cell);
        } else {
            let block = Block { first: place, items: Arc::new(vec![place.1]) };
            let node = Node { first: place, items: Arc::new(vec![block]) };
            self.branches = Arc::new(vec![Branch { first: place, items: Arc::new(vec![node]) }]);
        }
    }

    /// Takes out the row in this place, if it is there. `cell` gives those of the others, and of it.
    pub(crate) fn remove(&mut self, place: Place, cell: impl Fn(Row) -> Cell) {
        let at = self.at(place);
        let Some(rows) = self.block(at) else { return };
        if let Ok(spot) = rows.binary_search_by(|row| (cell(*row), *row).cmp(&place)) {
            let rows = splice(rows, spot..spot + 1, &[]);
            self.replace(at, place, rows, cell);
        }
    }

    /// Gives a block these rows; `least` is one that came or went.
    fn replace(&mut self, (at, mid, low): At, least: Place, rows: Vec<Row>, cell: impl Fn(Row) -> Cell) {
        let branch = &self.branches[at];
        let node = &branch.items[mid];
        let block = Block { first: node.items[low].first.min(least), items: Arc::new(rows) };
        let blocks = put(&node.items, low, block, ROWS, |row| (cell(*row), *row));
        let node = Node { first: node.first.min(least), items: blocks };
        let nodes = put(&branch.items, mid, node, DEGREE, |block| block.first);
        let branch = Branch { first: branch.first.min(least), items: nodes };
        self.branches = put(&self.branches, at, branch, DEGREE, |node| node.first);
    }

    /// The block in which this place is, or would be.
    fn at(&self, place: Place) -> At {
        let branch = find(&self.branches, place);
        let nodes = self.branches.get(branch).map_or(&[][..], |branch| branch.items.as_slice());
        let node = find(nodes, place);
        (branch, node, nodes.get(node).map_or(0, |node| find(&node.items, place)))
    }

    fn block(&self, (branch, node, block): At) -> Option<&[Row]> {
        Some(&self.branches.get(branch)?.items.get(node)?.items.get(block)?.items)
    }

    /// The block after this one.
    fn after(&self, (branch, node, block): At) -> At {
        let Some(nodes) = self.branches.get(branch).map(|branch| &branch.items) else { return self.end() };
        match nodes.get(node) {
            Some(there) if block + 1 < there.items.len() => (branch, node, block + 1),
            _ if node + 1 < nodes.len() => (branch, node + 1, 0),
            _ => (branch + 1, 0, 0),
        }
    }

    /// The end of the block before this one.
    fn before(&self, (branch, node, block): At) -> Option<Spot> {
        let nodes = |branch: usize| self.branches.get(branch).map_or(&[][..], |branch| branch.items.as_slice());
        let last = |branch: usize, node: usize| Some((branch, node, nodes(branch).get(node)?.items.len() - 1));
        let at = if block > 0 {
            (branch, node, block - 1)
        } else if node > 0 {
            last(branch, node - 1)?
        } else {
            let branch = branch.checked_sub(1)?;
            last(branch, nodes(branch).len().checked_sub(1)?)?
        };
        Some((at, self.block(at)?.len()))
    }

    /// Where the first row is that does not come before this place.
    fn seek(&self, place: Place, cell: impl Fn(Row) -> Cell) -> Spot {
        let at = self.at(place);
        let rows = self.block(at).unwrap_or_default();
        (at, rows.partition_point(|row| (cell(*row), *row) < place))
    }

    fn end(&self) -> At {
        (self.branches.len(), 0, 0)
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
    next: At,
    end: Spot,
    left: Spot,
}

impl Sorted {
    /// The rows up or down the order, ties by row whichever way it goes.
    pub(crate) fn walk<C: Fn(Row) -> Cell>(&self, descending: bool, cell: C) -> Walk<'_, C> {
        let end = (self.end(), 0);
        let (next, left) = if descending { (end.0, end) } else { (START.0, START) };
        Walk { sorted: self, cell, rows: [].iter(), next, end, left }
    }
}

impl<'a, C: Fn(Row) -> Cell> Walk<'a, C> {
    /// What is left, where the walk goes up: slices are walked faster.
    pub(crate) fn upward(&self) -> Option<impl Iterator<Item = &'a [Row]> + use<'a, C>> {
        let (sorted, mut next) = (self.sorted, self.next);
        (self.left == START && self.end.0 == sorted.end()).then(|| {
            let blocks = std::iter::from_fn(move || {
                let rows = sorted.block(next)?;
                next = sorted.after(next);
                Some(rows)
            });
            std::iter::once(self.rows.as_slice()).chain(blocks)
        })
    }

    /// Takes up the rows from here to the end of the block, or to the end of all.
    fn take_up(&mut self, (at, from): Spot) {
        let rows = self.sorted.block(at).unwrap_or_default();
        let upto = if at == self.end.0 { self.end.1 } else { rows.len() };
        self.rows = rows[from..upto].iter();
        self.next = self.sorted.after(at);
    }

    /// Turns to the next lower run of equal cells.
    fn turn(&mut self) -> Option<()> {
        let end = if self.left.1 == 0 { self.sorted.before(self.left.0)? } else { self.left };
        let rows = &self.sorted.block(end.0)?[..end.1];
        let cell = |row: &Row| (self.cell)(*row);
        let equal = cell(rows.last()?);
        // Most runs are short where cells differ, and long where there are few different ones.
        let mut step = 1;
        while step < rows.len() && cell(&rows[rows.len() - 1 - step]) == equal {
            step *= 2;
        }
        let least = rows.len().saturating_sub(step + 1);
        let start = least + rows[least..].partition_point(|row| cell(row) < equal);
        // It may begin in a block before this one.
        let mut start = if start == 0 { self.sorted.seek((equal, 0), &self.cell) } else { (end.0, start) };
        if self.sorted.block(start.0).is_some_and(|rows| start.1 == rows.len()) {
            start = (self.sorted.after(start.0), 0);
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
            if (self.next, 0) < self.end {
                self.take_up((self.next, 0));
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
            let sizes = |only: bool, most: usize| if only { 1..=most } else { most / 4..=most };
            let nodes = self.branches.iter().flat_map(|branch| branch.items.iter());
            let (mut places, one_node, one_block) = (twin.iter(), nodes.count() == 1, self.blocks().count() == 1);
            let mut least = None;
            for branch in &*self.branches {
                assert!(sizes(self.branches.len() == 1, DEGREE).contains(&branch.items.len()));
                assert!(branch.first <= branch.items[0].first);
                for node in &*branch.items {
                    assert!(sizes(one_node, DEGREE).contains(&node.items.len()), "{} blocks", node.items.len());
                    assert!(node.first <= node.items[0].first && least.is_none_or(|least| least < node.first));
                    for block in &*node.items {
                        assert!(sizes(one_block, ROWS).contains(&block.items.len()), "{} rows", block.items.len());
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
                for taken in [0, 1, 5, 192, 256, 1_500] {
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
            let nodes = |sorted: &Sorted| {
                let nodes = sorted.branches.iter().flat_map(|branch| branch.items.iter());
                nodes.map(|node| Arc::as_ptr(&node.items)).collect::<Vec<_>>()
            };
            assert_eq!(nodes(&before).iter().zip(nodes(&after)).filter(|(this, that)| **this != *that).count(), 1);
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
