//! What a text means that is no name as it stands: in steps, each of which says how it got there.
//!
//! A step answers only what is certain: one row, or a bare name's. Digits are never read as others, who
//! serves a model and what kind of offering it is (`:free`, a place) are never left out of account, and what
//! several rows might be is none of them but a list of candidates.

mod candidates;
mod fold;
mod index;
mod ladder;
mod reading;
mod rules;
mod tuned;
mod typo;

use std::borrow::Cow;
use std::ops::Range;

pub(crate) use index::Parts;
pub use rules::NameRules;
pub(crate) use rules::Rules;

use crate::names::Lookup;
use crate::snapshot::Snapshot;
use crate::{Row, TermId};
use fold::{fold, tokens};
use index::{Index, Part, Roles, Since};
use ladder::{Asked, Ladder, Step};

/// How a text was resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Exact,
    Alias,
    Folded,
    Dated,
    FineTune,
    Typo,
}

impl How {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Alias => "alias",
            Self::Folded => "folded",
            Self::Dated => "dated",
            Self::FineTune => "fine_tune",
            Self::Typo => "typo",
        }
    }
}

/// What a text might have meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub row: Row,
    /// The name that led here.
    pub name: String,
    /// From 0 to 1; only its order means something.
    pub score: f64,
    pub reason: Cow<'static, str>,
}

/// What a text means.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolution {
    pub row: Option<Row>,
    pub how: Option<How>,
    /// How sure the step is: 1 for a name as it stands, 0 for nothing.
    pub score: f64,
    pub reason: Cow<'static, str>,
    /// Where nothing is certain: what it might have meant, the likeliest first, ties by id.
    pub candidates: Vec<Candidate>,
    /// Whether several rows have what was asked for as their name.
    pub ambiguous: bool,
    /// Whether the text names a model of its own that was made from `row`, and what that one costs is not known.
    pub derived: bool,
}

/// The scores of the steps. They order answers; no figure was measured to be that likely.
const FOLDED: f64 = 0.98;
const REORDERED: f64 = 0.95;
const TRAINED: f64 = 0.9;
const DATED: f64 = 0.85;
/// A tuned model that is listed itself, and one of which only the base is.
const TUNED: f64 = 0.95;
const INHERITED: f64 = 0.85;
const TYPO: f64 = 0.8;
/// A kind of offering of so many letters is known again with a slip.
const PLAIN_LETTERS: usize = 6;
/// A name of fewer letters and no number may be any other of one letter more.
const LEAST_LETTERS: usize = 6;
/// A word of so many letters is known again with a slip even where a text without it is a name too.
const SURE_LETTERS: usize = 4;
/// More rows of one name than these, by id, are not listed.
const MOST_NAMESAKES: usize = 1_000;
/// More words than this that nobody knows are no slips of the pen.
const MOST_SLIPS: usize = 2;
/// At most so many ways to correct a text are tried.
const MOST_CORRECTED: usize = 16;

impl Snapshot {
    /// What a text means, served by one of these providers where any are given; a score below `floor` is
    /// no answer.
    ///
    /// Cost: a name as it stands one lookup; else tens of microseconds, and at the first question an index of all
    /// names is made, a few microseconds each.
    #[must_use]
    pub fn resolve(&self, text: &str, providers: Option<&[TermId]>, floor: f64) -> Resolution {
        if text.len() > crate::MAX_NAME_BYTES {
            return Resolution::default();
        }
        let found = self.as_it_stands(text, providers);
        if found.row.is_some() || found.ambiguous {
            return self.above(floor, found);
        }
        let Some(folded) = fold(text) else { return found };
        self.with_ladder(|ladder| self.above(floor, ladder.climb(text, &ladder.pathed(folded), providers)))
    }

    /// An answer below the floor becomes the first of the candidates.
    fn above(&self, floor: f64, mut found: Resolution) -> Resolution {
        if let Some(row) = found.row.filter(|_| found.score < floor) {
            let name = self.names.id(row).unwrap_or_default().to_owned();
            let candidate = Candidate { row, name, score: found.score, reason: found.reason };
            found = Resolution { candidates: vec![candidate], ..Resolution::default() };
        }
        found
    }

