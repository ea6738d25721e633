//! Which rows meet a condition: a tile of 4,096 rows at a time, or one row.

use std::slice::from_mut;

use crate::Row;
use crate::column::CHUNK_ROWS;
use crate::condition::{Bound, Condition, Limit};
use crate::number::{Cell, UNKNOWN};
use crate::order::CostOrder;
use crate::posting::{TILE_ROWS, TILE_WORDS, Tile, bits};
use crate::query::Values;
use crate::snapshot::Snapshot;
use crate::vocabulary::Mode;

/// Words of a mask that one chunk of a column covers.
const CHUNK_WORDS: usize = CHUNK_ROWS / 64;

/// A snapshot and the values that one request brings.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) values: Values<'a>,
}

impl View<'_> {
    fn bound(&self, bound: Bound, missing: Cell) -> Cell {
        match bound {
            Bound::Fixed(cell) => cell,
            // A value that was not given restricts nothing.
            Bound::Slot(slot) => self.values.cells.get(usize::from(slot)).copied().unwrap_or(missing),
        }
    }

    /// The smallest and largest cell taken in; a cell that is unknown is below both.
    fn range(&self, low: Bound, high: Bound) -> (Cell, Cell) {
        (self.bound(low, UNKNOWN + 1).max(UNKNOWN + 1), self.bound(high, Cell::MAX))
    }

    fn costs(&self, low: Limit, high: Limit) -> (i128, i128) {
        let limit = |limit, missing| match limit {
            Limit::Fixed(femto) => femto,
            Limit::Slot(slot) => self.values.limits.get(usize::from(slot)).copied().unwrap_or(missing),
        };
        (limit(low, i128::MIN), limit(high, i128::MAX))
    }

    /// Whether this row meets the condition: the slow twin of [`Self::keep`], and the quick way
    /// where few rows are asked about.
    pub(crate) fn meets(&self, condition: &Condition, row: Row) -> bool {
        let Snapshot { facets, measures, .. } = self.snapshot;
        let has = |term: &u32| facets.posting(*term).is_some_and(|rows| rows.contains(row));
        match condition {
            Condition::Terms(Mode::All, terms) => terms.iter().all(has),
            Condition::Terms(Mode::Any, terms) => terms.iter().any(has),
            Condition::Terms(Mode::None, terms) => !terms.iter().any(has),
            Condition::Range(measure, low, high) => {
                let ((low, high), cell) = (self.range(*low, *high), measures.cell(row, *measure));
                low <= cell && cell <= high
            }
            Condition::Cost(cost, low, high) => {
                let (low, high) = self.costs(*low, *high);
                cost.cost(measures, row, self.values.amounts).is_some_and(|cost| low <= cost && cost <= high)
            }
            Condition::Stated(measure) => measures.cell(row, *measure) != UNKNOWN,
            Condition::Termed(facet) => facets.terms_in(row, *facet).next().is_some(),
            Condition::All(parts) => parts.iter().all(|part| self.meets(part, row)),
            Condition::Any(parts) => parts.iter().any(|part| self.meets(part, row)),
            Condition::Not(part) => !self.meets(part, row),
        }
    }

    /// Keeps the rows of `mask` that meet the condition.
    pub(crate) fn keep(&self, condition: &Condition, tile: u32, mask: &mut Tile) {
        let facets = &self.snapshot.facets;
        match condition {
            Condition::Terms(Mode::All, terms) => {
                for term in terms {
                    match facets.posting(*term) {
                        Some(rows) => rows.part(tile).keep(from_mut(mask)),
                        None => *mask = [0; TILE_WORDS],
                    }
                }
            }
            Condition::Terms(Mode::Any, terms) => {
                let mut any = [0; TILE_WORDS];
                for rows in terms.iter().filter_map(|term| facets.posting(*term)) {
                    rows.part(tile).add_to(from_mut(&mut any));
                }
                and(mask, &any);
            }
            Condition::Terms(Mode::None, terms) => {
                for rows in terms.iter().filter_map(|term| facets.posting(*term)) {
                    rows.part(tile).drop_from(from_mut(mask));
                }
            }
            Condition::Range(measure, low, high) => {
                let (low, high) = self.range(*low, *high);
                self.keep_cells(*measure, tile, mask, |cell| low <= cell && cell <= high);
            }
            Condition::Cost(cost, low, high) => self.keep_costs(cost, self.costs(*low, *high), tile, mask),
            Condition::Stated(measure) => self.keep_cells(*measure, tile, mask, |cell| cell != UNKNOWN),
            Condition::Termed(facet) => {
                let first = tile * TILE_ROWS;
                for (at, word) in mask.iter_mut().enumerate() {
                    for bit in bits(*word) {
                        if facets.terms_in(first + at as u32 * 64 + bit, *facet).next().is_none() {
                            *word &= !(1 << bit);
                        }
                    }
                }
            }
            Condition::All(parts) => {
                for part in parts {
                    if mask.iter().all(|word| *word == 0) {
                        return;
                    }
                    self.keep(part, tile, mask);
                }
            }
            Condition::Any(parts) => {
                let mut any = [0; TILE_WORDS];
                for part in parts {
                    let mut kept = *mask;
                    self.keep(part, tile, &mut kept);
                    any.iter_mut().zip(kept).for_each(|(any, kept)| *any |= kept);
                }
                *mask = any;
            }
            Condition::Not(part) => {
                let mut kept = *mask;
                self.keep(part, tile, &mut kept);
                mask.iter_mut().zip(kept).for_each(|(word, kept)| *word &= !kept);
            }
        }
    }

    fn keep_costs(&self, cost: &CostOrder, (low, high): (i128, i128), tile: u32, mask: &mut Tile) {
        let measures = &self.snapshot.measures;
        let paid = cost.parts.iter().map(|(measure, amount)| (*measure, amount.value(self.values.amounts)));
        let paid: Vec<(u16, u64)> = paid.filter(|(_, amount)| *amount > 0).collect();
        let mut prices = Vec::with_capacity(paid.len());
        for (part, words) in mask.chunks_exact_mut(CHUNK_WORDS).enumerate() {
            let at = tile as usize * (TILE_WORDS / CHUNK_WORDS) + part;
            prices.clear();
            let chunk = |measure| measures.column(measure)?.chunk(at);
            prices.extend(paid.iter().map_while(|(measure, amount)| Some((chunk(*measure)?, i128::from(*amount)))));
            if prices.len() < paid.len() {
                // A price that is needed is known of none of these rows.
                words.fill(0);
                continue;
            }
            for (word, first) in words.iter_mut().zip((0..).step_by(64)) {
                for bit in bits(*word) {
                    let mut sum = Some(0_i128);
                    for (chunk, amount) in &prices {
                        let price = chunk[first + bit as usize];
                        // As `CostOrder::cost` adds it.
                        let part = i128::from(price).saturating_mul(*amount);
                        sum = sum.filter(|_| price != UNKNOWN).map(|sum| sum.saturating_add(part));
                    }
                    let within = sum.is_some_and(|sum| low <= sum && sum <= high);
                    *word &= !(u64::from(!within) << bit);
                }
            }
        }
    }

    fn keep_cells(&self, measure: u16, tile: u32, mask: &mut Tile, within: impl Fn(Cell) -> bool) {
        let column = self.snapshot.measures.column(measure);
        for (part, words) in mask.chunks_exact_mut(CHUNK_WORDS).enumerate() {
            let chunk = column.and_then(|column| column.chunk(tile as usize * (TILE_WORDS / CHUNK_WORDS) + part));
            let Some(chunk) = chunk else {
                words.fill(0);
                continue;
            };
            for (word, cells) in words.iter_mut().zip(chunk.chunks_exact(64)) {
                for bit in bits(*word) {
                    *word &= !(u64::from(!within(cells[bit as usize])) << bit);
                }
            }
        }
    }
}

fn and(mask: &mut Tile, other: &Tile) {
    mask.iter_mut().zip(other).for_each(|(word, other)| *word &= other);
}
