//! The distances of one text to several others, side by side.

use super::kernel::Kernel;

/// Texts side by side.
pub(super) const LANES: usize = 16;
/// The longest of them in characters of ASCII; longer ones go one by one.
pub(super) const ROW: usize = 128;

/// Texts of ASCII, each at the beginning of its row.
pub(super) type Rows = [[u8; ROW]; LANES];

/// A text of at most as many characters as a word has bits; the shorter the word, the more of them are
/// computed at once.
#[derive(Clone, Debug)]
pub(super) enum Beside {
    Short(Box<Short>),
    Middle(Box<Middle>),
    /// A longer text, or an empty one: none are.
    Never,
}

impl Beside {
    pub(super) fn new(kernel: &Kernel) -> Self {
        match kernel.block() {
            Some(places) if kernel.len() <= 32 => Self::Short(Box::new(Short::new(kernel.len(), places))),
            Some(places) => Self::Middle(Box::new(Middle::new(kernel.len(), places))),
            None => Self::Never,
        }
    }
}

macro_rules! beside {
    ($name:ident, $word:ty, $lanes:literal) => {
        #[derive(Clone, Debug)]
        pub(super) struct $name {
            len: usize,
            places: [$word; 256],
        }

        impl $name {
            fn new(len: usize, block: &[u64; 128]) -> Self {
                let mut places = [0; 256];
                for (place, word) in places.iter_mut().zip(block) {
                    *place = *word as $word;
                }
                Self { len, places }
            }

            /// The distances to texts of `len` characters, the first of the rows; where one is more than
            /// `most`, anything that is more.
            ///
            /// They are followed along the diagonal that ends in the last cell: there they never fall, and
            /// no way to the last cell is shorter.
            #[inline(always)]
            pub(super) fn distances(&self, rows: &[[u8; ROW]; $lanes], len: usize, most: usize) -> [$word; $lanes] {
                let (len, mine) = (len.min(ROW), self.len);
                let (first, ahead) = (len.saturating_sub(mine), mine.saturating_sub(len));
                let (mut up, mut down) = ([<$word>::MAX; $lanes], [0 as $word; $lanes]);
                let mut distances = [mine.abs_diff(len) as $word; $lanes];
                let mut at = 0;
                while at < len {
                    let to = (at + 6).min(len);
                    while at < to {
                        let mut places = [0 as $word; $lanes];
                        for lane in 0..$lanes {
                            places[lane] = self.places[usize::from(rows[lane][at])];
                        }
                        let on = <$word>::from(at >= first);
                        let row = ((at + ahead).wrapping_sub(first) % <$word>::BITS as usize) as u32;
                        for lane in 0..$lanes {
                            let (places, high, low) = (places[lane], up[lane], down[lane]);
                            let across = places | low;
                            let diagonal = ((places & high).wrapping_add(high) ^ high) | places;
                            let (plus, minus) = (low | !(diagonal | high), high & diagonal);
                            distances[lane] = distances[lane].wrapping_add(!((diagonal | low) >> row) & on);
                            let plus = plus << 1 | 1;
                            up[lane] = minus << 1 | !(across | plus);
                            down[lane] = plus & across;
                        }
                        at += 1;
                    }
                    if distances.iter().copied().min().unwrap_or(0) as usize > most {
                        break;
                    }
                }
                distances
            }
        }
    };
}

beside!(Short, u32, 16);
beside!(Middle, u64, 8);
