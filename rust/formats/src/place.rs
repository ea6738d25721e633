//! Where in a text something is.

/// A line and a column, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

/// The places of offsets that are asked for in ascending order: every byte is looked at once.
pub(crate) struct Places<'a> {
    text: &'a [u8],
    at: usize,
    place: Place,
    first: Place,
}

impl<'a> Places<'a> {
    pub(crate) fn new(text: &'a str, first_line: u32) -> Self {
        let first = Place { line: first_line, column: 1 };
        Self { text: text.as_bytes(), at: 0, place: first, first }
    }

    /// The place of a byte; one that lies before the last one asked for is looked for from the start.
    pub(crate) fn of(&mut self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        if offset < self.at {
            (self.at, self.place) = (0, self.first);
        }
        for &byte in &self.text[self.at..offset] {
            if byte == b'\n' {
                self.place = Place { line: self.place.line.saturating_add(1), column: 1 };
            } else if byte & 0xC0 != 0x80 {
                // Not the continuation of a character.
                self.place.column += 1;
            }
        }
        self.at = offset;
        self.place
    }
}