    /// An id, an alias or a bare name.
    fn as_it_stands(&self, text: &str, providers: Option<&[TermId]>) -> Resolution {
        let served = |row: Row| {
            providers.is_none_or(|providers| self.facets.terms_of(row).iter().any(|term| providers.contains(term)))
        };
        let certain = |row, how, reason| Resolution {
            row: Some(row),
            how: Some(how),
            score: 1.0,
            reason: Cow::Borrowed(reason),
            ..Resolution::default()
        };
        let under = |provider: &TermId| self.row(&format!("{}/{text}", self.facets.text(*provider))).ok();
        match self.lookup(text) {
            Lookup::Id(row) if served(row) => certain(row, How::Exact, "its id"),
            Lookup::Alias(row) if served(row) => certain(row, How::Alias, "a declared alias"),
            Lookup::Bare(row) if served(row) => certain(row, How::Alias, "the bare name of this model"),
            Lookup::Ambiguous(_) if providers.is_none() => self.several(self.bare_candidates(text)),
            _ => match providers.iter().copied().flatten().find_map(under) {
                Some(row) => certain(row, How::Exact, "its id at this provider"),
                None => Resolution::default(),
            },
        }
    }

    /// Rows that all have the name that was asked for.
    fn several(&self, mut rows: Vec<Row>) -> Resolution {
        rows.sort_unstable_by_key(|row| self.names.id(*row));
        rows.dedup();
        rows.truncate(MOST_NAMESAKES);
        let candidate = |row: Row| {
            let name = self.names.id(row)?.to_owned();
            Some(Candidate { row, name, score: candidates::SAME, reason: Cow::Borrowed("an offering of that name") })
        };
        Resolution {
            candidates: rows.into_iter().filter_map(candidate).collect(),
            ambiguous: true,
            ..Resolution::default()
        }
    }

