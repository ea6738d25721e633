//! The rows that have a term: Roaring's layout, blocks of 65,536 rows shared between snapshots.

use std::sync::Arc;

use crate::Row;

/// The bits of a row within its block.
const BLOCK_BITS: u32 = 16;
/// Rows and words a tile covers: what a query works on at a time.
pub(crate) const TILE_ROWS: u32 = 4_096;
pub(crate) const TILE_WORDS: usize = TILE_ROWS as usize / 64;
/// One bit a row of a tile.
pub(crate) type Tile = [u64; TILE_WORDS];

/// Tiles a block covers.
pub(crate) const BLOCK_TILES: usize = 16;

/// The rows of one block: few of them sorted, many as words.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Block {
    Sorted(Arc<Vec<u16>>),
    Words(Arc<Vec<Tile>>),
}

/// A set of rows.
///
/// Invariants: blocks are in order of their key, none is empty, `len` is the number of rows, and
/// the last tile of words is not empty. Which form a block has is a matter of speed only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Posting {
    blocks: Vec<(u16, Block)>,
    len: u32,
}

/// One row in this many makes a block words: then a pass over all words of a tile is quicker than
/// going through its rows one by one, at no more than 16 bytes a row.
const ROWS_A_WORD: usize = 128;

const fn split(row: Row) -> (u16, u16) {
    ((row >> BLOCK_BITS) as u16, row as u16)
}

/// Tile of a block, word of the tile, bit of the word.
const fn place(low: u16) -> (usize, usize, u16) {
    ((low / TILE_ROWS as u16) as usize, (low % TILE_ROWS as u16 / 64) as usize, low % 64)
}

impl Block {
    fn contains(&self, low: u16) -> bool {
        match self {
            Self::Sorted(rows) => rows.binary_search(&low).is_ok(),
            Self::Words(tiles) => {
                let (tile, word, bit) = place(low);
                tiles.get(tile).is_some_and(|tile| tile[word] >> bit & 1 == 1)
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
            Self::Words(tiles) => {
                let (tile, word, bit) = place(low);
                let tiles = Arc::make_mut(tiles);
                if tile >= tiles.len() {
                    tiles.resize(tile + 1, [0; TILE_WORDS]);
                }
                let new = tiles[tile][word] >> bit & 1 == 0;
                tiles[tile][word] |= 1 << bit;
                new
            }
        }
    }

    /// Returns whether the row was there.
    fn remove(&mut self, low: u16) -> bool {
        if !self.contains(low) {
            return false;
        }
        match self {
            Self::Sorted(rows) => Arc::make_mut(rows).retain(|row| *row != low),
            Self::Words(tiles) => {
                let (tile, word, bit) = place(low);
                let tiles = Arc::make_mut(tiles);
                tiles[tile][word] &= !(1 << bit);
                while tiles.last().is_some_and(|tile| *tile == [0; TILE_WORDS]) {
                    tiles.pop();
                }
            }
        }
        true
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Sorted(rows) => rows.is_empty(),
            Self::Words(tiles) => tiles.is_empty(),
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
            Self::Words(tiles) => {
                let count = rows_of(tiles).count();
                if count * ROWS_A_WORD * 2 < tiles.len() * TILE_ROWS as usize {
                    *self = Self::Sorted(Arc::new(rows_of(tiles).collect()));
                }
            }
        }
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
    Some(Block::Words(Arc::new(full)))
}

fn rows_of(tiles: &[Tile]) -> impl Iterator<Item = u16> {
    let words = tiles.as_flattened().iter().enumerate();
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
        // Most terms have one block, and a vector would make room for four.
        self.blocks.reserve_exact(1);
        self.blocks.push((key, block));
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
                self.blocks.insert(place, (key, Block::Sorted(Arc::default())));
                place
            }
        };
        let block = &mut self.blocks[place].1;
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
        let block = &mut self.blocks[place].1;
        if block.remove(low) {
            self.len -= 1;
            if block.is_empty() {
                self.blocks.remove(place);
            } else if matches!(block, Block::Words(_)) {
                block.fit();
            }
        }
    }

    /// All rows, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Row> {
        self.blocks.iter().flat_map(|(key, block)| {
            let high = Row::from(*key) << BLOCK_BITS;
            let (sorted, tiles): (&[u16], &[Tile]) = match block {
                Block::Sorted(rows) => (rows, &[]),
                Block::Words(tiles) => (&[], tiles),
            };
            sorted.iter().copied().chain(rows_of(tiles)).map(move |low| high | Row::from(low))
        })
    }

    /// The rows from this tile on that lie in the same block.
    #[inline(always)]
    pub(crate) fn part(&self, tile: u32) -> Part<'_> {
        let (key, low) = split(tile * TILE_ROWS);
        match self.find(key) {
            None => Part::Sorted(&[], low),
            Some(Block::Words(tiles)) => Part::Words(tiles.get(place(low).0..).unwrap_or_default()),
            Some(Block::Sorted(rows)) => Part::Sorted(&rows[rows.partition_point(|row| *row < low)..], low),
        }
    }
}

