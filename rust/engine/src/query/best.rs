//! The first row in order, without putting all of them in order.

use super::{Query, STACK_TILES, Values, count_of, is_set};
use crate::column::Column;
use crate::evaluate::View;
use crate::number::Cell;
use crate::order::{CostOrder, Key};
use crate::posting::{TILE_WORDS, Tile, bits};
use crate::snapshot::Snapshot;
use crate::{MeasureId, Row};

/// Rows that are asked one by one before the bitmaps of all of them are combined.
const FIRST_ROWS: usize = 32;
/// A walk in order that has passed this many rows for each row with the right terms gives up: by
/// then it costs less to look at those.
pub(super) const WALK_COST: usize = 4;
/// Where fewer rows than this are left, all of them are looked at.
const FEW: usize = 64;

/// A walk that took too long.
pub(super) struct GaveUp;

/// Where a row comes: a smaller rank first, then the one registered first.
pub(super) type Place = (i128, Row);

impl Query {
    /// The first row in order whose keys are all known, nothing where there is none. Distinct and
    /// limit do not matter.
    #[must_use]
    pub fn best(&self, snapshot: &Snapshot, values: Values<'_>) -> Option<Row> {
        let view = View { snapshot, values };
        match self.keys.as_slice() {
            [] if self.prefers.is_empty() => self.first(view),
            [] => self.with_terms(view, |masks| {
                self.preferred(view, masks, |_| true).or_else(|| rows_of(masks).find(|row| self.meets_rest(view, *row)))
            }),
            [Key::Measure { measure, descending }] => self.best_by_measure(view, *measure, *descending),
            [Key::Cost(cost)] => self.best_by_cost(view, cost),
            [key @ Key::Weighted(_)] => self.with_terms(view, |masks| {
                let (least, first) = self.least(view, key, masks)?;
                let rank = |row| key.rank(&snapshot.measures, row, values.amounts);
                self.preferred(view, masks, |row| rank(row) == Some(least)).or(Some(first))
            }),
            [first, others @ ..] => self.best_by_several(view, first, others),
        }
    }

    fn first(&self, view: View<'_>) -> Option<Row> {
        let mut found = None;
        self.each_block(view, |first, masks| {
            found = rows_of(masks).next().map(|row| first + row);
            found.is_none()
        });
        found
    }

    /// Walks the rows in the order of the measure: the first that fits is the best but for
    /// preference.
    fn best_by_measure(&self, view: View<'_>, measure: MeasureId, descending: bool) -> Option<Row> {
        let column = view.snapshot.measures.column(measure)?;
        // Where the bitmaps are small, combining them costs as much as asking a few rows.
        let ask = if view.snapshot.tiles() as usize <= STACK_TILES { FIRST_ROWS / 8 } else { FIRST_ROWS };
        let mut walk = column.walk(descending);
        let quick = |row: &Row| self.meets(view, *row) && !view.values.excludes(*row);
        let first = walk.by_ref().take(ask).find(quick);
        if let Some(first) = first.filter(|_| self.prefers.is_empty()) {
            return Some(first);
        }
        self.with_terms(view, |masks| {
            let first = match first {
                Some(first) => first,
                None => {
                    let count = count_of(masks) as usize;
                    let steps = if count < FEW { 0 } else { count * WALK_COST };
                    let fits = |row: &Row| is_set(masks, *row) && self.meets_rest(view, *row);
                    let found = match walk.upward() {
                        Some(blocks) => first_of(blocks, steps, fits),
                        None => walk.by_ref().take(steps).find(fits),
                    };
                    match found {
                        Some(row) => row,
                        None => self.least(view, &Key::Measure { measure, descending }, masks)?.1,
                    }
                }
            };
            let cell = column.get(first);
            self.preferred(view, masks, |row| column.get(row) == cell).or(Some(first))
        })
    }

    /// Walks the rows in the order of one price, and stops where a row cannot cost less than the
    /// best so far (the threshold algorithm of Fagin, Lotem and Naor, 2003, on one list).
    fn best_by_cost(&self, view: View<'_>, cost: &CostOrder) -> Option<Row> {
        let (measures, amounts) = (&view.snapshot.measures, view.values.amounts);
        self.with_terms(view, |masks| {
            let count = count_of(masks) as usize;
            let steps = if count < FEW { 0 } else { count * WALK_COST };
            let (least, first) = match self.walk_by_cost(view, cost, &[], masks, steps) {
                Ok(found) => found?,
                Err(GaveUp) => self.least(view, &Key::Cost(cost.clone()), masks)?,
            };
            self.preferred(view, masks, |row| cost.cost(measures, row, amounts) == Some(least)).or(Some(first))
        })
    }

