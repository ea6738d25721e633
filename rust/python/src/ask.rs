//! From what a caller writes to what the engine is asked: the keywords and their terms, numbers and
//! parameters. Conditions made with `mx.f` and orders are compiled by the two files below this one.

mod condition;
mod order;
mod written;

use modeldex_engine::{
    Better, Bound as End, Cell, Condition, FacetId, Key, Kind, Limit, MAX_NAME_BYTES, MeasureId, Mode, Scale, Snapshot,
    TermId, nearest,
};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString};

use crate::entry::Arguments;
use crate::error::{OrRaise, invalid_condition, raise};
use crate::order::Param;
use crate::published::Published;
use crate::question::{Question, Side, Slot, Unheard, end};
use crate::terms::Terms;
use crate::values::{each_text, excluded, number, text, usd};
use crate::words::{Default, FacetSet, Keyword};

/// A measure as a question needs it.
#[derive(Clone, Copy)]
struct Field {
    id: MeasureId,
    kind: Kind,
    better: Option<Better>,
    scale: Option<Scale>,
}

/// How like a name that somebody states must be to be meant: more than by the prefix of its group.
const CLOSE: f64 = 0.8;

/// The measure that no row has: unknown everywhere.
const NOWHERE: MeasureId = MeasureId::MAX;

/// Compiles one question against one state.
pub(crate) struct Asker<'a, 'py> {
    py: Python<'py>,
    published: &'a Published,
    question: Question,
    /// The facets that the caller spoke of: their defaults do not apply.
    named: FacetSet,
    /// Whether parameters may stand for values.
    prepared: bool,
    servable: bool,
    /// Whether nobody is to be warned: the question was asked before.
    quiet: bool,
}

impl<'a, 'py> Asker<'a, 'py> {
    pub(crate) fn new(py: Python<'py>, published: &'a Published) -> Self {
        let question = Question::default();
        Self { py, published, question, named: FacetSet::EMPTY, prepared: false, servable: true, quiet: false }
    }

    /// Lets `param(...)` stand for values.
    pub(crate) fn prepared(mut self) -> Self {
        self.prepared = true;
        self
    }

    /// Without warnings: for a question that is compiled again.
    pub(crate) fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// Without the defaults: for a part of what was selected already.
    pub(crate) fn within(mut self) -> Self {
        self.servable = false;
        self
    }

