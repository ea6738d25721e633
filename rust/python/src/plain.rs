//! Plain changes: of fields that change by themselves, made without reading the definition again.
//!
//! The schema tells which fields those are (`Schema.independent`), and is asked itself about
//! everything that is not plainly right: other types, other words, None, `+tags`, a document that
//! speaks of the field. It is the slow twin of this file: both ways lead to the same document.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use modeldex_engine::{Edit, FacetId, Kind, Number, Row, Snapshot, decimal, money};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyList, PyString};

use crate::entries::{Entries, joined};

/// The largest whole number of a measure that counts: above it a float skips some.
const LARGEST_COUNT: u64 = 1 << 53;

/// What a plain field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// A whole number, 0 or more.
    Count,
    /// 0 or more.
    Number,
    Signed,
    /// USD per million tokens.
    Money,
    /// One of the words.
    Term,
    /// A mapping from names to numbers.
    Group,
    /// A mapping in which numbers may be changed; whole ones stay whole.
    Tree,
}

#[derive(Debug)]
struct Field {
    place: usize,
    shape: Shape,
    /// Of its measure or facet; what the names of its measures begin with.
    name: String,
    terms: HashSet<String>,
    /// Another field and its words (as JSON) with which a value above zero is plain.
    beside: Option<(String, Vec<String>)>,
}

/// The plain fields of a schema.
#[derive(Debug)]
pub(crate) struct Plain {
    /// Where each field stands in a document.
    order: HashMap<String, usize>,
    /// Fields that may speak of another field.
    notes: Vec<String>,
    fields: HashMap<String, Field>,
}

/// A change of one field that needs nothing but the document.
#[derive(Debug)]
pub(crate) struct Wanted {
    field: String,
    value: Value,
}

#[derive(Debug)]
enum Value {
    /// The JSON text, and the number.
    Number(String, Number),
    /// The JSON text, and the term.
    Term(String, String),
    /// The same for each key.
    Numbers(Vec<(String, String, f64)>),
}

/// A row after plain changes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Patch {
    pub(crate) row: Row,
    pub(crate) document: Arc<[u8]>,
    /// Measures and their new numbers.
    pub(crate) numbers: Vec<(String, Number)>,
    /// Facets and their one new term.
    pub(crate) terms: Vec<(String, String)>,
}

impl Patch {
    pub(crate) fn apply(&self, edit: &mut Edit) -> modeldex_engine::Result<()> {
        let (measures, vocabulary) = (edit.snapshot().measures(), edit.snapshot().vocabulary());
        let numbers = self.numbers.iter().map(|(name, number)| Ok((measures.measure(name)?, Some(*number))));
        let numbers = numbers.collect::<modeldex_engine::Result<Vec<_>>>()?;
        let facets = self.terms.iter().map(|(facet, term)| Ok((vocabulary.facet(facet)?, [term.as_str()])));
        let facets = facets.collect::<modeldex_engine::Result<Vec<_>>>()?;
        let facets: Vec<(FacetId, &[&str])> = facets.iter().map(|(facet, terms)| (*facet, terms.as_slice())).collect();
        edit.patch(self.row, &numbers, &facets, self.document.clone())
    }
}

impl Plain {
    /// Reads what `Schema.independent` tells.
    pub(crate) fn of(told: &Bound<'_, PyAny>) -> PyResult<Self> {
        let order: Vec<String> = told.get_item("order")?.extract()?;
        let order: HashMap<String, usize> = order.into_iter().enumerate().map(|(place, name)| (name, place)).collect();
        let mut fields = HashMap::new();
        for (name, about) in told.get_item("fields")?.cast::<PyDict>()?.iter() {
            let name: String = name.extract()?;
            let shape = match about.get_item("kind")?.extract::<String>()?.as_str() {
                "count" => Shape::Count,
                "number" => Shape::Number,
                "signed" => Shape::Signed,
                "money" => Shape::Money,
                "term" => Shape::Term,
                "group" => Shape::Group,
                "tree" => Shape::Tree,
                // Told by a later schema: the slow way knows what it is.
                _ => continue,
            };
            let Some(place) = order.get(&name).copied() else { continue };
            let beside = about.get_item("beside")?.extract::<Option<(String, Vec<String>)>>()?;
            let field = Field {
                place,
                shape,
                name: about.get_item("name")?.extract()?,
                terms: about.get_item("terms")?.cast::<PyList>()?.extract::<Vec<String>>()?.into_iter().collect(),
                beside: beside.map(|(field, words)| (field, words.iter().map(|word| format!("{word:?}")).collect())),
            };
            fields.insert(name, field);
        }
        Ok(Self { order, notes: told.get_item("notes")?.extract()?, fields })
    }

    /// The changes as plain ones, or nothing where one of them is not. Runs no code of the caller's:
    /// only plain texts, numbers and dicts are read.
    pub(crate) fn wanted(&self, changes: &Bound<'_, PyDict>) -> Option<Vec<Wanted>> {
        changes.iter().map(|(name, value)| self.one(&name, &value)).collect()
    }

