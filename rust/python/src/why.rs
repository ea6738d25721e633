//! Why a model is no answer, or why there is none: the conditions of a question one by one.
//!
//! Whether each holds is asked of the engine; what is said about it is put together by `modeldex.why`.

use modeldex_engine::{Condition, FacetId, Mode, Part, Query as Compiled, Row, TermId, relaxations};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

use crate::ask::Asker;
use crate::calls::own;
use crate::entry::{Arguments, Body};
use crate::model::Model;
use crate::published::Published;
use crate::query::Query;
use crate::registry::Registry;
use crate::terms::Terms;
use crate::values::each_text;
use crate::words::{Default, Keyword};

/// How many of the smallest sets of conditions are told.
const TOLD: usize = 20;

/// A node of a condition, the keyword it came by if any, and whether nobody wrote it.
type Asked<'py> = (Bound<'py, PyTuple>, Option<Bound<'py, PyString>>, bool);

/// A question taken apart.
struct Apart<'a, 'py> {
    py: Python<'py>,
    state: &'a Published,
    asked: Vec<Asked<'py>>,
    parts: Vec<Part>,
}

impl<'a, 'py> Apart<'a, 'py> {
    fn of(
        py: Python<'py>,
        state: &'a Published,
        conditions: &[Bound<'py, PyAny>],
        keywords: &[(Bound<'py, PyString>, Bound<'py, PyAny>)],
    ) -> PyResult<Self> {
        // The whole question first: what is wrong with it is said as everywhere, and once.
        let mut whole = Asker::new(py, state);
        conditions.iter().try_for_each(|condition| whole.condition(condition))?;
        keywords.iter().try_for_each(|(name, value)| whole.keyword(name, value))?;
        let mut parts = Self { py, state, asked: Vec::new(), parts: Vec::new() };
        for condition in conditions {
            parts.node(condition.getattr(intern!(py, "node"))?.cast_into()?)?;
        }
        for (name, value) in keywords.iter().filter(|(_, value)| !value.is_none()) {
            parts.keyword(name, value)?;
        }
        for default in whole.defaults() {
            parts.default(default)?;
        }
        if let Some(suspended) = state.suspended() {
            let node = PyTuple::new(py, ["suspended"])?;
            parts.push((node, None, false), Part { query: Compiled::default(), exclude: suspended.to_vec() });
        }
        Ok(parts)
    }

    fn asker(&self) -> Asker<'a, 'py> {
        Asker::new(self.py, self.state).within().quiet()
    }

    fn push(&mut self, asked: Asked<'py>, part: Part) {
        // `status="any"` asks nothing, and an order that prefers nothing needs nothing to be known.
        if part.query != Compiled::default() || !part.exclude.is_empty() {
            self.asked.push(asked);
            self.parts.push(part);
        }
    }

    /// A condition made with `mx.f`; what `&` joins and several terms that must all be met, one by one.
    fn node(&mut self, node: Bound<'py, PyTuple>) -> PyResult<()> {
        let word = node.get_item(0)?;
        let several = match &*word.cast::<PyString>()?.to_string_lossy() {
            "and" => {
                let inner = node.get_item(1)?;
                return inner.try_iter()?.try_for_each(|part| self.node(part?.cast_into()?));
            }
            "term" => {
                let terms = node.get_item(3)?;
                let each = !terms.is_instance_of::<PyString>() && terms.len()? > 1;
                each && self.spoken(&node)?.is_some_and(|(_, mode)| mode != Mode::Any)
            }
            _ => false,
        };
        if several {
            for term in node.get_item(3)?.try_iter()? {
                let mut items: Vec<_> = node.iter().collect();
                items[3] = PyTuple::new(self.py, [term?])?.into_any();
                self.node(PyTuple::new(self.py, items)?)?;
            }
            return Ok(());
        }
        let query = self.compiled(&node)?;
        self.push((node, None, false), Part { query, exclude: Vec::new() });
        Ok(())
    }

    /// The facet that a node speaks of, by its own name or by a keyword, and how its terms combine.
    fn spoken(&self, node: &Bound<'py, PyTuple>) -> PyResult<Option<(FacetId, Mode)>> {
        let name = node.get_item(1)?;
        let name = &*name.cast::<PyString>()?.to_string_lossy();
        let words = &self.state.words;
        let keyword = match words.keyword(name) {
            Some(Keyword::Terms(facet, mode)) => Some((facet, mode)),
            _ => None,
        };
        let facet = words.vocabulary.facet(name).ok();
        let how = if node.len() > 2 { node.get_item(2)?.to_string() } else { String::new() };
        let given = match how.as_str() {
            "keyword" => return Ok(keyword.or(facet.map(|facet| (facet, Mode::Any)))),
            "all" => Mode::All,
            "none" => Mode::None,
            _ => Mode::Any,
        };
        Ok(facet.or(keyword.map(|(facet, _)| facet)).map(|facet| (facet, given)))
    }

    fn compiled(&self, node: &Bound<'py, PyTuple>) -> PyResult<Compiled> {
        let mut asker = self.asker();
        let condition = asker.node(node, 0)?;
        Ok(Compiled::new(vec![condition]))
    }

    fn keyword(&mut self, name: &Bound<'py, PyString>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let py = self.py;
        match self.state.words.keyword(&name.to_string_lossy()) {
            Some(Keyword::Terms(facet, mode)) => {
                let field = &self.state.words.vocabulary.facets()[usize::from(facet)].name;
                let read = self.asker().written_terms(value)?;
                let value = read.as_ref().map_or(value, |terms| terms.as_any());
                let (mode, terms, missing_ok) = match value.cast::<Terms>() {
                    Ok(terms) => (terms.get().mode(), terms.get().terms().to_vec(), terms.get().missing_ok),
                    Err(_) => {
                        let mut terms = Vec::new();
                        each_text(py, value, |term| {
                            terms.push(term.to_owned());
                            Ok(())
                        })?;
                        (mode, terms, false)
                    }
                };
                let word = word_of(mode);
                if mode == Mode::Any {
                    let node = ("term", field, word, PyTuple::new(py, &terms)?).into_pyobject(py)?;
                    return self.written(node, name, value);
                }
                terms.iter().try_for_each(|term| {
                    let node = ("term", field, word, (term,)).into_pyobject(py)?;
                    let one = Bound::new(py, Terms::of(mode, vec![term.clone()], missing_ok))?;
                    self.written(node, name, &one.into_any())
                })
            }
            Some(word @ (Keyword::AtLeast(_) | Keyword::AtMost(_))) => {
                let sign = if matches!(word, Keyword::AtLeast(_)) { ">=" } else { "<=" };
                let field = name.to_string_lossy().chars().skip("min_".len()).collect::<String>();
                self.written(("cmp", field, sign, value).into_pyobject(py)?, name, value)
            }
            Some(Keyword::By | Keyword::Sort) => {
                let several = value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>();
                let each = if several { value.try_iter()?.collect::<PyResult<Vec<_>>>()? } else { vec![value.clone()] };
                each.iter().try_for_each(|one| self.written(("order", one).into_pyobject(py)?, name, one))
            }
            Some(Keyword::Where) => {
                let several = value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>();
                let each = if several { value.try_iter()?.collect::<PyResult<Vec<_>>>()? } else { vec![value.clone()] };
                each.iter().try_for_each(|one| {
                    let condition = self.asker().read_condition(one)?;
                    self.node(condition.getattr(intern!(py, "node"))?.cast_into()?)
                })
            }
            Some(Keyword::Exclude) => self.written(("exclude", value).into_pyobject(py)?, name, value),
            // These choose among what fits; that each is a keyword was asked before.
            _ => Ok(()),
        }
    }

    /// What one keyword asks with this value.
    fn written(
        &mut self,
        node: Bound<'py, PyTuple>,
        name: &Bound<'py, PyString>,
        value: &Bound<'py, PyAny>,
    ) -> PyResult<()> {
        let mut asker = self.asker();
        asker.keyword(name, value)?;
        let question = asker.finish();
        let mut exclude: Vec<_> = question.named(&self.state.snapshot).collect();
        exclude.sort_unstable();
        self.push((node, Some(name.clone()), false), Part { query: question.query, exclude });
        Ok(())
    }

    fn default(&mut self, default: &Default) -> PyResult<()> {
        let vocabulary = &self.state.words.vocabulary;
        let facet = &vocabulary.facets()[usize::from(default.facet)].name;
        for (mode, word, terms) in [(Mode::None, "none", &default.exclude), (Mode::Any, "any", &default.include)] {
            if terms.is_empty() {
                continue;
            }
            let texts: Vec<&str> = terms.iter().map(|term: &TermId| self.state.snapshot.facets().text(*term)).collect();
            let node = ("term", facet, word, PyTuple::new(self.py, texts)?).into_pyobject(self.py)?;
            let query = Compiled::new(vec![Condition::Terms(mode, terms.clone())]);
            self.push((node, Some(PyString::new(self.py, facet)), true), Part { query, exclude: Vec::new() });
        }
        Ok(())
    }

    /// A condition that this row fails (or, inside of `not`, meets): the node, the terms that the row has
    /// of the facet it speaks of, and the parts inside that stand in the way: all of an `or`, of an
    /// `and` those that fail, of a `not` what holds.
    fn told(&self, node: &Bound<'py, PyTuple>, row: Row) -> PyResult<Bound<'py, PyTuple>> {
        let found = PyList::empty(self.py);
        let word = node.get_item(0)?;
        let word = &*word.cast::<PyString>()?.to_string_lossy();
        let inner = match word {
            "and" | "or" => node.get_item(1)?.try_iter()?.collect::<PyResult<Vec<_>>>()?,
            "not" => vec![node.get_item(1)?],
            _ => Vec::new(),
        };
        for part in inner {
            let part = part.cast_into::<PyTuple>()?;
            let holds = self.compiled(&part)?.matches(&self.state.snapshot, row, modeldex_engine::Values::default());
            if holds == (word == "not") {
                found.append(self.told(&part, row)?)?;
            }
        }
        let (plain, terms) = match word {
            "term" => match self.spoken(node)? {
                Some((facet, mode)) => {
                    let name = &self.state.words.vocabulary.facets()[usize::from(facet)].name;
                    let named = node.get_item(3)?;
                    let named = if named.is_instance_of::<PyString>() {
                        (named,).into_pyobject(self.py)?
                    } else {
                        named
                            .try_iter()?
                            .collect::<PyResult<Vec<_>>>()
                            .and_then(|named| PyTuple::new(self.py, named))?
                    };
                    (("term", name, word_of(mode), named).into_pyobject(self.py)?, Some(self.terms(facet, row)?))
                }
                None => (node.clone(), None),
            },
            "known" | "unknown" => (node.clone(), self.stated(&node.get_item(1)?, row)?),
            _ => (node.clone(), None),
        };
        (node, plain, terms, found).into_pyobject(self.py)
    }

    /// The terms of a row in a facet; nothing where this is the name of a measure.
    fn stated(&self, field: &Bound<'py, PyAny>, row: Row) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let name = field.cast::<PyString>()?.to_string_lossy();
        match self.state.words.vocabulary.facet(&name) {
            Ok(facet) if self.state.snapshot.measures().find(&name).is_none() => self.terms(facet, row).map(Some),
            _ => Ok(None),
        }
    }

    fn terms(&self, facet: FacetId, row: Row) -> PyResult<Bound<'py, PyTuple>> {
        let facets = self.state.snapshot.facets();
        let terms = facets.terms_in(row, facet).map(|term| facets.text(term));
        PyTuple::new(self.py, terms.collect::<Vec<_>>())
    }

    /// The answer about one model.
    fn of_model(self, row: Row) -> PyResult<Py<PyAny>> {
        let (py, snapshot) = (self.py, &self.state.snapshot);
        let failing = PyList::empty(py);
        for (place, (part, (node, ..))) in self.parts.iter().zip(&self.asked).enumerate() {
            if !part.holds(snapshot, row) {
                let unknown = part.unknown(snapshot, row).into_iter();
                let unknown = unknown.filter_map(|measure| snapshot.measures().spec(measure)).map(|spec| &spec.name);
                failing.append((place, self.told(node, row)?, PyTuple::new(py, unknown.collect::<Vec<_>>())?))?;
            }
        }
        let model = self.state.model(py, row)?;
        Ok(py.import("modeldex.why")?.call_method1("of_model", (model, self.asked, failing))?.unbind())
    }

    /// The answer about the whole question.
    fn of_all(self) -> PyResult<Py<PyAny>> {
        let (py, state) = (self.py, self.state);
        let (snapshot, parts) = (&state.snapshot, &self.parts);
        let found = py.detach(|| relaxations(snapshot, parts));
        let told =
            found.iter().take(TOLD).map(|one| Ok((one.without.clone(), one.rows, state.model(py, one.example)?)));
        let told = PyList::new(py, told.collect::<PyResult<Vec<_>>>()?)?;
        Ok(py.import("modeldex.why")?.call_method1("of_all", (self.asked, told, found.len()))?.unbind())
    }
}

fn word_of(mode: Mode) -> &'static str {
    match mode {
        Mode::All => "all",
        Mode::Any => "any",
        Mode::None => "none",
    }
}

