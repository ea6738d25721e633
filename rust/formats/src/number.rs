//! Numbers as they are written: checked, and kept digit by digit.

use std::borrow::Cow;

use crate::error::shown;

/// The exponent of a decimal lies within this, so that nobody has to write out its zeros.
const EXPONENT: i32 = 400;

/// A whole number in base 10, with a sign and underscores or without, as plain digits.
pub(crate) fn whole(text: &str, digits: usize) -> Result<Cow<'_, str>, String> {
    fits(text, digits)?;
    let clear = without_underscores(text.strip_prefix('+').unwrap_or(text));
    let bare = clear.strip_prefix('-').unwrap_or(&clear);
    if bare.is_empty() || !bare.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("{} is no number; quote it if it is a text", shown(text)));
    }
    Ok(if clear.bytes().all(|byte| matches!(byte, b'0' | b'-')) { Cow::Borrowed("0") } else { clear })
}

/// A whole number in another base, written without its prefix, in base 10.
pub(crate) fn whole_in(base: u32, negative: bool, text: &str) -> Result<String, String> {
    let clear = without_underscores(text);
    if clear.is_empty() || !clear.chars().all(|each| each.is_digit(base)) {
        return Err(format!("{} is no number in base {base}; quote it if it is a text", shown(text)));
    }
    let value = u128::from_str_radix(&clear, base)
        .map_err(|_| format!("a whole number in base {base} has at most 128 bits; write it in base 10"))?;
    Ok(signed(negative, &value.to_string()))
}

/// A number with a fraction or an exponent, as Python's `Decimal` reads it.
pub(crate) fn decimal(text: &str, digits: usize) -> Result<Cow<'_, str>, String> {
    fits(text, digits)?;
    let clear = without_underscores(text.strip_prefix('+').unwrap_or(text));
    let (mantissa, exponent) = clear.split_once(['e', 'E']).unwrap_or((&clear, "0"));
    let within = exponent.parse::<i32>().is_ok_and(|exponent| exponent.abs() <= EXPONENT);
    let nearest = clear.parse::<f64>().unwrap_or(f64::NAN);
    let zero = !mantissa.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    if !within || !nearest.is_finite() || (nearest == 0.0 && !zero) {
        return Err(format!("{} is beyond what a number can be (1e-308 to 1.8e308)", shown(text)));
    }
    Ok(clear)
}

/// Sign and digits; a zero has no sign.
pub(crate) fn signed(negative: bool, digits: &str) -> String {
    if negative && digits != "0" { format!("-{digits}") } else { digits.to_owned() }
}

/// Why a number that is infinite or none at all is refused.
pub(crate) fn not_finite(text: &str) -> String {
    format!("{text} is no number that can be meant; leave out what is unknown, or quote it if it is a text")
}

fn fits(text: &str, digits: usize) -> Result<(), String> {
    let count = text.bytes().filter(u8::is_ascii_digit).count();
    if count > digits { Err(format!("a number of {count} digits; at most {digits} are read")) } else { Ok(()) }
}

fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) }
}
