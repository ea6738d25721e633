//! A query: conditions, order, preference, limit.

mod best;
mod distinct;
mod matching;
mod measured;
mod pick;
mod reasons;
mod several;
mod top;

use crate::condition::Condition;
use crate::evaluate::View;
use crate::number::{Cell, UNKNOWN};
use crate::order::Key;
use crate::posting::{BLOCK_TILES, GROUP_TILES, TILE_ROWS, TILE_WORDS, Tile, bits};
use crate::snapshot::Snapshot;
use crate::vocabulary::Mode;
use crate::{FacetId, Row, TermId};
use top::Top;

pub use matching::{Answers, Count, NOTHING, Numbers, Quantity, Requests, Restriction};
pub use pick::Dice;
pub use reasons::{Part, Relaxation, relaxations};

/// Masks of so many tiles lie on the stack.
const STACK_TILES: usize = 4;

/// A compiled query. It stays good for every later snapshot of the same registry.
///
/// The conjunction is kept in three parts by what they cost: terms that must be there, terms
/// that must not, and the rest.
#[derive(Clone, Debug, Default, PartialEq)]
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
/// [`Amount::Slot`](crate::Amount::Slot), costs for [`Limit::Slot`](crate::Limit::Slot), rows that must
/// not be the answer, ascending.
#[derive(Clone, Copy, Debug, Default)]
pub struct Values<'a> {
    pub cells: &'a [Cell],
    pub amounts: &'a [u64],
    pub limits: &'a [i128],
    pub exclude: &'a [Row],
}

