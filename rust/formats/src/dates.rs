//! Dates and times: do they exist?

/// The date exists in the Gregorian calendar, in the years that Python's `date` has.
pub(crate) fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=9999).contains(&year) && (1..=days).contains(&day)
}

/// The time of day exists; there are no leap seconds.
pub(crate) fn is_time(hour: u32, minute: u32, second: u32) -> bool {
    hour < 24 && minute < 60 && second < 60
}

/// Reads from the front of a text.
pub(crate) struct Scan<'a>(pub(crate) &'a str);

impl Scan<'_> {
    /// So many digits, from `least` to `most`.
    pub(crate) fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let number = if count >= least { self.0[..count].parse().ok() } else { None };
        if number.is_some() {
            self.0 = &self.0[count..];
        }
        number
    }

    /// One character, if it is one of these.
    pub(crate) fn one_of(&mut self, wanted: &[u8]) -> Option<u8> {
        let found = self.0.bytes().next().filter(|byte| wanted.contains(byte))?;
        self.0 = &self.0[1..];
        Some(found)
    }
}
