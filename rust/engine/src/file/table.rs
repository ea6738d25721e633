//! The table that others see: an Arrow IPC file, written by `arrow-ipc`.
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

use std::collections::HashMap;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
};
use arrow_buffer::OffsetBuffer;
use arrow_ipc::MetadataVersion;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema};

use super::content::Content;
use super::damaged;
use crate::error::{Error, Result};
use crate::number::Number;
use crate::vocabulary::Kind;
use crate::{FacetId, MeasureId, Row, TermId};

/// A block is read and checked as a whole, so it is small: about 0.2 ms.
const BLOCK_ROWS: usize = 256;
const BLOCK_BYTES: usize = 1 << 20;
const SPARSE: u64 = 64;
/// Buffers begin at multiples of this; 16 is what a decimal needs.
const ALIGN: usize = 16;
/// The decimals of money: a cell is femtodollars a token, a billionth of a USD per million.
const MONEY: DataType = DataType::Decimal128(19, 9);

/// The Arrow file, and where in it everything is.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) bytes: Vec<u8>,
    /// Where the batches begin.
    pub(super) head: usize,
    /// Where they end.
    pub(super) rest: usize,
    /// Where the footer begins.
    pub(super) footer: usize,
    pub(super) batches: Vec<Batch>,
    /// The length of the document of each row.
    pub(super) lengths: Vec<u32>,
}

#[derive(Debug)]
pub(super) struct Batch {
    pub(super) span: Range<usize>,
    pub(super) rows: u32,
    /// Where the documents begin, from the beginning of the span.
    pub(super) documents: usize,
}

fn blame(why: &ArrowError) -> Error {
    Error::File(format!("the table cannot be written: {why}"))
}

/// One facet as a column.
struct Terms {
    facet: FacetId,
    item: FieldRef,
}

/// One measure as a column.
struct Numbers {
    measure: MeasureId,
    kind: Kind,
    form: DataType,
}

struct Columns<'a> {
    content: &'a Content<'a>,
    schema: Arc<Schema>,
    terms: Vec<Terms>,
    numbers: Vec<Numbers>,
}

impl<'a> Columns<'a> {
    fn of(content: &'a Content<'a>) -> Self {
        let snapshot = content.snapshot;
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
            let known = snapshot.measures.column(*id).map_or(0, |column| u64::from(column.known()));
            if !declared && known * SPARSE < content.rows.len() as u64 {
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
        Self { content, schema: Arc::new(Schema::new(fields)), terms, numbers }
    }

    fn batch(&self, rows: &[Row], documents: &[Arc<[u8]>]) -> Result<RecordBatch> {
        let names = &self.content.snapshot.names;
        let ids = rows.iter().map(|row| names.id(*row).unwrap_or_default());
        let mut columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from_iter_values(ids))];
        columns.extend(self.facets(rows).map_err(|why| blame(&why))?);
        for numbers in &self.numbers {
            columns.push(self.measure(rows, numbers));
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

    fn facets(&self, rows: &[Row]) -> std::result::Result<Vec<ArrayRef>, ArrowError> {
        let (facets, terms) = (&self.content.snapshot.facets, &self.content.terms);
        let places = rows.iter().map(|row| self.content.terms_of(*row));
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

    fn measure(&self, rows: &[Row], numbers: &Numbers) -> ArrayRef {
        let measures = &self.content.snapshot.measures;
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
fn form(content: &Content<'_>, measure: MeasureId, kind: Kind) -> DataType {
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

pub(super) fn write(content: &Content<'_>) -> Result<Table> {
    let columns = Columns::of(content);
    let options = IpcWriteOptions::try_new(ALIGN, false, MetadataVersion::V5).map_err(|why| blame(&why))?;
    let writer = FileWriter::try_new_with_options(Vec::new(), &columns.schema, options);
    let mut writer = writer.map_err(|why| blame(&why))?;
    let (mut lengths, mut counts) = (Vec::with_capacity(content.rows.len()), Vec::new());
    let (mut first, mut bytes, mut documents) = (0, 0, Vec::new());
    for (at, row) in content.rows.iter().enumerate() {
        let document = content.snapshot.documents.read(*row)?;
        let len = u32::try_from(document.len()).ok().filter(|len| i32::try_from(*len).is_ok());
        lengths.push(len.ok_or_else(|| Error::File("a document of 2 GB".into()))?);
        if at > first && bytes + document.len() > BLOCK_BYTES {
            writer.write(&columns.batch(&content.rows[first..at], &documents)?).map_err(|why| blame(&why))?;
            counts.push((at - first) as u32);
            documents.clear();
            (first, bytes) = (at, 0);
        }
        bytes += document.len();
        documents.push(document);
        if documents.len() == BLOCK_ROWS || at + 1 == content.rows.len() {
            writer.write(&columns.batch(&content.rows[first..=at], &documents)?).map_err(|why| blame(&why))?;
            counts.push((at + 1 - first) as u32);
            documents.clear();
            (first, bytes) = (at + 1, 0);
        }
    }
    let bytes = writer.into_inner().map_err(|why| blame(&why))?;
    survey(bytes, &counts, lengths).ok_or_else(|| damaged("batches"))
}

/// Finds the batches and their documents in what the writer made.
fn survey(bytes: Vec<u8>, counts: &[u32], lengths: Vec<u32>) -> Option<Table> {
    let end = bytes.len().checked_sub(10)?;
    let footer = end.checked_sub(u32::from_le_bytes(bytes.get(end..end + 4)?.try_into().ok()?) as usize)?;
    let parsed = arrow_ipc::root_as_footer(bytes.get(footer..end)?).ok()?;
    let found = parsed.recordBatches().map(|blocks| blocks.iter().copied().collect::<Vec<_>>()).unwrap_or_default();
    let mut batches: Vec<Batch> = Vec::with_capacity(found.len());
    for (block, rows) in found.iter().zip(counts) {
        let start = usize::try_from(block.offset()).ok()?;
        let body = start + usize::try_from(block.metaDataLength()).ok()?;
        let span = start..body + usize::try_from(block.bodyLength()).ok()?;
        // A message begins with a mark and its length, four bytes each.
        let message = arrow_ipc::root_as_message(bytes.get(start + 8..body)?).ok()?;
        let letters = message.header_as_record_batch()?.buffers()?.iter().next_back()?;
        let documents = body - start + usize::try_from(letters.offset()).ok()?;
        if batches.last().is_some_and(|before| before.span.end != start) || documents > span.len() {
            return None;
        }
        batches.push(Batch { span, rows: *rows, documents });
    }
    let head = batches.first().map_or(footer, |batch| batch.span.start);
    let rest = batches.last().map_or(head, |batch| batch.span.end);
    (found.len() == counts.len()).then_some(Table { bytes, head, rest, footer, batches, lengths })
}
