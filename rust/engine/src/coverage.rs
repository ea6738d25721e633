//! How many rows state each facet and each measure.

use crate::snapshot::Snapshot;
use crate::{FacetId, MeasureId};

/// For each facet and each measure, in their order, how many rows state it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    pub facets: Vec<(FacetId, u32)>,
    pub measures: Vec<(MeasureId, u32)>,
}

impl Snapshot {
    /// How many rows have any term of each facet, and a number of each measure. Looks at the terms of
    /// every row.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let of: Vec<FacetId> = self.facets.terms().map(|(_, facet, ..)| facet).collect();
        let mut counts = vec![0; self.vocabulary.facets().len()];
        // The last row that was counted for each facet, so that a row with several terms counts once.
        let mut last = vec![None; counts.len()];
        for row in self.live_rows() {
            for term in self.facets.terms_of(row) {
                // A view's own terms are not numbered from 0.
                let Some(facet) = of.get(*term as usize).copied().or_else(|| self.facets.facet(*term)) else {
                    continue;
                };
                let facet = usize::from(facet);
                counts[facet] += u32::from(last[facet] != Some(row));
                last[facet] = Some(row);
            }
        }
        Coverage {
            facets: (0..).zip(counts).collect(),
            measures: self.measures.iter().map(|(measure, ..)| (measure, self.known(measure))).collect(),
        }
    }
}
