//! The columns that others see.
//!
//! | column | type |
//! |---|---|
//! | `id` | utf8 |
//! | each facet that is not internal | list of utf8 |
//! | each measure that a row states: counts | int64 |
//! | dates | date32 |
//! | money | decimal128(19, 9): USD per million tokens |
//! | other numbers | float64 |
//! | `document` | utf8, JSON |
//!
//! Lists hold texts and no dictionary: duckdb refuses a batch whose lists over one are all empty.
//! Counts that are not whole and dates that are no days are float64 after all. A measure that is
//! not declared has a column where one row in [`SPARSE`] states it; the others are in the document.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema};

use super::content::Content;
use crate::error::{Error, Result};
use crate::number::Number;
use crate::vocabulary::Kind;
use crate::{FacetId, MeasureId, Row, TermId};

const SPARSE: u64 = 64;
/// The decimals of money: a cell is femtodollars a token, a billionth of a USD per million.
const MONEY: DataType = DataType::Decimal128(19, 9);

pub(super) fn blame(why: &ArrowError) -> Error {
    Error::File(format!("the table cannot be made: {why}"))
}

/// One facet as a column.
#[derive(Debug)]
struct Terms {
    facet: FacetId,
    item: FieldRef,
}

/// One measure as a column.
#[derive(Debug)]
struct Numbers {
    measure: MeasureId,
    kind: Kind,
    form: DataType,
}

/// The columns of a table.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) schema: Arc<Schema>,
    terms: Vec<Terms>,
    numbers: Vec<Numbers>,
}

impl Columns {
    pub(super) fn of(content: &Content) -> Self {
        let snapshot = &content.snapshot;
        let mut taken: HashSet<String> = HashSet::from(["document".to_owned()]);
        let mut name = |wanted: &str| {
            let mut name = wanted.to_owned();
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            name
        };
        let mut fields = vec![Field::new(name("id"), DataType::Utf8, false)];
        let mut terms = Vec::new();
        for (id, spec) in snapshot.vocabulary.facets().iter().enumerate().filter(|(_, spec)| !spec.internal) {
            let item = Arc::new(Field::new("item", DataType::Utf8, false));
            fields.push(Field::new(name(&spec.name), DataType::List(item.clone()), false));
            terms.push(Terms { facet: id as FacetId, item });
        }
        let mut numbers = Vec::new();
        for id in &content.measures {
            let Some(spec) = snapshot.measures.spec(*id) else { continue };
            let declared = usize::from(*id) < snapshot.vocabulary.measures().len();
            let known = u64::from(snapshot.known(*id));
            if !declared && known * SPARSE < u64::from(snapshot.len()) {
                continue;
            }
            let form = form(content, *id, spec.kind);
            let field = Field::new(name(&spec.name), form.clone(), true);
            fields.push(match &spec.unit {
                Some(unit) => field.with_metadata(HashMap::from([("unit".to_owned(), unit.clone())])),
                None => field,
            });
            numbers.push(Numbers { measure: *id, kind: spec.kind, form });
        }
        // The last column: so its letters are the last buffer of a batch.
        fields.push(Field::new("document", DataType::Utf8, false));
        Self { schema: Arc::new(Schema::new(fields)), terms, numbers }
    }

    /// These rows, whose documents are these.
    pub(super) fn batch(&self, content: &Content, rows: &[Row], documents: &[Arc<[u8]>]) -> Result<RecordBatch> {
        let names = &content.snapshot.names;
        let ids = rows.iter().map(|row| names.id(*row).unwrap_or_default());
        let mut columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from_iter_values(ids))];
        columns.extend(self.facets(content, rows).map_err(|why| blame(&why))?);
        for numbers in &self.numbers {
            columns.push(Self::measure(content, rows, numbers));
        }
        let mut texts = Vec::with_capacity(documents.len());
        for (row, document) in rows.iter().zip(documents) {
            let wrong =
                |_| Error::File(format!("the document of {:?} is not UTF-8", names.id(*row).unwrap_or_default()));
            texts.push(std::str::from_utf8(document).map_err(wrong)?);
        }
        columns.push(Arc::new(StringArray::from(texts)));
        RecordBatch::try_new(self.schema.clone(), columns).map_err(|why| blame(&why))
    }

    fn facets(&self, content: &Content, rows: &[Row]) -> std::result::Result<Vec<ArrayRef>, ArrowError> {
        let (facets, terms) = (&content.snapshot.facets, &content.terms);
        let places = rows.iter().map(|row| content.terms_of(*row));
        let lists: Vec<Vec<TermId>> = places
            .map(|places| places.iter().filter_map(|place| terms.get(*place as usize).copied()).collect())
            .collect();
        let column = |Terms { facet, item }: &Terms| {
            let (mut texts, mut counts) = (Vec::new(), Vec::with_capacity(rows.len()));
            for list in &lists {
                let before = texts.len();
                let own = list.iter().filter(|term| facets.facet(**term) == Some(*facet));
                texts.extend(own.map(|term| facets.text(*term)));
                counts.push(texts.len() - before);
            }
            let texts = Arc::new(StringArray::from(texts));
            let list = ListArray::try_new(item.clone(), OffsetBuffer::from_lengths(counts), texts, None)?;
            Ok(Arc::new(list) as ArrayRef)
        };
        self.terms.iter().map(column).collect()
    }

    fn measure(content: &Content, rows: &[Row], numbers: &Numbers) -> ArrayRef {
        let measures = &content.snapshot.measures;
        let cells = rows.iter().map(|row| Number::from_cell(measures.cell(*row, numbers.measure), numbers.kind));
        match numbers.form {
            MONEY => {
                let money = cells.map(|cell| {
                    cell.and_then(|number| match number {
                        Number::Money(femto) => Some(i128::from(femto)),
                        Number::Float(_) => None,
                    })
                });
                Arc::new(money.collect::<Decimal128Array>().with_data_type(MONEY))
            }
            DataType::Int64 => {
                Arc::new(cells.map(|cell| cell.and_then(|number| whole(number.shown()))).collect::<Int64Array>())
            }
            DataType::Date32 => {
                let days = cells
                    .map(|cell| cell.and_then(|number| whole(number.shown())).and_then(|day| i32::try_from(day).ok()));
                Arc::new(days.collect::<Date32Array>())
            }
            _ => Arc::new(cells.map(|cell| cell.map(Number::shown)).collect::<Float64Array>()),
        }
    }
}

/// As an integer, where it is one that a float can tell from its neighbours.
fn whole(value: f64) -> Option<i64> {
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    (value.fract() == 0.0 && value.abs() <= LARGEST).then_some(value as i64)
}

/// What holds all numbers of a measure.
fn form(content: &Content, measure: MeasureId, kind: Kind) -> DataType {
    let cells = content.rows.iter().map(|row| content.snapshot.measures.cell(*row, measure));
    let mut numbers = cells.filter_map(|cell| Number::from_cell(cell, kind)).map(Number::shown);
    match kind {
        Kind::Money => MONEY,
        Kind::Count if numbers.all(|value| whole(value).is_some()) => DataType::Int64,
        Kind::Date if numbers.all(|value| whole(value).is_some_and(|day| i32::try_from(day).is_ok())) => {
            DataType::Date32
        }
        _ => DataType::Float64,
    }
}