    fn with_ladder<T>(&self, ask: impl FnOnce(Ladder<'_>) -> T) -> T {
        let rules = self.vocabulary.rules();
        let bare = self.bare.map(|(facet, _)| facet);
        let facet = |name: &str| self.vocabulary.facet(name).unwrap_or(crate::FacetId::MAX);
        let names = self.vocabulary.names();
        let roles = Roles {
            bare,
            provider: names.map_or(crate::FacetId::MAX, |names| facet(&names.provider)),
            owner: names.map_or(crate::FacetId::MAX, |names| facet(&names.owner)),
        };
        let parts = self.names.parts();
        let main = parts.main(|| Part::of(&self.vocabulary, roles, &self.facets, 0, self.names.table()));
        let since = || Since::of(&self.vocabulary, roles, &self.facets, &self.names, main);
        let made;
        let mut there = parts.since(since);
        if !there.knows(self.facets.len()) {
            made = since();
            there = &made;
        }
        let index = Index { rules, main, since: there, names: &self.names, facets: &self.facets, bare };
        ask(Ladder { snapshot: self, index, roles })
    }
}

impl Ladder<'_> {
    /// Tries step after step.
    fn climb(self, text: &str, folded: &str, providers: Option<&[TermId]>) -> Resolution {
        let readings = self.readings(folded, providers);
        if readings.is_empty() {
            return Resolution::default();
        }
        if readings.iter().any(|asked| asked.read.broken) {
            return Resolution { candidates: self.candidates(folded, &readings), ..Resolution::default() };
        }
        let plain = "the same but for case, separators or what stands around it";
        let steps: [(fn(Ladder<'_>, &Asked<'_>) -> Step, How, f64, &'static str); 4] = [
            (|ladder, asked| ladder.folded(asked), How::Folded, FOLDED, plain),
            (|ladder, asked| ladder.reordered(asked), How::Folded, REORDERED, "the same words in another order"),
            (
                |ladder, asked| ladder.trained(asked),
                How::Folded,
                TRAINED,
                "the only one of that name, which says its role too",
            ),
            (|ladder, asked| ladder.dated(asked), How::Dated, DATED, "the same but for a date"),
        ];
        for (number, (step, how, score, reason)) in steps.into_iter().enumerate() {
            if number == 2
                && let Some(found) = self.tuned(text, providers)
            {
                return found;
            }
            for asked in &readings {
                match step(self, asked) {
                    Step::Row(row) => {
                        return Resolution {
                            row: Some(row),
                            how: Some(how),
                            score,
                            reason: Cow::Borrowed(reason),
                            ..Resolution::default()
                        };
                    }
                    Step::Several(rows) => return self.snapshot.several(rows),
                    Step::Nothing => {}
                }
            }
        }
        self.corrected(folded, providers)
            .unwrap_or_else(|| Resolution { candidates: self.candidates(folded, &readings), ..Resolution::default() })
    }

    /// Where the words of a folded text are that no name has, and what each is looked up as.
    fn unknown(self, folded: &str) -> Vec<(Range<usize>, String)> {
        let name = folded.rfind('/').map_or(0, |at| at + 1);
        let mut unknown = Vec::new();
        let mut at = 0;
        for segment in folded[..name].split_inclusive('/') {
            let word = segment.trim_end_matches('/').trim_matches(reading::EDGES);
            let start = at + segment.find(word).unwrap_or(0);
            let front = format!("/{word}");
            if !word.is_empty() && !self.index.knows(&front) {
                unknown.push((start..start + word.len(), front));
            }
            at += segment.len();
        }
        let words = tokens(&folded[name..]).into_iter().filter(|token| !token.number && !self.index.knows(token.text));
        unknown.extend(words.map(|token| (name + token.at..name + token.at + token.text.len(), token.text.to_owned())));
        unknown
    }

    /// The text with its unknown words read as slips of known ones, where that leads to one row alone.
    fn corrected(self, folded: &str, providers: Option<&[TermId]>) -> Option<Resolution> {
        let words = self.unknown(folded);
        if words.is_empty() || words.len() > MOST_SLIPS {
            return None;
        }
        let start = folded.rfind('/').map_or(0, |at| at + 1);
        let is_short = folded[start..].bytes().filter(u8::is_ascii_lowercase).count() < LEAST_LETTERS;
        let has_number = folded[start..].bytes().any(|byte| byte.is_ascii_digit());
        if is_short && !has_number && words.iter().any(|(place, _)| place.start >= start) {
            return None;
        }
        // What is a name without an unknown word may have that word for itself: `gpt-5-prod` is no misspelt `-pro`.
        let named_without = |place: &Range<usize>| {
            let without = format!("{}{}", folded[..place.start].trim_end_matches('-'), &folded[place.end..]);
            place.start >= start && self.certain(&without, providers, 1) != Step::Nothing
        };
        let mut texts = vec![(folded.to_owned(), String::new())];
        for (place, word) in words.iter().rev() {
            let may_be_more = named_without(place);
            // `:fre` is a kind of offering misspelt; `-tree` may be anything.
            let behind = folded[..place.start].ends_with(':');
            let mut meant = self.index.corrections(word, behind);
            if behind {
                meant.retain(|other| other.len() >= PLAIN_LETTERS || typo::is_swap(word, other));
            }
            if may_be_more {
                meant.retain(|other| other.len() >= SURE_LETTERS || typo::is_swap(word, other));
            }
            let corrected = texts.iter().flat_map(|(text, reason)| {
                meant.iter().map(move |other| {
                    let other = other.trim_start_matches('/');
                    let (before, behind) = (&text[..place.start], &text[place.end..]);
                    let and = if reason.is_empty() { "" } else { ", " };
                    (
                        format!("{before}{other}{behind}"),
                        format!("{:?} read as {other:?}{and}{reason}", &folded[place.clone()]),
                    )
                })
            });
            texts = corrected.take(MOST_CORRECTED + 1).collect();
            if texts.is_empty() || texts.len() > MOST_CORRECTED {
                return None;
            }
        }
        let mut found: Vec<(Row, f64, String)> = Vec::new();
        for (text, reason) in texts {
            match self.certain(&text, providers, 1) {
                Step::Row(row) => found.push((row, crate::similarity(folded, &text) * TYPO, reason)),
                Step::Several(_) => return None,
                Step::Nothing => {}
            }
        }
        let (row, score, reason) = found.pop()?;
        let alone = found.iter().all(|(other, ..)| *other == row);
        alone.then(|| Resolution {
            row: Some(row),
            how: Some(How::Typo),
            score,
            reason: Cow::Owned(reason),
            ..Resolution::default()
        })
    }

    /// What a text leads to by the steps that name the very model, in so many readings.
    fn certain(self, folded: &str, providers: Option<&[TermId]>, most: usize) -> Step {
        if let Some(row) = self.snapshot.as_it_stands(folded, providers).row {
            return Step::Row(row);
        }
        let mut readings = self.readings(folded, providers);
        readings.truncate(most);
        let folded = readings.iter().map(|asked| self.folded(asked));
        let reordered = readings.iter().map(|asked| self.reordered(asked));
        folded.chain(reordered).find(|step| *step != Step::Nothing).unwrap_or(Step::Nothing)
    }
}
