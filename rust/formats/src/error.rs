//! What is wrong with a text, and where.

use std::fmt;

use crate::Place;

/// Of what kind a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The bytes are no text that can be read.
    Encoding,
    /// The text is not of its format.
    Syntax,
    /// A key stands twice in one mapping.
    Duplicate,
    /// A value that means nothing here: a number that is not finite, an unknown tag, a date that does not exist.
    Value,
    /// A limit of the budget.
    Limit,
}

/// Why a text was not read: one fault, the first that was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub fault: Fault,
    pub place: Place,
    /// The value in which it is, as `models[3].input_price`; empty for the whole.
    pub path: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl Error {
    pub(crate) fn new(fault: Fault, place: Place, message: impl Into<String>) -> Self {
        Self { fault, place, path: String::new(), message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.place.line, self.place.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// A piece of the text as a message shows it: quoted, printable and short.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown = String::from("'");
    for character in text.chars().take(LONGEST) {
        match character {
            '\'' | '\\' => shown.extend(['\\', character]),
            _ if character.is_control() || is_format(character) => shown.extend(character.escape_unicode()),
            _ => shown.push(character),
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown.push('\'');
    shown
}

/// Characters that change how others are shown, or are not seen: a message must not lie.
fn is_format(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}
