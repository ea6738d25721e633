//! What a text might have meant, where nothing is certain.

use std::borrow::Cow;

use super::Candidate;
use super::fold::{key, unordered_key};
use super::index::{By, Of, words_key};
use super::ladder::{Asked, Ladder};
use crate::{Row, TermId};

/// The scores of what a candidate has in common with the text. They order candidates and nothing else.
pub(super) const SAME: f64 = 0.9;
const REORDERED: f64 = 0.85;
const DATED: f64 = 0.8;
const TRAINED: f64 = 0.75;
const TAGGED: f64 = 0.72;
/// No candidate that is only spelt alike comes before those.
const ALIKE: f64 = 0.7;
const MOST: usize = 10;
const ALIKE_MOST: usize = 24;
/// At most so many names under a key are looked at.
const LOOKED_AT: usize = 1_000;

impl Ladder<'_> {
    /// The likeliest rows, best first, ties by id.
    pub(super) fn candidates(self, folded: &str, readings: &[Asked<'_>]) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = Vec::new();
        // What is said in brackets at the end is a remark.
        let (plain, _) = folded.split_once('(').unwrap_or((folded, ""));
        let remarked = if plain == folded { Vec::new() } else { self.readings(plain, None) };
        for asked in readings.iter().chain(&remarked) {
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
            if let Some(words) = unordered_key(asked.read.undated()).filter(|_| undated != core) {
                self.like(&mut found, By::Words, &format!("{words}|"), asked, DATED, "is of that family");
            }
            if let [rest @ .., last] = asked.read.core.as_slice()
                && last.apart
                && self.index.rules.meaning(last.text).tag
            {
                self.like(&mut found, By::Core, &key(rest), asked, TAGGED, "has that name without the last word");
            }
            self.like(&mut found, By::Roleless, &core, asked, TRAINED, "has that name and a role");
        }
        let alike = self.snapshot.suggest(folded, ALIKE_MOST);
        // Where more are as like as the last one, the order of registration would choose among them.
        let last = alike.last().filter(|_| alike.len() == ALIKE_MOST).map_or(0.0, |(score, _)| *score);
        for (score, id) in alike.iter().filter(|(score, _)| *score > last) {
            if let Ok(row) = self.snapshot.row(id) {
                let name = (*id).to_owned();
                push(
                    &mut found,
                    Candidate { row, name, score: score * ALIKE, reason: Cow::Borrowed("is spelt alike") },
                );
            }
        }
        let id = |candidate: &Candidate| self.snapshot.names().id(candidate.row);
        found.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| id(one).cmp(&id(other))));
        found.truncate(MOST);
        found
    }

    /// Adds the rows of the names under a key, and what else was asked for serves of the same bases.
    fn like(self, found: &mut Vec<Candidate>, by: By, wanted: &str, asked: &Asked<'_>, score: f64, what: &str) {
        let mut bases: Vec<TermId> = Vec::new();
        for entry in self.index.find(by, wanted).filter(|entry| self.is_there(entry)).take(LOOKED_AT) {
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
            // The maker's own before others.
            let home = matches!(entry.of, Of::Bare(_));
            for row in rows.into_iter().filter(|row| self.is_live(*row)) {
                bases.extend(self.base(row).filter(|base| !bases.contains(base)));
                self.add(found, row, asked, score - if home { 0.0 } else { 0.01 }, what);
            }
        }
        let Some(providers) = &asked.providers else { return };
        for base in bases {
            let rows = self.snapshot.bare_candidates(self.snapshot.facets().text(base));
            for row in rows.into_iter().filter(|row| self.is_served_by(*row, providers)) {
                self.add(found, row, asked, score - 0.01, "is that model under another name");
            }
        }
    }

    fn add(self, found: &mut Vec<Candidate>, row: Row, asked: &Asked<'_>, score: f64, what: &str) {
        let Some(id) = self.snapshot.names().id(row) else { return };
        // Whoever was asked for comes first.
        let (score, reason) = match &asked.providers {
            Some(providers) if !self.is_served_by(row, providers) => {
                (score - 0.05, Cow::Owned(format!("{what}, from another provider")))
            }
            _ => (score, Cow::Owned(what.to_owned())),
        };
        push(found, Candidate { row, name: id.to_owned(), score, reason });
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
