//! The best few so far, and what it takes to be one of them.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// At most `limit` keys with their scores, none below the cutoff: the highest score first, of equal
/// scores the lowest key.
#[derive(Clone, Debug)]
pub struct Best<K: Ord> {
    limit: usize,
    cutoff: f64,
    /// The last one on top.
    found: BinaryHeap<Found<K>>,
}

/// Ordered from the best to the worst.
#[derive(Clone, Debug)]
struct Found<K> {
    score: f64,
    key: K,
}

impl<K: Ord> Ord for Found<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then_with(|| self.key.cmp(&other.key))
    }
}

impl<K: Ord> PartialOrd for Found<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord> PartialEq for Found<K> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<K: Ord> Eq for Found<K> {}

/// 1 less the distance over the longer length: 1 for two empty texts.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "lengths of texts")]
pub(super) fn score(distance: usize, longer: usize) -> f64 {
    if longer == 0 { 1.0 } else { 1.0 - distance as f64 / longer as f64 }
}

impl<K: Ord> Best<K> {
    #[must_use]
    pub fn new(limit: usize, cutoff: f64) -> Self {
        Self { limit, cutoff, found: BinaryHeap::new() }
    }

    /// A lower score is not let in; an equal one is, where its key is lower.
    #[inline]
    pub(super) fn floor(&self) -> f64 {
        match self.found.peek() {
            _ if self.limit == 0 => f64::INFINITY,
            Some(last) if self.found.len() >= self.limit => last.score,
            _ => self.cutoff,
        }
    }

    /// The largest distance that may be let in, where the longer of two texts has so many characters.
    #[inline]
    #[expect(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "the score decides in the end")]
    pub(super) fn reach(&self, longer: usize) -> Option<usize> {
        let floor = self.floor();
        // One more than it should be, so that no rounding makes it less.
        let mut distance = (((1.0 - floor) * longer as f64) as usize).saturating_add(1).min(longer);
        while score(distance, longer) < floor {
            distance = distance.checked_sub(1)?;
        }
        Some(distance)
    }

    /// Lets a key in, if it is one of the best. `key` is asked for only then, and gives nothing where
    /// there is none to find.
    #[inline]
    pub(super) fn offer(&mut self, score: f64, key: impl FnOnce() -> Option<K>) {
        if score < self.floor() {
            return;
        }
        let Some(key) = key() else { return };
        self.found.push(Found { score, key });
        if self.found.len() > self.limit {
            self.found.pop();
        }
    }

    /// What was found, the best first.
    #[must_use]
    pub fn into_vec(self) -> Vec<(f64, K)> {
        self.found.into_sorted_vec().into_iter().map(|Found { score, key }| (score, key)).collect()
    }
}
