//! The slow, obvious twin of the engine: rows in a list, every question answered by looking at each of them.

pub(crate) mod choices;
pub(crate) mod compare;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use modeldex_engine::{
    Amount, Bound, Cell, Definition, Edit, Limit, Mode, Number, Row, Scale, Snapshot, UNKNOWN, Vocabulary,
};

/// Places of a facet and one of its terms in [`FACETS`].
pub(crate) type Term = (usize, usize);

/// Facets with the terms that the tests use. Those of the first three are declared in the vocabulary.
pub(crate) const FACETS: &[(&str, &[&str])] = &[
    ("ability", &["vision", "tools", "json", "audio", "rare", "late", "single", "never"]),
    ("maker", &["ann", "ben", "cyd", "dan"]),
    ("home", &["yes"]),
    ("base", &["b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7"]),
    ("tag", &["x", "y", "z"]),
];

/// Measures, and whether they are money. The last is never stated.
pub(crate) const MEASURES: &[(&str, bool)] = &[
    ("size", false),
    ("score", false),
    ("price", true),
    ("fee", true),
    ("extra.a", false),
    ("extra.b.c", false),
    ("unstated", false),
];

pub(crate) const VOCABULARY: &str = r#"{"format": 1,
  "facets": [
    {"name": "ability", "field": "abilities", "closed": true, "synonyms": {"sight": "vision"},
     "terms": ["vision", "tools", "json", "audio", "rare", "late", "single", "never"]},
    {"name": "maker", "terms": ["ann", "ben", "cyd", "dan"]},
    {"name": "home", "internal": true, "terms": ["yes"]},
    {"name": "base"}, {"name": "tag"}],
  "measures": [
    {"name": "size", "kind": "count", "better": "high"}, {"name": "score", "kind": "number", "better": "high"},
    {"name": "price", "kind": "money", "better": "low"}, {"name": "fee", "kind": "money", "better": "low"},
    {"name": "unstated", "kind": "date"}],
  "groups": [{"prefix": "extra.", "kind": "number"}],
  "keywords": {"needs": {"facet": "ability", "mode": "all"}},
  "bare": {"facet": "base", "preferred": ["home", "yes"]},
  "cost": {"input": "price", "output": "fee", "cached": "price"}}"#;

/// A registry without rows.
pub(crate) fn empty() -> Snapshot {
    Snapshot::new(Arc::new(Vocabulary::parse(VOCABULARY).unwrap())).unwrap()
}

/// What somebody wrote, some of it wrong.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    pub(crate) id: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) terms: Vec<Term>,
    pub(crate) numbers: Vec<(usize, Number)>,
    /// One of [`FLAWS`].
    pub(crate) flaw: Option<usize>,
}

/// What is wrong with a definition: what to add to it that must not be there.
pub(crate) const FLAWS: usize = 8;

impl Written {
    pub(crate) fn definition(&self) -> Definition {
        let text = |(facet, term): &Term| (FACETS[*facet].0.to_owned(), FACETS[*facet].1[*term].to_owned());
        let numbers = self.numbers.iter().map(|(measure, number)| (MEASURES[*measure].0.to_owned(), *number));
        let mut definition = Definition {
            id: self.id.clone(),
            aliases: self.aliases.clone(),
            terms: self.terms.iter().map(text).collect(),
            numbers: numbers.collect(),
            document: self.document(),
        };
        let number = |name: &str, number| (name.to_owned(), number);
        match self.flaw {
            Some(0) => definition.terms.push(("nowhere".into(), "x".into())),
            Some(1) => definition.terms.push(("tag".into(), String::new())),
            Some(2) => definition.numbers.push(number("size", Number::Float(f64::NAN))),
            Some(3) => definition.numbers.push(number("price", Number::Money(UNKNOWN))),
            Some(4) => definition.numbers.push(number("weight", Number::Float(1.0))),
            Some(5) => definition.aliases.push(" a".into()),
            Some(6) => definition.numbers.push(number("price", Number::Float(1.0))),
            Some(_) => definition.id = "x".repeat(513),
            None => {}
        }
        definition
    }

    fn document(&self) -> Vec<u8> {
        format!("{:?}", (&self.id, &self.aliases, &self.terms, &self.numbers)).into_bytes()
    }
}

/// One change.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Put(Written, bool),
    Remove(String),
}

impl Step {
    pub(crate) fn apply(&self, edit: &mut Edit) -> modeldex_engine::Result<Row> {
        match self {
            Self::Put(written, replace) => edit.put(&written.definition(), *replace),
            Self::Remove(id) => edit.remove(id),
        }
    }
}

/// A row of the twin.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) id: String,
    pub(crate) aliases: BTreeSet<String>,
    pub(crate) terms: BTreeSet<Term>,
    pub(crate) cells: [Cell; MEASURES.len()],
    pub(crate) document: Vec<u8>,
}

/// A condition on terms and measures by their place in [`FACETS`] and [`MEASURES`].
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    Terms(Mode, Vec<Option<Term>>),
    Range(usize, Bound, Bound),
    Cost(Vec<(usize, Amount)>, Limit, Limit),
    Stated(usize),
    Termed(usize),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

