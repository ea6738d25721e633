//! The first row in order for each of many requests.
//!
//! Most of a query is the same for all requests: the rows that meet that are found once. Of those
//! most can never be an answer, for another one comes first wherever they fit; the few that are left
//! are laid side by side as floats and asked for eight requests at a time. Sums are whole numbers that a float holds exactly;
//! a request for which they would not be, or of a query of another form, is answered by [`Query::best`].

mod plan;
mod requests;
mod table;

use std::num::NonZero;

use crate::Row;
use crate::order::{Amount, FEMTO, usd};
use crate::query::{Query, Values};
use crate::snapshot::Snapshot;
use plan::Plan;
use requests::WHOLE;
use table::{LANES, MOST_WIDTH, Table};

pub use requests::{Count, Numbers, Quantity, Requests, Restriction};

/// The place of a request that nothing fits.
pub const NOTHING: i32 = -1;

/// Requests that are read at once.
const BLOCK: usize = 512;
/// A thread more is worth its start for so many requests.
const A_THREAD: usize = 32_768;
const MOST_THREADS: usize = 8;

/// The answers to many requests.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// The rows that answer any request, ascending.
    pub rows: Vec<Row>,
    /// For each request the place of its answer in `rows`, [`NOTHING`] where nothing fits.
    pub places: Vec<i32>,
    /// For each request the first key of its answer as it is shown, a cost in USD; no number where
    /// nothing fits or there is no order.
    pub keys: Vec<f64>,
}

impl Query {
    /// For each request what [`Self::best`] answers. An error is the place of the first request with a
    /// value that is not a number or no quantity, or 0 where columns are of different lengths.
    ///
    /// Cost: one evaluation of what is fixed, and some nanoseconds a request, shared between threads if
    /// they are many. Whatever the number of threads, the answers are the same.
    pub fn best_of_each(&self, snapshot: &Snapshot, requests: &Requests<'_>) -> Result<Answers, usize> {
        if !requests.are_complete() {
            return Err(0);
        }
        let wanted = (requests.len / A_THREAD).min(MOST_THREADS);
        let threads =
            if wanted > 1 { std::thread::available_parallelism().map_or(1, NonZero::get).min(wanted) } else { 1 };
        let plan = Plan::of(self, &self.keys, snapshot, requests);
        let batch = Batch { query: self, snapshot, requests, plan };
        let (mut places, mut keys) = (vec![NOTHING; requests.len], vec![f64::NAN; requests.len]);
        let share = requests.len.div_ceil(threads).next_multiple_of(BLOCK).max(BLOCK);
        let parts = || (0..).step_by(share);
        let rows =
            in_threads(parts().zip(places.chunks_mut(share).zip(keys.chunks_mut(share))), |first, (places, keys)| {
                batch.answer(first, places, keys)
            });
        // Each found the first of its own, and they are in order.
        let found = rows.into_iter().collect::<Result<Vec<_>, usize>>()?;
        let mut rows: Vec<Row> = found.into_iter().flatten().collect();
        rows.sort_unstable();
        rows.dedup();
        let mut place_of = vec![NOTHING; rows.last().map_or(0, |row| *row as usize + 1)];
        for (place, row) in (0..).zip(&rows) {
            place_of[*row as usize] = place;
        }
        in_threads(parts().zip(places.chunks_mut(share)), |_, places| {
            for place in places.iter_mut().filter(|place| **place != NOTHING) {
                *place = place_of[place.cast_unsigned() as usize];
            }
        });
        Ok(Answers { rows, places, keys })
    }
}

