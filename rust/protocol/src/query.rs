//! A prepared query that remembers its answer: `Query::constant` of the binding.

use std::sync::Arc;

use loom::sync::Mutex;

use crate::{Flaw, Model, Registry, State, locked};

struct Remembered {
    version: u64,
    row: usize,
    model: Arc<Model>,
}

/// The row of the least number among some.
pub struct Query {
    rows: Vec<usize>,
    remembered: Mutex<Option<Remembered>>,
}

impl Query {
    #[must_use]
    pub fn new(rows: &[usize]) -> Self {
        Self { rows: rows.to_vec(), remembered: Mutex::new(None) }
    }

    /// The answer in this state, looked for.
    #[must_use]
    pub fn asked(&self, state: &State) -> usize {
        self.rows.iter().copied().min_by_key(|row| (state.numbers[*row], *row)).unwrap_or(0)
    }

    /// The version of the last change that can have changed the answer.
    fn stamp(&self, state: &State) -> u64 {
        self.rows.iter().map(|row| state.stamps[*row]).max().unwrap_or(0)
    }

    /// The remembered answer, or a new one where something that it depends on has changed.
    pub fn best(&self, registry: &Registry) -> Arc<Model> {
        let version = registry.version();
        let known = match &*locked(&self.remembered) {
            Some(answer) if answer.version == version => return answer.model.clone(),
            Some(answer) => Some((answer.version, answer.row)),
            None => None,
        };
        let published = registry.published();
        let row = match known {
            Some((version, row)) if self.stamp(&published) <= version => row,
            _ => self.asked(&published),
        };
        let model = published.model(row);
        let stamped = if registry.flaw == Flaw::VersionBeforeState { published.version + 1 } else { published.version };
        let remembered = Remembered { version: stamped, row, model: model.clone() };
        let before = locked(&self.remembered).replace(remembered);
        // Dropped outside the lock.
        drop(before);
        model
    }
}
