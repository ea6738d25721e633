//! Bytes become text: UTF-8, or an error that says what it is instead.

use crate::error::{Error, Fault};
use crate::place::Places;
use crate::{Budget, Format, Place};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The text without its byte order mark.
pub(crate) fn text<'a>(bytes: &'a [u8], format: Format, first_line: u32, budget: &Budget) -> Result<&'a str, Error> {
    let start = Place { line: first_line, column: 1 };
    if bytes.len() > budget.bytes() {
        let message = format!("the text is longer than {} bytes", budget.bytes());
        return Err(Error::new(Fault::Limit, start, message));
    }
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    if let Some(other) = other_encoding(bytes) {
        return Err(Error::new(Fault::Encoding, start, format!("the text is {other}; save it as UTF-8")));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = error.valid_up_to();
        let read = std::str::from_utf8(&bytes[..good]).unwrap_or_default();
        let place = Places::new(read, first_line).of(good);
        Error::new(Fault::Encoding, place, "the text is not UTF-8 from here on; save it as UTF-8")
    })?;
    match unprintable(text, format) {
        None => Ok(text),
        Some((offset, character)) => {
            let place = Places::new(text, first_line).of(offset);
            let message = format!(
                "the character U+{:04X} does not belong in a text; remove it, or write it as an escape in a quoted text",
                u32::from(character)
            );
            Err(Error::new(Fault::Encoding, place, message))
        }
    }
}

/// What it is encoded as, where its first bytes say that it is not UTF-8.
fn other_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Some("UTF-32"),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Some("UTF-16"),
        // The first character of a file of definitions is ASCII.
        [0, 0, 0, first, ..] | [first, 0, 0, 0, ..] if *first != 0 => Some("UTF-32"),
        [0, first, 0, second, ..] | [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some("UTF-16"),
        _ => None,
    }
}

/// The first character that no text of this format holds as it is, with its offset.
fn unprintable(text: &str, format: Format) -> Option<(usize, char)> {
    let bytes = text.as_bytes();
    if matches!(format, Format::Json | Format::JsonLines) {
        // Its reader looks at all others itself: inside its texts JSON allows more.
        return text.find('\0').map(|offset| (offset, '\0'));
    }
    let found = bytes.iter().enumerate().position(|(at, &byte)| match byte {
        0..0x20 => !matches!(byte, b'\t' | b'\n' | b'\r'),
        0x7F => true,
        // U+0080 to U+009F without the next line, and the byte order mark.
        0xC2 => format == Format::Yaml && matches!(bytes.get(at + 1), Some(0x80..=0x84 | 0x86..=0x9F)),
        0xEF => format == Format::Yaml && bytes[at..].starts_with(BOM),
        _ => false,
    })?;
    Some((found, text[found..].chars().next()?))
}
