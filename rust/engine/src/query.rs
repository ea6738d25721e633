//! A query: conditions, order, preference, limit.

use std::collections::HashSet;

use crate::condition::Condition;
use crate::evaluate::View;
use crate::number::{Cell, UNKNOWN};
use crate::order::{CostOrder, Key};
use crate::posting::{TILE_ROWS, TILE_WORDS, Tile, bits};
use crate::snapshot::Snapshot;
use crate::vocabulary::Mode;
use crate::{FacetId, Row, TermId};

/// Rows that are asked one by one before the bitmaps of all of them are combined.
const FIRST_ROWS: usize = 32;
/// Where fewer rows than this are left, all of them are compared instead of walking in order.
const FEW: u32 = 128;
/// Tiles that are kept on the stack.
const STACK_TILES: usize = 4;

/// A compiled query. It stays good for every later snapshot of the same registry.
///
/// The conjunction is kept in three parts by what they cost: terms that must be there, terms
/// that must not, and the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    required: Vec<TermId>,
    forbidden: Vec<TermId>,
    rest: Vec<Condition>,
    /// First key first. Ties go to the preferred, then to the row registered first.
    pub keys: Vec<Key>,
    /// Terms preferred among equals, most preferred first.
    pub prefers: Vec<TermId>,
    /// Only the first row of each term of this facet; a row without one stands for itself.
    pub distinct: Option<FacetId>,
    pub limit: Option<usize>,
}

/// The values that one request brings: cells for [`Bound::Slot`](crate::Bound::Slot), amounts for
/// [`Amount::Slot`](crate::Amount::Slot), rows that must not be the answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Values<'a> {
    pub cells: &'a [Cell],
    pub amounts: &'a [u64],
    pub exclude: &'a [Row],
}

impl Query {
    /// A query for the rows that meet all of these.
    #[must_use]
    pub fn new(conditions: Vec<Condition>) -> Self {
        let mut query = Self::default();
        for condition in conditions {
            query.and(condition);
        }
        query
    }

    /// Adds a condition that must be met too.
    pub fn and(&mut self, condition: Condition) {
        match condition {
            Condition::All(parts) => parts.into_iter().for_each(|part| self.and(part)),
            Condition::Terms(Mode::All, terms) => self.required.extend(terms),
            Condition::Terms(Mode::Any, terms) if terms.len() == 1 => self.required.extend(terms),
            Condition::Terms(Mode::None, terms) => self.forbidden.extend(terms),
            other => self.rest.push(other),
        }
    }

    /// The version of the last change that can have changed the answer.
    #[must_use]
    pub fn stamp(&self, snapshot: &Snapshot) -> u64 {
        let Snapshot { facets, measures, .. } = snapshot;
        let stamp = std::cell::Cell::new(snapshot.rows_version);
        let newer = |version: u64| stamp.set(stamp.get().max(version));
        let mut term = |id: TermId| newer(facets.facet(id).map_or(0, |facet| facets.version(facet)));
        self.required.iter().chain(&self.forbidden).chain(&self.prefers).copied().for_each(&mut term);
        let mut facet = |id: FacetId| newer(facets.version(id));
        self.distinct.into_iter().for_each(&mut facet);
        let mut measure = |id| newer(measures.version(id));
        self.rest.iter().for_each(|part| part.reads(&mut term, &mut facet, &mut measure));
        self.keys.iter().for_each(|key| key.reads(&mut measure));
        stamp.get()
    }

    /// The rows of a tile that have the required terms and none of the forbidden.
    #[inline(always)]
    fn termed(&self, snapshot: &Snapshot, tile: u32) -> Tile {
        let mut mask = snapshot.live_tile(tile);
        for term in &self.required {
            match snapshot.facets.posting(*term) {
                Some(rows) => rows.tile(tile).keep(&mut mask),
                None => return [0; TILE_WORDS],
            }
        }
        for rows in self.forbidden.iter().filter_map(|term| snapshot.facets.posting(*term)) {
            rows.tile(tile).drop_from(&mut mask);
        }
        mask
    }

    /// The rows of a tile that meet all conditions.
    #[inline(always)]
    fn tile(&self, view: View<'_>, tile: u32) -> Tile {
        let mut mask = self.termed(view.snapshot, tile);
        for condition in &self.rest {
            view.keep(condition, tile, &mut mask);
        }
        mask
    }

