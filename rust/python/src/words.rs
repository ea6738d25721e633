//! The vocabulary as the binding uses it: what each keyword of a query stands for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;
use modeldex_engine::{FacetId, MeasureId, Mode, Snapshot, TermId, Vocabulary, nearest};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyFrozenSet, PyString};

use crate::once;
use crate::search::Searched;

/// The vocabulary that ships with the package; a registry without a schema of its own uses it.
pub(crate) const SHIPPED: &str = include_str!("../../../python/modeldex/vocabulary.json");

/// Statements of capabilities that are kept for the models to come: the shipped catalogue has about 700.
const MOST_STATED: usize = 2_048;

/// What a keyword of `select` and its sisters stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyword {
    Terms(FacetId, Mode),
    AtLeast(MeasureId),
    AtMost(MeasureId),
    By,
    Sort,
    Prefers,
    Limit,
    Distinct,
    Exclude,
    Where,
}

const OTHERS: [(&str, Keyword); 7] = [
    ("by", Keyword::By),
    ("sort", Keyword::Sort),
    ("prefers", Keyword::Prefers),
    ("limit", Keyword::Limit),
    ("distinct", Keyword::Distinct),
    ("exclude", Keyword::Exclude),
    ("where", Keyword::Where),
];

/// Conditions that hold unless the query names their facet.
pub(crate) struct Default {
    pub(crate) facet: FacetId,
    pub(crate) exclude: Vec<TermId>,
    pub(crate) include: Vec<TermId>,
    /// Only where the order is by money.
    pub(crate) for_money: bool,
    pub(crate) everything: Option<String>,
}

/// Facets that a query speaks of, one bit each; a vocabulary declares at most 255.
#[derive(Clone, Copy)]
pub(crate) struct FacetSet([u64; 4]);

impl FacetSet {
    pub(crate) const EMPTY: Self = Self([0; 4]);

    pub(crate) fn insert(&mut self, facet: FacetId) {
        self.0[usize::from(facet / 64) % 4] |= 1 << (facet % 64);
    }

    pub(crate) fn contains(self, facet: FacetId) -> bool {
        self.0[usize::from(facet / 64) % 4] >> (facet % 64) & 1 == 1
    }
}

/// Stated capabilities, shared by all models that state the same.
#[derive(Clone)]
pub(crate) struct Stated {
    /// Canonical name -> bool.
    pub(crate) all: Arc<Py<PyDict>>,
    /// The set of those stated true, which understands synonyms.
    pub(crate) held: Arc<Py<PyFrozenSet>>,
}

/// Everything about the vocabulary that does not change with the models.
pub(crate) struct Words {
    pub(crate) vocabulary: Arc<Vocabulary>,
    keywords: HashMap<String, Keyword, RandomState>,
    pub(crate) defaults: Vec<Default>,
    /// The facet that `prefers=` names terms of.
    pub(crate) preferred: Option<FacetId>,
    /// Input, output and cached tokens: which measures price them.
    pub(crate) cost: Option<[MeasureId; 3]>,
    /// What a search looks at.
    pub(crate) searched: PyOnceLock<Searched>,
    stated: Mutex<HashMap<Box<str>, Stated>>,
    synonyms: PyOnceLock<Py<PyDict>>,
    /// The vocabulary as one Python text, so that many pickles carry it once.
    text: PyOnceLock<Py<PyString>>,
}