    fn snapshot(&self) -> &'a Snapshot {
        &self.published.snapshot
    }

    /// The question that the arguments of one call ask.
    pub(crate) fn asked(mut self, arguments: &Arguments<'py>) -> PyResult<Question> {
        arguments.positional().try_for_each(|condition| self.condition(&condition))?;
        for keyword in arguments.keywords() {
            let (name, value) = keyword?;
            self.keyword(&name, &value)?;
        }
        Ok(self.finish())
    }

    /// One keyword of the call.
    pub(crate) fn keyword(&mut self, name: &Bound<'py, PyString>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let name = &*name.to_string_lossy();
        let Some(keyword) = self.published.words.keyword(name) else { return Err(self.no_keyword(name)) };
        if value.is_none() {
            return Ok(());
        }
        match keyword {
            Keyword::Terms(facet, mode) => self.terms(facet, mode, value),
            Keyword::AtLeast(measure) => self.range(name, measure, Side::AtLeast, value),
            Keyword::AtMost(measure) => self.range(name, measure, Side::AtMost, value),
            Keyword::By => self.each(value, Self::by),
            Keyword::Sort => self.each(value, Self::sort),
            Keyword::Prefers => self.prefers(value),
            Keyword::Limit => {
                let whole = || invalid_condition(self.py, name, "limit is a whole number, 0 or more");
                if value.is_instance_of::<PyBool>() {
                    return Err(whole());
                }
                let number = value.cast::<PyInt>().map_err(|_| whole())?;
                self.question.query.limit = Some(number.extract().map_err(|_| whole())?);
                Ok(())
            }
            Keyword::Distinct => {
                let facet = text(self.py, name, value)?;
                self.question.query.distinct =
                    Some(self.published.words.vocabulary.facet(&facet.to_string_lossy()).or_raise(self.py)?);
                Ok(())
            }
            Keyword::Exclude => self.exclude(value),
            Keyword::Where => self.each(value, Self::written),
        }
    }

    fn no_keyword(&self, name: &str) -> PyErr {
        let short: String = name.chars().take(64).collect();
        if self.snapshot().measures().find(name).is_some() {
            let message = format!("{short}= is no condition: write min_{short}=, max_{short}= or mx.f.{short} >= ...");
            return invalid_condition(self.py, &short, &message);
        }
        raise(self.py, "UnknownFieldError", (short, self.published.words.nearest_keywords(name), "condition"))
    }

    fn param(&mut self, name: &str) -> PyResult<usize> {
        if !self.prepared {
            return Err(invalid_condition(
                self.py,
                name,
                "param() stands for a value in prepare(); here the value itself is wanted",
            ));
        }
        Ok(self.question.param(name))
    }

    /// The number of a slot; the engine numbers them with 16 bits.
    fn slot(&self, place: usize) -> PyResult<u16> {
        let number = u16::try_from(place).ok().filter(|number| *number < u16::MAX - 3);
        number.ok_or_else(|| invalid_condition(self.py, "param", "a question has at most 65,532 parameters"))
    }

    /// The measure of this name; one that nobody states warns. A name of a group that nobody stated
    /// yet is unknown everywhere.
    fn field(&mut self, name: &str) -> PyResult<Field> {
        let measures = self.snapshot().measures();
        if let Some(id) = measures.find(name)
            && let Some(spec) = measures.spec(id)
        {
            if !self.snapshot().states(id) {
                self.uncovered(name)?;
            }
            return Ok(Field { id, kind: spec.kind, better: spec.better, scale: spec.scale });
        }
        let grouped = self.published.words.vocabulary.grouped(name).filter(|_| name.len() <= MAX_NAME_BYTES);
        if let Some(spec) = grouped {
            self.question.unheard.push(Unheard::Measure(name.to_owned()));
            self.uncovered(name)?;
            return Ok(Field { id: NOWHERE, kind: spec.kind, better: spec.better, scale: spec.scale });
        }
        let fields = measures.iter().map(|(_, spec, _)| spec.name.as_str());
        let nearest: Vec<String> = nearest(name, fields, 3).into_iter().map(|(_, name)| name.to_owned()).collect();
        Err(raise(self.py, "UnknownFieldError", (name.chars().take(64).collect::<String>(), nearest, "measure")))
    }

    /// Warns that nobody states a field, and names the nearest that somebody does.
    fn uncovered(&self, name: &str) -> PyResult<()> {
        if self.quiet || self.snapshot().is_empty() {
            return Ok(());
        }
        let measures = self.snapshot().measures();
        let stated =
            measures.iter().filter(|(id, ..)| self.snapshot().states(*id)).map(|(_, spec, _)| spec.name.as_str());
        let hint = match nearest(name, stated, 1).first() {
            Some((likeness, near)) if *likeness >= CLOSE && measures.find(name).is_none() => {
                format!("; did you mean {near}?")
            }
            _ => String::new(),
        };
        let short: String = name.chars().take(64).filter(|letter| *letter != '\0').collect();
        let category = self.py.import("modeldex.errors")?.getattr("CoverageWarning")?;
        let text = std::ffi::CString::new(format!("no model of this registry states {short}{hint}"))?;
        PyErr::warn(self.py, &category, &text, 1)
    }

    fn range(&mut self, name: &str, measure: MeasureId, side: Side, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let measures = self.snapshot().measures();
        if !self.snapshot().states(measure) {
            self.uncovered(measures.spec(measure).map_or(name, |spec| &spec.name))?;
        }
        let kind = measures.spec(measure).map_or(Kind::Number, |spec| spec.kind);
        let end = self.bound(name, kind, side, value)?;
        self.question.query.and(between(measure, side, end));
        Ok(())
    }

    /// The end of a range: a number, a date, or what a request will bring.
    fn bound(&mut self, name: &str, kind: Kind, side: Side, value: &Bound<'py, PyAny>) -> PyResult<End> {
        let written = self.written_bound(name, kind == Kind::Date, value)?;
        let value = written.as_ref().unwrap_or(value);
        if let Ok(param) = value.cast::<Param>() {
            let param = self.param(&param.get().name)?;
            let place = self.slot(self.question.slots.len())?;
            self.question.slots.push(Slot { param, kind, side });
            return Ok(End::Slot(place));
        }
        let number = number(self.py, name, kind == Kind::Date, value)?;
        match end(number, kind, side) {
            Some(cell) => Ok(End::Fixed(cell)),
            // Above the highest or below the lowest there is nothing.
            None => Ok(End::Fixed(if matches!(side, Side::Above | Side::AtLeast) { Cell::MAX } else { Cell::MIN })),
        }
    }

    /// The end of a range of costs: an amount in USD, or what a request will bring.
    fn limit(&mut self, side: Side, value: &Bound<'py, PyAny>) -> PyResult<Limit> {
        if let Ok(param) = value.cast::<Param>() {
            let param = self.param(&param.get().name)?;
            let place = self.slot(self.question.limits.len())?;
            self.question.limits.push((param, side));
            return Ok(Limit::Slot(place));
        }
        Ok(Limit::Fixed(usd(self.py, "cost", value)?.end(side)))
    }

    /// A keyword that names terms of a facet.
    fn terms(&mut self, facet: FacetId, mode: Mode, value: &Bound<'py, PyAny>) -> PyResult<()> {
        self.named.insert(facet);
        if let Ok(terms) = value.cast::<Terms>() {
            let condition = self.having(facet, terms.get())?;
            self.question.query.and(condition);
            return Ok(());
        }
        if let Some(terms) = self.written_terms(value)? {
            let condition = self.having(facet, terms.get())?;
            self.question.query.and(condition);
            return Ok(());
        }
        let everything = self.everything(facet);
        if mode == Mode::All && everything.is_none() {
            return each_text(self.py, value, |term| {
                let term = self.term(facet, term, false)?;
                term.into_iter().for_each(|term| self.question.query.require(term));
                Ok(())
            });
        }
        let mut found = Vec::new();
        let mut lifted = false;
        each_text(self.py, value, |term| {
            if everything == Some(term) {
                lifted = true;
            } else if let Some(term) = self.term(facet, term, false)? {
                found.push(term);
            }
            Ok(())
        })?;
        if !lifted {
            self.question.query.and(Condition::Terms(mode, found));
        }
        Ok(())
    }

    /// The word that lifts the default of a facet.
    fn everything(&self, facet: FacetId) -> Option<&'a str> {
        self.published.words.defaults.iter().find(|default| default.facet == facet)?.everything.as_deref()
    }

    fn term(&mut self, facet: FacetId, term: &str, missing_ok: bool) -> PyResult<Option<TermId>> {
        let facets = self.snapshot().facets();
        match facets.find(facet, term) {
            Some(term) => Ok(Some(term)),
            None if missing_ok => {
                self.question.unheard.push(Unheard::Term(facet, term.to_owned()));
                Ok(None)
            }
            None => facets.term(&self.published.words.vocabulary, facet, term).map(Some).or_raise(self.py),
        }
    }

    fn prefers(&mut self, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let Some(facet) = self.published.words.preferred else {
            return Err(invalid_condition(self.py, "prefers", "this schema has no providers to prefer"));
        };
        let mut found = Vec::new();
        each_text(self.py, value, |term| {
            found.extend(self.term(facet, term, false)?);
            Ok(())
        })?;
        self.question.query.prefers = found;
        Ok(())
    }

    /// Ids or models that must not be the answer; those that are gone already are not.
    pub(crate) fn exclude(&mut self, value: &Bound<'py, PyAny>) -> PyResult<()> {
        self.question.exclude = excluded(value)?;
        Ok(())
    }

    /// The defaults of what the caller did not speak of.
    pub(crate) fn defaults(&self) -> impl Iterator<Item = &'a Default> + use<'a> {
        let for_money = match self.question.query.keys.first() {
            Some(Key::Cost(_)) => true,
            Some(Key::Weighted(weighted)) => weighted.parts.iter().any(|part| part.kind == Kind::Money),
            Some(Key::Measure { measure, .. }) => {
                self.snapshot().measures().spec(*measure).is_some_and(|spec| spec.kind == Kind::Money)
            }
            None => false,
        };
        let (servable, named) = (self.servable, self.named);
        let applies =
            move |default: &&Default| servable && !named.contains(default.facet) && (for_money || !default.for_money);
        self.published.words.defaults.iter().filter(applies)
    }

    /// The question, with its defaults.
    pub(crate) fn finish(mut self) -> Question {
        let facets = self.snapshot().facets();
        for default in self.defaults() {
            // A question asked once need not look for what no row has; a prepared one outlives this state.
            let asked = default.exclude.iter().copied().filter(|term| self.prepared || facets.count(*term) > 0);
            self.question.query.forbid(asked);
            if !default.include.is_empty() {
                self.question.query.and(Condition::Terms(Mode::Any, default.include.clone()));
            }
        }
        self.question
    }
}

fn between(measure: MeasureId, side: Side, end: End) -> Condition {
    let (lowest, highest) = (End::Fixed(Cell::MIN + 1), End::Fixed(Cell::MAX));
    match side {
        Side::AtLeast | Side::Above => Condition::Range(measure, end, highest),
        Side::AtMost | Side::Below => Condition::Range(measure, lowest, end),
    }
}
