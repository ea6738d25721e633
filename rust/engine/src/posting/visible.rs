//! Sets of rows made a block at a time: what of a snapshot a view shows.

use std::sync::Arc;

use super::{BLOCK_TILES, Block, GROUP_TILES, Group, Posting, ROWS_A_WORD, TILE_ROWS, TILE_WORDS, Tile, rows_of};

impl Posting {
    /// Keeps the rows of the masks of one block that are here.
    pub(crate) fn keep(&self, first: u32, masks: &mut [Tile]) {
        for (first, masks) in (first..).step_by(GROUP_TILES).zip(masks.chunks_mut(GROUP_TILES)) {
            self.part(first).keep(masks);
        }
    }

    /// Drops the rows of the masks of one block that are here.
    pub(crate) fn drop_from(&self, first: u32, masks: &mut [Tile]) {
        for (first, masks) in (first..).step_by(GROUP_TILES).zip(masks.chunks_mut(GROUP_TILES)) {
            self.part(first).drop_from(masks);
        }
    }

    /// The rows of the masks of all blocks, from the first tile of each; groups of tiles that are those
    /// of `like` are shared with it.
    pub(crate) fn of_masks(blocks: Vec<(u16, Vec<Tile>)>, like: &Self) -> Self {
        let (mut made, mut len) = (Vec::with_capacity(blocks.len()), 0);
        for (key, masks) in blocks {
            let tiles = masks.iter().rposition(|mask| *mask != [0; TILE_WORDS]).map_or(0, |last| last + 1);
            let masks = &masks[..tiles];
            let count = masks.as_flattened().iter().map(|word| word.count_ones()).sum::<u32>();
            if count == 0 {
                continue;
            }
            let there = match like.find(key) {
                Some(Block::Words(groups)) => &groups[..],
                _ => &[],
            };
            let groups = masks.chunks(GROUP_TILES).enumerate().map(|(at, tiles)| match there.get(at) {
                Some(group) if **group == *tiles => group.clone(),
                _ => Group::from(tiles),
            });
            let groups: Arc<[Group]> = groups.collect();
            let dense = count as usize * ROWS_A_WORD >= tiles * TILE_ROWS as usize;
            let block = if dense { Block::Words(groups) } else { Block::Sorted(Arc::new(rows_of(&groups).collect())) };
            made.push((key, block));
            len += count;
        }
        Self { blocks: made.into(), len }
    }

    /// Whether the rows are the same ones; what is shared is not looked at.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let same = |(these, those): (&(u16, Block), &(u16, Block))| {
            these.0 == those.0
                && match (&these.1, &those.1) {
                    (Block::Sorted(rows), Block::Sorted(others)) => Arc::ptr_eq(rows, others) || rows == others,
                    (Block::Words(groups), Block::Words(others)) => {
                        let equal = |(group, other): (&Group, &Group)| Arc::ptr_eq(group, other) || alike(group, other);
                        groups.len() == others.len() && groups.iter().zip(others.iter()).all(equal)
                    }
                    (a, b) => a.rows().eq(b.rows()),
                }
        };
        let blocks = self.blocks.len() == other.blocks.len();
        self.len == other.len && blocks && self.blocks.iter().zip(other.blocks.iter()).all(same)
    }

    /// How many rows are here and there.
    pub(crate) fn count_both(&self, other: &Self) -> u32 {
        let mut count = 0;
        for (key, block) in self.blocks.iter() {
            let Some(there) = other.find(*key) else { continue };
            count += match (block, there) {
                (Block::Words(these), Block::Words(those)) => {
                    let groups = these.iter().zip(those.iter());
                    let words = groups.flat_map(|(these, those)| these.as_flattened().iter().zip(those.as_flattened()));
                    words.map(|(this, that)| (this & that).count_ones()).sum::<u32>()
                }
                (Block::Sorted(rows), block) | (block, Block::Sorted(rows)) => {
                    rows.iter().filter(|row| block.contains(**row)).count() as u32
                }
            };
        }
        count
    }
}

/// Whether two groups have the same rows; a tile that one of them does not have has none.
fn alike(group: &Group, other: &Group) -> bool {
    let both = group.len().min(other.len());
    let rest = group[both..].iter().chain(&other[both..]);
    group[..both] == other[..both] && rest.into_iter().all(|tile| *tile == [0; TILE_WORDS])
}

impl Block {
    fn rows(&self) -> impl Iterator<Item = u16> {
        let (sorted, groups): (&[u16], &[Group]) = match self {
            Self::Sorted(rows) => (rows, &[]),
            Self::Words(groups) => (&[], groups),
        };
        sorted.iter().copied().chain(rows_of(groups))
    }
}

const _: () = assert!(BLOCK_TILES * TILE_ROWS as usize == Posting::BLOCK_ROWS);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn masks_make_the_rows_that_they_hold(
            rows in proptest::collection::btree_set(0_u32..140_000, 0..400),
            run in (0_u32..70_000, 0_u32..9_000),
            other in proptest::collection::btree_set(0_u32..140_000, 0..400),
        ) {
            let rows: BTreeSet<u32> = rows.into_iter().chain(run.0..run.0 + run.1).collect();
            let other: BTreeSet<u32> = other.into_iter().chain(0..run.1).collect();
            let mut like = Posting::default();
            rows.iter().for_each(|row| like.insert(*row));
            let mut twin = Posting::default();
            other.iter().for_each(|row| twin.insert(*row));
            let blocks = (0..3_u16).map(|key| {
                let mut masks = vec![[u64::MAX; TILE_WORDS]; BLOCK_TILES];
                like.keep(u32::from(key) * BLOCK_TILES as u32, &mut masks);
                let mut rest = vec![[u64::MAX; TILE_WORDS]; BLOCK_TILES];
                like.drop_from(u32::from(key) * BLOCK_TILES as u32, &mut rest);
                assert!(masks.as_flattened().iter().zip(rest.as_flattened()).all(|(kept, rest)| *kept == !rest));
                (key, masks)
            });
            let made = Posting::of_masks(blocks.collect(), &twin);
            prop_assert!(made.is_same(&like) && like.is_same(&made));
            prop_assert_eq!(made.is_same(&twin), rows == other);
            prop_assert_eq!(made.iter().collect::<BTreeSet<u32>>(), rows.clone());
            prop_assert_eq!(made.len() as usize, rows.len());
            prop_assert_eq!(made.count_both(&twin) as usize, rows.intersection(&other).count());
        }
    }
}
