//! Words one or two slips away from a word: found by what is left when letters are taken out of both.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

/// From so many letters on a word may have one slip, and two.
const ONE_SLIP: usize = 4;
const TWO_SLIPS: usize = 8;
/// In longer words only one: what is left of them when two letters are taken out grows with the square of the length.
const ONE_AGAIN: usize = 17;
/// Shorter words are never read as misspelt, longer ones neither: that is no word.
const LEAST: usize = 3;
const MOST: usize = 32;

/// Words by what is left of them.
#[derive(Debug, Default)]
pub(crate) struct Slips {
    words: Vec<Box<str>>,
    /// Hash of a word, or of one with one or two letters taken out, and its number; sorted.
    left: Vec<(u64, u32)>,
    /// Where in `left` the hashes begin that have these upper bits: what is sought is a step or two behind.
    starts: Vec<u32>,
    hasher: RandomState,
}

/// How many slips a word of so many letters may have, a swap of two neighbours being one.
const fn slips(letters: usize) -> usize {
    if letters >= TWO_SLIPS && letters < ONE_AGAIN {
        2
    } else if letters >= ONE_SLIP {
        1
    } else {
        0
    }
}

/// The letters of a word that may be corrected; nothing for one with letters of another script, which look alike.
fn letters(word: &str) -> Option<usize> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'/');
    let letters = word.bytes().filter(u8::is_ascii_lowercase).count();
    (word.len() <= MOST && letters >= LEAST && word.bytes().all(plain)).then_some(letters)
}

impl Slips {
    pub(crate) fn of<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let words = words.filter(|word| letters(word).is_some());
        let mut made = Self { words: words.map(Box::from).collect(), ..Self::default() };
        made.words.sort_unstable();
        for (number, word) in (0..).zip(&made.words) {
            let mut put = |left: &[u8]| made.left.push((made.hasher.hash_one(left), number));
            shorter(word.as_bytes(), slips(word.len()).max(1), &mut put);
        }
        made.left.sort_unstable();
        made.left.dedup();
        let bits = made.left.len().max(2).ilog2();
        let mut at = 0;
        made.starts = (0..=1_u64 << bits)
            .map(|upper| {
                at += made.left[at..].iter().take_while(|(hash, _)| hash >> (64 - bits) < upper).count();
                at as u32
            })
            .collect();
        made
    }

    /// The numbers of the words of which this is left.
    fn with(&self, left: &[u8]) -> impl Iterator<Item = u32> {
        let hash = self.hasher.hash_one(left);
        let bits = (self.starts.len().max(2) - 1).ilog2();
        let upper = (hash >> (64 - bits.max(1))) as usize;
        let from = self.starts.get(upper).map_or(0, |from| *from as usize);
        let to = self.starts.get(upper + 1).map_or(0, |to| *to as usize);
        let there = self.left.get(from..to).unwrap_or_default();
        there.iter().filter(move |(other, _)| *other == hash).map(|(_, number)| *number)
    }

    /// The words that `word` may be a slip of, with the number of slips; those with the fewest only, sorted.
    pub(crate) fn corrections(&self, word: &str, known: impl Fn(&str) -> bool) -> Vec<(usize, &str)> {
        if letters(word).is_none() {
            return Vec::new();
        }
        let mut numbers: Vec<u32> = Vec::new();
        shorter(word.as_bytes(), slips(word.len()).max(1), &mut |left| {
            numbers.extend(self.with(left));
        });
        numbers.sort_unstable();
        numbers.dedup();
        let words = numbers.into_iter().filter_map(|number| self.words.get(number as usize));
        let found = words.filter_map(|other| Some((allowed(word, other)?, &**other)));
        let mut found: Vec<(usize, &str)> = found.filter(|(_, other)| known(other)).collect();
        let fewest = found.iter().map(|(slips, _)| *slips).min();
        found.retain(|(slips, _)| Some(*slips) == fewest);
        found
    }
}

