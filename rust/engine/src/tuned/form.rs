//! One form of an id: text and parts, read from the right without going back.

use serde::Deserialize;

use super::Tuned;
use crate::error::{Error, Result};

/// What a part of a form is kept as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Base,
    Owner,
    Suffix,
    Id,
    Date,
    Step,
    Nothing,
}

/// What one byte of the stiff text of a form may be.
#[derive(Clone, Copy, Debug)]
enum Cell {
    /// This one, or the same letter in the other case; kept in lower case.
    Byte(u8),
    Digit,
    Hex,
}

/// Text of a known length, with the parts of a known length in it.
#[derive(Clone, Debug, std::default::Default)]
struct Stiff {
    cells: Vec<Cell>,
    /// Which of the cells are kept, and as what.
    kept: Vec<(Slot, usize, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Anything,
    Digits,
    Hex,
}

/// A part that is as long as it happens to be.
#[derive(Clone, Copy, Debug)]
struct Loose {
    slot: Slot,
    of: Of,
    empty: bool,
}

/// Stiff and loose pieces in turn: `first`, then each loose one with the stiff one behind it, which is empty only at the end.
/// So the end of a loose piece is known when it is read from the right, and its beginning is the last place of the stiff one before it.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Form {
    first: Stiff,
    rest: Vec<(Loose, Stiff)>,
}

impl Stiff {
    fn fits(&self, bytes: &[u8]) -> bool {
        let alike = |(cell, byte): (&Cell, &u8)| match cell {
            Cell::Byte(wanted) => byte.to_ascii_lowercase() == *wanted,
            Cell::Digit => byte.is_ascii_digit(),
            Cell::Hex => byte.is_ascii_hexdigit(),
        };
        bytes.len() == self.cells.len()
            && self.cells.iter().zip(bytes).all(alike)
            && self.kept.iter().all(|&(_, start, end)| {
                let hex = self.cells[start..end].iter().any(|cell| matches!(cell, Cell::Hex));
                !hex || mixed(&bytes[start..end])
            })
    }

    /// The last place of this in the text.
    fn last(&self, text: &str) -> Option<usize> {
        let places = 0..=text.len().checked_sub(self.cells.len())?;
        places.rev().find(|&place| self.fits(&text.as_bytes()[place..place + self.cells.len()]))
    }

    /// The first place at the beginning or behind a slash.
    fn first(&self, text: &str) -> Option<usize> {
        let bytes = text.as_bytes();
        let mut places = 0..=text.len().checked_sub(self.cells.len())?;
        places.find(|&place| {
            (place == 0 || bytes[place - 1] == b'/') && self.fits(&bytes[place..place + self.cells.len()])
        })
    }

    /// Keeps its parts; it stands at this place. None where they begin or end inside a character (a form of ASCII never does).
    fn keep<'a>(&self, tuned: &mut Tuned<'a>, text: &'a str, place: usize) -> Option<()> {
        for &(slot, start, end) in &self.kept {
            put(tuned, slot, text.get(place + start..place + end)?);
        }
        Some(())
    }
}

/// A digit and a letter: what is hexadecimal by chance is a word (`facade`) or a date more often.
fn mixed(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_digit) && bytes.iter().any(u8::is_ascii_alphabetic)
}

fn put<'a>(tuned: &mut Tuned<'a>, slot: Slot, value: &'a str) {
    let value = (!value.is_empty()).then_some(value);
    match slot {
        Slot::Base => tuned.base = value,
        Slot::Owner => tuned.owner = value,
        Slot::Suffix => tuned.suffix = value,
        Slot::Id => tuned.id = value,
        Slot::Date => tuned.date = value,
        Slot::Step => tuned.step = value,
        Slot::Nothing => {}
    }
}

impl Loose {
    fn allows(self, value: &str) -> bool {
        if value.is_empty() {
            return self.empty;
        }
        match self.of {
            Of::Digits => value.bytes().all(|byte| byte.is_ascii_digit()),
            Of::Hex => value.bytes().all(|byte| byte.is_ascii_hexdigit()) && mixed(value.as_bytes()),
            Of::Anything if self.slot == Slot::Base => value.chars().any(char::is_alphanumeric),
            Of::Anything => !value.contains([':', '/', '#']),
        }
    }
}

