//! Plain scalars as YAML 1.1 has them, by the patterns of `PyYAML`'s `SafeLoader`.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::Resolved;
use crate::dates::{Scan, is_date, is_time};
use crate::number;
use crate::tree::Kind;

pub(super) fn resolved(text: &str, digits: usize) -> Resolved<'_> {
    let word = match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Kind::Null),
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(Kind::True),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(Kind::False),
        "<<" => return Ok((Kind::Merge, Cow::Borrowed("<<"))),
        "=" => return Err("= is a value that means nothing here; quote it if it is a text".to_owned()),
        _ => None,
    };
    if let Some(kind) = word {
        return Ok((kind, Cow::Borrowed("")));
    }
    if !matches!(text.as_bytes().first(), Some(b'0'..=b'9' | b'+' | b'-' | b'.')) {
        return Ok((Kind::Text, Cow::Borrowed(text)));
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(number::not_finite(text));
    }
    // The order of PyYAML: floats, whole numbers, timestamps.
    if let Some(found) = decimal(text, unsigned, digits) {
        return found.map(|text| (Kind::Decimal, text));
    }
    if let Some(found) = whole(text, unsigned, digits) {
        return found.map(|text| (Kind::Whole, text));
    }
    if let Some(found) = timestamp(text) {
        return found.map(|(kind, text)| (kind, Cow::Owned(text)));
    }
    Ok((Kind::Text, Cow::Borrowed(text)))
}

type Number<'a> = Option<Result<Cow<'a, str>, String>>;

fn is_run(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    text.bytes().all(|byte| byte == b'_' || allowed(byte))
}

