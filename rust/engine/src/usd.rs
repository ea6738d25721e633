//! An amount of money as a caller writes it, between the two nearest amounts that can be counted.

/// Digits of a femtodollar behind the point of a dollar.
const PLACES: i64 = 15;
/// More digits than an i128 holds.
const MOST_DIGITS: i64 = 40;

/// Femtodollars at most and at least those of a decimal text in USD, of any length; nothing where it
/// is no such text. What no i128 holds is the largest or smallest there is.
///
/// ```
/// assert_eq!(modeldex_engine::usd("0.01"), Some((10_000_000_000_000, 10_000_000_000_000)));
/// assert_eq!(modeldex_engine::usd("1e-16"), Some((0, 1)));
/// assert_eq!(modeldex_engine::usd("-25e-16"), Some((-3, -2)));
/// ```
#[must_use]
pub fn usd(text: &str) -> Option<(i128, i128)> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, power(exponent)?),
        None => (text, 0),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let digits = || whole.bytes().chain(part.bytes());
    if digits().next().is_none() || !digits().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let zeros = digits().take_while(|digit| *digit == b'0').count();
    // So many digits, after the zeros that lead, make the whole femtodollars.
    let length = i64::try_from(whole.len()).ok()?.saturating_sub(i64::try_from(zeros).ok()?);
    let length = length.saturating_add(exponent).saturating_add(PLACES);
    let mut digits = digits().skip(zeros);
    let mut femto = 0_i128;
    if length > MOST_DIGITS && digits.clone().next().is_some() {
        femto = i128::MAX;
    }
    for _ in 0..length.min(MOST_DIGITS) {
        let digit = digits.next().map_or(0, |digit| i128::from(digit - b'0'));
        femto = femto.saturating_mul(10).saturating_add(digit);
    }
    // What is beyond is told apart from nothing.
    let more = i128::from(femto < i128::MAX && digits.any(|digit| digit != b'0'));
    Some(if sign > 0 { (femto, femto + more) } else { (-femto - more, -femto) })
}

/// An exponent; one that no amount needs is as good as the largest.
fn power(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(sign * digits.parse::<i64>().unwrap_or(i64::MAX).min(1 << 40))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_can_be_counted_is_read_exactly(femto in any::<i64>(), zeros in 0_usize..3) {
            let (sign, size) = (if femto < 0 { "-" } else { "" }, femto.unsigned_abs());
            let (dollars, rest) = (size / 1_000_000_000_000_000, size % 1_000_000_000_000_000);
            let text = format!("{sign}{dollars}.{rest:015}{}", "0".repeat(zeros));
            prop_assert_eq!(usd(&text), Some((i128::from(femto), i128::from(femto))));
            prop_assert_eq!(usd(&format!("{femto}e-15")), Some((i128::from(femto), i128::from(femto))));
            prop_assert_eq!(usd(&format!("{femto}5e-16")), Some((i128::from(femto) - i128::from(femto < 0), i128::from(femto) + i128::from(femto >= 0))));
        }
    }

    #[test]
    fn the_ends() {
        for (text, found) in [
            ("0", (0, 0)),
            ("-0.0", (0, 0)),
            (".5", (500_000_000_000_000, 500_000_000_000_000)),
            ("5.", (5_000_000_000_000_000, 5_000_000_000_000_000)),
            ("0.0000000000000001", (0, 1)),
            ("1e-999999999999999999999", (0, 1)),
            ("-1E-30", (-1, 0)),
            ("0e999", (0, 0)),
            ("1e22", (10_i128.pow(37), 10_i128.pow(37))),
            ("1e24", (i128::MAX, i128::MAX)),
            ("1e999999999999999999999", (i128::MAX, i128::MAX)),
            ("-1e300", (-i128::MAX, -i128::MAX)),
            ("170141183460469231731687.303715884105727", (i128::MAX, i128::MAX)),
        ] {
            assert_eq!(usd(text), Some(found), "{text}");
        }
        for text in ["", "-", ".", "x", "1x", "1e", "1e+", "--1", "NaN", "Infinity", "1_0", "0x1", " 1"] {
            assert_eq!(usd(text), None, "{text}");
        }
    }
}
