//! The first row by several keys: by the first of them, and by the others where that one is equal.

use super::best::{GaveUp, Place, WALK_COST, rows_of};
use super::{Query, count_of, is_set, rank};
use crate::Row;
use crate::evaluate::View;
use crate::order::Key;
use crate::posting::Tile;

impl Query {
    pub(super) fn best_by_several(&self, view: View<'_>, first: &Key, others: &[Key]) -> Option<Row> {
        self.with_terms(view, |masks| {
            let steps = count_of(masks) as usize * WALK_COST;
            let found = match first {
                Key::Measure { measure, descending } => {
                    self.walk_by_several(view, (*measure, *descending), others, masks, steps)
                }
                Key::Cost(cost) => self.walk_by_cost(view, cost, others, masks, steps),
                Key::Weighted(_) => Err(GaveUp),
            };
            found.unwrap_or_else(|GaveUp| self.least_by_several(view, first, others, masks)).map(|(_, row)| row)
        })
    }

    /// Walks the rows in the order of the measure: the first that fits, or one of its equals.
    fn walk_by_several(
        &self,
        view: View<'_>,
        (measure, descending): (u16, bool),
        others: &[Key],
        masks: &[Tile],
        steps: usize,
    ) -> Result<Option<Place>, GaveUp> {
        let Some(column) = view.snapshot.measures.column(measure) else { return Ok(None) };
        let mut best: Option<Place> = None;
        for (step, row) in column.walk(descending).enumerate() {
            if step == steps {
                return Err(GaveUp);
            }
            if !is_set(masks, row) {
                continue;
            }
            let cell = i128::from(column.get(row));
            if best.is_some_and(|(equal, _)| cell != equal) {
                return Ok(best);
            }
            if best.is_none_or(|(_, leader)| self.precedes(view, others, row, leader)) && self.fits(view, others, row) {
                best = Some((cell, row));
            }
        }
        Ok(best)
    }

    /// Looks at all rows of the masks; what the other keys say is asked of equals only.
    fn least_by_several(&self, view: View<'_>, first: &Key, others: &[Key], masks: &[Tile]) -> Option<Place> {
        let mut best: Option<Place> = None;
        for row in rows_of(masks) {
            let Some(rank) = first.rank(&view.snapshot.measures, row, view.values.amounts) else { continue };
            let before = |(least, leader)| rank < least || (rank == least && self.precedes(view, others, row, leader));
            if best.is_none_or(before) && self.fits(view, others, row) {
                best = Some((rank, row));
            }
        }
        best
    }

    /// Whether a row with the right terms meets the rest, and all of the other keys are known.
    pub(super) fn fits(&self, view: View<'_>, others: &[Key], row: Row) -> bool {
        let known = |key: &Key| key.rank(&view.snapshot.measures, row, view.values.amounts).is_some();
        self.meets_rest(view, row) && others.iter().all(known)
    }

    /// Whether a row comes before another that is equal by the first key, and of which all are known.
    pub(super) fn precedes(&self, view: View<'_>, others: &[Key], row: Row, other: Row) -> bool {
        if others.is_empty() {
            return row < other;
        }
        let mut order = std::cmp::Ordering::Equal;
        for key in others {
            order = order.then_with(|| rank(view, key, row).cmp(&rank(view, key, other)));
        }
        let preference = |row| self.preference(view.snapshot, row);
        order.then_with(|| preference(row).cmp(&preference(other))).then(row.cmp(&other)).is_lt()
    }
}
