//! The distance of one text to another: bit-parallel after Myers (1999), in blocks after Hyyrö (2003).

use crate::MAX_NAME_BYTES;

/// Characters of a block.
const BLOCK: usize = 64;
/// Blocks of the longest text.
const BLOCKS: usize = MAX_NAME_BYTES / BLOCK;

/// A text of at most 512 bytes, as the places at which it has each character.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    len: usize,
    /// For each block of the text and each ASCII character a bit for each place; at least one block.
    ascii: Vec<[u64; 128]>,
    /// The same of other characters, sorted by them.
    others: Vec<(char, [u64; BLOCKS])>,
}

/// What a column of a block leaves for the next one: where it goes up by one downwards, where down.
#[derive(Clone, Copy)]
struct Column {
    up: u64,
    down: u64,
}

impl Kernel {
    /// Nothing where the text is too long. Where `folded`, ASCII letters are the same in both cases.
    pub(super) fn new(text: &str, folded: bool) -> Option<Self> {
        if text.len() > MAX_NAME_BYTES {
            return None;
        }
        let len = text.chars().count();
        let mut ascii = vec![[0; 128]; len.div_ceil(BLOCK).max(1)];
        let mut others: Vec<(char, [u64; BLOCKS])> = Vec::new();
        for (at, found) in text.chars().enumerate() {
            let (block, bit) = (at / BLOCK, 1 << (at % BLOCK));
            if found.is_ascii() {
                let places = &mut ascii[block];
                places[found as usize] |= bit;
                if folded {
                    places[found.to_ascii_lowercase() as usize] |= bit;
                    places[found.to_ascii_uppercase() as usize] |= bit;
                }
                continue;
            }
            let place = others.partition_point(|(other, _)| *other < found);
            if others.get(place).is_none_or(|(other, _)| *other != found) {
                others.insert(place, (found, [0; BLOCKS]));
            }
            others[place].1[block] |= bit;
        }
        Some(Self { len, ascii, others })
    }

    /// Characters of the text.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The only block of a text that has one.
    pub(super) fn block(&self) -> Option<&[u64; 128]> {
        if self.len == 0 || self.ascii.len() > 1 { None } else { self.ascii.first() }
    }

    #[inline(always)]
    fn places(&self, found: char, block: usize) -> u64 {
        if found.is_ascii() {
            return self.ascii[block][found as usize];
        }
        match self.others.binary_search_by_key(&found, |(other, _)| *other) {
            Ok(place) => self.others[place].1[block],
            Err(_) => 0,
        }
    }

    /// The distance to a text of `len` characters; where it is more than `most`, anything that is more.
    pub(super) fn distance(&self, text: &str, len: usize, most: usize) -> usize {
        debug_assert_eq!(len, text.chars().count());
        if self.len == 0 || len.abs_diff(self.len) > most {
            return self.len.max(len);
        }
        let last = 1 << ((self.len - 1) % BLOCK);
        let blocks = self.ascii.len();
        let mut columns = [Column { up: u64::MAX, down: 0 }; BLOCKS];
        let (mut distance, mut left) = (self.len, len);
        for found in text.chars() {
            // Above the first row every column is one more than the one before.
            let (mut plus_in, mut minus_in) = (1, 0);
            for (block, Column { up, down }) in columns[..blocks].iter_mut().enumerate() {
                let places = self.places(found, block);
                let across = places | *down;
                let places = places | minus_in;
                let diagonal = ((places & *up).wrapping_add(*up) ^ *up) | places;
                let (plus, minus) = (*down | !(diagonal | *up), *up & diagonal);
                if block + 1 == blocks {
                    distance += usize::from(plus & last != 0);
                    distance -= usize::from(minus & last != 0);
                }
                let (shifted, carried) = (plus << 1 | plus_in, minus << 1 | minus_in);
                (plus_in, minus_in) = (plus >> 63, minus >> 63);
                *up = carried | !(across | shifted);
                *down = shifted & across;
            }
            left -= 1;
            if distance > most + left {
                return distance - left;
            }
        }
        distance
    }
}
