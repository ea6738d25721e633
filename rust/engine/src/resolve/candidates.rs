//! What a text might have meant, where nothing is certain.

use std::borrow::Cow;

use super::Candidate;
use super::fold::key;
use super::index::{By, Of, words_key};
use super::ladder::{Asked, Ladder};
use crate::Row;

/// The scores of what a candidate has in common with the text. They order candidates and nothing else.
pub(super) const SAME: f64 = 0.9;
const REORDERED: f64 = 0.85;
const DATED: f64 = 0.8;
const TRAINED: f64 = 0.75;
/// No candidate that is only spelt alike comes before those.
const ALIKE: f64 = 0.7;
const MOST: usize = 10;
/// At most so many names under a key are looked at.
const LOOKED_AT: usize = 1_000;

impl Ladder<'_> {
    /// The likeliest rows, best first, ties by id.
    pub(super) fn candidates(self, folded: &str, readings: &[Asked<'_>]) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = Vec::new();
        for asked in readings {
            let core = key(&asked.read.core);
            self.like(&mut found, By::Core, &core, asked, SAME, "has that name");
            if let Some(words) = words_key(&asked.read) {
                self.like(&mut found, By::Words, &words, asked, REORDERED, "has these words in another order");
            }
            let undated = key(asked.read.undated());
            if undated != core {
                self.like(&mut found, By::Core, &undated, asked, DATED, "is of that family");
            }
            self.like(&mut found, By::Undated, &undated, asked, DATED, "has that name with a date");
            self.like(&mut found, By::Roleless, &core, asked, TRAINED, "has that name and a role");
        }
        for (score, id) in self.snapshot.suggest(folded, MOST) {
            if let Ok(row) = self.snapshot.row(id) {
                push(
                    &mut found,
                    Candidate {
                        row,
                        name: id.to_owned(),
                        score: score * ALIKE,
                        reason: Cow::Borrowed("is spelt alike"),
                    },
                );
            }
        }
        let id = |candidate: &Candidate| self.snapshot.names().id(candidate.row);
        found.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| id(one).cmp(&id(other))));
        found.truncate(MOST);
        found
    }

    fn like(self, found: &mut Vec<Candidate>, by: By, wanted: &str, asked: &Asked<'_>, score: f64, what: &str) {
        for entry in self.index.find(by, wanted).take(LOOKED_AT) {
            let rows: Vec<Row> = match entry.of {
                Of::Row(row) => vec![row],
                Of::Bare(term) => {
                    let text = self.snapshot.facets().text(term);
                    // The one that the bare name means, else all.
                    self.snapshot
                        .lookup(text)
                        .row()
                        .map_or_else(|| self.snapshot.bare_candidates(text), |row| vec![row])
                }
            };
            for row in rows.into_iter().filter(|row| self.is_live(*row)) {
                let Some(id) = self.snapshot.names().id(row) else { continue };
                let asked_for = asked.providers.as_ref().is_none_or(|providers| self.is_served_by(row, providers));
                let home = matches!(entry.of, Of::Bare(_));
                // Whoever was asked for comes first, then the maker's own.
                let score = score - if asked_for { 0.0 } else { 0.02 } - if home { 0.0 } else { 0.01 };
                let reason = if asked_for { what.to_owned() } else { format!("{what}, from another provider") };
                push(found, Candidate { row, name: id.to_owned(), score, reason: Cow::Owned(reason) });
            }
        }
    }
}

/// Each row once, with its best score.
fn push(found: &mut Vec<Candidate>, candidate: Candidate) {
    match found.iter_mut().find(|there| there.row == candidate.row) {
        Some(there) if there.score >= candidate.score => {}
        Some(there) => *there = candidate,
        None => found.push(candidate),
    }
}
