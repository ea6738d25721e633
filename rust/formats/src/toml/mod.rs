//! TOML 1.1, over the events of `toml_parser`: the layer under the crate `toml`, which keeps neither the budget nor
//! the line of a key that stands twice.

mod date;
mod table;

use std::borrow::Cow;

use toml_parser::decoder::{Encoding, IntegerRadix, ScalarKind};
use toml_parser::lexer::Token;
use toml_parser::parser::{EventReceiver, parse_document};
use toml_parser::{ErrorSink, Expected, ParseError, Raw, Source, Span};

use crate::builder::Builder;
use crate::error::{Error, Fault};
use crate::number;
use crate::place::{Place, Places};
use crate::tree::Kind;
use table::{Kept, Key, Tables};

/// Words and signs of one text, of 24 bytes each: about 20 MB of TOML.
const TOKENS: usize = 4_000_000;

pub(crate) fn read(text: &str, first_line: u32, builder: &mut Builder<'_>) -> Result<(), Error> {
    let source = Source::new(text);
    let tokens: Vec<Token> = source.lex().take(TOKENS + 1).collect();
    let start = Place { line: first_line, column: 1 };
    if tokens.len() > TOKENS {
        let message = format!("more than {TOKENS} words and signs of TOML; split the file, or write it as JSON");
        return Err(Error::new(Fault::Limit, start, message));
    }
    let mut reader = Reader {
        source,
        places: Places::new(text, first_line),
        tables: Tables::new(start, builder.budget),
        digits: builder.budget.digits,
        depth: builder.budget.depth(),
        keys: Vec::new(),
        inside: Vec::new(),
        target: None,
        failed: None,
    };
    let mut refused: Option<ParseError> = None;
    parse_document(&tokens, &mut reader, &mut refused);
    let syntax = refused.map(|error| syntax(&error, text, first_line));
    // Both go on after a fault, so the one that stands first was first.
    match [syntax, reader.failed].into_iter().flatten().min_by_key(|error| error.place) {
        Some(error) => Err(error),
        None => reader.tables.build(builder),
    }
}

fn syntax(error: &ParseError, text: &str, first_line: u32) -> Error {
    let span = error.unexpected().or(error.context()).unwrap_or_default();
    let place = Places::new(text, first_line).of(span.start());
    if error.description() == "string values must be quoted" {
        let message = "no TOML: a value is expected: a text in quotes, a number, true, false, a date, [ or {";
        return Error::new(Fault::Syntax, place, message);
    }
    let mut message = format!("no TOML: {}", error.description());
    let names = error.expected().unwrap_or_default().iter().map(|each| match each {
        Expected::Literal(text) => format!("'{text}'").replace('\n', "\\n"),
        Expected::Description(text) => (*text).to_owned(),
        _ => "something else".to_owned(),
    });
    let names: Vec<String> = names.collect();
    if !names.is_empty() {
        message.push_str("; expected ");
        message.push_str(&names.join(", "));
    }
    Error::new(Fault::Syntax, place, message)
}

/// What is open: an inline table, or an array.
enum Inside {
    Table(usize),
    Array(usize),
}

struct Reader<'a> {
    source: Source<'a>,
    places: Places<'a>,
    tables: Tables<'a>,
    digits: usize,
    depth: usize,
    /// The key that is being read, part by part.
    keys: Vec<Key>,
    inside: Vec<Inside>,
    /// The table and the key that the next value is for.
    target: Option<(usize, Key)>,
    failed: Option<Error>,
}