    fn one(&self, name: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> Option<Wanted> {
        let name = name.cast_exact::<PyString>().ok()?.to_str().ok()?;
        let field = self.fields.get(name)?;
        let value = match field.shape {
            Shape::Count => {
                let count = value.cast_exact::<PyInt>().ok()?.extract::<u64>().ok()?;
                #[expect(clippy::cast_precision_loss, reason = "exact up to the largest count")]
                let number = (count <= LARGEST_COUNT).then_some(Number::Float(count as f64))?;
                Value::Number(count.to_string(), number)
            }
            Shape::Number | Shape::Signed => {
                let number = finite(value)?;
                if field.shape == Shape::Number && number < 0.0 {
                    return None;
                }
                Value::Number(written(value.py(), number)?, Number::Float(number))
            }
            Shape::Money => {
                let text = match value.cast_exact::<PyInt>() {
                    Ok(whole) => whole.extract::<u64>().ok()?.to_string(),
                    Err(_) => written(value.py(), finite(value)?)?,
                };
                let femto = money(&text).filter(|femto| *femto > 0 || field.beside.is_none())?;
                Value::Number(decimal(femto), Number::Money(femto))
            }
            Shape::Term => {
                let term = value.cast_exact::<PyString>().ok()?.to_str().ok()?;
                field.terms.get(term).map(|term| Value::Term(serde_json::json!(term).to_string(), term.clone()))?
            }
            Shape::Group | Shape::Tree => {
                let entries = value.cast_exact::<PyDict>().ok().filter(|entries| !entries.is_empty())?;
                let numbers = entries.iter().map(|(key, value)| {
                    let key = key.cast_exact::<PyString>().ok()?.to_str().ok()?.to_owned();
                    let number = finite(&value)?;
                    let text = match value.cast_exact::<PyInt>() {
                        Ok(whole) if field.shape == Shape::Tree => whole.extract::<i64>().ok()?.to_string(),
                        _ => written(value.py(), number)?,
                    };
                    Some((key, text, number))
                });
                Value::Numbers(numbers.collect::<Option<_>>()?)
            }
        };
        Some(Wanted { field: name.to_owned(), value })
    }

    /// The row of this id after the changes, or nothing where that is not plain to see.
    pub(crate) fn patch(&self, snapshot: &Snapshot, id: &str, wanted: &[Wanted]) -> Option<Patch> {
        let row = snapshot.row(id).ok()?;
        let before = snapshot.documents().read(row).ok()?;
        let Entries(entries) = serde_json::from_slice(&before).ok()?;
        let mut patch = Patch { row, document: Arc::default(), numbers: Vec::new(), terms: Vec::new() };
        let mut changed: Vec<(usize, String, String)> = Vec::with_capacity(wanted.len());
        for Wanted { field: name, value } in wanted {
            let field = self.fields.get(name)?;
            let at = |name: &str| entries.iter().find(|(key, _)| *key == name).map(|(_, raw)| *raw);
            if self.notes.iter().any(|note| at(note).is_some_and(|raw| raw.contains(name.as_str()))) {
                return None;
            }
            if let Some((other, words)) = &field.beside {
                words.iter().find(|word| at(other) == Some(word.as_str()))?;
            }
            let text = match value {
                Value::Number(text, number) => {
                    let measures = snapshot.measures();
                    let money = measures.spec(measures.find(&field.name)?)?.kind == Kind::Money;
                    if money != matches!(number, Number::Money(_)) {
                        return None;
                    }
                    patch.numbers.push((field.name.clone(), *number));
                    text.clone()
                }
                Value::Term(text, term) => {
                    patch.terms.push((field.name.clone(), term.clone()));
                    text.clone()
                }
                Value::Numbers(numbers) => {
                    let Entries(mut inside) = serde_json::from_str(at(name)?).ok()?;
                    for (key, text, number) in numbers {
                        let there = inside.iter_mut().find(|(other, _)| other == key)?;
                        let measure = format!("{}{key}", field.name);
                        let measures = snapshot.measures();
                        // What was no number has no measure yet.
                        if !there.1.starts_with(|first: char| first == '-' || first.is_ascii_digit())
                            || measures.spec(measures.find(&measure)?)?.kind == Kind::Money
                        {
                            return None;
                        }
                        there.1 = text;
                        patch.numbers.push((measure, Number::Float(*number)));
                    }
                    joined(&inside)
                }
            };
            changed.push((field.place, name.clone(), text));
        }
        let mut entries = entries;
        for (place, name, text) in &changed {
            match entries.iter().position(|(key, _)| key == name) {
                Some(there) => entries[there].1 = text,
                None => {
                    let mut there = entries.len();
                    for (at, (key, _)) in entries.iter().enumerate() {
                        // A field that this schema does not know is not for this way.
                        if self.order.get(*key)? > place {
                            there = at;
                            break;
                        }
                    }
                    entries.insert(there, (name, text));
                }
            }
        }
        patch.document = Arc::from(joined(&entries).into_bytes());
        Some(patch)
    }
}

/// A plain finite number; -0 is left to the slow way.
fn finite(value: &Bound<'_, PyAny>) -> Option<f64> {
    let number = match value.cast_exact::<PyFloat>() {
        Ok(number) => number.value(),
        Err(_) => value.cast_exact::<PyInt>().ok()?.extract::<f64>().ok()?,
    };
    (number.is_finite() && (number != 0.0 || number.is_sign_positive())).then_some(number)
}

/// A float as Python writes it, which is how documents are written.
fn written(py: Python<'_>, number: f64) -> Option<String> {
    Some(PyFloat::new(py, number).repr().ok()?.to_str().ok()?.to_owned())
}