impl Form {
    /// What the text says by this form.
    pub(super) fn read<'a>(&self, text: &'a str, kind: &'a str) -> Option<Tuned<'a>> {
        let mut tuned = Tuned {
            kind,
            base: None,
            owner: None,
            suffix: None,
            id: None,
            date: None,
            step: None,
            front: None,
            head: text,
        };
        // What is left of the text, and the stiff piece that it must end with.
        let mut left = text;
        let last = self.rest.last().map_or(&self.first, |(_, stiff)| stiff);
        let place = text.len().checked_sub(last.cells.len())?;
        if !last.fits(&text.as_bytes()[place..]) {
            return None;
        }
        last.keep(&mut tuned, text, place)?;
        left = left.get(..place)?;
        for (index, &(loose, _)) in self.rest.iter().enumerate().rev() {
            let before = index.checked_sub(1).map_or(&self.first, |index| &self.rest[index].1);
            let place = match (index, before.cells.is_empty()) {
                (0, true) if loose.slot == Slot::Base => 0,
                (0, true) => left.rfind([':', '/']).map_or(0, |place| place + 1),
                (0, false) => before.first(left)?,
                _ => before.last(left)?,
            };
            before.keep(&mut tuned, left, place)?;
            let value = left.get(place + before.cells.len()..)?;
            if !loose.allows(value) {
                return None;
            }
            if loose.slot == Slot::Base {
                tuned.head = &text[..left.len()];
            }
            put(&mut tuned, loose.slot, value);
            left = left.get(..place)?;
        }
        if !left.is_empty() {
            let front = left.strip_suffix(['/', ':'])?;
            tuned.front = (!front.is_empty()).then_some(front);
        }
        Some(tuned)
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let fault = |why: &str| Error::Vocabulary(format!("the form {text:?} cannot be read: {why}"));
        let mut form = Self { first: Stiff::default(), rest: Vec::new() };
        let mut seen = Vec::new();
        let mut left = text;
        while let Some(char) = left.chars().next() {
            let (part, after) = match char {
                '{' => left[1..].split_once('}').ok_or_else(|| fault("a brace is not closed"))?,
                '*' => ("_?", &left[1..]),
                _ if !char.is_ascii() || char == '}' => return Err(fault("only ASCII, and braces in pairs")),
                _ => {
                    form.end().cells.push(Cell::Byte(char.to_ascii_lowercase() as u8));
                    left = &left[1..];
                    continue;
                }
            };
            left = after;
            let (name, shape) = part.split_once(':').unwrap_or((part, ""));
            let slot = match name.trim_end_matches('?') {
                "base" => Slot::Base,
                "owner" => Slot::Owner,
                "suffix" => Slot::Suffix,
                "id" => Slot::Id,
                "date" => Slot::Date,
                "step" => Slot::Step,
                "_" => Slot::Nothing,
                _ => return Err(fault("a part is base, owner, suffix, id, date, step or _")),
            };
            if slot != Slot::Nothing && seen.contains(&slot) {
                return Err(fault("a part is there twice"));
            }
            seen.push(slot);
            let of = match shape {
                "" => Of::Anything,
                "d+" => Of::Digits,
                "x+" => Of::Hex,
                _ => {
                    let cells = cells(shape).ok_or_else(|| fault("a shape is d+, x+, or such as d4-d2 and x8"))?;
                    let end = form.end();
                    end.kept.push((slot, end.cells.len(), end.cells.len() + cells.len()));
                    end.cells.extend(cells);
                    continue;
                }
            };
            if !form.rest.is_empty() && form.end().cells.is_empty() {
                return Err(fault("two parts of any length need text between them"));
            }
            form.rest.push((Loose { slot, of, empty: name.ends_with('?') }, Stiff::default()));
        }
        if seen.is_empty() {
            return Err(fault("it has no part"));
        }
        Ok(form)
    }

    /// The stiff piece at the end.
    fn end(&mut self) -> &mut Stiff {
        self.rest.last_mut().map_or(&mut self.first, |(_, stiff)| stiff)
    }
}

/// The cells of `d4-d2`: a letter and how many of them, and anything else as it is.
fn cells(shape: &str) -> Option<Vec<Cell>> {
    let mut cells = Vec::new();
    let mut left = shape;
    while let Some(char) = left.chars().next() {
        left = left.get(1..)?;
        let cell = match char {
            'd' => Cell::Digit,
            'x' => Cell::Hex,
            '-' | '_' | '.' => {
                cells.push(Cell::Byte(char as u8));
                continue;
            }
            _ => return None,
        };
        let digits = left.len() - left.trim_start_matches(|char: char| char.is_ascii_digit()).len();
        let count: usize = left[..digits].parse().ok().filter(|count| (1..=64).contains(count))?;
        cells.extend(std::iter::repeat_n(cell, count));
        left = &left[digits..];
    }
    Some(cells)
}

impl TryFrom<String> for Form {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        Self::parse(&text).map_err(|why| why.to_string())
    }
}
