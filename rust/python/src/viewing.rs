//! Making a view: what a caller writes is read and checked once, here.

use std::sync::{Arc, Mutex};

use modeldex_engine::{Definition, Discount, Lens, Lookup, Pattern, WHOLE, money};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyList, PyMapping, PyString, PyTuple};

use crate::ask::Asker;
use crate::change;
use crate::error::{OrRaise, invalid_condition, raise};
use crate::model::Model;
use crate::over::{Entry, Over};
use crate::published::Published;
use crate::question::{Question, Unheard};
use crate::registry::Registry;
use crate::view::{Look, Override, View};
use crate::words::Keyword;

/// Reads what a view says against one state of the registry that it is of.
struct Viewing<'py> {
    py: Python<'py>,
    registry: Bound<'py, Registry>,
    base: Arc<Published>,
}

#[pymethods]
impl Registry {
    /// The registry as one tenant sees it; see the stub.
    #[pyo3(signature = (*conditions, overrides=None, models=None, discount=None, allow=None, deny=None, **keywords))]
    #[expect(clippy::too_many_arguments, reason = "the keywords of the call")]
    fn view(
        slf: &Bound<'_, Self>,
        conditions: &Bound<'_, PyTuple>,
        overrides: Option<&Bound<'_, PyMapping>>,
        models: Option<&Bound<'_, PyAny>>,
        discount: Option<&Bound<'_, PyAny>>,
        allow: Option<&Bound<'_, PyAny>>,
        deny: Option<&Bound<'_, PyAny>>,
        keywords: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let viewing = Viewing { py: slf.py(), registry: slf.clone(), base: slf.get().published(slf.py())? };
        let mut lens = Lens::default();
        lens.allow = allow.map(|allow| viewing.patterns("allow", allow)).transpose()?;
        lens.deny = deny.map(|deny| viewing.patterns("deny", deny)).transpose()?.unwrap_or_default();
        lens.discounts = discount.map(|discount| viewing.discounts(discount)).transpose()?.unwrap_or_default();
        if overrides.is_none() && models.is_none() {
            viewing.ask(&mut lens, &viewing.base, conditions, keywords)?;
            return Ok(viewing.made(lens, None, Vec::new(), Vec::new()));
        }
        viewing.with_definitions(lens, (overrides, models), conditions, keywords)
    }
}

impl<'py> Viewing<'py> {
    fn made(&self, lens: Lens, state: Option<Published>, overrides: Vec<Override>, own: Vec<Arc<Entry>>) -> Registry {
        // Until it is first used it shows nothing.
        let state = state.unwrap_or_else(|| Published::new(self.base.snapshot.blank(), self.base.words.clone()));
        Registry::viewing(state, View { base: self.registry.clone().unbind(), lens, overrides, own })
    }

    /// A view that brings definitions: those are checked, and put in once, so that what is wrong is
    /// told now.
    fn with_definitions(
        &self,
        mut lens: Lens,
        (overrides, models): (Option<&Bound<'py, PyMapping>>, Option<&Bound<'py, PyAny>>),
        conditions: &Bound<'py, PyTuple>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Registry> {
        let (py, base) = (self.py, &self.base);
        let snapshot = Look::new(&lens, &base.snapshot, None).or_raise(py)?.draft.snapshot().clone();
        let snapshot = Arc::new(snapshot);
        let overrides =
            overrides.map(|overrides| self.overrides(&snapshot, overrides)).transpose()?.unwrap_or_default();
        let own = models.map(|models| self.own(&snapshot, models)).transpose()?.unwrap_or_default();
        let changed: Vec<Arc<Entry>> = overrides.iter().map(|(.., entry)| entry.clone()).collect();
        for entry in changed.iter().chain(&own) {
            lens.learn(&base.snapshot, &entry.definition).or_raise(py)?;
        }
        let mut look = Look::new(&lens, &base.snapshot, None).or_raise(py)?;
        // The words of what the view brings may stand in its conditions.
        if self.ask(&mut lens, &self.drafted(&look), conditions, keywords)? {
            look = Look::new(&lens, &base.snapshot, None).or_raise(py)?;
        }
        let state = look.finish(&lens, base, None, (&changed, &own), true).or_raise(py)?;
        let overrides =
            overrides.into_iter().map(|(id, changes, entry)| Override { id, changes, made: Mutex::new(entry) });
        Ok(self.made(lens, Some(state), overrides.collect(), own))
    }

