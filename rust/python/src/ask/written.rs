//! What a question says as data: texts of the grammar, and the mappings of YAML and JSON.
//!
//! Reading them is Python's (`modeldex.queries`); what comes back is what a caller would have written.

use modeldex_engine::{Condition, FacetId, Mode, TermId};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use super::Asker;
use crate::error::OrRaise;
use crate::order::Order;
use crate::terms::{Terms, mode};
use crate::values::{each_text, text};
use crate::words::Keyword;

/// The words that a text with a closing parenthesis may begin with to be an order.
const ORDERS: [&str; 4] = ["cost(", "weighted(", "highest(", "lowest("];

fn read<'py>(
    function: &str,
    arguments: impl pyo3::call::PyCallArgs<'py>,
    py: Python<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    py.import("modeldex.queries")?.getattr(function)?.call1(arguments)
}

impl<'py> Asker<'_, 'py> {
    /// `where=`: a condition as text, or one made with `mx.f`.
    pub(super) fn written(&mut self, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let condition = self.read_condition(value)?;
        self.condition(&condition)
    }

    /// The condition that a text says; what is no text is given back.
    pub(crate) fn read_condition(&self, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if value.is_instance_of::<PyString>() {
            return self.py.import("modeldex.grammar")?.getattr("parse")?.call1((value,));
        }
        Ok(value.clone())
    }

    /// The order that a mapping or a text such as `cost(...)` says, nothing where the value is something else.
    pub(super) fn written_order(&self, value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, Order>>> {
        let called = |text: &str| text.ends_with(')') && ORDERS.iter().any(|word| text.starts_with(word));
        let written = match value.cast::<PyString>() {
            Ok(text) => called(&text.to_string_lossy()),
            Err(_) => value.is_instance_of::<PyDict>(),
        };
        if !written {
            return Ok(None);
        }
        Ok(Some(read("order_of", (value,), self.py)?.cast_into::<Order>()?))
    }

    /// The terms that a mapping such as `{"none_of": ["beta"]}` says.
    pub(crate) fn written_terms(&self, value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, Terms>>> {
        if !value.is_instance_of::<PyDict>() {
            return Ok(None);
        }
        Ok(Some(read("terms_of", (value,), self.py)?.cast_into::<Terms>()?))
    }

    /// The value that a text such as `128k` or `$tokens` says; a date stays a text.
    pub(super) fn written_bound(
        &self,
        name: &str,
        date: bool,
        value: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Ok(text) = value.cast::<PyString>() else { return Ok(None) };
        if date && !text.to_string_lossy().starts_with('$') {
            return Ok(None);
        }
        read("bound_of", (name, text), self.py).map(Some)
    }

    /// `("term", name, mode, terms)` and perhaps whether a missing term is no error.
    pub(super) fn term_node(&mut self, node: &Bound<'py, PyTuple>) -> PyResult<Condition> {
        let py = self.py;
        let broken = || PyValueError::new_err("this is no condition");
        let name = node.get_item(1)?;
        let name = &*text(py, "facet", &name)?.to_string_lossy();
        let how = node.get_item(2)?;
        let how = how.cast::<PyString>().map_err(|_| broken())?.to_str()?;
        let missing_ok = node.len() > 4 && node.get_item(4)?.is_truthy()?;
        let keyword = match self.published.words.keyword(name) {
            Some(Keyword::Terms(facet, mode)) => Some((facet, mode)),
            _ => None,
        };
        let found = self.published.words.vocabulary.facet(name);
        let (facet, mode, as_keyword) = match (how, keyword, found) {
            ("keyword", Some((facet, mode)), _) => (facet, mode, true),
            ("keyword", None, Ok(facet)) => (facet, Mode::Any, true),
            ("keyword", None, Err(_)) => return Err(self.no_keyword(name)),
            (_, _, Ok(facet)) | (_, Some((facet, _)), Err(_)) => (facet, mode(how).ok_or_else(broken)?, false),
            (_, None, Err(error)) => return Err(error).or_raise(py),
        };
        self.named.insert(facet);
        let everything = if as_keyword { self.everything(facet) } else { None };
        let mut terms: Vec<Option<TermId>> = Vec::new();
        let mut lifted = false;
        each_text(py, &node.get_item(3)?, |term| {
            if everything == Some(term) {
                lifted = true;
            } else {
                terms.push(self.term(facet, term, missing_ok)?);
            }
            Ok(())
        })?;
        Ok(if lifted { Condition::All(Vec::new()) } else { having(mode, terms) })
    }

    /// The condition of `any_of`, `all_of`, `none_of`.
    pub(super) fn having(&mut self, facet: FacetId, terms: &Terms) -> PyResult<Condition> {
        let found = terms.terms().iter().map(|term| self.term(facet, term, terms.missing_ok));
        Ok(having(terms.mode(), found.collect::<PyResult<_>>()?))
    }
}

/// The rows with any, all or none of the terms, of which some may not be there.
fn having(mode: Mode, terms: Vec<Option<TermId>>) -> Condition {
    if mode == Mode::All && terms.iter().any(Option::is_none) {
        // No model has a term that is not there, so none has all of them.
        return Condition::Terms(Mode::Any, Vec::new());
    }
    Condition::Terms(mode, terms.into_iter().flatten().collect())
}
