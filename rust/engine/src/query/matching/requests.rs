//! What many requests bring: a column for each value.

use crate::Row;
use crate::number::{Cell, Side, end};
use crate::vocabulary::Kind;

/// One value for all requests, or one for each.
#[derive(Clone, Copy, Debug)]
pub enum Numbers<'a> {
    One(f64),
    Floats(&'a [f64]),
    Ints(&'a [i64]),
}

impl Numbers<'_> {
    /// The value of one request; not a number where there is none.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "as an integer is read wherever a number is wanted")]
    pub fn get(self, request: usize) -> f64 {
        match self {
            Self::One(value) => value,
            Self::Floats(values) => values.get(request).copied().unwrap_or(f64::NAN),
            Self::Ints(values) => values.get(request).map_or(f64::NAN, |value| *value as f64),
        }
    }

    /// The values of the requests from `first` on.
    #[inline(always)]
    #[expect(clippy::cast_precision_loss, reason = "as in `get`")]
    pub(super) fn fill(self, first: usize, lanes: &mut [f64]) {
        match self {
            Self::One(value) => lanes.fill(value),
            Self::Floats(values) => lanes.copy_from_slice(&values[first..first + lanes.len()]),
            Self::Ints(values) => {
                lanes.iter_mut().zip(&values[first..]).for_each(|(lane, value)| *lane = *value as f64);
            }
        }
    }

    fn fits(self, len: usize) -> bool {
        match self {
            Self::One(_) => true,
            Self::Floats(values) => values.len() == len,
            Self::Ints(values) => values.len() == len,
        }
    }
}

/// The values for one slot of [`Bound`](crate::Bound): which end of a range of what they are.
#[derive(Clone, Copy, Debug)]
pub struct Restriction<'a> {
    pub values: Numbers<'a>,
    pub kind: Kind,
    pub side: Side,
}

/// The values for one slot of [`Amount`](crate::Amount): `of` less `less`, whole and not negative.
#[derive(Clone, Copy, Debug)]
pub struct Quantity<'a> {
    pub of: Count<'a>,
    pub less: Count<'a>,
}

/// Whole numbers: any one, or up to 2^53 for each request.
#[derive(Clone, Copy, Debug)]
pub enum Count<'a> {
    One(u64),
    Each(Numbers<'a>),
}

/// Above this a float cannot tell a whole number from its neighbours.
pub(super) const WHOLE: f64 = 9_007_199_254_740_992.0;

impl Count<'_> {
    #[expect(clippy::cast_sign_loss, reason = "checked to be whole, from 0 to 2^53")]
    fn get(self, request: usize) -> Option<u64> {
        match self {
            Self::One(count) => Some(count),
            Self::Each(numbers) => {
                let value = numbers.get(request);
                (value.fract() == 0.0 && (0.0..=WHOLE).contains(&value)).then_some(value as u64)
            }
        }
    }

    #[inline(always)]
    #[expect(clippy::cast_precision_loss, reason = "what is beyond 2^53 is told by its size alone")]
    fn fill(self, first: usize, lanes: &mut [f64]) {
        match self {
            Self::One(count) => lanes.fill(count as f64),
            Self::Each(numbers) => numbers.fill(first, lanes),
        }
    }
}

impl Quantity<'_> {
    fn get(self, request: usize) -> Option<u64> {
        self.of.get(request)?.checked_sub(self.less.get(request)?)
    }

    /// The values of the requests from `first` on; false where one of them is no quantity, or too large
    /// to be told apart.
    #[inline(always)]
    pub(super) fn fill(self, first: usize, lanes: &mut [f64], less: &mut [f64]) -> bool {
        self.of.fill(first, lanes);
        self.less.fill(first, less);
        let mut right = true;
        for (lane, less) in lanes.iter_mut().zip(less) {
            right &= lane.fract() == 0.0;
            right &= less.fract() == 0.0;
            right &= *less >= 0.0;
            right &= *less <= *lane;
            right &= *lane <= WHOLE;
            *lane -= *less;
        }
        right
    }
}

/// Many requests to one query: a [`Restriction`] for each slot of its bounds, a [`Quantity`] for each of its
/// amounts. Columns are all of the length `len`.
#[derive(Clone, Debug, Default)]
pub struct Requests<'a> {
    pub len: usize,
    pub limits: Vec<Restriction<'a>>,
    pub quantities: Vec<Quantity<'a>>,
    /// For each slot of [`Limit`](crate::Limit) the femtodollars, one for all or one for each.
    pub costs: Vec<Vec<i128>>,
    /// Rows that are no answer to any of them.
    pub exclude: &'a [Row],
}

impl Requests<'_> {
    /// Whether every column has a value for every request.
    pub(super) fn are_complete(&self) -> bool {
        let count = |count: Count<'_>| match count {
            Count::One(_) => true,
            Count::Each(numbers) => numbers.fits(self.len),
        };
        self.limits.iter().all(|limit| limit.values.fits(self.len))
            && self.costs.iter().all(|costs| costs.len() == 1 || costs.len() == self.len)
            && self.quantities.iter().all(|quantity| count(quantity.of) && count(quantity.less))
    }

    /// The cells and amounts of one request; nothing where a value is not a number or no quantity.
    pub(super) fn values(
        &self,
        request: usize,
        (cells, amounts, limits): (&mut Vec<Cell>, &mut Vec<u64>, &mut Vec<i128>),
    ) -> Option<()> {
        cells.clear();
        amounts.clear();
        limits.clear();
        limits.extend(self.costs.iter().filter_map(|costs| costs.get(request).or(costs.first())));
        for Restriction { values, kind, side } in &self.limits {
            let value = values.get(request);
            if value.is_nan() {
                return None;
            }
            cells.push(end(value, *kind, *side).unwrap_or(Cell::MAX));
        }
        for quantity in &self.quantities {
            amounts.push(quantity.get(request)?);
        }
        Some(())
    }
}
