//! A compiled question, and the values that a request must bring to it.

use std::ops::Deref;
use std::sync::Arc;

use modeldex_engine::{Cell, FacetId, Kind, Query, Row, Snapshot};
pub(crate) use modeldex_engine::{Side, end};
use pyo3::prelude::*;

use crate::error::invalid_condition;
use crate::order::Given;
use crate::published::Published;

/// The end of a range that a request brings.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) param: usize,
    pub(crate) kind: Kind,
    pub(crate) side: Side,
}

/// An amount of money between the two nearest whole femtodollars.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usd {
    pub(crate) floor: i128,
    pub(crate) ceiling: i128,
}

impl Usd {
    /// The last cost within this end of a range. What is beyond all costs takes in all or none.
    pub(crate) fn end(self, side: Side) -> i128 {
        match side {
            Side::AtLeast => self.ceiling,
            Side::Above => self.floor.saturating_add(1),
            Side::AtMost => self.floor,
            Side::Below if self.ceiling == i128::MAX => i128::MAX,
            Side::Below => self.ceiling.saturating_sub(1),
        }
    }
}

/// A name that the registry had not met when the question was compiled, and may meet later.
#[derive(Clone, Debug)]
pub(crate) enum Unheard {
    Measure(String),
    Term(FacetId, String),
}

impl Unheard {
    pub(crate) fn is_met(&self, snapshot: &Snapshot) -> bool {
        match self {
            Self::Measure(name) => snapshot.measures().find(name).is_some(),
            Self::Term(facet, term) => snapshot.facets().find(*facet, term).is_some(),
        }
    }
}

/// Rows that must not be the answer, ascending.
pub(crate) enum Excluded {
    Own(Vec<Row>),
    /// Those that are suspended and no others.
    Shared(Arc<Vec<Row>>),
}

impl Deref for Excluded {
    type Target = [Row];

    fn deref(&self) -> &[Row] {
        match self {
            Self::Own(rows) => rows,
            Self::Shared(rows) => rows,
        }
    }
}

/// A compiled question, and what a request must bring to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Question {
    pub(crate) query: Query,
    pub(crate) slots: Vec<Slot>,
    /// Tokens of costs with parameters: input, output, cached, each three in a row.
    pub(crate) tokens: Vec<[Given; 3]>,
    /// Ends of ranges of costs that a request brings: the place of the parameter, and which end it is.
    pub(crate) limits: Vec<(usize, Side)>,
    pub(crate) params: Vec<String>,
    /// Ids that must not be the answer: what each leads to is asked when the question is.
    pub(crate) exclude: Vec<String>,
    /// What nothing answers to yet; the question is compiled again when something does.
    pub(crate) unheard: Vec<Unheard>,
}

impl Question {
    /// The place of a parameter, new where it was not there.
    pub(crate) fn param(&mut self, name: &str) -> usize {
        match self.params.iter().position(|there| there == name) {
            Some(place) => place,
            None => {
                self.params.push(name.to_owned());
                self.params.len() - 1
            }
        }
    }

    /// The rows that must not be the answer: those that the excluded ids lead to now (those that are
    /// gone are not the answer anyhow), and those that are suspended.
    pub(crate) fn excluded(&self, state: &Published) -> Excluded {
        self.excluded_also(state, Vec::new())
    }

    /// The rows that the excluded ids lead to.
    pub(crate) fn named(&self, snapshot: &Snapshot) -> impl Iterator<Item = Row> {
        self.exclude.iter().filter_map(|id| snapshot.lookup(id).row())
    }

    /// As [`Self::excluded`], and these rows.
    pub(crate) fn excluded_also(&self, state: &Published, mut rows: Vec<Row>) -> Excluded {
        rows.extend(self.named(&state.snapshot));
        match state.suspended() {
            Some(suspended) if rows.is_empty() => return Excluded::Shared(suspended),
            Some(suspended) => rows.extend_from_slice(&suspended),
            None => {}
        }
        rows.sort_unstable();
        Excluded::Own(rows)
    }

    /// Whether the value at this place is a date.
    pub(crate) fn takes_date(&self, place: usize) -> bool {
        self.slots.iter().any(|slot| slot.param == place && slot.kind == Kind::Date)
    }

    /// Whether the value at this place is an amount of money that a cost is compared with.
    pub(crate) fn takes_usd(&self, place: usize) -> bool {
        self.limits.iter().any(|(param, _)| *param == place)
    }

    /// The limits of this question's costs; `usd` has the amounts by the place of their parameter.
    pub(crate) fn limits(&self, usd: &[Usd]) -> Vec<i128> {
        self.limits.iter().map(|(param, side)| usd.get(*param).map_or(0, |usd| usd.end(*side))).collect()
    }

    /// The cells of this question's slots for these values.
    pub(crate) fn cells(&self, values: &[f64]) -> Vec<Cell> {
        let cell = |slot: &Slot| end(values[slot.param], slot.kind, slot.side).unwrap_or(Cell::MAX);
        self.slots.iter().map(cell).collect()
    }

    /// The amounts of this question's costs for these values.
    pub(crate) fn amounts(&self, py: Python<'_>, values: &[f64]) -> PyResult<Vec<u64>> {
        let mut amounts = Vec::with_capacity(self.tokens.len() * 3);
        for tokens in &self.tokens {
            let given = |given: &Given| match given {
                Given::Fixed(tokens) => Ok(*tokens),
                Given::Param(name) => self
                    .params
                    .iter()
                    .position(|there| there == name)
                    .map_or(Ok(0), |place| whole(py, name, values[place])),
            };
            let tokens = crate::cost::Tokens {
                input: given(&tokens[0])?,
                output: given(&tokens[1])?,
                cached: given(&tokens[2])?,
            };
            amounts.extend(tokens.parts()?);
        }
        Ok(amounts)
    }
}

#[expect(clippy::cast_sign_loss, reason = "checked to be a whole number from 0 to 2**53")]
fn whole(py: Python<'_>, name: &str, value: f64) -> PyResult<u64> {
    if value.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&value) {
        return Ok(value as u64);
    }
    Err(invalid_condition(py, name, &format!("{name} is a number of tokens, not {value}")))
}