/// Calls `put` with a word and with all that is left when up to `out` letters are taken out of it.
fn shorter(word: &[u8], out: usize, put: &mut impl FnMut(&[u8])) {
    put(word);
    let mut one = Vec::with_capacity(word.len());
    for first in 0..word.len() {
        one.clear();
        one.extend(word.iter().enumerate().filter(|(at, _)| *at != first).map(|(_, letter)| *letter));
        put(&one);
        if out > 1 {
            for second in first..one.len() {
                let two: Vec<u8> =
                    one.iter().enumerate().filter(|(at, _)| *at != second).map(|(_, letter)| *letter).collect();
                put(&two);
            }
        }
    }
}

/// The slips between two words where so many are allowed; numbers are never read as others.
fn allowed(word: &str, other: &str) -> Option<usize> {
    // A word in front is never read as one in a name, and the short parts of one never as others: `alibaba-us`
    // is not `alibaba-cn`.
    if word.starts_with('/') != other.starts_with('/') || has_other_short_part(word, other) {
        return None;
    }
    let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
    let longer = letters(word)?.max(letters(other)?);
    let distance = distance(word.as_bytes(), other.as_bytes());
    let most = if is_swap(word, other) { 1 } else { slips(longer) };
    (distance >= 1 && distance <= most && digits(word) == digits(other)).then_some(distance)
}

fn has_other_short_part(word: &str, other: &str) -> bool {
    if word.split('-').count() != other.split('-').count() {
        // Only the separator was left out, or put in.
        return !word.bytes().filter(|byte| *byte != b'-').eq(other.bytes().filter(|byte| *byte != b'-'));
    }
    let short = |(one, other): (&str, &str)| one != other && one.len().max(other.len()) < LEAST && !is_swap(one, other);
    word.split('-').zip(other.split('-')).any(short)
}

pub(super) fn is_swap(word: &str, other: &str) -> bool {
    if word.len() != other.len() {
        return false;
    }
    let differ: Vec<usize> =
        word.bytes().zip(other.bytes()).enumerate().filter(|(_, (a, b))| a != b).map(|(at, _)| at).collect();
    let (word, other) = (word.as_bytes(), other.as_bytes());
    matches!(*differ.as_slice(), [one, two] if two == one + 1 && word[one] == other[two] && word[two] == other[one])
}

/// The least number of letters put in, taken out, changed or swapped with their neighbour (each part of the word
/// touched once).
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut rows = [vec![0; b.len() + 1], vec![0; b.len() + 1], (0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        rows.rotate_left(1);
        let [before, last, row] = &mut rows;
        row[0] = i;
        for j in 1..=b.len() {
            let mut least = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row[j] = least;
        }
    }
    rows[2][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_words_only_by_a_swap() {
        let slips = Slips::of(["gpt", "mini", "claude", "embedding", "opus", "pro"].into_iter());
        let of = |word: &str| {
            slips.corrections(word, |_| true).into_iter().map(|(_, word)| word.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(of("gtp"), ["gpt"]);
        assert_eq!(of("gpr"), Vec::<String>::new());
        assert_eq!(of("mni"), ["mini"]);
        assert_eq!(of("minni"), ["mini"]);
        assert_eq!(of("cluade"), ["claude"]);
        assert_eq!(of("embeding"), ["embedding"]);
        assert_eq!(of("enbeding"), ["embedding"]);
        assert_eq!(of("clowdy"), Vec::<String>::new());
        assert_eq!(distance(b"ca", b"abc"), 3);
        assert_eq!(distance(b"kitten", b"sitting"), 3);
    }

    proptest! {
        /// The index finds what looking at every word finds.
        #[test]
        fn all_are_found(words in proptest::collection::btree_set("/?[ab]{2,5}-?[ab1]{1,5}", 1..30), word in "/?[ab]{2,5}-?[ab1]{1,5}") {
            let slips = Slips::of(words.iter().map(String::as_str));
            let mut all: Vec<(usize, &str)> = words.iter().filter_map(|other| Some((allowed(&word, other)?, other.as_str()))).collect();
            let fewest = all.iter().map(|(slips, _)| *slips).min();
            all.retain(|(slips, _)| Some(*slips) == fewest);
            prop_assert_eq!(slips.corrections(&word, |_| true), all);
        }
    }
}
