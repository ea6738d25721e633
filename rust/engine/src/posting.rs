//! The rows that have a term: Roaring's layout, blocks of 65,536 rows shared between snapshots.

mod part;
mod visible;

use std::sync::Arc;

use crate::Row;
pub(crate) use part::Part;

/// The bits of a row within its block.
const BLOCK_BITS: u32 = 16;
/// Rows and words a tile covers: what a query works on at a time.
pub(crate) const TILE_ROWS: u32 = 4_096;
pub(crate) const TILE_WORDS: usize = TILE_ROWS as usize / 64;
/// One bit a row of a tile.
pub(crate) type Tile = [u64; TILE_WORDS];

/// Tiles a block covers.
pub(crate) const BLOCK_TILES: usize = 16;
/// Tiles that a change of one row copies, and that a [`Part`] reaches over.
pub(crate) const GROUP_TILES: usize = 4;

/// The rows of one block: few of them sorted, many as words.
#[derive(Clone, Debug)]
enum Block {
    Sorted(Arc<Vec<u16>>),
    Words(Arc<[Group]>),
}

/// Up to 4 tiles; those that follow have no rows.
type Group = Arc<[Tile]>;

/// A set of rows. Cloning counts a reference; a change copies the list of blocks, and of the block
/// that it is in the rows, or the list of groups and one group.
///
/// Invariants: blocks are in order of their key, none is empty, `len` is the number of rows, and
/// the last tile of words is not empty. Which form a block has is a matter of speed only.
#[derive(Clone, Debug, Default)]
pub(crate) struct Posting {
    blocks: Arc<[(u16, Block)]>,
    len: u32,
}

/// One row in this many makes a block words: then a pass over all words of a tile is quicker than
/// going through its rows one by one, at no more than 16 bytes a row.
const ROWS_A_WORD: usize = 128;

const fn split(row: Row) -> (u16, u16) {
    ((row >> BLOCK_BITS) as u16, row as u16)
}

/// These, and as many more of what is to be there at least so many of.
fn grown<T: Clone>(items: &[T], len: usize, more: &T) -> Arc<[T]> {
    items.iter().chain(std::iter::repeat_n(more, len.saturating_sub(items.len()))).cloned().collect()
}

/// Tile of a block, word of the tile, bit of the word.
const fn place(low: u16) -> (usize, usize, u16) {
    ((low / TILE_ROWS as u16) as usize, (low % TILE_ROWS as u16 / 64) as usize, low % 64)
}

impl Block {
    fn contains(&self, low: u16) -> bool {
        match self {
            Self::Sorted(rows) => rows.binary_search(&low).is_ok(),
            Self::Words(groups) => {
                let (tile, word, bit) = place(low);
                let tile = groups.get(tile / GROUP_TILES).and_then(|group| group.get(tile % GROUP_TILES));
                tile.is_some_and(|tile| tile[word] >> bit & 1 == 1)
            }
        }
    }

    /// Returns whether the row was new.
    fn insert(&mut self, low: u16) -> bool {
        match self {
            Self::Sorted(rows) => match rows.last() {
                Some(last) if *last < low => {
                    Arc::make_mut(rows).push(low);
                    true
                }
                _ => match rows.binary_search(&low) {
                    Ok(_) => false,
                    Err(place) => {
                        Arc::make_mut(rows).insert(place, low);
                        true
                    }
                },
            },
            Self::Words(groups) => {
                let (tile, word, bit) = place(low);
                let (at, tile) = (tile / GROUP_TILES, tile % GROUP_TILES);
                if at >= groups.len() {
                    *groups = grown(groups, at + 1, &Group::default());
                }
                let group = &mut Arc::make_mut(groups)[at];
                if tile >= group.len() {
                    *group = grown(group, tile + 1, &[0; TILE_WORDS]);
                }
                let word = &mut Arc::make_mut(group)[tile][word];
                let new = *word >> bit & 1 == 0;
                *word |= 1 << bit;
                new
            }
        }
    }

