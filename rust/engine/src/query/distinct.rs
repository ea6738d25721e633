//! The first row of each term, without putting all rows in order.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use foldhash::fast::RandomState;

use super::best::rows_of;
use super::{Query, rank};
use crate::evaluate::View;
use crate::{FacetId, Row, TermId};

impl Query {
    /// For each term of the facet the row that comes first of those that have it, and all rows without
    /// one, as they were registered.
    pub(super) fn leaders(&self, view: View<'_>, facet: FacetId) -> Vec<Row> {
        let mut alone = Vec::new();
        let mut leaders: HashMap<TermId, (i128, Row), RandomState> = HashMap::default();
        self.each_block(view, |base, masks| {
            for row in rows_of(masks).map(|row| base + row) {
                let Some(term) = view.snapshot.facets.terms_in(row, facet).next() else {
                    alone.push(row);
                    continue;
                };
                let rank = self.keys.first().map_or(0, |key| rank(view, key, row));
                match leaders.entry(term) {
                    Entry::Vacant(place) => {
                        place.insert((rank, row));
                    }
                    Entry::Occupied(mut place) => {
                        let (least, leader) = *place.get();
                        if rank < least || (rank == least && self.leads(view, row, leader)) {
                            place.insert((rank, row));
                        }
                    }
                }
            }
            true
        });
        alone.extend(leaders.into_values().map(|(_, row)| row));
        alone.sort_unstable();
        alone
    }

    /// Whether a row comes before one that was registered before it and is equal by the first key.
    fn leads(&self, view: View<'_>, row: Row, leader: Row) -> bool {
        for key in self.keys.iter().skip(1) {
            let (own, other) = (rank(view, key, row), rank(view, key, leader));
            if own != other {
                return own < other;
            }
        }
        self.preference(view.snapshot, row) < self.preference(view.snapshot, leader)
    }
}
