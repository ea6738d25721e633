//! What can be found out once for all requests of a batch.

use std::sync::OnceLock;

use super::requests::Requests;
use super::table::{Candidates, MOST_WIDTH, Table};
use crate::condition::{Bound, Condition};
use crate::evaluate::View;
use crate::number::{Cell, Number, Side, UNKNOWN};
use crate::order::{Amount, CostOrder, Key};
use crate::query::{Query, Values};
use crate::snapshot::Snapshot;
use crate::vocabulary::Kind;
use crate::{MeasureId, Row};

/// Parts of a cost; there is a table for each set of them that is paid for.
const MOST_PARTS: usize = 3;
/// A batch of fewer requests for each row, or fewer altogether, is answered one by one.
const ROWS_A_REQUEST: usize = 64;
const FEWEST: usize = 32;

/// A limit that requests bring: a row fits where its number, turned where larger is needed, is at most theirs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dimension {
    pub(super) slot: usize,
    /// Whether large numbers fit, so that both are turned.
    pub(super) turned: bool,
    /// Whether an equal number does not fit.
    pub(super) strict: bool,
    measure: MeasureId,
    kind: Kind,
}

/// The rows that meet all that is the same for every request, and how they are told apart.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    snapshot: &'a Snapshot,
    rows: Vec<Row>,
    limits: Vec<f64>,
    pub(super) dimensions: Vec<Dimension>,
    cost: Option<&'a CostOrder>,
    /// Where the order is by a cost, for each set of its parts that is paid for; else the first.
    tables: [OnceLock<Option<Table>>; 1 << MOST_PARTS],
}

impl<'a> Plan<'a> {
    /// Nothing where the query is of another form, or the requests are too few for it.
    pub(super) fn of(query: &Query, order: &'a [Key], snapshot: &'a Snapshot, requests: &Requests<'_>) -> Option<Self> {
        if requests.len < FEWEST || requests.len * ROWS_A_REQUEST < snapshot.rows() as usize {
            return None;
        }
        let cost = match order {
            [Key::Cost(cost)] if !is_fixed(&order[0]) && cost.parts.len() <= MOST_PARTS => Some(cost),
            keys if keys.iter().all(is_fixed) => None,
            _ => return None,
        };
        let mut fixed = Query { rest: Vec::new(), limit: None, distinct: None, ..query.clone() };
        let mut dimensions = Vec::new();
        for condition in &query.rest {
            match condition {
                Condition::Range(measure, low, high) => {
                    let kind = snapshot.measures.spec(*measure)?.kind;
                    let mut end = |bound: Bound, open: Cell, turned: bool| {
                        let Bound::Slot(slot) = bound else { return Some(bound) };
                        let slot = usize::from(slot);
                        let side = requests.limits.get(slot)?.side;
                        // A value of another kind than its end would be rounded the other way.
                        if turned != matches!(side, Side::AtLeast | Side::Above) || requests.limits[slot].kind != kind {
                            return None;
                        }
                        let strict = matches!(side, Side::Above | Side::Below);
                        dimensions.push(Dimension { slot, turned, strict, measure: *measure, kind });
                        Some(Bound::Fixed(open))
                    };
                    let (low, high) = (end(*low, UNKNOWN + 1, true)?, end(*high, Cell::MAX, false)?);
                    fixed.rest.push(Condition::Range(*measure, low, high));
                }
                other if other.has_slot() => return None,
                other => fixed.rest.push(other.clone()),
            }
        }
        if dimensions.len() + MOST_PARTS > MOST_WIDTH {
            return None;
        }
        let view = View { snapshot, values: Values { exclude: requests.exclude, ..Values::default() } };
        let mut rows = fixed.rows(view, usize::MAX);
        if cost.is_some() {
            fixed.keys.clear();
        }
        rows.retain(|row| fixed.keys.iter().all(|key| key.rank(&snapshot.measures, *row, &[]).is_some()));
        let rows = fixed.sorted(view, &fixed.keys, rows, usize::MAX);
        let mut limits = Vec::with_capacity(rows.len() * dimensions.len());
        for row in &rows {
            for dimension in &dimensions {
                let cell = snapshot.measures.cell(*row, dimension.measure);
                // Nothing lies beyond the last cell, so a limit above it takes that in all the same.
                if cell == Cell::MAX {
                    return None;
                }
                let shown = Number::from_cell(cell, dimension.kind)?.shown();
                limits.push(if dimension.turned { -shown } else { shown });
            }
        }
        Some(Self { snapshot, rows, limits, dimensions, cost, tables: Default::default() })
    }

    /// How many amounts the requests bring to the order.
    pub(super) fn amounts(&self) -> &'a [(MeasureId, Amount)] {
        self.cost.map_or(&[], |cost| &cost.parts)
    }

    /// The table for the requests that pay for these parts, a bit each; nothing where it is too large.
    pub(super) fn table(&self, paid: usize) -> Option<&Table> {
        let make = || {
            let candidates = Candidates { rows: &self.rows, limits: &self.limits, depth: self.dimensions.len() };
            let parts = self.amounts();
            let places: Vec<usize> = (0..parts.len()).filter(|place| paid >> place & 1 == 1).collect();
            if places.is_empty() {
                return candidates.in_order();
            }
            candidates.by_sum(places, |row, place| self.snapshot.measures.cell(row, parts[place].0))
        };
        self.tables.get(paid)?.get_or_init(make).as_ref()
    }
}

fn is_fixed(key: &Key) -> bool {
    match key {
        Key::Measure { .. } | Key::Weighted(_) => true,
        Key::Cost(cost) => cost.parts.iter().all(|(_, amount)| matches!(amount, Amount::Fixed(_))),
    }
}