fn decimal<'a>(text: &'a str, unsigned: &'a str, digits: usize) -> Number<'a> {
    if text.contains(':') {
        let (parts, fraction) = unsigned.split_once('.')?;
        let good = is_run(fraction, |byte| byte.is_ascii_digit());
        if !good {
            return None;
        }
        let sign = if text.starts_with('-') { "-" } else { "" };
        let fraction = fraction.replace('_', "");
        return Some(
            sixty(parts, false, digits, |_| true)?.map(|whole| Cow::Owned(format!("{sign}{whole}.{fraction}"))),
        );
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    // An exponent has a sign, or it is none.
    let exponent_good = exponent.is_none_or(|exponent| {
        exponent
            .strip_prefix(['+', '-'])
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    });
    let (before, after) = mantissa.split_once('.')?;
    let good = if before.is_empty() {
        // `.5` takes no sign.
        unsigned.len() == text.len() && after.starts_with(|first: char| first.is_ascii_digit())
    } else {
        before.starts_with(|first: char| first.is_ascii_digit()) && is_run(before, |byte| byte.is_ascii_digit())
    };
    (exponent_good && good && is_run(after, |byte| byte.is_ascii_digit())).then(|| number::decimal(text, digits))
}

fn whole<'a>(text: &'a str, unsigned: &'a str, digits: usize) -> Number<'a> {
    let negative = text.starts_with('-');
    for (prefix, base) in [("0b", 2), ("0x", 16), ("0", 8)] {
        if let Some(rest) = unsigned.strip_prefix(prefix)
            && !rest.is_empty()
            && is_run(rest, |byte| char::from(byte).is_digit(base))
        {
            let found = if base == 8 {
                number::whole_in(8, negative, unsigned)
            } else {
                number::whole_in(base, negative, rest)
            };
            return Some(found.map(Cow::Owned));
        }
    }
    if unsigned == "0" {
        return Some(Ok(Cow::Borrowed("0")));
    }
    if !unsigned.starts_with(|first: char| matches!(first, '1'..='9')) {
        return None;
    }
    if text.contains(':') {
        return Some(sixty(unsigned, negative, digits, |first| first != b'0')?.map(Cow::Owned));
    }
    is_run(unsigned, |byte| byte.is_ascii_digit()).then(|| number::whole(text, digits))
}

/// A number in base 60: `1:30` is ninety. Nothing where it is not of that form.
fn sixty(text: &str, negative: bool, digits: usize, first: impl Fn(u8) -> bool) -> Option<Result<String, String>> {
    let mut parts = text.split(':');
    let head = parts.next()?;
    if !head.bytes().next().is_some_and(|byte| byte.is_ascii_digit() && first(byte))
        || !is_run(head, |b| b.is_ascii_digit())
    {
        return None;
    }
    let clear = head.replace('_', "");
    let mut sum = clear.parse::<u128>().ok();
    let mut count = 0;
    for part in parts {
        let good = matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
        sum = sum.and_then(|sum| sum.checked_mul(60)?.checked_add(part.parse().ok()?));
        if !good {
            return None;
        }
        count += 1;
    }
    if count == 0 {
        return None;
    }
    Some(match sum {
        Some(sum) if clear.len() <= digits => Ok(number::signed(negative, &sum.to_string())),
        _ => Err("a number in base 60 (1:30 is 90 in YAML 1.1) that is too large; quote it if it is a text".to_owned()),
    })
}

/// A date, or a date and a time; nothing where it is not of that form, an error where it does not exist.
fn timestamp(text: &str) -> Option<Result<(Kind, String), String>> {
    let mut scan = Scan(text);
    let year = scan.digits(4, 4)?;
    scan.one_of(b"-")?;
    let (before, month) = (scan.0, scan.digits(1, 2)?);
    scan.one_of(b"-")?;
    let (middle, day) = (scan.0, scan.digits(1, 2)?);
    let unreal = || Err("a date or a time that does not exist; quote it if it is a text".to_owned());
    let date = format!("{year:04}-{month:02}-{day:02}");
    if scan.0.is_empty() {
        // A date alone has two digits for both.
        let two = |from: &str| from.bytes().take_while(u8::is_ascii_digit).count() == 2;
        let whole = two(before) && two(middle);
        return whole.then(|| if is_date(year, month, day) { Ok((Kind::Date, date)) } else { unreal() });
    }
    if scan.one_of(b"Tt").is_none() {
        scan.one_of(b" \t")?;
        scan.0 = scan.0.trim_start_matches([' ', '\t']);
    }
    let hour = scan.digits(1, 2)?;
    scan.one_of(b":")?;
    let minute = scan.digits(2, 2)?;
    scan.one_of(b":")?;
    let second = scan.digits(2, 2)?;
    let mut moment = format!("{date}T{hour:02}:{minute:02}:{second:02}");
    if scan.one_of(b".").is_some() {
        let count = scan.0.bytes().take_while(u8::is_ascii_digit).count();
        // Microseconds; what is finer is cut off, as in PyYAML.
        let fraction = &scan.0[..count.min(6)];
        if !fraction.is_empty() {
            let _ = write!(moment, ".{fraction:0<6}");
        }
        scan.0 = &scan.0[count..];
    }
    scan.0 = scan.0.trim_start_matches([' ', '\t']);
    let mut within = true;
    if scan.one_of(b"Z").is_some() {
        moment.push_str("+00:00");
    } else if let Some(sign) = scan.one_of(b"+-") {
        let hours = scan.digits(1, 2)?;
        let minutes = if scan.one_of(b":").is_some() { scan.digits(2, 2)? } else { 0 };
        // Python's offsets are shorter than a day.
        let offset = hours * 60 + minutes;
        within = offset < 24 * 60;
        let _ = write!(moment, "{}{:02}:{:02}", char::from(sign), offset / 60, offset % 60);
    } else if text.ends_with([' ', '\t']) {
        return None;
    }
    if !scan.0.is_empty() {
        return None;
    }
    let real = within && is_date(year, month, day) && is_time(hour, minute, second);
    Some(if real { Ok((Kind::Moment, moment)) } else { unreal() })
}
