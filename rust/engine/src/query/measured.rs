//! Rows in the order of one measure, which has the order of all rows at hand.

use super::best::rows_of;
use super::top::Top;
use super::{Query, count_of, is_set};
use crate::column::Column;
use crate::evaluate::View;
use crate::number::UNKNOWN;
use crate::order::Key;
use crate::posting::{TILE_ROWS, TILE_WORDS, Tile};
use crate::{MeasureId, Row};

/// Passing a row in the order of a measure costs this many times less than sorting it in.
const SORT_COST: usize = 16;

impl Query {
    /// The first `top` of the rows that meet the conditions in the order of this measure; equals by
    /// the other keys, then the preferred first, then as they were registered.
    pub(super) fn rows_by_measure(
        &self,
        view: View<'_>,
        (measure, descending): (MeasureId, bool),
        others: &[Key],
        top: usize,
    ) -> Vec<Row> {
        let mut masks = vec![[0; TILE_WORDS]; view.snapshot.tiles() as usize];
        let mut count = 0;
        self.each_block(view, |first, block| {
            let tile = (first / TILE_ROWS) as usize;
            masks[tile..tile + block.len()].copy_from_slice(block);
            count += count_of(block) as usize;
            true
        });
        let column = view.snapshot.measures.column(measure);
        let Some(column) = column.filter(|column| count * SORT_COST > column.known() as usize) else {
            let mut first = Top::new(self, view, &self.keys, top);
            rows_of(&masks).for_each(|row| first.push(row, row));
            return first.rows();
        };
        let mut rows = if others.is_empty() && self.prefers.is_empty() {
            walked(column, descending, &masks, count.min(top))
        } else {
            self.walked_in_runs(view, (column, descending), others, &masks, top)
        };
        if rows.len() < count.min(top) {
            // The unknown comes last.
            let unknown = rows_of(&masks).filter(|row| column.get(*row) == UNKNOWN).collect();
            rows.append(&mut self.sorted(view, others, unknown, top - rows.len()));
        }
        rows
    }

    /// The first `top` rows of the masks whose cell is known: a run of equal cells at a time, each in
    /// the order of the other keys.
    fn walked_in_runs(
        &self,
        view: View<'_>,
        (column, descending): (&Column, bool),
        others: &[Key],
        masks: &[Tile],
        top: usize,
    ) -> Vec<Row> {
        let mut rows = Vec::new();
        // Where the rows of this cell begin.
        let (mut first, mut equal) = (0, UNKNOWN);
        let arrange = |rows: &mut Vec<Row>, first: usize| {
            if rows.len() > first + 1 || rows.len() > top {
                let run = rows.split_off(first);
                rows.append(&mut self.sorted(view, others, run, top - first));
            }
        };
        for row in column.walk(descending).filter(|row| is_set(masks, *row)) {
            let cell = column.get(row);
            if cell != equal {
                arrange(&mut rows, first);
                (first, equal) = (rows.len(), cell);
                if first >= top {
                    return rows;
                }
            }
            rows.push(row);
        }
        arrange(&mut rows, first);
        rows
    }
}

/// The first `top` rows of the masks, which have no fewer.
fn walked(column: &Column, descending: bool, masks: &[Tile], top: usize) -> Vec<Row> {
    let mut rows = vec![0; top + 1];
    let mut kept = 0;
    for row in column.walk(descending) {
        if kept == top {
            break;
        }
        // Written always and counted where it is one of them: a branch would be guessed wrong too often.
        rows[kept] = row;
        kept += usize::from(is_set(masks, row));
    }
    rows.truncate(kept);
    rows
}