#[derive(Clone, Debug)]
pub(crate) enum AskedKey {
    Measure(usize, bool),
    Cost(Vec<(usize, Amount)>),
    /// Measure, scale, weight.
    Weighted(Vec<(usize, Scale, f64)>),
}

/// A query and the values it is asked with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) conditions: Vec<Asked>,
    pub(crate) keys: Vec<AskedKey>,
    pub(crate) prefers: Vec<Term>,
    pub(crate) distinct: Option<usize>,
    pub(crate) limit: Option<usize>,
    pub(crate) cells: Vec<Cell>,
    pub(crate) amounts: Vec<u64>,
    pub(crate) limits: Vec<i128>,
    pub(crate) exclude: Vec<Row>,
}

/// All rows ever registered; nothing where one was removed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Twin {
    pub(crate) rows: Vec<Option<Model>>,
}

impl Twin {
    pub(crate) fn live(&self) -> impl Iterator<Item = (Row, &Model)> {
        self.rows.iter().enumerate().filter_map(|(row, model)| Some((row as Row, model.as_ref()?)))
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.rows.iter().position(|model| model.as_ref().is_some_and(|model| model.id == id))
    }

    /// Makes the change; false where it must be refused.
    pub(crate) fn apply(&mut self, step: &Step) -> bool {
        match step {
            Step::Remove(id) => match self.place(id) {
                Some(place) => {
                    self.rows[place] = None;
                    true
                }
                None => false,
            },
            Step::Put(written, replace) => self.put(written, *replace),
        }
    }

    fn put(&mut self, written: &Written, replace: bool) -> bool {
        let place = self.place(&written.id);
        let taken = |name: &String| {
            let mut others = self.live().filter(|(row, _)| Some(*row as usize) != place);
            others.any(|(_, model)| model.id == *name || model.aliases.contains(name))
        };
        if written.flaw.is_some() || (place.is_some() && !replace) {
            return false;
        }
        if taken(&written.id) || written.aliases.iter().any(taken) {
            return false;
        }
        let mut cells = [UNKNOWN; MEASURES.len()];
        for (measure, number) in &written.numbers {
            cells[*measure] = number.cell().unwrap();
        }
        let model = Model {
            id: written.id.clone(),
            aliases: written.aliases.iter().filter(|alias| **alias != written.id).cloned().collect(),
            terms: written.terms.iter().copied().collect(),
            cells,
            document: written.document(),
        };
        match place {
            Some(place) => self.rows[place] = Some(model),
            None => self.rows.push(Some(model)),
        }
        true
    }

    fn cost(model: &Model, parts: &[(usize, Amount)], amounts: &[u64]) -> Option<i128> {
        let mut total = 0_i128;
        for (measure, amount) in parts {
            let amount = match amount {
                Amount::Fixed(amount) => *amount,
                Amount::Slot(slot) => amounts.get(usize::from(*slot)).copied().unwrap_or(0),
            };
            match model.cells[*measure] {
                _ if amount == 0 => {}
                UNKNOWN => return None,
                price => total = total.saturating_add(i128::from(price) * i128::from(amount)),
            }
        }
        Some(total)
    }

    /// The keys of a row, smaller is earlier; nothing where one is unknown.
    fn keys(model: &Model, request: &Request) -> Vec<Option<i128>> {
        let key = |key: &AskedKey| match key {
            AskedKey::Measure(measure, descending) => match i128::from(model.cells[*measure]) {
                cell if cell == i128::from(UNKNOWN) => None,
                cell => Some(if *descending { -cell } else { cell }),
            },
            AskedKey::Cost(parts) => Self::cost(model, parts, &request.amounts),
            AskedKey::Weighted(parts) => {
                let sum = weighted(model, parts)?;
                // No sum is negative, so that its bits have its order.
                Some(-i128::from(sum.to_bits()))
            }
        };
        request.keys.iter().map(key).collect()
    }

    fn meets(model: &Model, asked: &Asked, request: &Request) -> bool {
        let cells = &request.cells;
        let has = |term: &Option<Term>| term.is_some_and(|term| model.terms.contains(&term));
        match asked {
            Asked::Terms(Mode::All, terms) => terms.iter().all(has),
            Asked::Terms(Mode::Any, terms) => terms.iter().any(has),
            Asked::Terms(Mode::None, terms) => !terms.iter().any(has),
            Asked::Range(measure, low, high) => {
                let bound = |bound: &Bound| match bound {
                    Bound::Fixed(cell) => Some(*cell),
                    Bound::Slot(slot) => cells.get(usize::from(*slot)).copied(),
                };
                let cell = model.cells[*measure];
                cell != UNKNOWN
                    && bound(low).is_none_or(|low| cell >= low)
                    && bound(high).is_none_or(|high| cell <= high)
            }
            Asked::Cost(parts, low, high) => {
                let limit = |limit: &Limit| match limit {
                    Limit::Fixed(femto) => Some(*femto),
                    Limit::Slot(slot) => request.limits.get(usize::from(*slot)).copied(),
                };
                let cost = Self::cost(model, parts, &request.amounts);
                cost.is_some_and(|cost| {
                    limit(low).is_none_or(|low| cost >= low) && limit(high).is_none_or(|high| cost <= high)
                })
            }
            Asked::Stated(measure) => model.cells[*measure] != UNKNOWN,
            Asked::Termed(facet) => model.terms.iter().any(|(there, _)| there == facet),
            Asked::All(parts) => parts.iter().all(|part| Self::meets(model, part, request)),
            Asked::Any(parts) => parts.iter().any(|part| Self::meets(model, part, request)),
            Asked::Not(part) => !Self::meets(model, part, request),
        }
    }

