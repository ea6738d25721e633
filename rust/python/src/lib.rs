//! The binding of modeldex: arguments become engine calls, rows become cached objects.
//!
//! One noun, one file, as in the engine. There is no algorithm here.

mod arrow;
mod ask;
mod calls;
mod candidate;
mod change;
mod columns;
mod cost;
mod counts;
mod creation;
mod difference;
mod document;
mod edit;
mod entries;
mod entry;
mod error;
mod formats;
mod inherit;
mod leisure;
mod matches;
mod model;
mod near;
mod numbers;
mod once;
mod order;
mod over;
mod pareto;
mod pick;
mod plain;
mod pointer;
mod published;
mod query;
mod question;
mod registry;
mod remembered;
mod reprice;
mod resolution;
mod scale;
mod search;
mod selection;
mod snapshot;
mod subscription;
mod suspension;
mod terms;
mod texts;
mod tuned;
mod values;
mod view;
mod viewing;
mod why;
mod words;

use pyo3::prelude::*;

#[pymodule]
mod _core {
    use pyo3::prelude::*;

    use super::{calls, entry, matches, pick, query, selection, why};

    #[pymodule_export]
    use super::candidate::{Candidate, restore as _candidate};
    #[pymodule_export]
    use super::cost::Cost;
    #[pymodule_export]
    use super::difference::{Diff, restore as _diff};
    #[pymodule_export]
    use super::edit::Edit;
    #[pymodule_export]
    use super::formats::{_read_text, Document};
    #[pymodule_export]
    use super::matches::{Matches, joined, restore as _matches};
    #[pymodule_export]
    use super::model::{Model, restore as _model};
    #[pymodule_export]
    use super::near::{Near, restore as _near};
    #[pymodule_export]
    use super::order::{Order, Param, cost, highest, lowest, param, weighted};
    #[pymodule_export]
    use super::query::{Query, restore as _query};
    #[pymodule_export]
    use super::registry::{Registry, restore as _registry};
    #[pymodule_export]
    use super::resolution::{Resolution, restore as _resolution};
    #[pymodule_export]
    use super::scale::{Scale, restore as _scale, scale};
    #[pymodule_export]
    use super::selection::{Selection, restore as _selection};
    #[pymodule_export]
    use super::snapshot::{Snapshot, restore as _snapshot};
    #[pymodule_export]
    use super::subscription::{Change, Subscription, restore as _change};
    #[pymodule_export]
    use super::terms::{Terms, all_of, any_of, none_of};
    #[pymodule_export]
    use super::tuned::Markers;

    /// The methods that are called on every request come in through the raw entry.
    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let py = module.py();
        entry::only_main_interpreter(py)?;
        entry::add_method::<Registry, calls::Select>(
            py,
            c"select",
            c"select($self, /, *conditions, **keywords)\n--\n\nThe models that meet all conditions, as a Selection.",
        )?;
        entry::add_method::<Registry, calls::Best>(py, c"best", c"best($self, /, *conditions, **keywords)\n--\n\nThe first model in order that meets all conditions, None where none does.")?;
        entry::add_method::<Registry, calls::Count>(
            py,
            c"count",
            c"count($self, /, *conditions, **keywords)\n--\n\nHow many models meet all conditions.",
        )?;
        entry::add_method::<Registry, calls::Prepare>(
            py,
            c"prepare",
            c"prepare($self, /, *conditions, **keywords)\n--\n\nThe question compiled once, as a Query.",
        )?;
        entry::add_method::<Selection, selection::Where>(
            py,
            c"where",
            c"where($self, /, *conditions, **keywords)\n--\n\nThose of the selection that meet all conditions.",
        )?;
        entry::add_method::<Selection, selection::Best>(py, c"best", c"best($self, /, *conditions, **keywords)\n--\n\nThe first of the selection in order that meets all conditions, or None.")?;
        entry::add_method::<Query, query::Best>(
            py,
            c"best",
            c"best($self, /, **values)\n--\n\nThe first model in order, None where none fits.",
        )?;
        entry::add_method::<Query, query::Select>(
            py,
            c"select",
            c"select($self, /, **values)\n--\n\nThe models that fit, as a Selection.",
        )?;
        entry::add_method::<Query, query::Count>(
            py,
            c"count",
            c"count($self, /, **values)\n--\n\nHow many models fit.",
        )?;
        entry::add_method::<Query, query::Ids>(
            py,
            c"ids",
            c"ids($self, /, **values)\n--\n\nThe ids of the models that fit.",
        )?;
        entry::add_method::<Registry, why::WhyNot>(py, c"why_not", c"why_not($self, model=None, /, *conditions, **keywords)\n--\n\nWhich conditions a model fails; without a model, which ones leave no answer.")?;
        entry::add_method::<Query, why::WhyNotPrepared>(
            py,
            c"why_not",
            c"why_not($self, model=None, /, **values)\n--\n\nAs Registry.why_not, for the conditions of this query.",
        )?;
        entry::add_method::<Query, pick::Pick>(
            py,
            c"pick",
            c"pick($self, /, *, seed=None, near=0.1, exclude=None, **values)\n--\n\nOne of the models that are nearly as good as the best, by weight.",
        )?;
        entry::add_method::<Query, matches::Match>(
            py,
            c"match",
            c"match($self, /, **columns)\n--\n\nThe first model in order for each of many requests, as Matches.",
        )?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        // What `collections.abc` hands on, without importing `collections`: a third of the import of the package.
        let abc = py.import("_collections_abc")?;
        abc.getattr("Mapping")?.call_method1("register", (py.get_type::<Registry>(),))?;
        abc.getattr("Sequence")?.call_method1("register", (py.get_type::<Selection>(),))?;
        Ok(())
    }
}