impl Values<'_> {
    /// Whether this row must not be the answer.
    pub(crate) fn excludes(&self, row: Row) -> bool {
        self.exclude.binary_search(&row).is_ok()
    }

    /// The rows of this tile and those after it that must not be the answer.
    fn excluded_from(&self, tile: u32) -> &[Row] {
        debug_assert!(self.exclude.is_sorted(), "excluded rows are ascending");
        &self.exclude[self.exclude.partition_point(|row| row / TILE_ROWS < tile)..]
    }
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

    /// Adds a term that must be there.
    pub fn require(&mut self, term: TermId) {
        self.required.push(term);
    }

    /// Adds terms that must not be there.
    pub fn forbid(&mut self, terms: impl IntoIterator<Item = TermId>) {
        self.forbidden.extend(terms);
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

    /// Makes the masks the rows of these tiles, of one group, that have the required terms and none of
    /// the forbidden.
    #[inline(always)]
    fn fill_terms(&self, snapshot: &Snapshot, first: u32, masks: &mut [Tile]) {
        match self.required.split_first() {
            None => snapshot.live_masks(first, masks),
            // A row that was removed has no terms, so what has one is live (but see `fill`).
            Some((term, others)) => {
                match snapshot.facets.posting(*term) {
                    Some(rows) => rows.part(first).copy_to(masks),
                    None => masks.fill([0; TILE_WORDS]),
                }
                // Two at a time: the masks are read and written half as often.
                for pair in others.chunks(2) {
                    match (snapshot.facets.posting(pair[0]), pair.get(1).map(|term| snapshot.facets.posting(*term))) {
                        (Some(rows), None) => rows.part(first).keep(masks),
                        (Some(rows), Some(Some(more))) => rows.part(first).keep_both(&more.part(first), masks),
                        _ => masks.fill([0; TILE_WORDS]),
                    }
                }
            }
        }
        let mut forbidden = self.forbidden.iter().filter_map(|term| snapshot.facets.posting(*term));
        while let Some(rows) = forbidden.next() {
            match forbidden.next() {
                Some(more) => rows.part(first).drop_both(&more.part(first), masks),
                None => rows.part(first).drop_from(masks),
            }
        }
    }

    /// As [`Self::fill_terms`], without the rows that this request excludes.
    fn fill(&self, view: View<'_>, first: u32, masks: &mut [Tile]) {
        pulp::Arch::new().dispatch(FillTerms { query: self, snapshot: view.snapshot, first, masks });
        // A row that a view does not show still has its terms.
        if view.snapshot.derived.is_some() && !self.required.is_empty() {
            view.snapshot.live.keep(first, masks);
        }
        for row in view.values.excluded_from(first) {
            let Some(mask) = masks.get_mut((row / TILE_ROWS - first) as usize) else { break };
            mask[(row % TILE_ROWS / 64) as usize] &= !(1 << (row % 64));
        }
    }

    /// Calls `with` with the masks of all rows that meet the conditions, the tiles of a block at a
    /// time, and the first row of those, until it returns false.
    pub(crate) fn each_block(&self, view: View<'_>, mut with: impl FnMut(Row, &[Tile]) -> bool) {
        let mut go_on = |first: u32, masks: &mut [Tile]| {
            self.fill(view, first, masks);
            for (tile, mask) in (first..).zip(&mut *masks) {
                for condition in &self.rest {
                    if *mask != [0; TILE_WORDS] {
                        view.keep(condition, tile, mask);
                    }
                }
            }
            with(first * TILE_ROWS, masks)
        };
        let tiles = view.snapshot.tiles() as usize;
        if tiles <= STACK_TILES {
            let mut masks = [[0; TILE_WORDS]; STACK_TILES];
            go_on(0, &mut masks[..tiles]);
            return;
        }
        let mut masks = [[0; TILE_WORDS]; BLOCK_TILES];
        for first in (0..tiles).step_by(BLOCK_TILES) {
            if !go_on(first as u32, &mut masks[..BLOCK_TILES.min(tiles - first)]) {
                return;
            }
        }
    }

    /// Calls `with` with the masks of all rows with the right terms that are not excluded.
    fn with_terms<T>(&self, view: View<'_>, with: impl FnOnce(&[Tile]) -> T) -> T {
        let tiles = view.snapshot.tiles() as usize;
        if tiles <= STACK_TILES {
            let mut masks = [[0; TILE_WORDS]; STACK_TILES];
            self.fill(view, 0, &mut masks[..tiles]);
            return with(&masks[..tiles]);
        }
        let mut masks = vec![[0; TILE_WORDS]; tiles];
        for (block, masks) in masks.chunks_mut(BLOCK_TILES).enumerate() {
            self.fill(view, (block * BLOCK_TILES) as u32, masks);
        }
        with(&masks)
    }

    fn meets(&self, view: View<'_>, row: Row) -> bool {
        let has = |term: &TermId| view.snapshot.facets.posting(*term).is_some_and(|rows| rows.contains(row));
        view.snapshot.is_live(row)
            && self.required.iter().all(has)
            && !self.forbidden.iter().any(has)
            && self.meets_rest(view, row)
    }

    fn meets_rest(&self, view: View<'_>, row: Row) -> bool {
        self.rest.iter().all(|condition| view.meets(condition, row))
    }

    /// Whether one row meets all conditions.
    #[must_use]
    pub fn matches(&self, snapshot: &Snapshot, row: Row, values: Values<'_>) -> bool {
        self.meets(View { snapshot, values }, row) && !values.excludes(row)
    }

    /// How many rows meet the conditions; order, distinct and limit do not matter.
    #[must_use]
    pub fn count(&self, snapshot: &Snapshot, values: Values<'_>) -> u32 {
        let mut count = 0;
        self.each_block(View { snapshot, values }, |_, masks| {
            count += count_of(masks);
            true
        });
        count
    }

    /// The rows that meet the conditions, in order.
    #[must_use]
    pub fn select(&self, snapshot: &Snapshot, values: Values<'_>) -> Vec<Row> {
        let view = View { snapshot, values };
        let limit = self.limit.unwrap_or(usize::MAX);
        if let Some(facet) = self.distinct.filter(|_| !self.keys.is_empty() || !self.prefers.is_empty()) {
            let leaders = self.leaders(view, facet);
            return self.sorted(view, &self.keys, leaders, limit);
        }
        let first = if self.distinct.is_none() { limit } else { usize::MAX };
        let rows = match self.keys.as_slice() {
            [] if self.prefers.is_empty() => self.rows(view, first),
            [Key::Measure { measure, descending }, others @ ..] => {
                self.rows_by_measure(view, (*measure, *descending), others, first)
            }
            keys => {
                let mut top = Top::new(self, view, keys, first);
                self.each_block(view, |base, masks| {
                    // Rows come as they were registered, so that each is its own place.
                    best::rows_of(masks).for_each(|row| top.push(base + row, base + row));
                    true
                });
                top.rows()
            }
        };
        self.cut(snapshot, rows)
    }

    /// The rows that meet the conditions in the order of registration, the first `stop` of them.
    fn rows(&self, view: View<'_>, stop: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        self.each_block(view, |first, masks| {
            push_rows(first, masks, &mut rows);
            rows.len() < stop
        });
        rows.truncate(stop);
        rows
    }

    /// These rows of a selection in the order of the keys; equals keep the order they come in.
    #[must_use]
    pub fn sort(&self, snapshot: &Snapshot, rows: Vec<Row>) -> Vec<Row> {
        self.first_of(snapshot, rows, usize::MAX)
    }

    /// The first `top` of them.
    pub(crate) fn first_of(&self, snapshot: &Snapshot, rows: Vec<Row>, top: usize) -> Vec<Row> {
        self.sorted(View { snapshot, values: Values::default() }, &self.keys, rows, top)
    }

    /// The first `top` of these rows in the order of these keys, the preferred first among equals, then
    /// as they come.
    fn sorted(&self, view: View<'_>, keys: &[Key], rows: Vec<Row>, top: usize) -> Vec<Row> {
        let mut first = Top::new(self, view, keys, top);
        (0..).zip(rows).for_each(|(place, row)| first.push(place, row));
        first.rows()
    }

    /// Where in the list of the preferred a row stands.
    fn preference(&self, snapshot: &Snapshot, row: Row) -> usize {
        if self.prefers.is_empty() {
            return 0;
        }
        let has = |term: &TermId| snapshot.facets.posting(*term).is_some_and(|rows| rows.contains(row));
        self.prefers.iter().position(has).unwrap_or(self.prefers.len())
    }
}

