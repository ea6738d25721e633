//! Dates and times of TOML: `2024-08-06`, `07:32:00`, `2024-08-06T07:32:00.5Z`.

use crate::dates::{Scan, is_date, is_time};

/// The date, the time or both are of the form of RFC 3339 and exist. Seconds may be left out.
pub(super) fn exists(text: &str) -> bool {
    let mut scan = Scan(text);
    let found = if text.as_bytes().get(2) == Some(&b':') { time(&mut scan) } else { moment(&mut scan) };
    found.is_some() && scan.0.is_empty()
}

fn moment(scan: &mut Scan<'_>) -> Option<()> {
    let year = scan.digits(4, 4)?;
    scan.one_of(b"-")?;
    let month = scan.digits(2, 2)?;
    scan.one_of(b"-")?;
    let day = scan.digits(2, 2)?;
    if !is_date(year, month, day) {
        return None;
    }
    if scan.one_of(b"Tt ").is_none() {
        return Some(());
    }
    time(scan)?;
    if scan.one_of(b"Zz").is_none() && scan.one_of(b"+-").is_some() {
        let hours = scan.digits(2, 2)?;
        scan.one_of(b":")?;
        let minutes = scan.digits(2, 2)?;
        return is_time(hours, minutes, 0).then_some(());
    }
    Some(())
}

fn time(scan: &mut Scan<'_>) -> Option<()> {
    let hour = scan.digits(2, 2)?;
    scan.one_of(b":")?;
    let minute = scan.digits(2, 2)?;
    let mut second = 0;
    if scan.one_of(b":").is_some() {
        second = scan.digits(2, 2)?;
        if scan.one_of(b".").is_some() {
            let rest = scan.0.trim_start_matches(|each: char| each.is_ascii_digit());
            if rest.len() == scan.0.len() {
                return None;
            }
            scan.0 = rest;
        }
    }
    is_time(hour, minute, second).then_some(())
}
