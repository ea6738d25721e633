//! Where a registry keeps its index.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::index::{Index, Sources};
use crate::error::Result;
use crate::snapshot::Snapshot;
use crate::turns::Turns;

/// The index of the latest snapshot that somebody searched: made at the first search, taken on to others.
///
/// No lock: a process that is forked while another thread is here goes on.
#[derive(Debug, Default)]
pub struct Shelf {
    latest: ArcSwapOption<Index>,
    turns: Turns,
}

impl Shelf {
    /// The index for a snapshot. Where there is none yet, it is taken on from that of `other`: a view
    /// begins with that of its registry.
    pub fn index(&self, other: Option<&Self>, snapshot: &Snapshot, sources: &Sources<'_>) -> Result<Arc<Index>> {
        let there = || self.latest.load_full().or_else(|| other.and_then(|other| other.latest.load_full()));
        let index = match there() {
            Some(before) => before.next(snapshot, sources)?,
            None => {
                // Several threads would each read all documents.
                let turn = self.turns.take();
                let made = match there() {
                    Some(before) => before.next(snapshot, sources)?,
                    None => Arc::new(Index::new(snapshot, sources)?),
                };
                self.keep(&made);
                drop(turn);
                return Ok(made);
            }
        };
        self.keep(&index);
        Ok(index)
    }

    /// Keeps an index where it is of no earlier version than the one that is here.
    fn keep(&self, index: &Arc<Index>) {
        let latest = self.latest.load();
        let is_newer = |there: &Arc<Index>| !Arc::ptr_eq(there, index) && there.version() <= index.version();
        if latest.as_ref().is_none_or(is_newer) {
            self.latest.store(Some(index.clone()));
        }
    }
}
