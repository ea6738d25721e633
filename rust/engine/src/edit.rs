//! A change: all or nothing, since it works on a copy that nobody sees until it is finished.

use std::sync::Arc;

use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::measures::Measures;
use crate::names::Lookup;
use crate::number::{Cell, Number, UNKNOWN};
use crate::snapshot::Snapshot;
use crate::vocabulary::Kind;
use crate::{FacetId, MeasureId, Row};

/// Changes to a snapshot; `finish` gives the next one. Dropped, nothing happened.
#[derive(Clone, Debug)]
pub struct Edit {
    pub(crate) next: Snapshot,
    touched: Vec<Row>,
}

impl Edit {
    pub(crate) fn new(mut next: Snapshot) -> Self {
        next.version += 1;
        Self { next, touched: Vec::new() }
    }

    /// Changes to what a view makes of a snapshot, whose version it keeps.
    pub(crate) fn over(next: Snapshot) -> Self {
        Self { next, touched: Vec::new() }
    }

    /// The state so far, with its names as they are: those of a view are not worth putting in order.
    pub(crate) fn into_snapshot(self) -> Snapshot {
        self.next
    }

    /// The state so far.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.next
    }

    /// Whether nothing was changed so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.touched.is_empty()
    }

    /// Adds a model, or with `replace` puts it in the place of the one of the same id.
    ///
    /// After an error the edit is spoilt: drop it.
    pub fn put(&mut self, definition: &Definition, replace: bool) -> Result<Row> {
        match self.next.names.get(&definition.id) {
            Lookup::Id(_) if !replace => Err(Error::DuplicateId(definition.id.clone())),
            Lookup::Id(row) => self.put_at(Some(row), definition),
            _ => self.put_at(None, definition),
        }
    }

    /// As [`Self::put`], in the place of this row or in a new one.
    pub(crate) fn put_at(&mut self, there: Option<Row>, definition: &Definition) -> Result<Row> {
        let next = &mut self.next;
        let version = next.version;
        if there.is_none() && next.rows == Row::MAX {
            return Err(Error::Full);
        }
        let mut terms = Vec::with_capacity(definition.terms.len());
        for (facet, term) in &definition.terms {
            terms.push((next.vocabulary.facet(facet)?, term.as_str()));
        }
        let mut cells: Vec<(u16, Cell)> = Vec::with_capacity(definition.numbers.len());
        for (measure, number) in &definition.numbers {
            let id = next.measures.intern(&next.vocabulary, measure)?;
            cells.push((id, cell_of(&next.measures, id, *number)?));
        }
        let row = there.unwrap_or(next.rows);
        next.names.set(row, &definition.id, &definition.aliases)?;
        next.facets.set(row, &terms, version)?;
        match there {
            Some(_) => next.measures.set(row, &cells, version),
            // Nothing is known of a new row, so there is nothing to take away.
            None => next.measures.change(row, &cells, version),
        }
        let document: Arc<[u8]> = Arc::from(definition.document.as_slice());
        if there.is_some() {
            next.replace_document(row, document)?;
        } else {
            if next.derived.is_none() {
                next.fingerprint = next.fingerprint.wrapping_add(hash(&document));
            }
            next.documents.push(document);
            next.live.insert(row);
            next.rows += 1;
            next.rows_version = version;
        }
        self.touched.push(row);
        Ok(row)
    }

    /// Changes some numbers, the terms of some facets, and the document of a row; its names and all else
    /// stay as they are. Nothing makes a number unknown; a facet has the given terms afterwards and no
    /// other. Of two statements on one measure or facet the last counts.
    ///
    /// Costs what changes, however many measures there are, where [`Self::put`] looks at all of them.
    /// After an error the edit is spoilt: drop it.
    pub fn patch(
        &mut self,
        row: Row,
        numbers: &[(MeasureId, Option<Number>)],
        facets: &[(FacetId, &[&str])],
        document: Arc<[u8]>,
    ) -> Result<()> {
        let next = &mut self.next;
        if !next.is_live(row) {
            return Err(Error::NotFound(format!("row {row}")));
        }
        let cell = |(id, number): &(MeasureId, Option<Number>)| {
            Ok((*id, number.map_or(Ok(UNKNOWN), |number| cell_of(&next.measures, *id, number))?))
        };
        let cells = numbers.iter().map(cell).collect::<Result<Vec<(MeasureId, Cell)>>>()?;
        next.measures.change(row, &cells, next.version);
        for (facet, terms) in facets {
            next.facets.set_facet(row, *facet, terms, next.version)?;
        }
        next.replace_document(row, document)?;
        self.touched.push(row);
        Ok(())
    }

    /// Removes the model of this id (an alias will not do). Its row stays empty for ever.
    pub fn remove(&mut self, id: &str) -> Result<Row> {
        let row = self.next.row(id)?;
        let next = &mut self.next;
        next.replace_document(row, Arc::default())?;
        // What is not there is not hashed.
        next.fingerprint = next.fingerprint.wrapping_sub(hash(&[]));
        next.names.clear(row);
        next.facets.clear(row, next.version);
        next.measures.set(row, &[], next.version);
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
        let terms = self.next.facets.len();
        self.next.names.parts_mut().check(terms);
        self.next.measures.settle();
        self.touched.sort_unstable();
        self.touched.dedup();
        (self.next, self.touched)
    }
}

impl Snapshot {
    fn replace_document(&mut self, row: Row, document: Arc<[u8]>) -> Result<()> {
        if self.derived.is_none() {
            let before = self.documents.read(row)?;
            self.fingerprint = self.fingerprint.wrapping_sub(hash(&before)).wrapping_add(hash(&document));
        }
        self.documents.set(row, document);
        Ok(())
    }
}

/// The cell of a number of this measure, which must be of its kind: the two kinds of cells must never
/// meet in one column, since their orders have nothing in common.
fn cell_of(measures: &Measures, measure: MeasureId, number: Number) -> Result<Cell> {
    let spec = measures.spec(measure);
    let wrong = |why| Error::InvalidNumber { measure: spec.map_or_else(String::new, |spec| spec.name.clone()), why };
    let cell = number.cell().ok_or_else(|| wrong("it is not a number"))?;
    match (spec.map(|spec| spec.kind == Kind::Money), number) {
        (None, _) => Err(wrong("there is no such measure")),
        (Some(true), Number::Float(_)) => Err(wrong("it is money")),
        (Some(false), Number::Money(_)) => Err(wrong("it is not money")),
        _ => Ok(cell),
    }
}

/// What a document adds to the fingerprint.
pub(crate) fn hash(document: &[u8]) -> u128 {
    let mut first = [0; 16];
    first.copy_from_slice(&blake3::hash(document).as_bytes()[..16]);
    u128::from_le_bytes(first)
}
