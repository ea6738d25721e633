//! JSON, by RFC 8259, and lines of it.

use crate::builder::Builder;
use crate::error::{Error, Fault, shown};
use crate::number;
use crate::place::{Place, Places};
use crate::tree::Kind;

pub(crate) fn read(text: &str, first_line: u32, builder: &mut Builder<'_>) -> Result<(), Error> {
    let mut reader = Reader { text, at: 0, places: Places::new(text, first_line), unescaped: String::new() };
    reader.value(builder)?;
    reader.nothing_more(builder)
}

pub(crate) fn read_lines(text: &str, first_line: u32, builder: &mut Builder<'_>) -> Result<(), Error> {
    let mut reader = Reader { text: "", at: 0, places: Places::new(text, first_line), unescaped: String::new() };
    // Not `lines`: a text in JSON may hold other separators as they are.
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let start = end;
        end += line.len();
        // Offsets stay those in the whole text.
        let ends = text[..end].trim_end_matches([' ', '\t', '\n', '\r']).len();
        if ends > start {
            (reader.text, reader.at) = (&text[..ends], start);
            reader.value(builder)?;
            reader.nothing_more(builder)?;
        }
    }
    Ok(())
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    places: Places<'a>,
    unescaped: String,
}

impl<'a> Reader<'a> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.at += 1;
        }
    }

    fn place(&mut self) -> Place {
        self.places.of(self.at)
    }

    fn fail(&mut self, builder: &Builder<'_>, message: impl Into<String>) -> Error {
        let place = self.place();
        builder.fail(Fault::Syntax, place, message)
    }

    /// What was found instead of what was expected.
    fn unexpected(&mut self, builder: &Builder<'_>, expected: &str) -> Error {
        let message = match self.text[self.at..].chars().next() {
            None => format!("no JSON: the text ends where {expected} is expected"),
            Some('/' | '#') => format!("no JSON: {expected} is expected; JSON has no comments"),
            Some('\'') => format!("no JSON: {expected} is expected; JSON quotes with \""),
            Some(character) => {
                format!("no JSON: {expected} is expected, not {}", shown(character.encode_utf8(&mut [0; 4])))
            }
        };
        self.fail(builder, message)
    }

    fn nothing_more(&mut self, builder: &Builder<'_>) -> Result<(), Error> {
        self.skip_space();
        if self.at == self.text.len() { Ok(()) } else { Err(self.unexpected(builder, "nothing more")) }
    }

    /// One value, however deep, without recursion.
    fn value(&mut self, builder: &mut Builder<'_>) -> Result<(), Error> {
        let outside = builder.depth();
        loop {
            self.skip_space();
            let place = self.place();
            match self.byte() {
                Some(b'{') => {
                    builder.open(Kind::Mapping, place)?;
                    self.at += 1;
                    self.skip_space();
                    if self.byte() != Some(b'}') {
                        self.key(builder, "a key in \" or a }")?;
                        continue;
                    }
                }
                Some(b'[') => {
                    builder.open(Kind::List, place)?;
                    self.at += 1;
                    self.skip_space();
                    if self.byte() != Some(b']') {
                        continue;
                    }
                }
                Some(b'"') => {
                    let text = self.string(builder)?;
                    builder.scalar(Kind::Text, text.unwrap_or(&self.unescaped), place)?;
                }
                Some(b'-' | b'0'..=b'9') => self.number(builder, place)?,
                _ => self.word(builder, place)?,
            }
            if self.closed(builder, outside)? {
                return Ok(());
            }
        }
    }

    /// After a value: closes what ends here. False where another value follows, its comma and key being read.
    fn closed(&mut self, builder: &mut Builder<'_>, outside: usize) -> Result<bool, Error> {
        while builder.depth() > outside {
            self.skip_space();
            let mapping = builder.in_mapping();
            let (end, expected) = if mapping { (b'}', "a , or a }") } else { (b']', "a , or a ]") };
            match self.byte() {
                Some(byte) if byte == end => {
                    self.at += 1;
                    builder.close()?;
                }
                Some(b',') => {
                    self.at += 1;
                    self.skip_space();
                    if self.byte() == Some(end) {
                        return Err(self.fail(builder, "no JSON: nothing follows the comma; remove it"));
                    }
                    if mapping {
                        self.key(builder, "a key in \"")?;
                    }
                    return Ok(false);
                }
                _ => return Err(self.unexpected(builder, expected)),
            }
        }
        Ok(true)
    }

    /// A key and its colon.
    fn key(&mut self, builder: &mut Builder<'_>, expected: &str) -> Result<(), Error> {
        if self.byte() != Some(b'"') {
            return Err(self.unexpected(builder, expected));
        }
        let place = self.place();
        let text = self.string(builder)?;
        builder.key(Kind::Text, text.unwrap_or(&self.unescaped), place)?;
        self.skip_space();
        if self.byte() != Some(b':') {
            return Err(self.unexpected(builder, "a :"));
        }
        self.at += 1;
        Ok(())
    }

    /// The text of a string, or nothing where it had escapes and is in `unescaped`.
    fn string(&mut self, builder: &Builder<'_>) -> Result<Option<&'a str>, Error> {
        let opening = self.at;
        self.at += 1;
        let mut from = self.at;
        let mut escaped = false;
        self.unescaped.clear();
        loop {
            match self.byte() {
                Some(b'"') => {
                    let rest = &self.text[from..self.at];
                    self.at += 1;
                    if escaped {
                        self.unescaped.push_str(rest);
                    }
                    return Ok(if escaped { None } else { Some(rest) });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.unescaped.push_str(&self.text[from..self.at]);
                    let character = self.escape(builder)?;
                    self.unescaped.push(character);
                    from = self.at;
                }
                Some(0..0x20) => {
                    let message = "no JSON: a text holds a line break, a tab or another control character; write \\n, \\t or \\u….";
                    return Err(self.fail(builder, message));
                }
                Some(_) => self.at += 1,
                None => {
                    self.at = opening;
                    return Err(self.fail(builder, "no JSON: this text has no closing \""));
                }
            }
        }
    }

    fn escape(&mut self, builder: &Builder<'_>) -> Result<char, Error> {
        let start = self.at;
        self.at += 1;
        let simple = match self.byte() {
            Some(byte @ (b'"' | b'\\' | b'/')) => Some(char::from(byte)),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{C}'),
            Some(b'n') => Some('\n'),
            Some(b'r') => Some('\r'),
            Some(b't') => Some('\t'),
            _ => None,
        };
        if let Some(character) = simple {
            self.at += 1;
            return Ok(character);
        }
        let found = if self.byte() == Some(b'u') { self.unicode() } else { None };
        found.ok_or(()).map_err(|()| {
            self.at = start;
            let half = self.text[start..].starts_with("\\uD") || self.text[start..].starts_with("\\ud");
            let message = if half {
                "no JSON: half of a surrogate pair is no character; write both halves, \\uD83D\\uDE00, or the character itself"
            } else {
                "no JSON: no escape; a backslash is written \\\\"
            };
            self.fail(builder, message)
        })
    }

    /// The character of `uXXXX`, or of two that are a pair.
    fn unicode(&mut self) -> Option<char> {
        let high = self.hexadecimal()?;
        if !(0xD800..0xDC00).contains(&high) {
            return char::from_u32(high);
        }
        if !self.text[self.at..].starts_with("\\u") {
            return None;
        }
        self.at += 1;
        let low = self.hexadecimal().filter(|low| (0xDC00..0xE000).contains(low))?;
        char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        let digits =
            self.text.get(self.at + 1..self.at + 5).filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
        self.at += 5;
        u32::from_str_radix(digits, 16).ok()
    }

    fn number(&mut self, builder: &mut Builder<'_>, place: Place) -> Result<(), Error> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let first = start + usize::from(bytes[start] == b'-');
        let mut end = digits(first);
        if self.text[start..].starts_with("-Infinity") {
            return Err(builder.fail(Fault::Value, place, number::not_finite("-Infinity")));
        }
        let mut good = end > first && (bytes[first] != b'0' || end == first + 1);
        let mut kind = Kind::Whole;
        if bytes.get(end) == Some(&b'.') {
            kind = Kind::Decimal;
            good &= digits(end + 1) > end + 1;
            end = digits(end + 1);
        }
        if let Some(b'e' | b'E') = bytes.get(end) {
            kind = Kind::Decimal;
            let from = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            good &= digits(from) > from;
            end = digits(from);
        }
        if !good {
            let message = "no JSON: no number; write it as 0.5, -3 or 1e-7";
            return Err(builder.fail(Fault::Syntax, place, message));
        }
        self.at = end;
        let written = &self.text[start..end];
        let most = builder.budget.digits;
        let clear = if kind == Kind::Whole { number::whole(written, most) } else { number::decimal(written, most) };
        match clear {
            Ok(clear) => builder.scalar(kind, &clear, place),
            Err(message) => Err(builder.fail(Fault::Value, place, message)),
        }
    }

    fn word(&mut self, builder: &mut Builder<'_>, place: Place) -> Result<(), Error> {
        let rest = &self.text[self.at..];
        for (word, kind) in [("null", Kind::Null), ("true", Kind::True), ("false", Kind::False)] {
            if rest.starts_with(word) {
                self.at += word.len();
                return builder.scalar(kind, "", place);
            }
        }
        if let Some(word) = ["NaN", "Infinity"].into_iter().find(|word| rest.starts_with(word)) {
            return Err(builder.fail(Fault::Value, place, number::not_finite(word)));
        }
        Err(self.unexpected(builder, "a value"))
    }
}