    fn drafted(&self, look: &Look) -> Published {
        let over = Over { base: self.base.clone(), entries: Box::default(), repriced: None };
        Published::view(look.draft.snapshot().clone(), over)
    }

    /// Gives the lens its conditions, and those of their words that nobody has said yet: they have
    /// numbers of their own until somebody does. Whether there are any.
    fn ask(
        &self,
        lens: &mut Lens,
        state: &Published,
        conditions: &Bound<'py, PyTuple>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<bool> {
        let Question { query, unheard, .. } = self.conditions(Asker::new(self.py, state), conditions, keywords)?;
        lens.conditions = query;
        if unheard.is_empty() {
            return Ok(false);
        }
        for word in &unheard {
            match word {
                Unheard::Measure(name) => lens.learn_measure(&self.base.snapshot, name),
                Unheard::Term(facet, term) => lens.learn_term(&self.base.snapshot, *facet, term),
            }
        }
        let drafted = self.drafted(&Look::new(lens, &self.base.snapshot, None).or_raise(self.py)?);
        let asker = Asker::new(self.py, &drafted).quiet();
        lens.conditions = self.conditions(asker, conditions, keywords)?.query;
        Ok(true)
    }

    fn conditions(
        &self,
        asker: Asker<'_, 'py>,
        conditions: &Bound<'py, PyTuple>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Question> {
        let (mut asker, words) = (asker.within(), &self.base.words);
        conditions.iter().try_for_each(|condition| asker.condition(&condition))?;
        for (name, value) in keywords.into_iter().flat_map(PyDictMethods::iter) {
            let name = name.cast_into::<PyString>()?;
            let text = name.to_string_lossy();
            let asks = words.keyword(&text);
            let says =
                |asks| matches!(asks, Keyword::Terms(..) | Keyword::AtLeast(_) | Keyword::AtMost(_) | Keyword::Where);
            if asks.is_some_and(|asks| !says(asks)) {
                let message = format!("{text}= is asked of a view, not said when it is made: view.select({text}=...)");
                return Err(invalid_condition(self.py, &text, &message));
            }
            asker.keyword(&name, &value)?;
        }
        Ok(asker.finish())
    }

    /// Ids, aliases, models and patterns with `*`: one, or several of them.
    fn patterns(&self, name: &str, given: &Bound<'py, PyAny>) -> PyResult<Vec<Pattern>> {
        let mut patterns = Vec::new();
        if given.is_instance_of::<PyString>() || given.is_instance_of::<Model>() {
            patterns.push(self.pattern(name, given)?);
            return Ok(patterns);
        }
        let Ok(several) = given.try_iter() else { return Err(self.no_id(name, given)) };
        for one in several {
            patterns.push(self.pattern(name, &one?)?);
        }
        Ok(patterns)
    }

    fn no_id(&self, name: &str, given: &Bound<'py, PyAny>) -> PyErr {
        let kind = given.get_type().qualname().map_or_else(|_| String::new(), |name| name.to_string());
        invalid_condition(
            self.py,
            name,
            &format!("{name}= takes ids, patterns such as 'openai/*' or models, not {kind}"),
        )
    }

    fn pattern(&self, name: &str, given: &Bound<'py, PyAny>) -> PyResult<Pattern> {
        let id = match given.cast::<Model>() {
            Ok(model) => model.getattr("id")?,
            Err(_) => given.clone(),
        };
        let Ok(id) = id.cast::<PyString>() else { return Err(self.no_id(name, given)) };
        let (text, snapshot) = (&*id.to_string_lossy(), &self.base.snapshot);
        match snapshot.lookup(text) {
            // What a name leads to now is what is meant, whatever it leads to later.
            found if found.row().is_some() => {
                let row = found.row().unwrap_or_default();
                Ok(Pattern::Id(snapshot.names().id(row).unwrap_or(text).into()))
            }
            Lookup::Missing if text.contains('*') && text.len() <= modeldex_engine::MAX_NAME_BYTES => {
                Ok(Pattern::new(text))
            }
            _ => Err(Registry::missing(self.py, snapshot, id.as_any())),
        }
    }