/// What a posting has from one tile on, within a block. The masks that it is combined with are those
/// of that tile and the next ones; it may reach beyond them, and they beyond it.
pub(crate) enum Part<'a> {
    Words(&'a [Tile]),
    /// Rows of the block, and the first row of the first tile in it.
    Sorted(&'a [u16], u16),
}

impl Part<'_> {
    /// Makes the masks the rows that are here.
    #[inline(always)]
    pub(crate) fn copy_to(&self, masks: &mut [Tile]) {
        match self {
            Self::Words(tiles) => {
                let both = tiles.len().min(masks.len());
                masks[..both].copy_from_slice(&tiles[..both]);
                masks[both..].fill([0; TILE_WORDS]);
            }
            Self::Sorted(..) => {
                masks.fill([0; TILE_WORDS]);
                self.add_to(masks);
            }
        }
    }

    /// Keeps the rows of the masks that are here.
    #[inline(always)]
    pub(crate) fn keep(&self, masks: &mut [Tile]) {
        match self {
            Self::Words(tiles) => {
                for (mask, tile) in masks.iter_mut().zip(*tiles) {
                    for (word, other) in mask.iter_mut().zip(tile) {
                        *word &= other;
                    }
                }
                let both = tiles.len().min(masks.len());
                masks[both..].fill([0; TILE_WORDS]);
            }
            Self::Sorted(rows, first) => {
                let mut rows = rows.iter().map(|row| place(row - first)).peekable();
                for (at, mask) in masks.iter_mut().enumerate() {
                    let mut kept = [0; TILE_WORDS];
                    while let Some((_, word, bit)) = rows.next_if(|(tile, ..)| *tile == at) {
                        kept[word] |= mask[word] & 1 << bit;
                    }
                    *mask = kept;
                }
            }
        }
    }

    /// Keeps the rows of the masks that are here and there.
    #[inline(always)]
    pub(crate) fn keep_both(&self, other: &Self, masks: &mut [Tile]) {
        let (Self::Words(these), Self::Words(those)) = (self, other) else {
            self.keep(masks);
            return other.keep(masks);
        };
        for ((mask, this), that) in masks.iter_mut().zip(*these).zip(*those) {
            for ((word, this), that) in mask.iter_mut().zip(this).zip(that) {
                *word &= this & that;
            }
        }
        let both = these.len().min(those.len()).min(masks.len());
        masks[both..].fill([0; TILE_WORDS]);
    }

    /// Drops the rows of the masks that are here.
    #[inline(always)]
    pub(crate) fn drop_from(&self, masks: &mut [Tile]) {
        match self {
            Self::Words(tiles) => {
                for (mask, tile) in masks.iter_mut().zip(*tiles) {
                    for (word, other) in mask.iter_mut().zip(tile) {
                        *word &= !other;
                    }
                }
            }
            Self::Sorted(rows, first) => {
                for (tile, word, bit) in rows.iter().map(|row| place(row - first)) {
                    let Some(mask) = masks.get_mut(tile) else { break };
                    mask[word] &= !(1 << bit);
                }
            }
        }
    }

    /// Drops the rows of the masks that are here or there.
    #[inline(always)]
    pub(crate) fn drop_both(&self, other: &Self, masks: &mut [Tile]) {
        let (Self::Words(these), Self::Words(those)) = (self, other) else {
            self.drop_from(masks);
            return other.drop_from(masks);
        };
        for ((mask, this), that) in masks.iter_mut().zip(*these).zip(*those) {
            for ((word, this), that) in mask.iter_mut().zip(this).zip(that) {
                *word &= !(this | that);
            }
        }
        let both = these.len().min(those.len()).min(masks.len());
        for rest in [these, those] {
            Self::Words(rest.get(both..).unwrap_or_default()).drop_from(&mut masks[both..]);
        }
    }

    /// Adds the rows here to the masks.
    #[inline(always)]
    pub(crate) fn add_to(&self, masks: &mut [Tile]) {
        match self {
            Self::Words(tiles) => {
                for (mask, tile) in masks.iter_mut().zip(*tiles) {
                    for (word, other) in mask.iter_mut().zip(tile) {
                        *word |= other;
                    }
                }
            }
            Self::Sorted(rows, first) => {
                for (tile, word, bit) in rows.iter().map(|row| place(row - first)) {
                    let Some(mask) = masks.get_mut(tile) else { break };
                    mask[word] |= 1 << bit;
                }
            }
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
            for (tile, count) in [(0, 1), (0, 16), (1, 1), (1, 3), (14, 2), (15, 1), (16, 1), (17, 15), (u32::MAX / TILE_ROWS, 1)] {
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
}