impl Reader<'_> {
    /// Does one step, unless one before it failed.
    fn step(&mut self, span: Span, work: impl FnOnce(&mut Self, Place) -> Result<(), Error>) {
        if self.failed.is_none() {
            let place = self.places.of(span.start());
            self.failed = work(self, place).err();
        }
    }

    fn too_deep(&self, place: Place) -> Error {
        let message = format!("nested deeper than {} lists and mappings", self.depth);
        Error::new(Fault::Limit, place, message)
    }

    fn open(&mut self, span: Span, kept: Kept) -> bool {
        self.step(span, |reader, place| {
            if reader.inside.len() + 1 >= reader.depth {
                return Err(reader.too_deep(place));
            }
            let table = matches!(kept, Kept::Inline);
            let node = reader.put(kept, place)?;
            reader.inside.push(if table { Inside::Table(node) } else { Inside::Array(node) });
            Ok(())
        });
        self.failed.is_none()
    }

    /// A value is there: in the array that is open, or for the key before it.
    fn put(&mut self, kept: Kept, place: Place) -> Result<usize, Error> {
        match (self.target.take(), self.inside.last()) {
            (Some((table, key)), _) => self.tables.insert(table, key, kept, place),
            (None, Some(&Inside::Array(array))) => self.tables.append(array, kept, place),
            // The parser has told of a syntax error.
            (None, _) => self.tables.node(kept, place),
        }
    }

    fn raw(&self, span: Span, encoding: Option<Encoding>) -> Raw<'_> {
        let text = self.source.input().get(span.start()..span.end()).unwrap_or_default();
        Raw::new_unchecked(text, encoding, span)
    }

    fn read_scalar(&self, raw: Raw<'_>, place: Place, error: &mut dyn ErrorSink) -> Result<Kept, Error> {
        let mut text = Cow::Borrowed("");
        let kind = raw.decode_scalar(&mut text, error);
        let written = raw.as_str();
        let refused = |message| Error::new(Fault::Value, place, message);
        let (kind, text) = match kind {
            ScalarKind::String => (Kind::Text, text.into_owned()),
            ScalarKind::Boolean(value) => (if value { Kind::True } else { Kind::False }, String::new()),
            ScalarKind::DateTime if date::exists(written) => (Kind::Text, written.to_owned()),
            ScalarKind::DateTime => return Err(refused("a date or a time that does not exist".to_owned())),
            ScalarKind::Float if written.ends_with(['f', 'n']) => return Err(refused(number::not_finite(written))),
            ScalarKind::Float => (Kind::Decimal, number::decimal(written, self.digits).map_err(refused)?.into_owned()),
            ScalarKind::Integer(IntegerRadix::Dec) => {
                (Kind::Whole, number::whole(written, self.digits).map_err(refused)?.into_owned())
            }
            ScalarKind::Integer(base) => {
                let digits = written.get(2..).unwrap_or_default();
                (Kind::Whole, number::whole_in(base.value(), false, digits).map_err(refused)?)
            }
        };
        Ok(Kept::Scalar(kind, text))
    }
}

impl EventReceiver for Reader<'_> {
    fn std_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.keys.clear();
    }

    fn std_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.step(span, |reader, _| reader.tables.header(std::mem::take(&mut reader.keys), false));
    }

    fn array_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.keys.clear();
    }

    fn array_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.step(span, |reader, _| reader.tables.header(std::mem::take(&mut reader.keys), true));
    }

    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.open(span, Kept::Inline)
    }

    fn inline_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.step(span, |reader, _| {
            reader.inside.pop();
            Ok(())
        });
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.open(span, Kept::Array)
    }

    fn array_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.step(span, |reader, _| {
            reader.inside.pop();
            Ok(())
        });
    }

    fn simple_key(&mut self, span: Span, kind: Option<Encoding>, error: &mut dyn ErrorSink) {
        self.step(span, |reader, place| {
            if reader.keys.len() >= reader.depth {
                return Err(reader.too_deep(place));
            }
            let mut text = Cow::Borrowed("");
            reader.raw(span, kind).decode_key(&mut text, error);
            let text = text.into_owned();
            reader.keys.push(Key { text, place });
            Ok(())
        });
    }

    fn key_val_sep(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.step(span, |reader, _| {
            let keys = std::mem::take(&mut reader.keys);
            let table = match reader.inside.last() {
                Some(&Inside::Table(table)) => table,
                _ => reader.tables.current(),
            };
            reader.target = reader.tables.dotted(table, keys)?;
            Ok(())
        });
    }

    fn scalar(&mut self, span: Span, kind: Option<Encoding>, error: &mut dyn ErrorSink) {
        self.step(span, |reader, place| {
            let kept = reader.read_scalar(reader.raw(span, kind), place, error)?;
            reader.put(kept, place).map(drop)
        });
    }

    fn comment(&mut self, span: Span, error: &mut dyn ErrorSink) {
        self.raw(span, None).decode_comment(error);
    }

    fn newline(&mut self, span: Span, error: &mut dyn ErrorSink) {
        self.raw(span, None).decode_newline(error);
    }
}
