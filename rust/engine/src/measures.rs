//! Measures: a column for each, and what it is.

use std::sync::Arc;

use crate::chunks::Chunks;
use crate::column::Column;
use crate::error::{Error, Result};
use crate::number::{Cell, Number, UNKNOWN};
use crate::texts::{Target, Texts};
use crate::vocabulary::{MeasureSpec, Vocabulary};
use crate::{MAX_MEASURES, MeasureId, Row, nearest};

/// The columns, by [`MeasureId`]: the declared ones first, then those met in definitions.
#[derive(Clone, Debug, Default)]
pub struct Measures {
    texts: Texts,
    specs: Chunks<Arc<MeasureSpec>>,
    columns: Chunks<Arc<Column>>,
}

impl Measures {
    pub(crate) fn new(vocabulary: &Vocabulary) -> Result<Self> {
        let mut measures = Self::default();
        for spec in vocabulary.measures() {
            measures.add(spec.clone())?;
        }
        measures.texts.settle();
        Ok(measures)
    }

    fn add(&mut self, spec: MeasureSpec) -> Result<MeasureId> {
        if self.specs.len() >= MAX_MEASURES {
            return Err(Error::TooManyMeasures(MAX_MEASURES));
        }
        let id = self.specs.len() as MeasureId;
        self.texts.insert(0, &Arc::from(spec.name.as_str()), Target { value: u32::from(id), tag: 0 });
        self.specs.push(Arc::new(spec));
        self.columns.push(Arc::default());
        Ok(id)
    }

    /// The measure of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<MeasureId> {
        self.texts.get(0, name).map(|target| target.value as MeasureId)
    }

    /// As [`Self::find`], or an error that names the nearest ones.
    pub fn measure(&self, name: &str) -> Result<MeasureId> {
        self.find(name).ok_or_else(|| Error::UnknownField {
            name: name.chars().take(64).collect(),
            what: "measure",
            nearest: nearest::best_of(name, self.specs.iter().map(|spec| spec.name.as_str()), 3),
        })
    }

    #[must_use]
    pub fn spec(&self, measure: MeasureId) -> Option<&MeasureSpec> {
        self.specs.get(usize::from(measure)).map(|spec| &**spec)
    }

    /// Every measure, with how many rows state it.
    pub fn iter(&self) -> impl Iterator<Item = (MeasureId, &MeasureSpec, u32)> {
        let known = self.specs.iter().zip(self.columns.iter());
        known.enumerate().map(|(id, (spec, column))| (id as MeasureId, &**spec, column.known()))
    }

    /// How many rows state this measure.
    #[must_use]
    pub fn known(&self, measure: MeasureId) -> u32 {
        self.column(measure).map_or(0, Column::known)
    }

    /// The number of a row, nothing where it is unknown.
    #[must_use]
    pub fn number(&self, row: Row, measure: MeasureId) -> Option<Number> {
        Number::from_cell(self.cell(row, measure), self.spec(measure)?.kind)
    }

    #[must_use]
    pub fn cell(&self, row: Row, measure: MeasureId) -> Cell {
        self.columns.get(usize::from(measure)).map_or(UNKNOWN, |column| column.get(row))
    }

    pub(crate) fn column(&self, measure: MeasureId) -> Option<&Column> {
        self.columns.get(usize::from(measure)).map(|column| &**column)
    }

    pub(crate) fn version(&self, measure: MeasureId) -> u64 {
        self.column(measure).map_or(0, Column::version)
    }

    /// The measure of this name, new where a group of the vocabulary takes it in.
    pub(crate) fn intern(&mut self, vocabulary: &Vocabulary, name: &str) -> Result<MeasureId> {
        match (self.find(name), vocabulary.grouped(name)) {
            (Some(id), _) => Ok(id),
            (None, Some(spec)) => {
                crate::names::check("a measure", name)?;
                self.add(spec)
            }
            (None, None) => self.measure(name),
        }
    }

    /// Puts a whole column in the place of this measure's.
    pub(crate) fn restore(&mut self, measure: MeasureId, column: Column) {
        if let Some(place) = self.columns.get_mut(usize::from(measure)) {
            *place = Arc::new(column);
        }
    }

    /// Gives a row its numbers; those not in `cells` become unknown. Of two for one measure the last
    /// is taken. Looks at every column.
    pub(crate) fn set(&mut self, row: Row, cells: &[(MeasureId, Cell)], version: u64) {
        let mut wanted = last_ones(cells);
        let given = wanted.len();
        for (id, column) in (0..).zip(self.columns.iter()) {
            if column.get(row) != UNKNOWN && wanted[..given].binary_search_by_key(&id, |(id, _)| *id).is_err() {
                wanted.push((id, UNKNOWN));
            }
        }
        wanted.into_iter().for_each(|(id, cell)| self.put(row, id, cell, version));
    }

    /// Changes these numbers of a row and no other. Of two for one measure the last is taken.
    pub(crate) fn change(&mut self, row: Row, cells: &[(MeasureId, Cell)], version: u64) {
        last_ones(cells).into_iter().for_each(|(id, cell)| self.put(row, id, cell, version));
    }

    fn put(&mut self, row: Row, measure: MeasureId, cell: Cell, version: u64) {
        // Asked first: what is given for changing is copied.
        if self.cell(row, measure) != cell
            && let Some(column) = self.columns.get_mut(usize::from(measure))
        {
            Arc::make_mut(column).set(row, cell, version);
        }
    }

    pub(crate) fn settle(&mut self) {
        self.texts.settle();
    }
}

/// One cell for each measure, the last, by measure.
fn last_ones(cells: &[(MeasureId, Cell)]) -> Vec<(MeasureId, Cell)> {
    let mut last = cells.to_vec();
    last.reverse();
    last.sort_by_key(|(measure, _)| *measure);
    last.dedup_by_key(|(measure, _)| *measure);
    last
}