    fn meets(&self, view: View<'_>, row: Row) -> bool {
        let has = |term: &TermId| view.snapshot.facets.posting(*term).is_some_and(|rows| rows.contains(row));
        view.snapshot.is_live(row) && self.required.iter().all(has) && !self.forbidden.iter().any(has) && self.meets_rest(view, row)
    }

    fn meets_rest(&self, view: View<'_>, row: Row) -> bool {
        self.rest.iter().all(|condition| view.meets(condition, row))
    }

    /// Whether one row meets all conditions.
    #[must_use]
    pub fn matches(&self, snapshot: &Snapshot, row: Row, values: Values<'_>) -> bool {
        self.meets(View { snapshot, cells: values.cells }, row) && !values.exclude.contains(&row)
    }

    /// How many rows meet the conditions; order, distinct and limit do not matter.
    #[must_use]
    pub fn count(&self, snapshot: &Snapshot, values: Values<'_>) -> u32 {
        let view = View { snapshot, cells: values.cells };
        let count = pulp::Arch::new().dispatch(
            #[inline(always)]
            || {
                let mut count = 0;
                for tile in 0..snapshot.tiles() {
                    let mask = self.tile(view, tile);
                    count += mask.iter().map(|word| word.count_ones()).sum::<u32>();
                }
                count
            },
        );
        let excluded = values.exclude.iter().enumerate().filter(|(at, row)| !values.exclude[..*at].contains(row) && self.meets(view, **row));
        count - excluded.count() as u32
    }

    /// The rows that meet the conditions, in order.
    #[must_use]
    pub fn select(&self, snapshot: &Snapshot, values: Values<'_>) -> Vec<Row> {
        let limit = self.limit.unwrap_or(usize::MAX);
        let plain = self.keys.is_empty() && self.prefers.is_empty();
        let stop = if plain && self.distinct.is_none() { limit } else { usize::MAX };
        let mut rows = self.rows(snapshot, values, stop);
        if !plain {
            let top = if self.distinct.is_none() { limit } else { usize::MAX };
            rows = self.sorted(snapshot, values, rows, top);
        }
        self.cut(snapshot, rows)
    }

    /// The rows that meet the conditions in the order of registration, the first `stop` of them.
    fn rows(&self, snapshot: &Snapshot, values: Values<'_>, stop: usize) -> Vec<Row> {
        let view = View { snapshot, cells: values.cells };
        let mut rows = Vec::new();
        for tile in 0..snapshot.tiles() {
            let mask = pulp::Arch::new().dispatch(
                #[inline(always)]
                || self.tile(view, tile),
            );
            let first = tile * TILE_ROWS;
            for (at, word) in mask.iter().enumerate() {
                let base = first + at as u32 * 64;
                rows.extend(bits(*word).map(|bit| base + bit));
            }
            if !values.exclude.is_empty() {
                rows.retain(|row| !values.exclude.contains(row));
            }
            if rows.len() >= stop {
                rows.truncate(stop);
                break;
            }
        }
        rows
    }

    /// Where in the list of the preferred a row stands.
    fn preference(&self, snapshot: &Snapshot, row: Row) -> usize {
        if self.prefers.is_empty() {
            return 0;
        }
        let has = |term: &TermId| snapshot.facets.posting(*term).is_some_and(|rows| rows.contains(row));
        self.prefers.iter().position(has).unwrap_or(self.prefers.len())
    }

    /// The first `top` of these rows in the order of the keys.
    fn sorted(&self, snapshot: &Snapshot, values: Values<'_>, rows: Vec<Row>, top: usize) -> Vec<Row> {
        let rank = |key: &Key, row| key.rank(&snapshot.measures, row, values.amounts).unwrap_or(i128::MAX);
        let (first, others) = match self.keys.split_first() {
            Some((first, others)) => (Some(first), others),
            None => (None, [].as_slice()),
        };
        let mut keyed: Vec<(i128, Row)> = rows.into_iter().map(|row| (first.map_or(0, |key| rank(key, row)), row)).collect();
        let compare = |a: &(i128, Row), b: &(i128, Row)| {
            let mut order = a.0.cmp(&b.0);
            for key in others {
                order = order.then_with(|| rank(key, a.1).cmp(&rank(key, b.1)));
            }
            order.then_with(|| self.preference(snapshot, a.1).cmp(&self.preference(snapshot, b.1))).then(a.1.cmp(&b.1))
        };
        if top < keyed.len() {
            if top == 0 {
                return Vec::new();
            }
            keyed.select_nth_unstable_by(top - 1, compare);
            keyed.truncate(top);
        }
        keyed.sort_unstable_by(compare);
        keyed.into_iter().map(|(_, row)| row).collect()
    }

