//! A weighted sum of measures, each on its scale.

use crate::measures::Measures;
use crate::number::{Number, UNKNOWN};
use crate::scale::Scale;
use crate::vocabulary::Kind;
use crate::{MeasureId, Row};

/// One term of a weighted sum. The weight is finite and above 0, the scale without fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighted {
    pub measure: MeasureId,
    /// What the cells of the measure are.
    pub kind: Kind,
    pub scale: Scale,
    pub weight: f64,
}

/// The sum of weight times worth, highest first; see [`Scale::worth`]. Unknown where one term is.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedOrder {
    pub parts: Vec<Weighted>,
}

impl WeightedOrder {
    /// The sum, its terms added one after the other to 0: the same operations in the same order give
    /// the same bits wherever they are done.
    #[inline]
    #[must_use]
    pub fn sum(&self, measures: &Measures, row: Row) -> Option<f64> {
        let mut sum = 0.0;
        for part in &self.parts {
            let cell = measures.cell(row, part.measure);
            if cell == UNKNOWN {
                return None;
            }
            sum += part.weight * part.scale.worth(Number::from_cell(cell, part.kind)?.shown());
        }
        Some(sum)
    }
}
