//! The engine of modeldex: **names**, **facets**, **measures** and **documents** in an immutable
//! [`Snapshot`], and [`Query`] to ask it. It knows nothing of Python and no word of the field:
//! which facets and measures exist is told to it by a [`Vocabulary`].
//!
//! A change makes a new snapshot that shares what did not change; see [`Edit`].
#![forbid(unsafe_code)]

mod arrange;
mod changes;
mod chunks;
mod column;
mod condition;
mod coverage;
mod definition;
mod difference;
mod discount;
mod document;
mod edit;
mod error;
mod evaluate;
mod facets;
#[cfg(test)]
mod far_rows;
mod file;
mod lens;
mod measures;
mod names;
mod near;
mod nearest;
mod number;
mod once;
mod order;
mod pareto;
mod pattern;
mod posting;
mod query;
mod replacement;
mod resolve;
mod scale;
mod search;
mod snapshot;
mod sorted;
mod texts;
mod tuned;
mod turns;
mod usd;
mod visible;
mod vocabulary;
mod weighted;

pub use chunks::Chunks;
pub use condition::{Bound, Condition, Limit};
pub use coverage::Coverage;
pub use definition::Definition;
pub use difference::Difference;
pub use discount::{Discount, WHOLE, discounted};
pub use document::{Amend, Document, Documents, Store};
pub use edit::Edit;
pub use error::{Error, Result};
pub use facets::Facets;
#[doc(hidden)]
pub use file::reseal;
pub use file::{Batches, Opened};
pub use lens::{Draft, Lens};
pub use measures::Measures;
pub use names::{Lookup, Names};
pub use near::Near;
pub use nearest::{Best, Nearest, Wanted, nearest, similarity};
pub use number::{Cell, Number, Side, UNKNOWN, at_least, at_most, decimal, end, money};
pub use order::{Amount, CostOrder, Key};
pub use pattern::Pattern;
pub use query::{
    Answers, Count, Dice, NOTHING, Numbers, Part, Quantity, Query, Relaxation, Requests, Restriction, Values,
    relaxations,
};
pub use resolve::{Candidate, How, NameRules, Resolution};
pub use scale::Scale;
pub use search::{Index, ReadTexts, Shelf, Sources};
pub use snapshot::Snapshot;
pub use tuned::{Markers, Tuned};
pub use usd::usd;
pub use vocabulary::{
    Bare, Better, Cost, Default, FacetSpec, Group, Keyword, Kind, MeasureSpec, Mode, Searched, Vocabulary,
};
pub use weighted::{Weighted, WeightedOrder};

/// A row of one snapshot. It means nothing outside that snapshot and the ones descended from it.
pub type Row = u32;
/// A facet, by its place in the vocabulary.
pub type FacetId = u16;
/// A measure, by its place in the measures of a snapshot; those met later come later.
pub type MeasureId = u16;
/// A term of any facet; terms are only ever added, so an id stays good in later snapshots.
pub type TermId = u32;

/// Names longer than this are refused before any work is done with them.
pub const MAX_NAME_BYTES: usize = 512;
/// How many measures a registry may hold (own numbers in metadata included).
pub const MAX_MEASURES: usize = 4_096 + 256;
