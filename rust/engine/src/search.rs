//! Search: the rows of which every word of a text is found in something, the best found first.

mod index;
mod inverted;
mod lists;
mod shelf;
mod split;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use index::UNORDERED;
pub use index::{Index, ReadTexts, Sources};
use inverted::follow;
use lists::{FIRST, LAST, Place, item_of, merge, rank_of};
pub use shelf::Shelf;
use split::Split;

use crate::posting::Posting;
use crate::snapshot::Snapshot;
use crate::{MAX_NAME_BYTES, Row};

/// Pieces of a text that are searched for; those behind do not count.
const MOST_ASKED: usize = 32;
/// The rank of the texts that name a row: of those it counts whether the whole text is one, or begins one.
const NAMES: u8 = 1;

/// Where a word is found: the rows in whose texts it stands, and the terms that it is a word of.
struct Found<'a> {
    /// By row, each once, with the best rank.
    rows: Vec<(Row, u8)>,
    terms: Vec<(&'a Posting, u8)>,
}

impl Found<'_> {
    /// How many rows at most.
    fn most(&self) -> usize {
        self.rows.len() + self.terms.iter().map(|(rows, _)| rows.len() as usize).sum::<usize>()
    }

    /// All rows, each once, with the best rank.
    fn all(&self) -> Vec<(Row, u8)> {
        let mut all = self.rows.clone();
        for (rows, rank) in &self.terms {
            all.extend(rows.iter().map(|row| (row, *rank)));
        }
        if !self.terms.is_empty() {
            merge(&mut all);
            all.dedup_by_key(|(row, _)| *row);
        }
        all
    }

    /// The best rank for a row, given what is known of its texts.
    fn rank(&self, row: Row, in_texts: Option<u8>) -> Option<u8> {
        let better = |rank: u8| in_texts.is_none_or(|there| rank < there);
        let terms = self.terms.iter().filter(|(rows, rank)| better(*rank) && rows.contains(row));
        terms.map(|(_, rank)| *rank).chain(in_texts).min()
    }
}

/// The items of sorted places, each once, with the best rank.
fn items(places: impl Iterator<Item = Place>) -> Vec<(u32, u8)> {
    let mut found: Vec<(u32, u8)> = places.map(|place| (item_of(place), rank_of(place))).collect();
    found.dedup_by_key(|(item, _)| *item);
    found
}

/// A row that was found: how it ranks, its place by id where that is known, and the row.
type Ranked = (u64, u32, Row);

impl Snapshot {
    /// The first `limit` rows of which every word of the text is found in something, in this order: the
    /// whole text is a name; a name, or a part of one behind a slash, begins with it; by the worst of the
    /// ranks of its words; by their sum; rows that bare names prefer; rows that no default of questions
    /// leaves out; by id.
    ///
    /// With `prefix` the last word may be the beginning of one. Nothing is found for a text without words
    /// or of more than [`MAX_NAME_BYTES`]. Cost: the rows of the rarest word, and a look at each for the others.
    #[must_use]
    pub fn search(&self, index: &Index, text: &str, limit: Option<usize>, prefix: bool) -> Vec<Row> {
        if text.len() > MAX_NAME_BYTES {
            return Vec::new();
        }
        let mut split = Split::default();
        split.read(text, MOST_ASKED);
        let mut words: Vec<(Vec<&str>, bool)> = split.words().map(|word| (word, false)).collect();
        let Some(last) = words.last_mut() else { return Vec::new() };
        last.1 = prefix;
        words.sort_unstable();
        words.dedup();
        let found: Vec<Found<'_>> = words.iter().map(|(word, prefix)| self.found(index, word, *prefix)).collect();
        let mut rarest = 0;
        for (at, word) in found.iter().enumerate() {
            if word.most() < found[rarest].most() {
                rarest = at;
            }
        }
        let candidates = found[rarest].all();
        let pieces: Vec<&str> = split.pieces().map(|(piece, _)| piece).collect();
        let named = if candidates.is_empty() { Vec::new() } else { named(index, &pieces, prefix) };
        let mut named = named.iter().copied().peekable();
        let mut others: Vec<_> =
            found.iter().enumerate().filter(|(at, _)| *at != rarest).map(|(_, word)| (word, &word.rows[..])).collect();
        let preferred = self.bare.and_then(|(_, preferred)| self.facets.posting(preferred));
        let left_out = self.left_out();
        let mut ranked: Vec<Ranked> = Vec::new();
        'candidates: for (row, rank) in candidates {
            if !self.is_live(row) {
                continue;
            }
            let (mut worst, mut sum) = (rank, u64::from(rank));
            for (word, rows) in &mut others {
                *rows = &rows[rows.partition_point(|(there, _)| *there < row)..];
                let in_texts = rows.first().filter(|(there, _)| *there == row).map(|(_, rank)| *rank);
                let Some(rank) = word.rank(row, in_texts) else { continue 'candidates };
                (worst, sum) = (worst.max(rank), sum + u64::from(rank));
            }
            while named.peek().is_some_and(|(there, _)| *there < row) {
                named.next();
            }
            let class = named.peek().filter(|(there, _)| *there == row).map_or(worst + 1, |(_, class)| *class);
            let other = u64::from(preferred.is_some_and(|rows| !rows.contains(row)));
            let out = u64::from(left_out.iter().any(|rows| rows.contains(row)));
            ranked.push((u64::from(class) << 32 | sum << 8 | other << 1 | out, index.order(row), row));
        }
        self.first(ranked, limit)
    }

