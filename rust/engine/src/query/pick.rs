//! A weighted choice among near-equals, so that many who ask do not all choose the same.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Query, Values};
use crate::Row;
use crate::evaluate::View;
use crate::snapshot::Snapshot;

/// The weight at this share of the way to the last that is near enough: half of that of the best.
#[expect(clippy::cast_sign_loss, reason = "a distance is hardly above 1")]
fn weight_at(distance: f64) -> u64 {
    const BEST: f64 = 4_294_967_296.0;
    ((1.0 - distance / 2.0) * BEST) as u64
}

/// A tenth more than 0.7 is 0.77, whatever floats say.
const NEAR: f64 = 1.0 + 1e-9;

/// Random bits, the same for the same seed on every machine (splitmix64 of Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same whenever the seed is the same.
    #[must_use]
    pub fn of(seed: &[u8]) -> Self {
        let hash = blake3::hash(seed);
        Self(hash.as_bytes().iter().take(8).rev().fold(0, |word, byte| word << 8 | u64::from(*byte)))
    }

    /// Dice that nobody else throws: another thread, another process, another moment, other dice. The
    /// standard library's keys alone would be the same in every child of a fork.
    #[must_use]
    pub fn new() -> Self {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u32(std::process::id());
        hasher.write_u128(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos()));
        Self(hasher.finish())
    }

    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `n`, which is not 0, each as likely as the others (Lemire, 2019).
    fn below(&mut self, n: u64) -> u64 {
        loop {
            let wide = u128::from(self.word()) * u128::from(n);
            let (high, low) = ((wide >> 64) as u64, wide as u64);
            if low >= n || low >= n.wrapping_neg() % n {
                return high;
            }
        }
    }
}

impl Default for Dice {
    fn default() -> Self {
        Self::new()
    }
}

impl Query {
    /// One of the rows that are nearly as good as [`Self::best`], by weight.
    ///
    /// By each key in turn those are left whose value, as it is shown, differs from that of the best of them by at
    /// most `near` times that; then only those with the first of the preferred terms that one has. The
    /// weight falls evenly with the distance in the first key, from 1 for the best to 1/2 for the last that
    /// is near enough; equals, and rows without an order, weigh the same. Distinct and limit do not matter.
    ///
    /// The choice follows from the rows, the values and the dice alone. Cost: one evaluation of the
    /// conditions, and a look at each row that meets them.
    #[must_use]
    pub fn pick(&self, snapshot: &Snapshot, values: Values<'_>, near: f64, dice: &mut Dice) -> Option<Row> {
        let measures = &snapshot.measures;
        let mut rows = self.rows(View { snapshot, values }, usize::MAX);
        rows.retain(|row| self.keys.iter().all(|key| key.rank(measures, *row, values.amounts).is_some()));
        let mut weights = Vec::new();
        for (at, key) in self.keys.iter().enumerate() {
            let best = rows.iter().min_by_key(|row| key.rank(measures, **row, values.amounts))?;
            let shown = |row: Row| key.shown(measures, row, values.amounts).unwrap_or(f64::NAN);
            let aim = shown(*best);
            // Not negative, also where `near` is -0.0: a distance of -inf would weigh all that a number can.
            let span = (near * aim).abs();
            // Of two that are equal the distance is 0, also where both are infinite.
            let distance = |row: Row| {
                let value = shown(row);
                if value.total_cmp(&aim).is_eq() { 0.0 } else { (value - aim).abs() / span }
            };
            rows.retain(|row| distance(*row) <= NEAR);
            if at == 0 {
                weights = rows.iter().map(|row| (*row, weight_at(distance(*row)))).collect();
            }
        }
        if let Some(first) = rows.iter().map(|row| self.preference(snapshot, *row)).min() {
            rows.retain(|row| self.preference(snapshot, *row) == first);
        }
        let weight = |row: &Row| match weights.binary_search_by_key(row, |(row, _)| *row) {
            Ok(place) => weights[place].1,
            Err(_) => weight_at(0.0),
        };
        let total = rows.iter().map(weight).sum();
        let mut left = if total > 0 { dice.below(total) } else { return None };
        rows.into_iter().find(|row| {
            let own = weight(row);
            let found = left < own;
            left = left.wrapping_sub(own);
            found
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the authors' own program for this seed.
    #[test]
    fn words_are_those_of_splitmix64() {
        let mut dice = Dice(1_234_567);
        let words: Vec<u64> = (0..3).map(|_| dice.word()).collect();
        assert_eq!(words, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn every_number_below_is_as_likely() {
        for n in [1, 2, 3, 7] {
            let (mut dice, mut counts) = (Dice::of(b"x"), vec![0_u32; n as usize]);
            (0..n * 10_000).for_each(|_| counts[dice.below(n) as usize] += 1);
            assert!(counts.iter().all(|count| count.abs_diff(10_000) < 600), "{counts:?}");
        }
        let mut dice = Dice::of(b"x");
        assert!((0..100).all(|_| dice.below(u64::MAX) < u64::MAX));
        assert_ne!(Dice::new().word(), Dice::new().word());
    }
}
