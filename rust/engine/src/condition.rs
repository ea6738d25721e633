//! Conditions: each is a set of rows.

use crate::number::Cell;
use crate::order::{Amount, CostOrder};
use crate::vocabulary::Mode;
use crate::{FacetId, MeasureId, TermId};

/// The end of a range: fixed, or given with each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Fixed(Cell),
    /// The place of the value among those given at the call.
    Slot(u16),
}

/// The end of a range of costs, in femtodollars: fixed, or given with each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Fixed(i128),
    /// The place of the value among the limits given at the call.
    Slot(u16),
}

/// A condition over terms and cells of one registry. Unknown matches no range; `Not` is the
/// complement, so unknown matches that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Rows with all, any or none of these terms. All and none of nothing is every row, any of
    /// nothing is no row.
    Terms(Mode, Vec<TermId>),
    /// Rows whose cell is known and within, both ends included.
    Range(MeasureId, Bound, Bound),
    /// Rows whose cost is known and within, both ends included.
    Cost(CostOrder, Limit, Limit),
    /// Rows whose cell is known.
    Stated(MeasureId),
    /// Rows with any term of this facet.
    Termed(FacetId),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

impl Condition {
    /// Whether the answer depends on what a request brings.
    pub(crate) fn has_slot(&self) -> bool {
        match self {
            Self::Range(_, low, high) => matches!(low, Bound::Slot(_)) || matches!(high, Bound::Slot(_)),
            Self::Cost(cost, low, high) => {
                cost.parts.iter().any(|(_, amount)| matches!(amount, Amount::Slot(_)))
                    || [low, high].into_iter().any(|limit| matches!(limit, Limit::Slot(_)))
            }
            Self::Terms(..) | Self::Stated(_) | Self::Termed(_) => false,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::has_slot),
            Self::Not(part) => part.has_slot(),
        }
    }

    /// Calls `facet` and `measure` with all that the answer depends on.
    pub(crate) fn reads(
        &self,
        term: &mut impl FnMut(TermId),
        facet: &mut impl FnMut(FacetId),
        measure: &mut impl FnMut(MeasureId),
    ) {
        match self {
            Self::Terms(_, terms) => terms.iter().copied().for_each(term),
            Self::Range(id, ..) | Self::Stated(id) => measure(*id),
            Self::Cost(cost, ..) => cost.parts.iter().for_each(|(id, _)| measure(*id)),
            Self::Termed(id) => facet(*id),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.reads(term, facet, measure)),
            Self::Not(part) => part.reads(term, facet, measure),
        }
    }
}
