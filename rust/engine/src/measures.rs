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
    /// The measures of a view of its own, numbered from [`OWN`]: so they keep their numbers whatever
    /// measures the registry that it is of takes in.
    own: Vec<Own>,
}

/// The number of the first measure of a view's own; there are fewer than [`MAX_MEASURES`] others.
const OWN: MeasureId = 1 << 15;

#[derive(Clone, Debug)]
enum Own {
    New(Arc<MeasureSpec>, Arc<Column>),
    /// The registry has this measure by now.
    Known(MeasureId),
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

    /// Measures of a view of its own. The same ones in the same order get the same numbers.
    pub(crate) fn add_own(&mut self, vocabulary: &Vocabulary, names: &[Arc<str>]) -> Result<()> {
        if self.own.len() + names.len() > MAX_MEASURES {
            return Err(Error::TooManyMeasures(MAX_MEASURES));
        }
        for name in names {
            let own = match (self.find(name), vocabulary.grouped(name)) {
                (Some(known), _) => Own::Known(known),
                (None, Some(spec)) => {
                    let value = u32::from(OWN) + self.own.len() as u32;
                    self.texts.insert(0, name, Target { value, tag: 0 });
                    Own::New(Arc::new(spec), Arc::default())
                }
                // No measure at all: the error of whoever names it.
                (None, None) => return self.measure(name).map(drop),
            };
            self.own.push(own);
        }
        Ok(())
    }

    #[cold]
    fn own_at(&self, measure: MeasureId) -> Option<(&Arc<MeasureSpec>, &Arc<Column>)> {
        match self.own.get(usize::from(measure.checked_sub(OWN)?))? {
            Own::New(spec, column) => Some((spec, column)),
            Own::Known(known) => match self.specs.get(usize::from(*known)) {
                Some(spec) => Some((spec, self.columns.get(usize::from(*known))?)),
                None => self.own_at(*known),
            },
        }
    }

    /// The column for changing in place.
    pub(crate) fn column_mut(&mut self, measure: MeasureId) -> Option<&mut Arc<Column>> {
        match measure.checked_sub(OWN) {
            None => self.columns.get_mut(usize::from(measure)),
            Some(at) => match self.own.get_mut(usize::from(at))? {
                Own::New(_, column) => Some(column),
                Own::Known(_) => None,
            },
        }
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
        let spec = self.specs.get(usize::from(measure));
        spec.or_else(|| self.own_at(measure).map(|(spec, _)| spec)).map(|spec| &**spec)
    }

    /// Every measure, with how many rows state it.
    pub fn iter(&self) -> impl Iterator<Item = (MeasureId, &MeasureSpec, u32)> {
        let own = (OWN..).zip(&self.own).filter_map(|(id, own)| match own {
            Own::New(spec, column) => Some((id, (spec, column))),
            Own::Known(_) => None,
        });
        let known = (0..).zip(self.specs.iter().zip(self.columns.iter()));
        known.chain(own).map(|(id, (spec, column))| (id, &**spec, column.known()))
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
        self.column(measure).map_or(UNKNOWN, |column| column.get(row))
    }

    pub(crate) fn column(&self, measure: MeasureId) -> Option<&Column> {
        let column = self.columns.get(usize::from(measure));
        column.or_else(|| self.own_at(measure).map(|(_, column)| column)).map(|column| &**column)
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
        let own = (OWN..).zip(&self.own).filter_map(|(id, own)| match own {
            Own::New(_, column) => Some((id, column)),
            Own::Known(_) => None,
        });
        for (id, column) in (0..).zip(self.columns.iter()).chain(own) {
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
            && let Some(column) = self.column_mut(measure)
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
