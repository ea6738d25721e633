//! Order, distinct and limit for rows that were selected already.

use std::collections::HashSet;

use crate::Row;
use crate::query::Query;
use crate::snapshot::Snapshot;

impl Query {
    /// These rows in the order of the keys if there are any, else as they are; then distinct and limit.
    #[must_use]
    pub fn arrange(&self, snapshot: &Snapshot, rows: Vec<Row>) -> Vec<Row> {
        let plain = self.keys.is_empty() && self.prefers.is_empty();
        let top = if self.distinct.is_none() { self.limit.unwrap_or(usize::MAX) } else { usize::MAX };
        let rows = if plain { rows } else { self.first_of(snapshot, rows, top) };
        self.cut(snapshot, rows)
    }

    /// Whether this row has a value for every key, as the best must.
    #[must_use]
    pub fn keys_known(&self, snapshot: &Snapshot, row: Row) -> bool {
        self.keys.iter().all(|key| key.rank(&snapshot.measures, row, &[]).is_some())
    }

    /// Distinct and limit.
    pub(crate) fn cut(&self, snapshot: &Snapshot, mut rows: Vec<Row>) -> Vec<Row> {
        if let Some(facet) = self.distinct {
            let mut seen = HashSet::new();
            rows.retain(|row| snapshot.facets.terms_in(*row, facet).next().is_none_or(|term| seen.insert(term)));
        }
        rows.truncate(self.limit.unwrap_or(usize::MAX));
        rows
    }
}
