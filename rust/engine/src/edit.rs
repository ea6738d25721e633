//! A change: all or nothing, since it works on a copy that nobody sees until it is finished.

use std::sync::Arc;

use crate::Row;
use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::names::Lookup;
use crate::number::{Cell, Number};
use crate::snapshot::Snapshot;
use crate::vocabulary::Kind;

/// Changes to a snapshot; `finish` gives the next one. Dropped, nothing happened.
#[derive(Clone, Debug)]
pub struct Edit {
    next: Snapshot,
    touched: Vec<Row>,
}

impl Edit {
    pub(crate) fn new(mut next: Snapshot) -> Self {
        next.version += 1;
        Self { next, touched: Vec::new() }
    }

    /// The state so far.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.next
    }

    /// Adds a model, or with `replace` puts it in the place of the one of the same id.
    ///
    /// After an error the edit is spoilt: drop it.
    pub fn put(&mut self, definition: &Definition, replace: bool) -> Result<Row> {
        let next = &mut self.next;
        let version = next.version;
        let there = match next.names.get(&definition.id) {
            Lookup::Id(_) if !replace => return Err(Error::DuplicateId(definition.id.clone())),
            Lookup::Id(row) => Some(row),
            _ => None,
        };
        let mut terms = Vec::with_capacity(definition.terms.len());
        for (facet, term) in &definition.terms {
            terms.push((next.vocabulary.facet(facet)?, term.as_str()));
        }
        let mut cells: Vec<(u16, Cell)> = Vec::with_capacity(definition.numbers.len());
        for (measure, number) in &definition.numbers {
            let wrong = |why| Error::InvalidNumber { measure: measure.clone(), why };
            let cell = number.cell().ok_or_else(|| wrong("it is not a number"))?;
            let id = next.measures.intern(&next.vocabulary, measure)?;
            // The two kinds of cells must never meet in one column: their orders have nothing in common.
            let money = next.measures.spec(id).is_some_and(|spec| spec.kind == Kind::Money);
            if money != matches!(number, Number::Money(_)) {
                return Err(wrong(if money { "it is money" } else { "it is not money" }));
            }
            cells.push((id, cell));
        }
        let row = there.unwrap_or(next.rows);
        next.names.set(row, &definition.id, &definition.aliases)?;
        next.facets.set(row, &terms, version)?;
        next.measures.set(row, &cells, version);
        let document: Arc<[u8]> = Arc::from(definition.document.as_slice());
        next.fingerprint = next.fingerprint.wrapping_add(hash(&document));
        if there.is_some() {
            let before = next.documents.read(row)?;
            next.fingerprint = next.fingerprint.wrapping_sub(hash(&before));
            next.documents.set(row, document);
        } else {
            next.documents.push(document);
            next.live.insert(row);
            next.rows += 1;
            next.rows_version = version;
        }
        self.touched.push(row);
        Ok(row)
    }

    /// Removes the model of this id (an alias will not do). Its row stays empty for ever.
    pub fn remove(&mut self, id: &str) -> Result<Row> {
        let row = self.next.row(id)?;
        let next = &mut self.next;
        let before = next.documents.read(row)?;
        next.fingerprint = next.fingerprint.wrapping_sub(hash(&before));
        next.names.clear(row);
        next.facets.clear(row, next.version);
        next.measures.set(row, &[], next.version);
        next.documents.set(row, Arc::from([].as_slice()));
        next.live.remove(row);
        next.rows_version = next.version;
        self.touched.push(row);
        Ok(row)
    }

    /// The next snapshot, and the rows that were touched.
    #[must_use]
    pub fn finish(mut self) -> (Snapshot, Vec<Row>) {
        self.next.names.settle();
        self.next.facets.settle();
        self.next.measures.settle();
        self.touched.sort_unstable();
        self.touched.dedup();
        (self.next, self.touched)
    }
}

/// What a document adds to the fingerprint.
pub(crate) fn hash(document: &[u8]) -> u128 {
    let mut first = [0; 16];
    first.copy_from_slice(&blake3::hash(document).as_bytes()[..16]);
    u128::from_le_bytes(first)
}
