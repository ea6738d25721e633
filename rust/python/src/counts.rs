//! How many models have each term, and how many state each measure.

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::OrRaise;
use crate::registry::Registry;

#[pymethods]
impl Registry {
    /// The terms of a facet, with how many models have each.
    fn terms<'py>(&self, py: Python<'py>, facet: &str) -> PyResult<Bound<'py, PyDict>> {
        let state = self.published(py)?;
        let wanted = state.words.vocabulary.facet(facet).or_raise(py)?;
        let mut terms: Vec<(&str, u32)> = state
            .snapshot
            .terms()
            .filter(|(_, facet, _, count)| *facet == wanted && *count > 0)
            .map(|(_, _, text, count)| (text, count))
            .collect();
        terms.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let found = PyDict::new(py);
        for (text, count) in terms {
            found.set_item(text, count)?;
        }
        Ok(found)
    }

    /// For each measure, how many models state it.
    fn measures<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let state = self.published(py)?;
        let found = PyDict::new(py);
        for (measure, spec, _) in state.snapshot.measures().iter() {
            found.set_item(&spec.name, state.snapshot.known(measure))?;
        }
        Ok(found)
    }
}