    /// Takes out a row that is there.
    fn remove(&mut self, low: u16) {
        match self {
            Self::Sorted(rows) => Arc::make_mut(rows).retain(|row| *row != low),
            Self::Words(groups) => {
                let (tile, word, bit) = place(low);
                let group = &mut Arc::make_mut(groups)[tile / GROUP_TILES];
                let word = &mut Arc::make_mut(group)[tile % GROUP_TILES][word];
                *word &= !(1 << bit);
                if *word == 0 {
                    trim(groups);
                    // In a block that has become too thin, most rows that go leave such a word.
                    self.fit();
                }
            }
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Sorted(rows) => rows.is_empty(),
            Self::Words(groups) => groups.is_empty(),
        }
    }

    /// The form that suits the number of rows. Words give way only at half of what makes words, so
    /// that a row that comes and goes does not turn the block over each time.
    fn fit(&mut self) {
        match self {
            Self::Sorted(rows) => {
                if let Some(words) = words_for(rows) {
                    *self = words;
                }
            }
            Self::Words(groups) => {
                let tiles = groups.iter().map(|group| group.len()).sum::<usize>();
                let words = groups.iter().flat_map(|group| group.as_flattened());
                let count: usize = words.map(|word| word.count_ones() as usize).sum();
                if count * ROWS_A_WORD * 2 < tiles * TILE_ROWS as usize {
                    *self = Self::Sorted(Arc::new(rows_of(groups).collect()));
                }
            }
        }
    }
}

/// Takes away the tiles and groups at the end that have no rows any more.
fn trim(groups: &mut Arc<[Group]>) {
    while let Some(last) = groups.last() {
        let full = last.iter().rposition(|tile| *tile != [0; TILE_WORDS]).map_or(0, |at| at + 1);
        if full > 0 && full == last.len() {
            return;
        }
        let kept = &groups[..groups.len() - 1];
        let last = (full > 0).then(|| Group::from(&last[..full]));
        *groups = kept.iter().cloned().chain(last).collect();
    }
}

/// Words for these sorted rows, where they are many enough.
fn words_for(rows: &[u16]) -> Option<Block> {
    let tiles = rows.last().map_or(0, |last| place(*last).0) + 1;
    if rows.len() * ROWS_A_WORD < tiles * TILE_ROWS as usize {
        return None;
    }
    let mut full = vec![[0_u64; TILE_WORDS]; tiles];
    for low in rows {
        let (tile, word, bit) = place(*low);
        full[tile][word] |= 1 << bit;
    }
    Some(Block::Words(full.chunks(GROUP_TILES).map(Group::from).collect()))
}

fn rows_of(groups: &[Group]) -> impl Iterator<Item = u16> {
    let first = (0_usize..).step_by(GROUP_TILES * TILE_WORDS);
    let words = first.zip(groups).flat_map(|(first, group)| (first..).zip(group.as_flattened()));
    words.flat_map(|(at, word)| bits(*word).map(move |bit| (at * 64) as u16 + bit as u16))
}

/// The places of the set bits, lowest first.
#[inline(always)]
pub(crate) fn bits(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(
        #[inline(always)]
        move || {
            let bit = word.trailing_zeros();
            (word != 0).then(|| {
                word &= word - 1;
                bit
            })
        },
    )
}

impl Posting {
    /// Rows a block covers.
    pub(crate) const BLOCK_ROWS: usize = 1 << BLOCK_BITS;

    /// The first `rows` rows.
    pub(crate) fn full(rows: u32) -> Self {
        let mut posting = Self::default();
        let lows: Vec<u16> = (0..=u16::MAX).collect();
        for first in (0..rows).step_by(Self::BLOCK_ROWS) {
            let count = (rows - first).min(1 << BLOCK_BITS) as usize;
            posting.push_block((first >> BLOCK_BITS) as u16, &lows[..count]);
        }
        posting
    }

    /// Adds rows behind all others: those of one block, sorted, at least one.
    pub(crate) fn push_block(&mut self, key: u16, lows: &[u16]) {
        debug_assert!(!lows.is_empty() && self.blocks.last().is_none_or(|(last, _)| *last < key));
        let block = words_for(lows).unwrap_or_else(|| Block::Sorted(Arc::new(lows.to_vec())));
        self.blocks = self.blocks.iter().cloned().chain([(key, block)]).collect();
        self.len += lows.len() as u32;
    }

    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    #[inline(always)]
    fn find(&self, key: u16) -> Option<&Block> {
        // Most registries have one block, and dense terms have all of them.
        match self.blocks.get(usize::from(key)) {
            Some((found, block)) if *found == key => Some(block),
            _ => {
                let place = self.blocks.binary_search_by_key(&key, |(key, _)| *key).ok()?;
                Some(&self.blocks[place].1)
            }
        }
    }