/// A closure would be called from the function of the wider instructions, not be part of it.
struct FillTerms<'a> {
    query: &'a Query,
    snapshot: &'a Snapshot,
    first: u32,
    masks: &'a mut [Tile],
}

impl pulp::WithSimd for FillTerms<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for (first, masks) in (self.first..).step_by(GROUP_TILES).zip(self.masks.chunks_mut(GROUP_TILES)) {
            self.query.fill_terms(self.snapshot, first, masks);
        }
    }
}

fn count_of(masks: &[Tile]) -> u32 {
    pulp::Arch::new().dispatch(
        #[inline(always)]
        // A sum of u32 would be narrowed at every step, and one that is checked is not made of vectors.
        || masks.as_flattened().iter().fold(0_u64, |sum, word| sum.wrapping_add(u64::from(word.count_ones()))) as u32,
    )
}

/// Adds the rows of these tiles to `rows`.
fn push_rows(first: Row, masks: &[Tile], rows: &mut Vec<Row>) {
    let start = rows.len();
    rows.resize(start + count_of(masks) as usize, 0);
    let places = &mut rows[start..];
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || {
            let mut at = 0;
            // Not a range from the first row on: the one after the last row would be no row.
            for (word_at, word) in masks.as_flattened().iter().enumerate() {
                let base = first + word_at as Row * 64;
                for bit in bits(*word) {
                    places[at] = base | bit;
                    at += 1;
                }
            }
        },
    );
}

/// Where a row comes by a key: smaller is earlier, the unknown last.
#[inline]
fn rank(view: View<'_>, key: &Key, row: Row) -> i128 {
    match key.rank(&view.snapshot.measures, row, view.values.amounts) {
        Some(rank) => rank.min(i128::MAX - 1),
        None => i128::MAX,
    }
}

fn is_set(masks: &[Tile], row: Row) -> bool {
    masks.as_flattened().get((row / 64) as usize).is_some_and(|word| word >> (row % 64) & 1 == 1)
}

const _: () = assert!(UNKNOWN == i64::MIN, "an unknown cell lies below every bound");