    /// The row of least cost, the first by the other keys among equals, if it takes no more than
    /// `steps` rows to know it.
    pub(super) fn walk_by_cost(
        &self,
        view: View<'_>,
        cost: &CostOrder,
        others: &[Key],
        masks: &[Tile],
        steps: usize,
    ) -> Result<Option<Place>, GaveUp> {
        let (measures, amounts) = (&view.snapshot.measures, view.values.amounts);
        let paid = cost.parts.iter().map(|(measure, amount)| (*measure, amount.value(amounts)));
        let mut paid =
            paid.filter(|(_, amount)| *amount > 0).map(|(measure, amount)| (measures.column(measure), amount));
        let Some((column, amount)) = paid.next().filter(|_| steps > 0) else { return Err(GaveUp) };
        // Unknown everywhere, so that no row has a known cost.
        let Some(column) = column else { return Ok(None) };
        // What the other parts cost at least, each in its place: a sum that saturates depends on that.
        let rest: Option<Vec<i128>> = paid.map(|(column, amount)| Some(product(least_of(column?)?, amount))).collect();
        let Some(rest) = rest else { return Ok(None) };
        let mut best: Option<Place> = None;
        let mut left = steps;
        for rows in column.sorted().blocks() {
            for row in rows {
                if left == 0 {
                    return Err(GaveUp);
                }
                left -= 1;
                // Asked first: it costs least, and most rows fail it. The next that does not ends the walk.
                if !is_set(masks, *row) {
                    continue;
                }
                if let Some((least, _)) = best {
                    let lead = product(column.get(*row), amount);
                    if rest.iter().fold(lead, |sum, other| sum.saturating_add(*other)) > least {
                        return Ok(best);
                    }
                }
                let before = |total, (least, leader)| {
                    total < least || (total == least && self.precedes(view, others, *row, leader))
                };
                if let Some(total) = cost.cost(measures, *row, amounts)
                    && best.is_none_or(|best| before(total, best))
                    && self.fits(view, others, *row)
                {
                    best = Some((total, *row));
                }
            }
        }
        Ok(best)
    }

    /// The first in order of all rows of the masks that meet the rest: each is looked at.
    fn least(&self, view: View<'_>, key: &Key, masks: &[Tile]) -> Option<Place> {
        let mut best: Option<Place> = None;
        for row in rows_of(masks) {
            // Rows come in order, so that a later one must be less.
            if let Some(rank) = key.rank(&view.snapshot.measures, row, view.values.amounts)
                && best.is_none_or(|(least, _)| rank < least)
                && self.meets_rest(view, row)
            {
                best = Some((rank, row));
            }
        }
        best
    }

    /// The first of the most preferred among the rows of the masks that are `equal` and meet the
    /// rest.
    fn preferred(&self, view: View<'_>, masks: &[Tile], equal: impl Fn(Row) -> bool) -> Option<Row> {
        let postings = self.prefers.iter().filter_map(|term| view.snapshot.facets.posting(*term));
        postings.into_iter().find_map(|posting| {
            (0..).zip(masks).find_map(|(tile, mask)| {
                let mut mask = *mask;
                posting.part(tile).keep(std::slice::from_mut(&mut mask));
                let first = tile * crate::posting::TILE_ROWS;
                let mut rows = rows_of(std::slice::from_ref(&mask)).map(|row| first + row);
                rows.find(|row| equal(*row) && self.meets_rest(view, *row))
            })
        })
    }
}

/// The first of so many rows that fits.
fn first_of<'a>(blocks: impl Iterator<Item = &'a [Row]>, most: usize, fits: impl Fn(&Row) -> bool) -> Option<Row> {
    let mut left = most;
    for rows in blocks {
        let rows = &rows[..rows.len().min(left)];
        if let Some(row) = rows.iter().find(|row| fits(row)) {
            return Some(*row);
        }
        left -= rows.len();
        if left == 0 {
            return None;
        }
    }
    None
}

fn product(price: Cell, amount: u64) -> i128 {
    i128::from(price) * i128::from(amount)
}

/// The least known cell.
fn least_of(column: &Column) -> Option<Cell> {
    column.sorted().first().map(|row| column.get(*row))
}

pub(super) fn rows_of(masks: &[Tile]) -> impl Iterator<Item = Row> {
    const { assert!(TILE_WORDS * 64 == crate::posting::TILE_ROWS as usize) };
    let words = masks.as_flattened().iter().enumerate();
    words.flat_map(|(at, word)| bits(*word).map(move |bit| at as Row * 64 + bit))
}