/// Runs `work` for each part, each but the first in a thread of its own.
fn in_threads<P: Send, R: Send>(
    mut parts: impl Iterator<Item = (usize, P)>,
    work: impl Fn(usize, P) -> R + Sync,
) -> Vec<R> {
    let Some((first, part)) = parts.next() else { return Vec::new() };
    std::thread::scope(|scope| {
        let work = &work;
        let others: Vec<_> = parts.map(|(first, part)| scope.spawn(move || work(first, part))).collect();
        let mut results = vec![work(first, part)];
        for other in others {
            match other.join() {
                Ok(result) => results.push(result),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    })
}

struct Batch<'a> {
    query: &'a Query,
    snapshot: &'a Snapshot,
    requests: &'a Requests<'a>,
    plan: Option<Plan<'a>>,
}

/// What a block of requests brings, a column for each number of a row.
struct Block {
    /// Limits as the plan has them.
    limits: Vec<[f64; BLOCK]>,
    amounts: Vec<[f64; BLOCK]>,
    /// Which amounts are not 0, a bit each.
    paid: [u8; BLOCK],
}

impl Batch<'_> {
    /// Answers the requests from `first` on: the row of each, and its key. Gives the rows, each once.
    fn answer(&self, first: usize, rows: &mut [i32], keys: &mut [f64]) -> Result<Vec<Row>, usize> {
        let mut found = vec![0_u64; (self.snapshot.rows() as usize).div_ceil(64)];
        let mut block = Block { limits: Vec::new(), amounts: Vec::new(), paid: [0; BLOCK] };
        for (at, (rows, keys)) in (first..).step_by(BLOCK).zip(rows.chunks_mut(BLOCK).zip(keys.chunks_mut(BLOCK))) {
            let planned = self.plan.as_ref().is_some_and(|plan| self.answer_block(plan, at, &mut block, rows, keys));
            if !planned {
                self.answer_each(at, rows, keys)?;
            }
            for row in rows.iter().filter(|row| **row != NOTHING) {
                let row = row.cast_unsigned();
                found[row as usize / 64] |= 1 << (row % 64);
            }
        }
        let words = (0..).step_by(64).zip(found);
        Ok(words.flat_map(|(base, word)| crate::posting::bits(word).map(move |bit| base + bit)).collect())
    }

    /// The requests from `first` on, one by one.
    fn answer_each(&self, first: usize, rows: &mut [i32], keys: &mut [f64]) -> Result<(), usize> {
        let (mut cells, mut amounts, mut limits) = (Vec::new(), Vec::new(), Vec::new());
        for (request, (row, key)) in (first..).zip(rows.iter_mut().zip(keys)) {
            self.requests.values(request, (&mut cells, &mut amounts, &mut limits)).ok_or(request)?;
            let values = Values { cells: &cells, amounts: &amounts, limits: &limits, exclude: self.requests.exclude };
            let best = self.query.best(self.snapshot, values);
            *row = best.map_or(NOTHING, u32::cast_signed);
            *key = best.map_or(f64::NAN, |row| self.shown(row, &amounts));
        }
        Ok(())
    }

    /// The first key of a row, as it is shown.
    fn shown(&self, row: Row, amounts: &[u64]) -> f64 {
        let key = self.query.keys.first();
        key.and_then(|key| key.shown(&self.snapshot.measures, row, amounts)).unwrap_or(f64::NAN)
    }

    /// The requests of a block side by side; false where that cannot be done, with nothing written that stays.
    fn answer_block(
        &self,
        plan: &Plan<'_>,
        first: usize,
        block: &mut Block,
        rows: &mut [i32],
        keys: &mut [f64],
    ) -> bool {
        let read = pulp::Arch::new().dispatch(Read { batch: self, plan, first, len: rows.len(), block });
        if !read {
            return false;
        }
        let mut left: u8 = block.paid[..rows.len()].iter().fold(0, |sets, paid| sets | 1 << paid);
        while left != 0 {
            let paid = left.trailing_zeros() as usize;
            left &= left - 1;
            let Some(table) = plan.table(paid) else { return false };
            // Where a sum might not be exact, the requests are asked one by one.
            let most = table.paid.iter().zip(&table.largest).map(|(place, largest)| {
                block.amounts[*place][..rows.len()].iter().copied().fold(0.0, f64::max) * largest
            });
            if most.sum::<f64>() >= WHOLE {
                return false;
            }
            let found = Find { plan, table, block, paid: paid as u8, rows, keys, key: |row| self.shown(row, &[]) };
            pulp::Arch::new().dispatch(found);
        }
        true
    }
}

struct Read<'a, 'b> {
    batch: &'a Batch<'b>,
    plan: &'a Plan<'b>,
    first: usize,
    len: usize,
    block: &'a mut Block,
}

impl pulp::WithSimd for Read<'_, '_> {
    type Output = bool;