    /// A share for everything, or shares by provider.
    fn discounts(&self, given: &Bound<'py, PyAny>) -> PyResult<Vec<Discount>> {
        let Ok(shares) = given.cast::<PyMapping>() else {
            return Ok(vec![Discount { term: None, keep: self.keep(given)? }]);
        };
        let words = &self.base.words;
        let Some(facet) = words.preferred else {
            return Err(invalid_condition(self.py, "discount", "this schema has no providers to discount"));
        };
        let mut discounts = Vec::new();
        for share in shares.items()?.iter() {
            let (provider, share) = share.extract::<(Bound<'py, PyAny>, Bound<'py, PyAny>)>()?;
            let provider = crate::values::text(self.py, "discount", &provider)?.to_string_lossy().into_owned();
            let term = self.base.snapshot.facets().term(&words.vocabulary, facet, &provider).or_raise(self.py)?;
            discounts.push(Discount { term: Some(term), keep: self.keep(&share)? });
        }
        Ok(discounts)
    }

    /// What is left of a price, in billionths.
    fn keep(&self, share: &Bound<'py, PyAny>) -> PyResult<u32> {
        let number = share.cast::<PyBool>().is_err();
        let text = if share.is_instance_of::<PyFloat>() { share.repr()? } else { share.str()? };
        // A price has as many decimals as a share, so that one is read as the other.
        let off = money(&text.to_string_lossy()).filter(|_| number).and_then(|off| u32::try_from(off).ok());
        match off.and_then(|off| WHOLE.checked_sub(off)) {
            Some(keep) => Ok(keep),
            None => {
                let shown: String = text.to_string_lossy().chars().take(60).collect();
                let message = format!(
                    "a discount is a share from 0 to 1 with at most 9 decimals (0.2 is 20 % off), or such shares by provider; this is {shown}"
                );
                Err(invalid_condition(self.py, "discount", &message))
            }
        }
    }

    fn overrides(
        &self,
        snapshot: &Arc<modeldex_engine::Snapshot>,
        overrides: &Bound<'py, PyMapping>,
    ) -> PyResult<Vec<(String, Py<PyDict>, Arc<Entry>)>> {
        let (py, schema) = (self.py, self.registry.get().schema(self.py)?);
        let copy = py.import("copy")?.getattr("deepcopy")?;
        let (mut made, faults) = (Vec::new(), PyList::empty(py));
        for item in overrides.items()?.iter() {
            let (id, changes) = item.extract::<(Bound<'py, PyAny>, Bound<'py, PyAny>)>()?;
            let Ok(id) = id.cast::<PyString>() else { return Err(self.no_id("overrides", &id)) };
            let Ok(changes) = changes.cast::<PyMapping>() else {
                let text = format!("overrides[{}] is a mapping of fields to values", id.repr()?);
                return Err(PyTypeError::new_err(text));
            };
            let changed = PyDict::new(py);
            changed.update(changes)?;
            let changed = copy.call1((changed,))?.cast_into::<PyDict>()?;
            let id = id.to_string_lossy().into_owned();
            match change::patched(py, &schema, snapshot, &id, &changed) {
                Ok((definition, from)) => made.push((id, changed.unbind(), Entry::new(definition, from))),
                Err(error) => match error.value(py).getattr_opt("problems")? {
                    Some(problems) => problems.try_iter()?.try_for_each(|problem| faults.append(problem?))?,
                    None => return Err(error),
                },
            }
        }
        if faults.is_empty() { Ok(made) } else { Err(raise(py, "InvalidModelError", (faults,))) }
    }

    fn own(&self, snapshot: &Arc<modeldex_engine::Snapshot>, models: &Bound<'py, PyAny>) -> PyResult<Vec<Arc<Entry>>> {
        let py = self.py;
        let lookup = change::lookup(py, snapshot.clone())?;
        let rows = self.registry.get().schema(py)?.call_method1("compile_many", (models, lookup))?;
        let mut own = Vec::new();
        let faults = PyList::empty(py);
        for row in rows.cast::<PyList>()?.iter() {
            let definition: Definition = change::definition(&row, snapshot)?;
            if snapshot.row(&definition.id).is_ok() {
                let text = "is a model of the registry; say what differs in overrides={id: {field: value}}";
                faults.append(("id", text, &definition.id))?;
            }
            own.push(Entry::new(definition, Arc::from([])));
        }
        if faults.is_empty() { Ok(own) } else { Err(raise(py, "InvalidModelError", (faults,))) }
    }
}
