//! Scales: which number of a measure is worst, which is best, and what lies between.

use serde::Deserialize;

/// From the worst number to the best, in equal steps or, with `log`, in equal ratios.
///
/// What lies beyond an end counts as that end, so a price of 0 is no better than the best price.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Scale {
    pub worst: f64,
    pub best: f64,
    #[serde(default)]
    pub log: bool,
}

impl Scale {
    /// What is wrong with it, nothing where it is sound.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        let Self { worst, best, log } = *self;
        if !worst.is_finite() || !best.is_finite() {
            return Some("the ends of a scale are finite numbers");
        }
        if log && (worst <= 0.0 || best <= 0.0) {
            return Some("the ends of a logarithmic scale are greater than 0");
        }
        let span = self.measured(best) - self.measured(worst);
        if span == 0.0 || !span.is_finite() {
            return Some("the worst and the best of a scale lie apart, and no further than a float can say");
        }
        None
    }

    /// How good a number is: 0 at the worst and below, 1 at the best and beyond.
    ///
    /// ```
    /// let price = modeldex_engine::Scale { worst: 8.0, best: 2.0, log: true };
    /// assert_eq!([9.0, 8.0, 4.0, 2.0, 0.0].map(|usd| price.worth(usd)), [0.0, 0.0, 0.5, 1.0, 1.0]);
    /// ```
    #[inline]
    #[must_use]
    pub fn worth(&self, value: f64) -> f64 {
        let within = value.max(self.worst.min(self.best)).min(self.worst.max(self.best));
        (self.measured(within) - self.measured(self.worst)) / (self.measured(self.best) - self.measured(self.worst))
    }

    #[inline]
    fn measured(&self, value: f64) -> f64 {
        if self.log { octave(value) } else { value }
    }
}

/// The logarithm to base 2, exact at the powers of two and straight between them.
///
/// The logarithm of a C library differs in its last bits from one machine to the next, and so would
/// the order of near equals. This one takes four operations that IEEE 754 defines to the last bit:
/// `e + 2 (m - 1)`, where `value = m 2^e` and `0.5 <= m < 1`.
#[inline]
fn octave(value: f64) -> f64 {
    const BITS: i32 = 52;
    let subnormal = value < f64::MIN_POSITIVE;
    // 2^54 makes a normal number of every other one.
    let bits = (if subnormal { value * 18_014_398_509_481_984.0 } else { value }).to_bits();
    let exponent = (bits >> BITS) as i32 - 1_022 - if subnormal { 54 } else { 0 };
    let mantissa = f64::from_bits(bits & ((1 << BITS) - 1) | 1_022 << BITS);
    f64::from(exponent) + 2.0 * (mantissa - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::num::f64::{NORMAL, POSITIVE, SUBNORMAL};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn octaves_are_near_the_logarithm_and_in_order(a in POSITIVE | NORMAL | SUBNORMAL, b in POSITIVE | NORMAL | SUBNORMAL) {
            prop_assert!((octave(a) - a.log2()).abs() < 0.0861);
            prop_assert!(a > b || octave(a) <= octave(b));
        }

        #[test]
        fn worth_lies_from_0_to_1_and_follows_the_value(
            (worst, best, log) in (1e-9..1e9_f64, 1e-9..1e9_f64, any::<bool>()),
            (a, b) in (-1e10..1e10_f64, -1e10..1e10_f64),
        ) {
            let scale = Scale { worst, best, log };
            prop_assume!(scale.fault().is_none());
            let (low, high) = if (a < b) == (worst < best) { (a, b) } else { (b, a) };
            prop_assert!(0.0 <= scale.worth(low) && scale.worth(low) <= scale.worth(high) && scale.worth(high) <= 1.0);
            prop_assert_eq!((scale.worth(worst), scale.worth(best)), (0.0, 1.0));
        }
    }

    #[test]
    fn powers_of_two_are_exact() {
        let mut power = 5e-324;
        for exponent in -1_074..1_024 {
            assert_eq!(octave(power).to_bits(), f64::from(exponent).to_bits(), "2^{exponent}");
            power *= 2.0;
        }
        assert_eq!(octave(3.0).to_bits(), 1.5_f64.to_bits());
    }

    #[test]
    fn a_scale_without_extent_is_at_fault() {
        let fault = |worst, best, log| Scale { worst, best, log }.fault().is_some();
        assert!(fault(1.0, 1.0, false) && fault(f64::NAN, 1.0, false) && fault(0.0, f64::INFINITY, false));
        assert!(fault(0.0, 1.0, true) && fault(1.0, -1.0, true) && fault(-1e308, 1e308, false));
        assert!(!fault(0.0, 1.0, false) && !fault(5e-324, 1e308, true) && !fault(1.0, -1.0, false));
    }
}
