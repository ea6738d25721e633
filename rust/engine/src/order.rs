//! What comes first.

use crate::measures::Measures;
use crate::number::{Number, UNKNOWN};
use crate::weighted::WeightedOrder;
use crate::{MeasureId, Row};

/// How many of something are paid for: fixed, or given with each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    Fixed(u64),
    /// The place of the value among the amounts given at the call.
    Slot(u16),
}

impl Amount {
    pub(crate) fn value(self, amounts: &[u64]) -> u64 {
        match self {
            Self::Fixed(amount) => amount,
            Self::Slot(slot) => amounts.get(usize::from(slot)).copied().unwrap_or(0),
        }
    }
}

/// The cost of a call: the sum of price times amount, exact. Unknown where a price that is
/// needed is unknown; a part of amount 0 needs no price. A sum beyond 128 bits, 10^23 USD, is that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostOrder {
    pub parts: Vec<(MeasureId, Amount)>,
}

impl CostOrder {
    /// Femtodollars. Never overflows: a price times an amount always fits, a sum that does not is the
    /// largest there is.
    #[inline]
    #[must_use]
    pub fn cost(&self, measures: &Measures, row: Row, amounts: &[u64]) -> Option<i128> {
        let mut sum = 0_i128;
        for (measure, amount) in &self.parts {
            let amount = amount.value(amounts);
            if amount > 0 {
                let price = measures.cell(row, *measure);
                if price == UNKNOWN {
                    return None;
                }
                // Saturating: amounts that no call has must not be an overflow.
                sum = sum.saturating_add(i128::from(price).saturating_mul(i128::from(amount)));
            }
        }
        Some(sum)
    }
}

/// One key of an order. The unknown comes last whichever way it goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    Measure { measure: MeasureId, descending: bool },
    Cost(CostOrder),
    Weighted(WeightedOrder),
}

impl Key {
    /// A number that is smaller the earlier the row comes; nothing where the key is unknown.
    #[inline]
    pub(crate) fn rank(&self, measures: &Measures, row: Row, amounts: &[u64]) -> Option<i128> {
        match self {
            Self::Measure { measure, descending } => match measures.cell(row, *measure) {
                UNKNOWN => None,
                cell if *descending => Some(-i128::from(cell)),
                cell => Some(i128::from(cell)),
            },
            Self::Cost(cost) => cost.cost(measures, row, amounts),
            Self::Weighted(weighted) => {
                Number::Float(weighted.sum(measures, row)?).cell().map(|cell| -i128::from(cell))
            }
        }
    }

    /// The key as people see it: a measure as it is shown, a cost in USD; nothing where it is unknown.
    #[must_use]
    pub fn shown(&self, measures: &Measures, row: Row, amounts: &[u64]) -> Option<f64> {
        match self {
            Self::Measure { measure, .. } => measures.number(row, *measure).map(Number::shown),
            Self::Cost(cost) => cost.cost(measures, row, amounts).map(usd),
            Self::Weighted(weighted) => weighted.sum(measures, row),
        }
    }

    pub(crate) fn reads(&self, mut measure: impl FnMut(MeasureId)) {
        match self {
            Self::Measure { measure: id, .. } => measure(*id),
            Self::Cost(cost) => cost.parts.iter().for_each(|(id, _)| measure(*id)),
            Self::Weighted(weighted) => weighted.parts.iter().for_each(|part| measure(part.measure)),
        }
    }
}

/// Femtodollars in a dollar.
pub(crate) const FEMTO: u64 = 1_000_000_000_000_000;

/// The float nearest to so many femtodollars in USD.
#[expect(clippy::cast_precision_loss, reason = "below 2^53")]
pub(crate) fn usd(femto: i128) -> f64 {
    if femto.unsigned_abs() < 1 << 53 {
        return femto as f64 / FEMTO as f64;
    }
    let (whole, part) = (femto.unsigned_abs() / u128::from(FEMTO), femto.unsigned_abs() % u128::from(FEMTO));
    let nearest = format!("{whole}.{part:015}").parse().unwrap_or(f64::NAN);
    if femto < 0 { -nearest } else { nearest }
}
