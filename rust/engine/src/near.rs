//! The names of a snapshot that are nearest to a text, and the order that they have.
//!
//! Names are indexed as they are in the table that snapshots share, so a change makes no index anew: rows that
//! it touched are passed over there, and the names that they have now are compared one by one. Where these are many a
//! second, small index has them, and only what was changed since that is compared. The terms that are bare names are
//! indexed likewise; they only become more.

use crate::names::Lookup;
use crate::nearest::{Best, CUTOFF, Nearest, Wanted};
use crate::snapshot::Snapshot;
use crate::{Row, TermId};

/// An index is made anew where more terms than this share of it came later.
const LATER_SHARE: usize = 16;
const LATER_LEAST: usize = 1_024;
/// A suggestion that is probably what was meant.
const NEAR: f64 = 0.75;

/// A name near to a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near<'a> {
    pub name: &'a str,
    pub row: Row,
    /// 1 less the Levenshtein distance over the longer length, in characters.
    pub score: f64,
}

/// Names in their order: those of the rows in the order of rows, each id before its aliases, then bare
/// names by their text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Name(Row, u16),
    Bare(&'a str),
}

/// The index of the ids and aliases of a table of names.
#[derive(Debug)]
pub(crate) struct NearNames {
    index: Nearest,
    /// Where in the table each is.
    places: Box<[u32]>,
}

impl NearNames {
    pub(crate) fn new<'a>(places: Box<[u32]>, text: impl Fn(u32) -> &'a str) -> Self {
        Self { index: Nearest::new(places.iter().map(|place| text(*place))), places }
    }
}

/// The index of names that were changed of a table.
#[derive(Debug)]
pub(crate) struct NearOverlay {
    index: Nearest,
    names: Box<[(Row, u16)]>,
}

impl NearOverlay {
    /// From rows, tags and names.
    pub(crate) fn new<'a>(names: impl Iterator<Item = (Row, u16, &'a str)>) -> Self {
        let names: Vec<(Row, u16, &str)> = names.collect();
        let index = Nearest::new(names.iter().map(|(.., name)| *name));
        Self { index, names: names.into_iter().map(|(row, tag, _)| (row, tag)).collect() }
    }
}

/// The index of the terms of a facet.
#[derive(Debug)]
pub(crate) struct NearTerms {
    index: Nearest,
    terms: Box<[TermId]>,
    /// How many terms of all facets there were.
    first: usize,
}

impl NearTerms {
    pub(crate) fn new<'a>(terms: impl Iterator<Item = (TermId, &'a str)>, first: usize) -> Self {
        let terms: Vec<(TermId, &str)> = terms.collect();
        let index = Nearest::new(terms.iter().map(|(_, text)| *text));
        Self { index, terms: terms.into_iter().map(|(term, _)| term).collect(), first }
    }

    /// Whether too many of so many terms came later.
    pub(crate) fn is_old(&self, terms: usize) -> bool {
        terms - self.first > LATER_LEAST.max(self.first / LATER_SHARE)
    }
}

impl Snapshot {
    /// Every name with its row: ids in the order of rows, each followed by its aliases in that of their
    /// declaration, then the bare names that lead to one row, by their text.
    pub fn every_name(&self) -> impl Iterator<Item = (&str, Row)> {
        let names = &self.names;
        let named =
            self.ids().flat_map(|(row, id)| std::iter::once(id).chain(names.aliases(row)).map(move |name| (name, row)));
        let facet = self.bare.map(|(facet, _)| facet);
        let terms = self.facets.terms().filter(|(_, of, _, rows)| Some(*of) == facet && *rows > 0);
        let mut bare: Vec<(&str, Row)> =
            terms.filter_map(|(_, _, text, _)| Some((text, self.bare_row(text)?))).collect();
        bare.sort_unstable();
        named.chain(bare)
    }

    /// The same for two states of a registry, or of a view, only where [`Self::near`] answers the same: a change of a
    /// price leaves it as it is.
    #[must_use]
    pub fn names_stamp(&self) -> [u64; 4] {
        let bare = self.bare.map(|(facet, preferred)| {
            let home = self.facets.facet(preferred).map_or(0, |facet| self.facets.version(facet));
            (self.facets.version(facet), home)
        });
        let (bare, home) = bare.unwrap_or_default();
        [self.names.stamp(), bare, home, self.rows_version]
    }

    /// The row of a bare name that leads to one.
    fn bare_row(&self, text: &str) -> Option<Row> {
        match self.lookup(text) {
            Lookup::Bare(row) => Some(row),
            _ => None,
        }
    }

    /// The names nearest to a text, with scores of at least `cutoff`: the highest score first, equal ones in
    /// the order of [`Self::every_name`]. Near a text of more than 512 bytes there is none.
    ///
    /// Cost: when first asked an index is made of all names, about a second for a million; then it is as
    /// [`Nearest`] says, and 0.1 us for each of the last few hundred names that were changed.
    #[must_use]
    pub fn near(&self, text: &str, limit: usize, cutoff: f64) -> Vec<Near<'_>> {
        self.near_in_case(text, false, limit, cutoff)
    }

    /// Names near to this text in either case, with the id each leads to, best first, each id once.
    #[must_use]
    pub fn suggest(&self, text: &str, limit: usize) -> Vec<(f64, &str)> {
        // Nothing further away is looked for where there are enough that are near.
        let near = self.suggest_above(text, limit, NEAR);
        if near.len() < limit { self.suggest_above(text, limit, CUTOFF) } else { near }
    }

    fn suggest_above(&self, text: &str, limit: usize, cutoff: f64) -> Vec<(f64, &str)> {
        let mut ids: Vec<(f64, &str)> = Vec::new();
        // More than asked for, since several names lead to one row.
        for near in self.near_in_case(text, true, limit.saturating_mul(4), cutoff) {
            let Some(id) = self.names.id(near.row) else { continue };
            if ids.len() < limit && ids.iter().all(|(_, there)| *there != id) {
                ids.push((near.score, id));
            }
        }
        ids
    }

    fn near_in_case(&self, text: &str, folded: bool, limit: usize, cutoff: f64) -> Vec<Near<'_>> {
        let Some(wanted) = Wanted::new(text, folded) else { return Vec::new() };
        let mut best = Best::new(limit, cutoff);
        let shown = |row| self.derived.is_none() || self.is_live(row);
        let key = |(row, tag)| shown(row).then_some(Key::Name(row, tag));
        let near = self.names.near();
        let unchanged = |number: u32| self.names.unchanged(near.places[number as usize]).and_then(key);
        near.index.search(&wanted, &mut best, unchanged);
        let near = self.names.near_overlay();
        let known = |number: u32| Some(near.names[number as usize]).filter(|(row, _)| self.names.is_in_overlay(*row));
        near.index.search(&wanted, &mut best, |number| known(number).and_then(key));
        for (row, tag, name) in self.names.recent() {
            wanted.compare(name, &mut best, || key((row, tag)));
        }
        if let Some((facet, _)) = self.bare {
            let near = self.facets.near(facet);
            let bare = |text| self.bare_row(text).map(|_| Key::Bare(text));
            for term in self.facets.later(facet, near.first) {
                wanted.compare(term, &mut best, || bare(term));
            }
            near.index.search(&wanted, &mut best, |number| bare(self.facets.text(near.terms[number as usize])));
        }
        let near = |(score, key)| match key {
            Key::Name(row, tag) => Some(Near { name: self.names.tagged(row, tag)?, row, score }),
            Key::Bare(name) => Some(Near { name, row: self.bare_row(name)?, score }),
        };
        best.into_vec().into_iter().filter_map(near).collect()
    }
}