    /// The first of these in order.
    fn first(&self, mut ranked: Vec<Ranked>, limit: Option<usize>) -> Vec<Row> {
        let compare = |a: &Ranked, b: &Ranked| {
            a.0.cmp(&b.0).then_with(|| match (a.1, b.1) {
                (UNORDERED, _) | (_, UNORDERED) => self.names.id(a.2).cmp(&self.names.id(b.2)),
                (a, b) => a.cmp(&b),
            })
        };
        let limit = limit.unwrap_or(ranked.len());
        if limit < ranked.len() {
            if limit > 0 {
                ranked.select_nth_unstable_by(limit - 1, compare);
            }
            ranked.truncate(limit);
        }
        ranked.sort_unstable_by(|a, b| if a.2 == b.2 { Ordering::Equal } else { compare(a, b) });
        ranked.into_iter().map(|(.., row)| row).collect()
    }

    fn found<'a>(&'a self, index: &'a Index, word: &[&str], prefix: bool) -> Found<'a> {
        let rows = items(index.rows.word(word, prefix).into_iter().map(|(first, _)| first));
        let terms = items(index.terms.word(word, prefix).into_iter().map(|(first, _)| first));
        let postings = terms.into_iter().filter_map(|(term, rank)| Some((self.facets.posting(term)?, rank)));
        Found { rows, terms: postings.filter(|(rows, _)| rows.len() > 0).collect() }
    }

    /// The rows that questions leave out unless they ask for them.
    fn left_out(&self) -> Vec<&Posting> {
        let always = self.vocabulary.defaults().values().filter(|default| default.when.is_none());
        let terms = always.filter_map(|default| Some((self.vocabulary.facet(&default.facet).ok()?, &default.exclude)));
        let terms = terms.flat_map(|(facet, terms)| terms.iter().filter_map(move |term| self.facets.find(facet, term)));
        terms.filter_map(|term| self.facets.posting(term)).filter(|rows| rows.len() > 0).collect()
    }
}

/// The rows that all pieces in this order name (0), or of which a name begins with them (1).
fn named(index: &Index, pieces: &[&str], prefix: bool) -> Vec<(Row, u8)> {
    let Some((end, others)) = pieces.split_last() else { return Vec::new() };
    let starts = |places: &[Place]| -> Vec<(Place, Place)> {
        let names = places.iter().filter(|place| **place & FIRST != 0 && rank_of(**place) == NAMES);
        names.map(|place| (*place, *place)).collect()
    };
    let heads = others.split_first().map(|(first, others)| {
        let mut heads = starts(&index.rows.places(first, false));
        others.iter().for_each(|piece| follow(&mut heads, &index.rows.places(piece, false)));
        heads
    });
    let ends = |prefix: bool| {
        let places = index.rows.places(end, prefix);
        match heads.clone() {
            None => starts(&places),
            Some(mut heads) => {
                follow(&mut heads, &places);
                heads
            }
        }
    };
    let exact = ends(false);
    let whole = exact.iter().filter(|(_, last)| *last & LAST != 0).map(|(first, _)| (item_of(*first), 0));
    let mut found: Vec<(Row, u8)> = whole.collect();
    let begun = if prefix { ends(true) } else { exact };
    found.extend(begun.iter().map(|(first, _)| (item_of(*first), 1)));
    found.sort_unstable();
    found.dedup_by_key(|(row, _)| *row);
    found
}
