//! One model as the schema hands it over: checked, with every name canonical.

use crate::number::Number;

/// What [`Edit::put`](crate::Edit::put) takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definition {
    pub id: String,
    pub aliases: Vec<String>,
    /// Facet and term.
    pub terms: Vec<(String, String)>,
    /// Measure and number.
    pub numbers: Vec<(String, Number)>,
    /// Everything its author wrote, kept whole; the engine never looks inside.
    pub document: Vec<u8>,
}