    pub(crate) fn contains(&self, row: Row) -> bool {
        let (key, low) = split(row);
        self.find(key).is_some_and(|block| block.contains(low))
    }

    pub(crate) fn insert(&mut self, row: Row) {
        let (key, low) = split(row);
        let place = match self.blocks.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(place) => place,
            Err(place) => {
                let (before, after) = self.blocks.split_at(place);
                let block = [(key, Block::Sorted(Arc::default()))];
                self.blocks = before.iter().cloned().chain(block).chain(after.iter().cloned()).collect();
                place
            }
        };
        let block = &mut Arc::make_mut(&mut self.blocks)[place].1;
        if block.insert(low) {
            self.len += 1;
            if matches!(block, Block::Sorted(rows) if rows.len().is_multiple_of(16)) {
                block.fit();
            }
        }
    }

    pub(crate) fn remove(&mut self, row: Row) {
        let (key, low) = split(row);
        let Ok(place) = self.blocks.binary_search_by_key(&key, |(key, _)| *key) else { return };
        if !self.blocks[place].1.contains(low) {
            return;
        }
        let block = &mut Arc::make_mut(&mut self.blocks)[place].1;
        block.remove(low);
        self.len -= 1;
        if block.is_empty() {
            let (before, after) = self.blocks.split_at(place);
            self.blocks = before.iter().chain(&after[1..]).cloned().collect();
        }
    }

    /// All rows, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Row> {
        self.blocks.iter().flat_map(|(key, block)| {
            let high = Row::from(*key) << BLOCK_BITS;
            let (sorted, groups): (&[u16], &[Group]) = match block {
                Block::Sorted(rows) => (rows, &[]),
                Block::Words(groups) => (&[], groups),
            };
            sorted.iter().copied().chain(rows_of(groups)).map(move |low| high | Row::from(low))
        })
    }

    /// The rows from this tile on that lie in the same group of 4.
    #[inline(always)]
    pub(crate) fn part(&self, tile: u32) -> Part<'_> {
        let (key, low) = split(tile * TILE_ROWS);
        match self.find(key) {
            None => Part::Sorted(&[], low),
            Some(Block::Words(groups)) => {
                let tile = place(low).0;
                let group = groups.get(tile / GROUP_TILES).map_or(&[][..], |group| group);
                Part::Words(group.get(tile % GROUP_TILES..).unwrap_or_default())
            }
            Some(Block::Sorted(rows)) => Part::Sorted(&rows[rows.partition_point(|row| *row < low)..], low),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use roaring::RoaringBitmap;
    use std::collections::BTreeSet;

    fn row() -> impl Strategy<Value = Row> {
        prop_oneof![0_u32..300, 0_u32..200_000, Just(65_535), Just(65_536), Just(u32::MAX), Just(u32::MAX - 1)]
    }

    proptest! {
        #[test]
        fn behaves_as_roaring(steps in proptest::collection::vec((row(), any::<bool>()), 0..600), run in (0_u32..70_000, 0_u32..9_000)) {
            let (mut posting, mut twin) = (Posting::default(), RoaringBitmap::new());
            for row in run.0..run.0 + run.1 {
                posting.insert(row);
                twin.insert(row);
            }
            for (row, add) in steps {
                if add {
                    posting.insert(row);
                    twin.insert(row);
                } else {
                    posting.remove(row);
                    twin.remove(row);
                }
                prop_assert_eq!(posting.contains(row), add);
            }
            prop_assert_eq!(u64::from(posting.len()), twin.len());
            prop_assert!(posting.iter().eq(twin.iter()));
            let blocks: BTreeSet<u16> = twin.iter().map(|row| split(row).0).collect();
            prop_assert!(posting.blocks.iter().map(|(key, _)| *key).eq(blocks), "no block is empty");
            let others = [0..0_u32, 0..3_000, 100..66_000].map(|rows| {
                let mut other = Posting::default();
                rows.step_by(3).chain([70_000, 131_071]).for_each(|row| other.insert(row));
                other
            });
            // One tile alone, and several with a part that has more or fewer.
            for (tile, count) in [(0, 1), (0, 4), (1, 1), (1, 3), (4, 4), (14, 2), (15, 1), (16, 1), (17, 3), (u32::MAX / TILE_ROWS, 1)] {
                let part = posting.part(tile);
                let mut kept = vec![[u64::MAX; TILE_WORDS]; count];
                part.keep(&mut kept);
                let mut rest = vec![[u64::MAX; TILE_WORDS]; count];
                part.drop_from(&mut rest);
                let mut added = vec![[0; TILE_WORDS]; count];
                part.add_to(&mut added);
                let mut copied = vec![[0x5555; TILE_WORDS]; count];
                part.copy_to(&mut copied);
                // With another that has fewer or more tiles, words and rows one by one.
                for other in &others {
                    let other = other.part(tile);
                    let (mut one_by_one, mut together) = (kept.clone(), vec![[u64::MAX; TILE_WORDS]; count]);
                    other.keep(&mut one_by_one);
                    part.keep_both(&other, &mut together);
                    prop_assert_eq!(one_by_one, together);
                    let (mut one_by_one, mut together) = (rest.clone(), vec![[u64::MAX; TILE_WORDS]; count]);
                    other.drop_from(&mut one_by_one);
                    part.drop_both(&other, &mut together);
                    prop_assert_eq!(one_by_one, together);
                }
                prop_assert_eq!(&kept, &added);
                prop_assert_eq!(&kept, &copied);
                let first = tile * TILE_ROWS;
                let mut expected = vec![[0; TILE_WORDS]; count];
                for row in twin.range(first..=first + (count as u32 * TILE_ROWS - 1)) {
                    let (tile, word, bit) = place((row - first) as u16);
                    expected[tile][word] |= 1 << bit;
                }
                prop_assert_eq!(&kept, &expected);
                let dropped = rest.as_flattened().iter().map(|word| !word);
                prop_assert!(dropped.eq(expected.as_flattened().iter().copied()));
            }
        }
    }

    /// Which form a block has is a matter of speed only, but of that it is: both must be met above.
    #[test]
    fn dense_blocks_are_words_and_thin_ones_sorted_rows() {
        let form = |posting: &Posting| matches!(posting.blocks[0].1, Block::Words(_));
        let mut posting = Posting::default();
        (0..4_096).step_by(128).for_each(|row| posting.insert(row));
        assert!(form(&posting));
        (0..16).for_each(|at| posting.remove(at * 128));
        assert!(form(&posting), "half of what made words keeps them");
        posting.remove(16 * 128);
        assert!(!form(&posting));
        assert!(posting.iter().eq((17..32).map(|at| at * 128)));
    }

    fn groups(posting: &Posting) -> Vec<*const Tile> {
        let block = |block: &Block| match block {
            Block::Sorted(_) => Vec::new(),
            Block::Words(groups) => groups.iter().map(|group| group.as_ptr()).collect(),
        };
        posting.blocks.iter().flat_map(|(_, there)| block(there)).collect()
    }

    #[test]
    fn a_change_copies_one_group() {
        let mut before = Posting::default();
        (0..150_000).filter(|row| row % 3 > 0).for_each(|row| before.insert(row));
        for row in [0, 40_000, 149_999, 150_001] {
            let mut after = before.clone();
            if after.contains(row) {
                after.remove(row);
            } else {
                after.insert(row);
            }
            let (before, after) = (groups(&before), groups(&after));
            assert_eq!((before.len(), after.len()), (10, 10));
            assert_eq!(before.iter().zip(&after).filter(|(this, that)| this != that).count(), 1, "{row}");
        }
        let (mut after, was) = (before.clone(), groups(&before));
        after.insert(0x3_0000);
        after.remove(7_000_000);
        assert_eq!(groups(&after), was, "a block of its own");
        (131_072..150_000).for_each(|row| after.remove(row));
        assert_eq!(groups(&after), was[..8]);
        after.remove(0x3_0000);
        assert!(after.iter().eq(before.iter().take_while(|row| *row < 131_072)));
    }
}
