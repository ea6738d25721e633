//! What a posting has of a few tiles, and how masks are combined with it.

use super::{GROUP_TILES, TILE_WORDS, Tile, place};

/// What a posting has from one tile on, within a group of tiles. The masks that it is combined with are
/// those of that tile and the next ones of the same group; it may reach beyond them.
pub(crate) enum Part<'a> {
    /// Tiles; those that follow in the group have no rows.
    Words(&'a [Tile]),
    /// Rows of the block, and the first row of the first tile in it.
    Sorted(&'a [u16], u16),
}

impl Part<'_> {
    /// Makes the masks the rows that are here.
    #[inline(always)]
    pub(crate) fn copy_to(&self, masks: &mut [Tile]) {
        debug_assert!(masks.len() <= GROUP_TILES);
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
        debug_assert!(masks.len() <= GROUP_TILES);
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
        debug_assert!(masks.len() <= GROUP_TILES);
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
        debug_assert!(masks.len() <= GROUP_TILES);
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
        debug_assert!(masks.len() <= GROUP_TILES);
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
        debug_assert!(masks.len() <= GROUP_TILES);
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
