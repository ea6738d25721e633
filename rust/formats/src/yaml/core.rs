//! Plain scalars as the core schema of YAML 1.2 reads them.

use std::borrow::Cow;

use super::Resolved;
use crate::number;
use crate::tree::Kind;

/// `yes`, `no`, `on`, `off`, `1:30`, `1_000` and dates are texts, `010` is ten.
pub(super) fn resolved(text: &str, digits: usize) -> Resolved<'_> {
    let word = match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Kind::Null),
        "true" | "True" | "TRUE" => Some(Kind::True),
        "false" | "False" | "FALSE" => Some(Kind::False),
        _ => None,
    };
    if let Some(kind) = word {
        return Ok((kind, Cow::Borrowed("")));
    }
    if !matches!(text.as_bytes().first(), Some(b'0'..=b'9' | b'+' | b'-' | b'.')) {
        return Ok((Kind::Text, Cow::Borrowed(text)));
    }
    for (prefix, base) in [("0x", 16), ("0o", 8)] {
        if let Some(rest) = text.strip_prefix(prefix)
            && !rest.is_empty()
            && rest.chars().all(|each| each.is_digit(base))
        {
            return Ok((Kind::Whole, Cow::Owned(number::whole_in(base, false, rest)?)));
        }
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(number::not_finite(text));
    }
    Ok(match shape(unsigned) {
        Some(Kind::Whole) => (Kind::Whole, number::whole(text, digits)?),
        Some(kind) => (kind, number::decimal(text, digits)?),
        None => (Kind::Text, Cow::Borrowed(text)),
    })
}

/// `[0-9]+` is whole; `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?` is a decimal.
fn shape(text: &str) -> Option<Kind> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let before = digits(text);
    let mut rest = &text[before..];
    if rest.is_empty() {
        return (before > 0).then_some(Kind::Whole);
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        let after = digits(fraction);
        if before + after == 0 {
            return None;
        }
        rest = &fraction[after..];
    } else if before == 0 {
        return None;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        return (!exponent.is_empty() && digits(exponent) == exponent.len()).then_some(Kind::Decimal);
    }
    rest.is_empty().then_some(Kind::Decimal)
}
