//! What of a snapshot is visible: all of it, or what a view shows.
//!
//! A view keeps the names, terms and cells of the rows that it does not show, since it shares them
//! with the registry that it is of. Its live rows are the visible ones; whatever counts or lists
//! goes through here and takes no others into account.

use std::sync::{Arc, OnceLock};

use crate::column::Column;
use crate::document::Documents;
use crate::facets::Facets;
use crate::measures::Measures;
use crate::names::{Lookup, Names};
use crate::posting::Posting;
use crate::snapshot::Snapshot;
use crate::{FacetId, MeasureId, Row, TermId, edit};

/// What only the snapshot of a view has.
#[derive(Debug, Default)]
pub(crate) struct Derived {
    /// The columns after the discounts and before any other change of the view.
    pub(crate) discounted: Vec<(MeasureId, Arc<Column>)>,
    pub(crate) fingerprint: OnceLock<u128>,
}

impl Snapshot {
    /// A snapshot of the same words without a row: what a view shows before it is looked at.
    #[must_use]
    pub fn blank(&self) -> Self {
        let (bare, version) = (self.bare, self.version);
        Self {
            vocabulary: self.vocabulary.clone(),
            names: Names::default(),
            facets: Facets::default(),
            measures: Measures::default(),
            documents: Documents::default(),
            live: Posting::default(),
            rows: 0,
            version,
            rows_version: version,
            fingerprint: 0,
            bare,
            derived: None,
        }
    }

    /// Every id with its row, in the order of rows.
    pub fn ids(&self) -> impl Iterator<Item = (Row, &str)> {
        let every = self.derived.is_none();
        self.names.ids().filter(move |(row, _)| every || self.is_live(*row))
    }

    /// Every term of every facet, with how many rows have it. Cost: for a view a pass over the rows of
    /// each.
    pub fn terms(&self) -> impl Iterator<Item = (TermId, FacetId, &str, u32)> {
        self.facets.terms().map(|(term, facet, text, all)| {
            let count = if self.derived.is_none() || all == 0 { all } else { self.count_of(term) };
            (term, facet, text, count)
        })
    }

    /// How many rows have this term.
    #[must_use]
    pub fn count_of(&self, term: TermId) -> u32 {
        match (&self.derived, self.facets.posting(term)) {
            (None, _) => self.facets.count(term),
            (Some(_), Some(rows)) => rows.count_both(&self.live),
            (Some(_), None) => 0,
        }
    }

    /// How many rows state this measure. Cost: for a view a pass over its rows.
    #[must_use]
    pub fn known(&self, measure: MeasureId) -> u32 {
        match &self.derived {
            None => self.measures.known(measure),
            Some(_) => self.stating(measure).count() as u32,
        }
    }

    /// Whether any row states this measure.
    #[must_use]
    pub fn states(&self, measure: MeasureId) -> bool {
        match &self.derived {
            None => self.measures.known(measure) > 0,
            Some(_) => self.stating(measure).next().is_some(),
        }
    }

    fn stating(&self, measure: MeasureId) -> impl Iterator<Item = Row> {
        let rows = (self.measures.known(measure) > 0).then(|| self.live.iter());
        rows.into_iter().flatten().filter(move |row| self.measures.number(*row, measure).is_some())
    }

    /// As `lookup` where some rows are not shown: a text that leads to one of those without the view
    /// leads to no other with it.
    pub(crate) fn lookup_visible(&self, text: &str) -> Lookup {
        let hidden = match self.names.get(text) {
            Lookup::Missing => false,
            found => match found.row() {
                Some(row) if self.is_live(row) => return found,
                _ => true,
            },
        };
        let Some((_, preferred)) = self.bare else { return Lookup::Missing };
        let preferred = self.facets.posting(preferred);
        let is_home = |row: &Row| preferred.is_some_and(|rows| rows.contains(*row));
        let (shown, others): (Vec<Row>, Vec<Row>) =
            self.rows_of_bare(text).into_iter().partition(|row| self.is_live(*row));
        let mut home = shown.iter().copied().filter(is_home);
        match (shown.as_slice(), home.next(), home.next()) {
            ([], ..) => Lookup::Missing,
            _ if hidden || others.iter().any(is_home) => Lookup::Ambiguous(shown.len() as u32),
            (_, Some(row), None) => Lookup::Bare(row),
            ([row], None, _) => Lookup::Bare(*row),
            _ => Lookup::Ambiguous(shown.len() as u32),
        }
    }

    /// A sum of hashes of all documents: equal content, equal fingerprint, whatever the order.
    ///
    /// Cost: of a view every document is read, once; one that cannot be read counts for nothing.
    #[must_use]
    pub fn fingerprint(&self) -> u128 {
        let Some(derived) = &self.derived else { return self.fingerprint };
        let sum = || {
            let documents = self.live.iter().filter_map(|row| self.documents.read(row).ok());
            documents.fold(0_u128, |sum, document| sum.wrapping_add(edit::hash(&document)))
        };
        *derived.fingerprint.get_or_init(sum)
    }
}
