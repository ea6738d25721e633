//! Discounts: a share off prices, exact.

use crate::error::{Error, Result};
use crate::number::{Cell, UNKNOWN};
use crate::posting::Posting;
use crate::snapshot::Snapshot;
use crate::vocabulary::Kind;
use crate::{FacetId, MeasureId, Row, TermId};

/// What a discount of nothing keeps of a price.
pub const WHOLE: u32 = 1_000_000_000;

/// What is kept of every price in money of the rows with a term, or of all rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Discount {
    pub term: Option<TermId>,
    /// Billionths: at most [`WHOLE`].
    pub keep: u32,
}

/// The price after a discount, to the nearest femtodollar and of two equally near ones to the even.
///
/// ```
/// assert_eq!(modeldex_engine::discounted(150_000_000, 800_000_000), 120_000_000);
/// assert_eq!(modeldex_engine::discounted(5, 500_000_000), 2);
/// assert_eq!(modeldex_engine::discounted(7, 500_000_000), 4);
/// ```
#[must_use]
pub fn discounted(price: Cell, keep: u32) -> Cell {
    if price == UNKNOWN {
        return price;
    }
    let (whole, exact) = (i128::from(WHOLE), i128::from(price) * i128::from(keep));
    let (floor, rest) = (exact.div_euclid(whole), exact.rem_euclid(whole));
    let up = rest * 2 > whole || (rest * 2 == whole && floor % 2 != 0);
    // No more than the price, since no more than all of it is kept.
    Cell::try_from(floor + i128::from(up)).unwrap_or(price)
}

/// The measures of money that rows state.
pub(crate) fn priced(snapshot: &Snapshot) -> Vec<MeasureId> {
    let money = snapshot.measures.iter().filter(|(_, spec, known)| spec.kind == Kind::Money && *known > 0);
    money.map(|(measure, ..)| measure).collect()
}

/// Which rows keep what; of several discounts on a row the largest counts.
pub(crate) fn rows(snapshot: &Snapshot, discounts: &[Discount]) -> Result<Vec<(Row, u32)>> {
    let mut rows: Vec<(Row, u32)> = Vec::new();
    for Discount { term, keep } in discounts {
        if *keep > WHOLE {
            return Err(Error::InvalidNumber { measure: "discount".into(), why: "it is more than the price" });
        }
        match term {
            None => rows.extend(snapshot.live.iter().map(|row| (row, *keep))),
            Some(term) => {
                let posting = snapshot.facets.posting(*term).into_iter();
                rows.extend(posting.flat_map(Posting::iter).map(|row| (row, *keep)));
            }
        }
    }
    rows.sort_unstable();
    rows.dedup_by_key(|(row, _)| *row);
    Ok(rows)
}

/// The facets that say which rows are discounted.
pub(crate) fn facets(snapshot: &Snapshot, discounts: &[Discount]) -> Vec<FacetId> {
    discounts.iter().filter_map(|discount| snapshot.facets.facet(discount.term?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Against the definition: no whole number is nearer, and of two the even one is taken.
        #[test]
        fn is_the_nearest(price in 0..=Cell::MAX, keep in 0..=WHOLE) {
            let (made, whole) = (i128::from(discounted(price, keep)), i128::from(WHOLE));
            let exact = i128::from(price) * i128::from(keep);
            let off = (made * whole - exact).abs();
            prop_assert!(off * 2 <= whole && made <= i128::from(price));
            prop_assert!(off * 2 < whole || made % 2 == 0);
        }
    }

    #[test]
    fn unknown_stays_unknown() {
        assert_eq!(discounted(UNKNOWN, 0), UNKNOWN);
        assert_eq!(discounted(Cell::MAX, WHOLE), Cell::MAX);
        assert_eq!(discounted(Cell::MAX, 0), 0);
    }
}