    /// Whether every value is one that the tables can take.
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> bool {
        let Self { batch: Batch { requests, .. }, plan, first, len, block } = self;
        let Block { limits, amounts, paid } = block;
        let mut right = true;
        limits.resize(plan.dimensions.len(), [0.0; BLOCK]);
        for (lanes, dimension) in limits.iter_mut().zip(&plan.dimensions) {
            let Some(limit) = requests.limits.get(dimension.slot) else { return false };
            limit.values.fill(first, &mut lanes[..len]);
            for lane in &mut lanes[..len] {
                right &= !lane.is_nan();
                let turned = if dimension.turned { -*lane } else { *lane };
                *lane = if dimension.strict { below(turned) } else { turned };
            }
        }
        amounts.resize(plan.amounts().len(), [0.0; BLOCK]);
        paid[..len].fill(0);
        let mut less = [0.0; BLOCK];
        for (place, (lanes, (_, amount))) in amounts.iter_mut().zip(plan.amounts()).enumerate() {
            let lanes = &mut lanes[..len];
            match amount {
                Amount::Fixed(amount) => {
                    let amount = u32::try_from(*amount);
                    right &= amount.is_ok();
                    lanes.fill(amount.map_or(0.0, f64::from));
                }
                Amount::Slot(slot) => {
                    let Some(quantity) = requests.quantities.get(usize::from(*slot)) else { return false };
                    right &= quantity.fill(first, lanes, &mut less[..len]);
                }
            }
            for (paid, lane) in paid.iter_mut().zip(lanes) {
                *paid |= u8::from(*lane > 0.0) << place;
            }
        }
        right
    }
}

/// The largest float below this one: at most that is below this. Nothing is below the lowest.
#[inline(always)]
fn below(value: f64) -> f64 {
    if value == f64::NEG_INFINITY { f64::NAN } else { value.next_down() }
}

struct Find<'a, 'b, K> {
    plan: &'a Plan<'b>,
    table: &'a Table,
    block: &'a Block,
    paid: u8,
    rows: &'a mut [i32],
    keys: &'a mut [f64],
    /// The key of a row where that is the same for all requests.
    key: K,
}

impl<K: Fn(Row) -> f64> pulp::WithSimd for Find<'_, '_, K> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::cast_sign_loss, reason = "a place is not negative")]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { plan, table, block, paid, rows, keys, key } = self;
        let fixed = plan.amounts().is_empty();
        let known: Vec<f64> = if fixed { table.rows.iter().map(|row| key(*row)).collect() } else { Vec::new() };
        let usd = Usd::of(table.unit);
        let columns: Vec<&[f64; BLOCK]> =
            table.paid.iter().map(|place| &block.amounts[*place]).chain(&block.limits).collect();
        let mut values = [[0.0; LANES]; MOST_WIDTH];
        for (at, (rows, keys)) in (0..).step_by(LANES).zip(rows.chunks_mut(LANES).zip(keys.chunks_mut(LANES))) {
            if block.paid[at..at + rows.len()].iter().all(|own| *own != paid) {
                continue;
            }
            for (lanes, column) in values.iter_mut().zip(&columns) {
                lanes.copy_from_slice(&column[at..at + LANES]);
            }
            let (least, places) = table.find(&values);
            let lanes = least.iter().zip(places).zip(&block.paid[at..]);
            for ((row, key), ((least, place), own)) in rows.iter_mut().zip(keys).zip(lanes) {
                if *own == paid {
                    let place = if place.is_nan() { usize::MAX } else { place as usize };
                    *row = table.rows.get(place).map_or(NOTHING, |row| row.cast_signed());
                    *key = match *row {
                        NOTHING => f64::NAN,
                        _ if fixed => known[place],
                        _ if table.paid.is_empty() => 0.0,
                        _ => usd.shown(*least),
                    };
                }
            }
        }
    }
}

/// How many USD so many units are.
struct Usd {
    unit: u64,
    times: f64,
    divisor: f64,
}

impl Usd {
    #[expect(clippy::cast_precision_loss, reason = "what is no whole number of 53 bits is not used")]
    fn of(unit: u64) -> Self {
        let both = table::common_divisor(unit, FEMTO);
        Self { unit, times: (unit / both) as f64, divisor: (FEMTO / both) as f64 }
    }

    #[inline(always)]
    fn shown(&self, units: f64) -> f64 {
        let whole = units * self.times;
        // Of two whole numbers the quotient is rounded once, so it is the nearest.
        if whole.abs() < WHOLE { whole / self.divisor } else { usd(units as i128 * i128::from(self.unit)) }
    }
}