    /// The rows that meet the conditions, in order of registration.
    pub(crate) fn matching(&self, request: &Request) -> Vec<Row> {
        let meets = |model: &Model| request.conditions.iter().all(|asked| Self::meets(model, asked, request));
        let rows = self.live().filter(|(row, model)| !request.exclude.contains(row) && meets(model));
        rows.map(|(row, _)| row).collect()
    }

    /// These rows by the keys (the unknown last), the preferred first among equals, then as registered.
    pub(crate) fn ordered(&self, request: &Request, rows: &[Row]) -> Vec<Row> {
        let mut keyed = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let Some(model) = &self.rows[*row as usize] else { continue };
            let keys: Vec<_> = Self::keys(model, request).into_iter().map(|key| (key.is_none(), key)).collect();
            let preference = request.prefers.iter().position(|term| model.terms.contains(term));
            // Equals keep the order that they come in, which is that of registration for all but selections.
            keyed.push((keys, preference.unwrap_or(usize::MAX), place, *row));
        }
        keyed.sort();
        keyed.into_iter().map(|(.., row)| row).collect()
    }

    /// The answer to `select`; `ids` says which of the terms of a row is the first.
    pub(crate) fn select(&self, request: &Request, ids: &BTreeMap<Term, u32>) -> Vec<Row> {
        Self::cut(&self.rows, request, self.ordered(request, &self.matching(request)), ids)
    }

    fn cut(models: &[Option<Model>], request: &Request, mut rows: Vec<Row>, ids: &BTreeMap<Term, u32>) -> Vec<Row> {
        if let Some(facet) = request.distinct {
            let mut seen = BTreeSet::new();
            rows.retain(|row| {
                let model = models[*row as usize].as_ref().unwrap();
                let terms = model.terms.iter().filter(|(there, _)| *there == facet);
                terms.map(|term| ids[term]).min().is_none_or(|term| seen.insert(term))
            });
        }
        rows.truncate(request.limit.unwrap_or(usize::MAX));
        rows
    }

    fn known(model: &Model, request: &Request) -> bool {
        Self::keys(model, request).iter().all(Option::is_some)
    }

    /// Those of these rows with all keys known that no other of them beats.
    pub(crate) fn pareto(&self, request: &Request, rows: &[Row]) -> Vec<Row> {
        let keys = |row: &Row| {
            let keys = Self::keys(self.rows[*row as usize].as_ref()?, request);
            keys.into_iter().collect::<Option<Vec<i128>>>()
        };
        let known: Vec<(Row, Vec<i128>)> = rows.iter().filter_map(|row| Some((*row, keys(row)?))).collect();
        let beats =
            |one: &[i128], other: &[i128]| one != other && one.iter().zip(other).all(|(one, other)| one <= other);
        let kept = known.iter().filter(|(_, own)| !known.iter().any(|(_, other)| beats(other, own)));
        kept.map(|(row, _)| *row).collect()
    }

    /// The first in order whose keys are all known.
    pub(crate) fn best(&self, request: &Request) -> Option<Row> {
        let known = |row: &Row| self.rows[*row as usize].as_ref().is_some_and(|model| Self::known(model, request));
        self.ordered(request, &self.matching(request)).into_iter().find(known)
    }
}

/// The sum as the documents say it: each worth from 0 to 1, times its weight, one after the other.
fn weighted(model: &Model, parts: &[(usize, Scale, f64)]) -> Option<f64> {
    let mut sum = 0.0;
    for (measure, scale, weight) in parts {
        let value = match model.cells[*measure] {
            UNKNOWN => return None,
            femto if MEASURES[*measure].1 => Number::Money(femto).shown(),
            cell if cell < 0 => f64::from_bits((cell ^ i64::MAX).cast_unsigned()),
            cell => f64::from_bits(cell.cast_unsigned()),
        };
        let ends = [scale.worst, scale.best];
        let inside = value.clamp(ends[0].min(ends[1]), ends[0].max(ends[1]));
        let [value, worst, best] = [inside, scale.worst, scale.best].map(|x| if scale.log { octave(x) } else { x });
        sum += weight * ((value - worst) / (best - worst));
    }
    Some(sum)
}

/// How often it must be doubled or halved to lie from 1 to 2, and how far from 1 it lies then.
fn octave(mut value: f64) -> f64 {
    let mut octave = 0.0;
    while value >= 2.0 {
        (value, octave) = (value / 2.0, octave + 1.0);
    }
    while value < 1.0 {
        (value, octave) = (value * 2.0, octave - 1.0);
    }
    octave + (value - 1.0)
}