/// The answer to a question without parameters, about this model or, with None, about all.
fn why_not<'py>(
    py: Python<'py>,
    state: &Published,
    model: Option<&Bound<'py, PyAny>>,
    conditions: &[Bound<'py, PyAny>],
    keywords: &[(Bound<'py, PyString>, Bound<'py, PyAny>)],
) -> PyResult<Py<PyAny>> {
    let row = model.map(|model| row_of(py, state, model)).transpose()?;
    let parts = Apart::of(py, state, conditions, keywords)?;
    match row {
        Some(row) => parts.of_model(row),
        None => parts.of_all(),
    }
}

/// The row of a model or of a name.
fn row_of(py: Python<'_>, state: &Published, model: &Bound<'_, PyAny>) -> PyResult<Row> {
    let name = if model.is_instance_of::<Model>() { model.getattr(intern!(py, "id"))? } else { model.clone() };
    let text = crate::values::text(py, "why_not", &name)?;
    let row = text.to_str().ok().and_then(|text| state.snapshot.lookup(text).row());
    row.ok_or_else(|| Registry::missing(py, &state.snapshot, &name))
}

/// `registry.why_not(model=None, /, *conditions, **keywords)`.
pub(crate) struct WhyNot;

impl Body<Registry> for WhyNot {
    fn call<'py>(slf: &Bound<'py, Registry>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        let (py, state) = (slf.py(), slf.get().published(slf.py())?);
        let mut conditions: Vec<_> = arguments.positional().collect();
        // Each value is looked at several times.
        let keywords = arguments.keywords().map(|keyword| keyword.and_then(|(name, value)| Ok((name, own(&value)?))));
        let keywords = keywords.collect::<PyResult<Vec<_>>>()?;
        // A condition in the first place is one, not a model.
        let first = match conditions.first() {
            Some(first) => first.is_instance_of::<Model>() || first.getattr_opt(intern!(py, "node"))?.is_none(),
            None => false,
        };
        let model = if first { Some(conditions.remove(0)).filter(|model| !model.is_none()) } else { None };
        why_not(py, &state, model.as_ref(), &conditions, &keywords)
    }
}

