//! Tuned models and paths: a text that says which model is meant or was tuned, in a form of its own.

use std::borrow::Cow;

use super::fold::fold;
use super::ladder::{Ladder, Step};
use super::{How, INHERITED, Resolution, TUNED};
use crate::TermId;
use crate::tuned::Tuned;

impl Ladder<'_> {
    /// What a path leads to, or a tuned model is made from; nothing where the text is neither.
    pub(super) fn tuned(self, text: &str, providers: Option<&[TermId]>) -> Option<Resolution> {
        let markers = self.snapshot.vocabulary().names()?.markers.as_ref()?;
        let text = text.trim();
        if let Some(inner) = markers.resource(text) {
            return Some(self.inside(text, inner, providers));
        }
        let mut readings = markers.readings(text).peekable();
        let first = *readings.peek()?;
        let found = readings.filter_map(|tuned| self.made_from(text, &tuned, providers));
        // Of several bases that are known the longest: `llama3.1:8b` rather than `llama3.1`.
        let found = found.max_by_key(|(len, _)| *len).map(|(_, found)| found);
        Some(found.unwrap_or_else(|| match first.base {
            // Not certain: what the base might be.
            Some(base) => Resolution { candidates: self.near(base, providers), ..Resolution::default() },
            None => Resolution {
                reason: Cow::Borrowed("a tuned model that does not say what it was made from"),
                ..Resolution::default()
            },
        }))
    }

    /// Who serves it, by the words around a piece of a text.
    fn outside(self, text: &str, inner: &str, providers: Option<&[TermId]>) -> Option<Vec<TermId>> {
        if let Some(named) = providers {
            return Some(named.to_vec());
        }
        let before = &text[..text.find(inner)?];
        before.split(['/', ':']).find_map(|word| self.providers(&fold(word)?))
    }

    /// The model inside a path.
    fn inside(self, text: &str, inner: &str, providers: Option<&[TermId]>) -> Resolution {
        let named = self.outside(text, inner, providers);
        let found = self.snapshot.as_it_stands(inner, named.as_deref());
        if found.ambiguous {
            return found;
        }
        let stands = found.row.map(|row| (Step::Row(row), How::Folded, super::FOLDED));
        let (step, how, score) = stands.unwrap_or_else(|| self.family(inner, named.as_deref()));
        match step {
            Step::Row(row) => Resolution {
                row: Some(row),
                how: Some(how),
                score,
                reason: Cow::Owned(format!("{inner:?}, by the path that leads to it")),
                ..Resolution::default()
            },
            Step::Several(rows) => self.snapshot.several(rows),
            Step::Nothing => Resolution { candidates: self.near(inner, named.as_deref()), ..Resolution::default() },
        }
    }

    /// The listed tuned model of this base, else the base; with the length of the base.
    fn made_from(self, text: &str, tuned: &Tuned<'_>, providers: Option<&[TermId]>) -> Option<(usize, Resolution)> {
        let base = tuned.base?;
        let named = self.outside(text, base, providers);
        if named.is_none() && tuned.front.is_some() {
            // Whoever stands in front is unknown.
            return None;
        }
        let answer = |row, score, derived, reason| {
            let found = Resolution {
                row: Some(row),
                how: Some(How::FineTune),
                score,
                reason,
                derived,
                ..Resolution::default()
            };
            Some((base.len(), found))
        };
        if tuned.head != text {
            let listed = self.snapshot.as_it_stands(tuned.head, named.as_deref()).row;
            let listed = listed.map_or_else(
                || fold(tuned.head).map_or(Step::Nothing, |head| self.certain(&head, named.as_deref(), usize::MAX)),
                Step::Row,
            );
            // The base with its marker: what tunings of it cost is stated there.
            if let Step::Row(row) = listed
                && tuned.head.len() > base.len() + tuned.front.map_or(0, |front| front.len() + 1)
            {
                return answer(
                    row,
                    TUNED,
                    false,
                    Cow::Owned(format!("tuned from {base:?}, listed as {:?}", tuned.head)),
                );
            }
        }
        let standing = self.snapshot.as_it_stands(base, named.as_deref()).row;
        match standing.map_or_else(|| self.family(base, named.as_deref()).0, Step::Row) {
            Step::Row(row) => {
                answer(row, INHERITED, true, Cow::Owned(format!("tuned from {base:?}; what it costs is not known")))
            }
            _ => None,
        }
    }

    /// What a text leads to, the family of a dated name included.
    fn family(self, text: &str, providers: Option<&[TermId]>) -> (Step, How, f64) {
        let folded = fold(text).unwrap_or_default();
        match self.certain(&folded, providers, usize::MAX) {
            Step::Nothing => {
                let readings = self.readings(&folded, providers);
                let step = readings.iter().map(|asked| self.dated(asked)).find(|step| *step != Step::Nothing);
                (step.unwrap_or(Step::Nothing), How::Dated, super::DATED)
            }
            step => (step, How::Folded, super::FOLDED),
        }
    }

    fn near(self, text: &str, providers: Option<&[TermId]>) -> Vec<super::Candidate> {
        fold(text).map_or_else(Vec::new, |folded| self.candidates(&folded, &self.readings(&folded, providers)))
    }
}