impl Words {
    pub(crate) fn new(snapshot: &Snapshot) -> modeldex_engine::Result<Self> {
        let vocabulary = snapshot.vocabulary().clone();
        let mut keywords: HashMap<String, Keyword, RandomState> =
            OTHERS.iter().map(|(name, keyword)| ((*name).to_owned(), *keyword)).collect();
        for (measure, spec, _) in snapshot.measures().iter().take(vocabulary.measures().len()) {
            keywords.insert(format!("min_{}", spec.name), Keyword::AtLeast(measure));
            keywords.insert(format!("max_{}", spec.name), Keyword::AtMost(measure));
        }
        for (name, keyword) in vocabulary.keywords() {
            keywords.insert(name.clone(), Keyword::Terms(vocabulary.facet(&keyword.facet)?, keyword.mode));
        }
        let mut defaults = Vec::new();
        for default in vocabulary.defaults().values() {
            let facet = vocabulary.facet(&default.facet)?;
            let terms = |texts: &[String]| -> modeldex_engine::Result<Vec<TermId>> {
                texts.iter().map(|text| snapshot.facets().term(&vocabulary, facet, text)).collect()
            };
            let (exclude, include) = (terms(&default.exclude)?, terms(&default.include)?);
            let for_money = default.when.as_deref() == Some("money_order");
            defaults.push(Default { facet, exclude, include, for_money, everything: default.everything.clone() });
        }
        let cost = match vocabulary.cost() {
            Some(cost) => {
                let measure = |name: &str| snapshot.measures().measure(name);
                Some([measure(&cost.input)?, measure(&cost.output)?, measure(&cost.cached)?])
            }
            None => None,
        };
        let preferred = vocabulary.facet("provider").ok();
        Ok(Self {
            vocabulary,
            keywords,
            defaults,
            preferred,
            cost,
            searched: PyOnceLock::new(),
            stated: Mutex::default(),
            synonyms: PyOnceLock::new(),
            text: PyOnceLock::new(),
        })
    }

    #[inline]
    pub(crate) fn keyword(&self, name: &str) -> Option<Keyword> {
        self.keywords.get(name).copied()
    }

    /// The keywords nearest to a name that is none.
    pub(crate) fn nearest_keywords(&self, name: &str) -> Vec<String> {
        nearest(name, self.keywords.keys().map(String::as_str), 3)
            .into_iter()
            .map(|(_, name)| name.to_owned())
            .collect()
    }

    /// The stated capabilities of this JSON text, made once for all models with the same.
    pub(crate) fn stated(&self, text: &str, make: impl FnOnce() -> PyResult<Stated>) -> PyResult<Stated> {
        let lock = || self.stated.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stated) = lock().get(text) {
            return Ok(stated.clone());
        }
        // Made outside the lock: it runs Python code.
        let made = make()?;
        let mut stated = lock();
        if stated.len() >= MOST_STATED {
            // Whoever holds one keeps it; dropping runs Python code, so it happens after the lock.
            let dropped = std::mem::take(&mut *stated);
            drop(stated);
            drop(dropped);
            stated = lock();
        }
        Ok(stated.entry(text.into()).or_insert(made).clone())
    }

    /// The vocabulary, as one Python text.
    pub(crate) fn text<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        let text = match self.text.get(py) {
            Some(text) => text,
            None => once::keep(&self.text, py, PyString::new(py, self.vocabulary.text()).unbind()),
        };
        text.bind(py).clone()
    }

    /// The canonical name of a capability, nothing where there is no such word.
    pub(crate) fn capability(&self, name: &str) -> Option<&str> {
        let facet = self.capabilities()?;
        match facet.terms.iter().find(|term| *term == name) {
            Some(term) => Some(term),
            None => facet.synonyms.get(name).map(String::as_str),
        }
    }

    fn capabilities(&self) -> Option<&modeldex_engine::FacetSpec> {
        let facet = self.vocabulary.facet("capabilities").ok()?;
        self.vocabulary.facets().get(usize::from(facet))
    }

    pub(crate) fn nearest_capabilities(&self, name: &str) -> Vec<String> {
        let words = self.capabilities().into_iter().flat_map(|facet| facet.terms.iter().chain(facet.synonyms.keys()));
        nearest(name, words.map(String::as_str), 3).into_iter().map(|(_, name)| name.to_owned()).collect()
    }

    /// Other spelling -> capability: one `dict` for all models.
    pub(crate) fn capability_synonyms<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let synonyms = once::get_or_make(&self.synonyms, py, || {
            let synonyms = PyDict::new(py);
            for (synonym, term) in self.capabilities().into_iter().flat_map(|facet| &facet.synonyms) {
                synonyms.set_item(synonym, term)?;
            }
            Ok(synonyms.unbind())
        })?;
        Ok(synonyms.bind(py).clone())
    }
}
