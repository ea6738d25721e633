//! Numbers as cells: one i64 whose order is the order of what it stands for.

use crate::vocabulary::Kind;

/// A cell of a column. Money is itself (femtodollars a token); any other number is the bits of
/// its f64, turned so that comparing cells compares the numbers. So a range is two comparisons
/// of integers whatever the measure is.
pub type Cell = i64;

/// The cell of a number that nobody stated: below every cell of a number.
pub const UNKNOWN: Cell = i64::MIN;

/// Femtodollars a token in one USD per million tokens.
const FEMTO_PER_UNIT: f64 = 1e9;

/// A number as people write and read it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// Femtodollars a token.
    Money(i64),
    /// Anything else, dates as days since 1970-01-01.
    Float(f64),
}

impl Number {
    /// The cell, or nothing where it is no number.
    #[must_use]
    pub fn cell(self) -> Option<Cell> {
        match self {
            Self::Money(femto) => (femto != UNKNOWN).then_some(femto),
            Self::Float(value) => from_float(value),
        }
    }

    /// What a cell of this kind of measure stands for; nothing where it is unknown.
    #[must_use]
    pub fn from_cell(cell: Cell, kind: Kind) -> Option<Self> {
        match (cell, kind) {
            (UNKNOWN, _) => None,
            (femto, Kind::Money) => Some(Self::Money(femto)),
            (bits, _) => Some(Self::Float(to_float(bits))),
        }
    }

    /// As a float: money in USD per million tokens, the nearest to the exact value.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the nearest float is what is shown")]
    pub fn shown(self) -> f64 {
        match self {
            Self::Money(femto) => femto as f64 / FEMTO_PER_UNIT,
            Self::Float(value) => value,
        }
    }
}

/// The cell of a float; -0 is 0, NaN is nothing.
fn from_float(value: f64) -> Option<Cell> {
    if value.is_nan() {
        return None;
    }
    let bits = (value + 0.0).to_bits().cast_signed();
    Some(bits ^ ((bits >> 63) & i64::MAX))
}

fn to_float(cell: Cell) -> f64 {
    f64::from_bits((cell ^ ((cell >> 63) & i64::MAX)).cast_unsigned())
}

/// Femtodollars a token of a decimal text in USD per million tokens; nothing where it is no such
/// text, finer than one femtodollar, or more than fits.
///
/// ```
/// assert_eq!(modeldex_engine::money("0.15"), Some(150_000_000));
/// assert_eq!(modeldex_engine::money("1.5e-7"), Some(150));
/// assert_eq!(modeldex_engine::money("0.0000000001"), None);
/// ```
#[must_use]
pub fn money(text: &str) -> Option<i64> {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || !(whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    // The value is all digits times ten to this power, in femtodollars.
    let mut power = exponent.checked_add(9)?.checked_sub(i32::try_from(part.len()).ok()?)?;
    let mut femto: i64 = 0;
    let mut zeros = 0_i32;
    for digit in whole.bytes().chain(part.bytes()) {
        if digit == b'0' {
            zeros = zeros.checked_add(1)?;
            continue;
        }
        femto = femto.checked_mul(if femto == 0 { 1 } else { 10_i64.checked_pow(zeros.unsigned_abs() + 1)? })?;
        femto = femto.checked_add(i64::from(digit - b'0'))?;
        zeros = 0;
    }
    power = power.checked_add(zeros)?;
    match (femto, power) {
        (0, _) => Some(0),
        (_, 0..) => femto.checked_mul(10_i64.checked_pow(power.unsigned_abs())?),
        _ => None,
    }
}

/// The plain decimal text in USD per million tokens of femtodollars a token: what [`money`] reads back.
///
/// ```
/// assert_eq!(modeldex_engine::decimal(150_000_000), "0.15");
/// assert_eq!(modeldex_engine::decimal(3_000_000_000), "3");
/// ```
#[must_use]
pub fn decimal(femto: i64) -> String {
    let (sign, femto) = (if femto < 0 { "-" } else { "" }, femto.unsigned_abs());
    let (whole, rest) = (femto / 1_000_000_000, femto % 1_000_000_000);
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let rest = format!("{rest:09}");
    format!("{sign}{whole}.{}", rest.trim_end_matches('0'))
}

/// The largest cell of a measure of this kind whose shown value is at most `limit`.
///
/// A price is compared as it is shown: `<= 0.15` takes in the price that prints as 0.15, although
/// the float 0.15 lies a little below fifteen hundredths.
#[must_use]
pub fn at_most(limit: f64, kind: Kind) -> Option<Cell> {
    if kind != Kind::Money {
        return from_float(limit);
    }
    if limit.is_nan() {
        return None;
    }
    // What is beyond every price becomes the last one.
    let mut femto = (limit * FEMTO_PER_UNIT).round() as i64;
    while femto > UNKNOWN && Number::Money(femto).shown() > limit {
        femto -= 1;
    }
    while femto < i64::MAX && Number::Money(femto + 1).shown() <= limit {
        femto += 1;
    }
    Some(femto)
}

/// The smallest cell of a measure of this kind whose shown value is at least `limit`.
#[must_use]
pub fn at_least(limit: f64, kind: Kind) -> Option<Cell> {
    if kind != Kind::Money {
        return from_float(limit);
    }
    if limit.is_nan() {
        return None;
    }
    let mut femto = ((limit * FEMTO_PER_UNIT).round() as i64).max(UNKNOWN + 1);
    while femto < i64::MAX && Number::Money(femto).shown() < limit {
        femto += 1;
    }
    while femto > UNKNOWN + 1 && Number::Money(femto - 1).shown() >= limit {
        femto -= 1;
    }
    Some(femto)
}

/// Which end of a range a value is, and whether it is within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    AtLeast,
    Above,
    AtMost,
    Below,
}