    /// These rows of a selection in the order of the keys if there are any, else as they are; then
    /// distinct and limit.
    #[must_use]
    pub fn arrange(&self, snapshot: &Snapshot, rows: Vec<Row>) -> Vec<Row> {
        let plain = self.keys.is_empty() && self.prefers.is_empty();
        let rows = if plain { rows } else { self.sorted(snapshot, Values::default(), rows, usize::MAX) };
        self.cut(snapshot, rows)
    }

    /// Whether this row has a value for every key, as the best must.
    #[must_use]
    pub fn keys_known(&self, snapshot: &Snapshot, row: Row) -> bool {
        self.keys.iter().all(|key| key.rank(&snapshot.measures, row, &[]).is_some())
    }

    /// Distinct and limit.
    fn cut(&self, snapshot: &Snapshot, mut rows: Vec<Row>) -> Vec<Row> {
        if let Some(facet) = self.distinct {
            let mut seen = HashSet::new();
            rows.retain(|row| snapshot.facets.terms_in(*row, facet).next().is_none_or(|term| seen.insert(term)));
        }
        rows.truncate(self.limit.unwrap_or(usize::MAX));
        rows
    }

    /// The first row in order whose keys are all known, nothing where there is none.
    #[must_use]
    pub fn best(&self, snapshot: &Snapshot, values: Values<'_>) -> Option<Row> {
        match self.keys.as_slice() {
            [] if self.prefers.is_empty() => self.first(snapshot, values),
            [Key::Measure { measure, descending }] => self.best_by_measure(snapshot, values, *measure, *descending),
            [Key::Cost(cost)] => self.best_by_cost(snapshot, values, cost),
            keys => {
                let mut rows = self.rows(snapshot, values, usize::MAX);
                rows.retain(|row| keys.iter().all(|key| key.rank(&snapshot.measures, *row, values.amounts).is_some()));
                self.sorted(snapshot, values, rows, 1).first().copied()
            }
        }
    }

    fn first(&self, snapshot: &Snapshot, values: Values<'_>) -> Option<Row> {
        let view = View { snapshot, cells: values.cells };
        for tile in 0..snapshot.tiles() {
            let mask = pulp::Arch::new().dispatch(
                #[inline(always)]
                || self.tile(view, tile),
            );
            let mut rows = mask.iter().enumerate().flat_map(|(at, word)| bits(*word).map(move |bit| tile * TILE_ROWS + at as u32 * 64 + bit));
            if let Some(row) = rows.find(|row| !values.exclude.contains(row)) {
                return Some(row);
            }
        }
        None
    }

    /// All tiles of the rows with the right terms, and how many rows those are.
    #[inline(always)]
    fn fill(&self, snapshot: &Snapshot, tiles: &mut [Tile]) -> u32 {
        let mut count = 0;
        for (at, tile) in tiles.iter_mut().enumerate() {
            *tile = self.termed(snapshot, at as u32);
            count += tile.iter().map(|word| word.count_ones()).sum::<u32>();
        }
        count
    }

    /// Calls `with` with the tiles of the rows with the right terms, and how many rows those are.
    fn with_terms<T>(&self, snapshot: &Snapshot, with: impl FnOnce(&[Tile], u32) -> T) -> T {
        let count = snapshot.tiles() as usize;
        if count <= STACK_TILES {
            let mut tiles = [[0; TILE_WORDS]; STACK_TILES];
            let tiles = &mut tiles[..count];
            let rows = pulp::Arch::new().dispatch(
                #[inline(always)]
                || self.fill(snapshot, tiles),
            );
            with(tiles, rows)
        } else {
            let mut tiles = vec![[0; TILE_WORDS]; count];
            let rows = pulp::Arch::new().dispatch(
                #[inline(always)]
                || self.fill(snapshot, &mut tiles),
            );
            with(&tiles, rows)
        }
    }

