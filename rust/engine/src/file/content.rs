//! What of a snapshot goes into its file, in the file's order.

use crate::facets::Facets;
use crate::snapshot::Snapshot;
use crate::{FacetId, MeasureId, Row, TermId};

/// The rows, terms and measures that are written, each in an order that follows from the content
/// and not from how it came to be.
#[derive(Debug)]
pub(super) struct Content {
    /// A copy that shares everything, so that a stream can outlive what it was made from.
    pub(super) snapshot: Snapshot,
    /// Row of the file -> row of the snapshot.
    pub(super) rows: Vec<Row>,
    /// The terms that a row has: declared ones first, then by facet and text.
    pub(super) terms: Vec<TermId>,
    /// How many of `terms` are declared.
    pub(super) declared: usize,
    /// Term -> its place in `terms`.
    places: Vec<u32>,
    /// The same for the terms of a view of its own, sorted.
    own: Vec<(TermId, u32)>,
    /// The measures that a row states: declared ones first, then by name.
    pub(super) measures: Vec<MeasureId>,
}

impl Content {
    /// All rows.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        Self::of_rows(snapshot, snapshot.live_rows().collect())
    }

    /// These rows, in this order.
    pub(super) fn of_rows(snapshot: &Snapshot, rows: Vec<Row>) -> Self {
        let facets = &snapshot.facets;
        let declared = Facets::new(&snapshot.vocabulary).terms().count() as TermId;
        let mut terms: Vec<(TermId, FacetId, &str)> = snapshot
            .terms()
            .filter(|(.., count)| *count > 0)
            .map(|(term, facet, text, _)| (term, facet, text))
            .collect();
        // The declared ones are the first of every snapshot, in the vocabulary's order.
        let new_terms = terms.partition_point(|(term, ..)| *term < declared);
        terms[new_terms..].sort_unstable_by_key(|(_, facet, text)| (*facet, *text));
        let terms: Vec<TermId> = terms.into_iter().map(|(term, ..)| term).collect();
        let (mut places, mut own) = (vec![0; facets.len()], Vec::new());
        for (place, term) in (0..).zip(&terms) {
            match places.get_mut(*term as usize) {
                Some(there) => *there = place,
                None => own.push((*term, place)),
            }
        }
        own.sort_unstable();

        let declared = snapshot.vocabulary.measures().len();
        let mut measures: Vec<(MeasureId, &str)> = snapshot
            .measures
            .iter()
            .filter(|(id, ..)| snapshot.states(*id))
            .map(|(id, spec, _)| (id, spec.name.as_str()))
            .collect();
        let new = measures.partition_point(|(id, _)| usize::from(*id) < declared);
        measures[new..].sort_unstable_by_key(|(_, name)| *name);
        let measures = measures.into_iter().map(|(id, _)| id).collect();

        Self { snapshot: snapshot.clone(), rows, terms, declared: new_terms, places, own, measures }
    }

    /// The places of a row's terms, ascending.
    pub(super) fn terms_of(&self, row: Row) -> Vec<u32> {
        let terms = self.snapshot.facets.terms_of(row).iter();
        let own = |term: &TermId| {
            let at = self.own.binary_search_by_key(term, |(term, _)| *term).ok()?;
            Some(self.own[at].1)
        };
        let mut places: Vec<u32> =
            terms.filter_map(|term| self.places.get(*term as usize).copied().or_else(|| own(term))).collect();
        places.sort_unstable();
        places
    }
}
