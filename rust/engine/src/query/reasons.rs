//! Why a question has no answer: which of its conditions stand in the way.

use std::collections::HashMap;

use super::{Query, Values};
use crate::evaluate::View;
use crate::number::UNKNOWN;
use crate::posting::{BLOCK_TILES, TILE_ROWS, TILE_WORDS, Tile, bits};
use crate::snapshot::Snapshot;
use crate::{MeasureId, Row};

/// One condition of a question, apart from the others: what a query asks, with every key of its
/// order known, of rows that are none of the excluded.
#[derive(Clone, Debug, Default)]
pub struct Part {
    pub query: Query,
    pub exclude: Vec<Row>,
}

/// Conditions without which there would be an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relaxation {
    /// The places of the parts to leave out, ascending.
    pub without: Vec<usize>,
    /// How many rows meet all the others.
    pub rows: u32,
    /// The first of them.
    pub example: Row,
}

impl Part {
    fn values(&self) -> Values<'_> {
        Values { exclude: &self.exclude, ..Values::default() }
    }

    /// Whether this row meets the condition.
    #[must_use]
    pub fn holds(&self, snapshot: &Snapshot, row: Row) -> bool {
        self.query.matches(snapshot, row, self.values()) && self.query.keys_known(snapshot, row)
    }

    /// The measures of its order that are not known of this row.
    #[must_use]
    pub fn unknown(&self, snapshot: &Snapshot, row: Row) -> Vec<MeasureId> {
        let (mut found, unknown) = (Vec::new(), |id: &MeasureId| snapshot.measures.cell(row, *id) == UNKNOWN);
        self.query.keys.iter().for_each(|key| key.reads(|id| found.push(id)));
        found.retain(unknown);
        found
    }

    /// Makes the masks the rows of these tiles, of one block, that do not meet the condition, and
    /// others that were removed.
    fn fill_failing(&self, snapshot: &Snapshot, first: u32, masks: &mut [Tile]) {
        let (view, query) = (View { snapshot, values: self.values() }, &self.query);
        query.fill(view, first, masks);
        for (tile, mask) in (first..).zip(masks) {
            query.rest.iter().for_each(|condition| view.keep(condition, tile, mask));
            for (at, word) in (0..).zip(mask) {
                let base = tile * TILE_ROWS + at * 64;
                if !query.keys.is_empty() {
                    bits(*word)
                        .filter(|bit| !query.keys_known(snapshot, base + bit))
                        .for_each(|bit| *word &= !(1 << bit));
                }
                *word = !*word;
            }
        }
    }
}

/// The smallest sets of parts without which some row meets all the others; the set that gives most
/// rows first. Nothing where there is no row; one that leaves out nothing where there is an answer.
///
/// Exact, whatever the number of parts: leaving out a set gives an answer where it holds all parts
/// that some row fails, so that the smallest sets are those that a row fails. One pass counts, for
/// each row, the parts it fails. Costs about parts x rows / 64, and 8 KiB a part.
#[must_use]
pub fn relaxations(snapshot: &Snapshot, parts: &[Part]) -> Vec<Relaxation> {
    let mut sets = Sets { fewest: parts.len() + 1, found: HashMap::new() };
    let tiles = snapshot.tiles();
    let mut live = [[0; TILE_WORDS]; BLOCK_TILES];
    let mut failing = vec![[[0; TILE_WORDS]; BLOCK_TILES]; parts.len()];
    for first in (0..tiles).step_by(BLOCK_TILES) {
        let count = BLOCK_TILES.min((tiles - first) as usize);
        snapshot.live_masks(first, &mut live[..count]);
        if live[..count].iter().all(|tile| *tile == [0; TILE_WORDS]) {
            continue;
        }
        for (part, masks) in parts.iter().zip(&mut failing) {
            part.fill_failing(snapshot, first, &mut masks[..count]);
        }
        for (place, word) in live[..count].as_flattened().iter().enumerate() {
            let failed = |part: usize| failing[part].as_flattened()[place];
            sets.add(first * TILE_ROWS + place as Row * 64, *word, failed, parts.len());
        }
    }
    let relaxation = |(without, (rows, example))| Relaxation { without, rows, example };
    let mut found: Vec<Relaxation> = sets.found.into_iter().map(relaxation).collect();
    found.sort_unstable_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.without.cmp(&b.without)));
    found
}

/// The sets met so far of as few parts as any row fails, each with how many rows fail just that, and the first.
struct Sets {
    fewest: usize,
    found: HashMap<Vec<usize>, (u32, Row)>,
}

impl Sets {
    /// Takes in 64 rows from `base` on.
    fn add(&mut self, base: Row, live: u64, failed: impl Fn(usize) -> u64, parts: usize) {
        if live == 0 {
            return;
        }
        let (mut left, fewest) = fewest(live, (0..parts).map(&failed));
        if fewest > self.fewest {
            return;
        }
        if fewest < self.fewest {
            self.fewest = fewest;
            self.found.clear();
        }
        while left != 0 {
            let bit = left.trailing_zeros();
            let (mut alike, mut without) = (left, Vec::with_capacity(fewest));
            for part in 0..parts {
                let rows = failed(part);
                if rows >> bit & 1 == 1 {
                    without.push(part);
                    alike &= rows;
                } else {
                    alike &= !rows;
                }
            }
            self.found.entry(without).or_insert((0, base + bit)).0 += alike.count_ones();
            left &= !alike;
        }
    }
}

/// Of these 64 rows those that are set least often, and how often: counted for all at once, one bit
/// of the count in each plane.
fn fewest(rows: u64, failed: impl Iterator<Item = u64>) -> (u64, usize) {
    let mut planes: Vec<u64> = Vec::new();
    for failed in failed {
        let mut carry = failed;
        for plane in &mut planes {
            (*plane, carry) = (*plane ^ carry, *plane & carry);
        }
        if carry != 0 {
            planes.push(carry);
        }
    }
    let (mut left, mut count) = (rows, 0);
    for (at, plane) in planes.iter().enumerate().rev() {
        match left & !plane {
            0 => count |= 1 << at,
            lower => left = lower,
        }
    }
    (left, count)
}