/// `query.why_not(model=None, /, **values)`.
pub(crate) struct WhyNotPrepared;

impl Body<Query> for WhyNotPrepared {
    fn call<'py>(slf: &Bound<'py, Query>, arguments: &Arguments<'py>) -> PyResult<Py<PyAny>> {
        let (py, query) = (slf.py(), slf.get().current(slf.py())?);
        let state = query.registry(py)?.published(py)?;
        let mut positional = arguments.positional();
        let model = positional.next().filter(|model| !model.is_none());
        if positional.next().is_some() {
            return Err(pyo3::exceptions::PyTypeError::new_err(
                "why_not() of a prepared query takes a model and the values of its parameters",
            ));
        }
        // The values are checked as in every other call, then put in the place of the parameters.
        query.values(py, &state, arguments, "why_not", &[])?;
        let values = PyDict::new(py);
        for keyword in arguments.keywords() {
            let (name, value) = keyword?;
            values.set_item(name, value)?;
        }
        let (conditions, keywords) = query.written();
        let filled = py.import("modeldex.why")?.call_method1("filled", (conditions, keywords, values))?;
        let (conditions, keywords): (Vec<Bound<'py, PyAny>>, Bound<'py, PyDict>) = filled.extract()?;
        let keywords = keywords.iter().map(|(name, value)| Ok((name.cast_into()?, value)));
        why_not(py, &state, model.as_ref(), &conditions, &keywords.collect::<PyResult<Vec<_>>>()?)
    }
}

#[pymethods]
impl Registry {
    /// For each facet and each measure, the share of the models that state it.
    fn coverage<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let state = self.published(py)?;
        let snapshot = &state.snapshot;
        let coverage = py.detach(|| snapshot.coverage());
        let share = |rows: u32| f64::from(rows) / f64::from(snapshot.len().max(1));
        let found = PyDict::new(py);
        for (facet, rows) in coverage.facets {
            match snapshot.vocabulary().facets().get(usize::from(facet)) {
                Some(spec) if !spec.internal => found.set_item(&spec.name, share(rows))?,
                _ => {}
            }
        }
        for (measure, rows) in coverage.measures {
            if let Some(spec) = snapshot.measures().spec(measure) {
                found.set_item(&spec.name, share(rows))?;
            }
        }
        Ok(found)
    }
}
