//! What no other row beats in everything.

use crate::Row;
use crate::query::Query;
use crate::snapshot::Snapshot;

impl Query {
    /// Those of these rows that no other of them beats: is as good by every key and better by one.
    /// Equals stay all, a row with an unknown key does not; the order stays.
    ///
    /// Sorted by the first key and, among equals, the next, a row can only be beaten by one before
    /// it, and if by any, then by one that is not beaten itself. For one and two keys the best of the
    /// last key so far says it all: `n log n`. For more, each row is compared with those kept.
    #[must_use]
    pub fn pareto(&self, snapshot: &Snapshot, rows: &[Row]) -> Vec<Row> {
        let width = self.keys.len();
        let mut ranks = Vec::with_capacity(rows.len() * width);
        let mut known = Vec::with_capacity(rows.len());
        for row in rows {
            let before = ranks.len();
            ranks.extend(self.keys.iter().map_while(|key| key.rank(&snapshot.measures, *row, &[])));
            if ranks.len() == before + width {
                known.push(*row);
            } else {
                ranks.truncate(before);
            }
        }
        let ranks_of = |at: usize| &ranks[at * width..(at + 1) * width];
        let mut order: Vec<usize> = (0..known.len()).collect();
        order.sort_unstable_by(|a, b| ranks_of(*a).cmp(ranks_of(*b)));
        let mut kept = vec![false; known.len()];
        // One for each of those kept that differ.
        let mut front: Vec<&[i128]> = Vec::new();
        for at in order {
            let own = ranks_of(at);
            kept[at] = match front.last() {
                None => true,
                // Equals have one fate.
                Some(last) if *last == own => true,
                Some(last) if width <= 2 => width == 2 && own[1] < last[1],
                // The last one kept is the most like it.
                Some(_) => !front.iter().rev().any(|other| beats(other, own)),
            };
            if kept[at] && front.last() != Some(&own) {
                front.push(own);
            }
        }
        known.into_iter().zip(kept).filter_map(|(row, kept)| kept.then_some(row)).collect()
    }
}

/// Whether one is no worse anywhere, given that the two differ.
fn beats(one: &[i128], other: &[i128]) -> bool {
    one.iter().zip(other).all(|(one, other)| one <= other)
}
