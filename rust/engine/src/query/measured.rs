//! Rows in the order of one measure, which has the order of all rows at hand.

use super::{Query, count_of, is_set, push_rows};
use crate::column::Column;
use crate::evaluate::View;
use crate::number::UNKNOWN;
use crate::posting::{TILE_ROWS, TILE_WORDS, Tile};
use crate::snapshot::Snapshot;
use crate::{MeasureId, Row};

/// Passing a row in the order of a measure costs this many times less than sorting it in.
const SORT_COST: usize = 16;

impl Query {
    /// The first `top` of the rows that meet the conditions in the order of this measure, the
    /// preferred first among equals, then as they were registered.
    pub(super) fn rows_by_measure(&self, view: View<'_>, measure: MeasureId, descending: bool, top: usize) -> Vec<Row> {
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
            let mut rows = Vec::new();
            push_rows(0, &masks, &mut rows);
            return self.sorted(view, rows, top);
        };
        let mut rows = if self.prefers.is_empty() {
            walked(column, descending, &masks, count.min(top))
        } else {
            self.walked_by_preference(view.snapshot, column, descending, &masks, top)
        };
        if rows.len() < count.min(top) {
            // The unknown comes last.
            let mut unknown = Vec::new();
            push_rows(0, &masks, &mut unknown);
            unknown.retain(|row| column.get(*row) == UNKNOWN);
            self.prefer(view.snapshot, &mut unknown);
            rows.append(&mut unknown);
        }
        rows.truncate(top);
        rows
    }

    /// At least the first `top` rows, the preferred first where the cells are equal.
    fn walked_by_preference(
        &self,
        snapshot: &Snapshot,
        column: &Column,
        descending: bool,
        masks: &[Tile],
        top: usize,
    ) -> Vec<Row> {
        let mut rows = Vec::new();
        // Where the rows of this cell begin.
        let (mut first, mut equal) = (0, UNKNOWN);
        for row in column.walk(descending).filter(|row| is_set(masks, *row)) {
            let cell = column.get(row);
            if cell != equal {
                self.prefer(snapshot, &mut rows[first..]);
                (first, equal) = (rows.len(), cell);
                if first >= top {
                    return rows;
                }
            }
            rows.push(row);
        }
        self.prefer(snapshot, &mut rows[first..]);
        rows
    }

    /// Puts the preferred among equal rows first.
    fn prefer(&self, snapshot: &Snapshot, rows: &mut [Row]) {
        if rows.len() > 1 && !self.prefers.is_empty() {
            rows.sort_by_cached_key(|row| self.preference(snapshot, *row));
        }
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
