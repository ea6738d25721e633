//! Search: models by the words of a text.

use modeldex_engine::{FacetId, Row, Sources, Vocabulary};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};

use crate::error::{OrRaise, guarded, invalid_condition};
use crate::leisure::aside;
use crate::once;
use crate::registry::{Registry, words_of};
use crate::selection::Selection;
use crate::texts;

/// What a vocabulary says of search: facets, and fields of documents, each with a rank.
pub(crate) struct Searched {
    facets: Vec<(FacetId, u8)>,
    fields: Vec<(String, u8)>,
}

impl Searched {
    /// A vocabulary of before there was search is searched as the shipped one says.
    fn of(py: Python<'_>, vocabulary: &Vocabulary) -> PyResult<Self> {
        let shipped = words_of(py, None)?;
        let said = if vocabulary.searched().is_empty() { &shipped.vocabulary } else { vocabulary }.searched();
        let facet = |name: &String| vocabulary.facet(name).ok();
        let facets = said.iter().filter_map(|each| Some((facet(each.facet.as_ref()?)?, each.rank)));
        let fields = said.iter().filter_map(|each| Some((each.field.clone()?, each.rank)));
        Ok(Self { facets: facets.collect(), fields: fields.collect() })
    }
}

/// How many at most, as people write it: a whole number, or None for all.
struct Limit(Option<usize>);

impl<'a, 'py> FromPyObject<'a, 'py> for Limit {
    type Error = PyErr;

    fn extract(given: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if given.is_none() {
            return Ok(Self(None));
        }
        let whole = || invalid_condition(given.py(), "limit", "limit is a whole number, 0 or more, or None for all");
        let number = given.cast::<PyInt>().map_err(|_| whole())?;
        if number.lt(0)? {
            return Err(whole());
        }
        // A number beyond all rows is no mistake.
        Ok(Self(Some(number.extract().unwrap_or(usize::MAX))))
    }
}

#[pymethods]
impl Registry {
    /// The models of which every word of a text is found in something, the best found first.
    #[pyo3(signature = (text, limit=Limit(Some(10)), prefix=false), text_signature = "($self, text, limit=10, prefix=False)")]
    fn search(&self, py: Python<'_>, text: &Bound<'_, PyString>, limit: Limit, prefix: bool) -> PyResult<Selection> {
        let state = self.published(py)?;
        let words = &state.words;
        let searched = once::get_or_make(&words.searched, py, || Searched::of(py, &words.vocabulary))?;
        let read = |document: &[u8], text: &mut dyn FnMut(u8, &str)| texts::read(document, &searched.fields, text);
        let sources = Sources { facets: &searched.facets, texts: &read };
        let text = &*text.to_string_lossy();
        // A view begins with the index of its registry, whose registry is none.
        let base = self.as_view().map(|view| &view.base.get().shelf);
        let rows: Vec<Row> = guarded(py, || {
            let (snapshot, shelf) = (&state.snapshot, &self.shelf);
            let search = || {
                let index = shelf.index(base, snapshot, &sources)?;
                Ok(snapshot.search(&index, text, limit.0, prefix))
            };
            aside(py, snapshot, search).or_raise(py)
        })?;
        Ok(Selection::new(state, rows))
    }
}
