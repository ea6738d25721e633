//! The first few rows in order, without putting all of them in order.

use super::{Query, rank};
use crate::Row;
use crate::evaluate::View;
use crate::order::Key;

/// So many rows are kept at least before those too many are dropped.
const FEWEST: usize = 64;

/// Takes rows one by one, and keeps those that may be among the first `count` in the order of the keys.
///
/// Of a row that comes too late by the first key nothing else is asked. Twice as many are kept before
/// the later half is dropped, so that each row costs a constant number of comparisons.
pub(super) struct Top<'a> {
    query: &'a Query,
    view: View<'a>,
    keys: &'a [Key],
    count: usize,
    /// The rank by the first key, the place among those that came, the row.
    kept: Vec<(i128, u32, Row)>,
    /// The rank of the last of the first `count` so far; a greater one is not among them.
    last: i128,
}

impl<'a> Top<'a> {
    pub(super) fn new(query: &'a Query, view: View<'a>, keys: &'a [Key], count: usize) -> Self {
        Self { query, view, keys, count, kept: Vec::new(), last: i128::MAX }
    }

    /// The rows must come in the order that equals keep.
    #[inline]
    pub(super) fn push(&mut self, place: u32, row: Row) {
        let rank = self.keys.first().map_or(0, |key| rank(self.view, key, row));
        if rank <= self.last {
            self.kept.push((rank, place, row));
            if self.kept.len() / 2 >= self.count.max(FEWEST) {
                self.drop_late();
            }
        }
    }

    fn compare(&self, a: &(i128, u32, Row), b: &(i128, u32, Row)) -> std::cmp::Ordering {
        let mut order = a.0.cmp(&b.0);
        for key in self.keys.get(1..).unwrap_or_default() {
            order = order.then_with(|| rank(self.view, key, a.2).cmp(&rank(self.view, key, b.2)));
        }
        let preference = |row| self.query.preference(self.view.snapshot, row);
        order.then_with(|| preference(a.2).cmp(&preference(b.2))).then(a.1.cmp(&b.1))
    }

    fn drop_late(&mut self) {
        let Some(last) = self.count.checked_sub(1) else {
            self.kept.clear();
            return;
        };
        if self.count < self.kept.len() {
            let mut kept = std::mem::take(&mut self.kept);
            kept.select_nth_unstable_by(last, |a, b| self.compare(a, b));
            self.last = kept[last].0;
            kept.truncate(self.count);
            self.kept = kept;
        }
    }

    /// The first `count`, in order.
    pub(super) fn rows(mut self) -> Vec<Row> {
        self.drop_late();
        let mut kept = std::mem::take(&mut self.kept);
        kept.sort_unstable_by(|a, b| self.compare(a, b));
        kept.into_iter().map(|(.., row)| row).collect()
    }
}