/// The cell at this end of a range, nothing where there is none beyond the value.
#[must_use]
pub fn end(value: f64, kind: Kind, side: Side) -> Option<Cell> {
    match side {
        Side::AtLeast => at_least(value, kind),
        Side::Above => at_most(value, kind)?.checked_add(1),
        Side::AtMost => at_most(value, kind),
        Side::Below => at_least(value, kind)?.checked_sub(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::num::f64::{INFINITE, NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    use proptest::prelude::*;

    /// Numbers of both signs, and some near to each other.
    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO | INFINITE, -3.0..3.0_f64]
    }

    proptest! {
        #[test]
        fn cells_keep_the_order_of_floats(a in number(), b in number()) {
            let (x, y) = (from_float(a).unwrap(), from_float(b).unwrap());
            prop_assert_eq!(x.cmp(&y), a.partial_cmp(&b).unwrap());
            prop_assert!(x != UNKNOWN);
            prop_assert_eq!(to_float(x).to_bits(), (a + 0.0).to_bits());
        }

        #[test]
        fn a_money_limit_compares_as_prices_are_shown(
            femto in prop_oneof![3 => 0_i64..2_000_000_000_000, 1 => -i64::MAX..=i64::MAX],
            limit in prop_oneof![3 => 0.0..2_000.0_f64, 1 => -9.2e9..9.2e9],
        ) {
            let shown = Number::Money(femto).shown();
            prop_assert_eq!(shown <= limit, femto <= at_most(limit, Kind::Money).unwrap());
            prop_assert_eq!(shown >= limit, femto >= at_least(limit, Kind::Money).unwrap());
            prop_assert!(femto <= at_most(shown, Kind::Money).unwrap());
            prop_assert!(femto >= at_least(shown, Kind::Money).unwrap());
        }
    }

    #[test]
    fn money_is_read_exactly() {
        for (text, femto) in [
            ("0", 0),
            ("0.000", 0),
            ("3", 3_000_000_000),
            ("3.0", 3_000_000_000),
            ("10", 10_000_000_000),
            ("0.1005", 100_500_000),
            ("1e-9", 1),
            ("12e2", 1_200_000_000_000),
            ("0.000000001000", 1),
            ("9223372036.854775807", i64::MAX),
        ] {
            assert_eq!(money(text), Some(femto), "{text}");
        }
        for text in [
            "",
            "-1",
            "x",
            "1x",
            ".5",
            "1e",
            "1e-10",
            "0.0000000015",
            "9223372036.854775808",
            "1e999",
            "1e99999999999",
            "NaN",
        ] {
            assert_eq!(money(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_has_no_cell() {
        assert_eq!(Number::Float(f64::NAN).cell(), None);
        assert_eq!(Number::Money(UNKNOWN).cell(), None);
        assert_eq!(at_most(f64::NAN, Kind::Money), None);
        assert_eq!(at_most(f64::INFINITY, Kind::Money), Some(i64::MAX));
        assert_eq!(at_least(f64::NEG_INFINITY, Kind::Money), Some(UNKNOWN + 1));
        for (beyond, last) in [(9.25e9, i64::MAX), (1e300, i64::MAX), (-9.25e9, UNKNOWN), (f64::NEG_INFINITY, UNKNOWN)]
        {
            assert_eq!(at_most(beyond, Kind::Money), Some(last));
            assert_eq!(at_least(beyond, Kind::Money), Some(last.max(UNKNOWN + 1)));
        }
        assert_eq!(Number::Float(-0.0).cell(), Number::Float(0.0).cell());
    }
}