    /// The best of few rows: each is looked at.
    fn best_of_few(&self, view: View<'_>, values: Values<'_>, key: &Key, tiles: &[Tile]) -> Option<Row> {
        let mut best: Option<(i128, Row)> = None;
        for row in rows_of(tiles) {
            let Some(rank) = key.rank(&view.snapshot.measures, row, values.amounts) else { continue };
            if best.is_none_or(|best| self.comes_before(view.snapshot, (rank, row), best)) && self.meets_rest(view, row) && !values.exclude.contains(&row) {
                best = Some((rank, row));
            }
        }
        best.map(|(_, row)| row)
    }

    fn comes_before(&self, snapshot: &Snapshot, a: (i128, Row), b: (i128, Row)) -> bool {
        if a.0 != b.0 {
            return a.0 < b.0;
        }
        (self.preference(snapshot, a.1), a.1) < (self.preference(snapshot, b.1), b.1)
    }

    /// Walks the rows in the order of the measure: the first that fits is the best but for ties.
    fn best_by_measure(&self, snapshot: &Snapshot, values: Values<'_>, measure: u16, descending: bool) -> Option<Row> {
        let view = View { snapshot, cells: values.cells };
        let column = snapshot.measures.column(measure)?;
        let sorted = column.sorted();
        let at = |step: usize| if descending { sorted[sorted.len() - 1 - step] } else { sorted[step] };
        let ties_matter = descending || !self.prefers.is_empty();
        let settle = |step: usize, meets: &dyn Fn(Row) -> bool| {
            let mut best = at(step);
            if ties_matter {
                let cell = column.get(best);
                let tied = (step + 1..sorted.len()).map(at).take_while(|row| column.get(*row) == cell);
                for row in tied.filter(|row| meets(*row)) {
                    if self.comes_before(snapshot, (0, row), (0, best)) {
                        best = row;
                    }
                }
            }
            best
        };
        let quick = |row: Row| self.meets(view, row) && !values.exclude.contains(&row);
        let first = FIRST_ROWS.min(sorted.len());
        if let Some(step) = (0..first).find(|step| quick(at(*step))) {
            return Some(settle(step, &quick));
        }
        self.with_terms(snapshot, |tiles, count| {
            if count < FEW {
                return self.best_of_few(view, values, &Key::Measure { measure, descending }, tiles);
            }
            let meets = |row: Row| is_set(tiles, row) && self.meets_rest(view, row) && !values.exclude.contains(&row);
            let step = (first..sorted.len()).find(|step| meets(at(*step)))?;
            Some(settle(step, &meets))
        })
    }

    /// Walks the rows in the order of one price, and stops where that part alone costs more than
    /// the best so far (the threshold algorithm of Fagin, Lotem and Naor, 2003, on one list).
    fn best_by_cost(&self, snapshot: &Snapshot, values: Values<'_>, cost: &CostOrder) -> Option<Row> {
        let view = View { snapshot, cells: values.cells };
        let part = cost.parts.iter().map(|(measure, amount)| (*measure, amount.value(values.amounts))).find(|(_, amount)| *amount > 0);
        self.with_terms(snapshot, |tiles, count| {
            let lead = part.and_then(|(measure, amount)| Some((snapshot.measures.column(measure)?, amount)));
            let Some((column, amount)) = lead.filter(|_| count >= FEW) else {
                return self.best_of_few(view, values, &Key::Cost(cost.clone()), tiles);
            };
            let mut best: Option<(i128, Row)> = None;
            for row in column.sorted() {
                if let Some((lowest, _)) = best
                    && i128::from(column.get(*row)) * i128::from(amount) > lowest
                {
                    break;
                }
                if !is_set(tiles, *row) {
                    continue;
                }
                let Some(total) = cost.cost(&snapshot.measures, *row, values.amounts) else { continue };
                if best.is_none_or(|best| self.comes_before(snapshot, (total, *row), best)) && self.meets_rest(view, *row) && !values.exclude.contains(row) {
                    best = Some((total, *row));
                }
            }
            best.map(|(_, row)| row)
        })
    }
}

fn rows_of(tiles: &[Tile]) -> impl Iterator<Item = Row> {
    let words = tiles.iter().flatten().enumerate();
    words.flat_map(|(at, word)| bits(*word).map(move |bit| at as Row * 64 + bit))
}

fn is_set(tiles: &[Tile], row: Row) -> bool {
    let (tile, low) = ((row / TILE_ROWS) as usize, row % TILE_ROWS);
    tiles.get(tile).is_some_and(|tile| tile[(low / 64) as usize] >> (low % 64) & 1 == 1)
}

const _: () = assert!(UNKNOWN == i64::MIN, "an unknown cell lies below every bound");
