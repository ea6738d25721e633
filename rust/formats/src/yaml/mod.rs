//! YAML 1.2, over the events of `granit-parser`: the layer under `serde-saphyr`, which fills types and so neither
//! keeps the digits of a number nor the place of every key.

mod core;
mod merge;
mod old;

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Span, StructureStyle, Tag};

use crate::builder::Builder;
use crate::error::{Error, Fault, shown};
use crate::tree::Kind;
use crate::{Budget, Options, Place};

pub(crate) use merge::merged;

/// What a plain scalar means, or why it cannot be meant.
type Resolved<'a> = Result<(Kind, Cow<'a, str>), String>;

const TAB: &str = "no YAML: a tab where only spaces indent; use spaces";

const NAMESPACE: &str = "tag:yaml.org,2002:";

pub(crate) fn read(text: &str, options: Options, builder: &mut Builder<'_>) -> Result<(), Error> {
    let limits = granit_parser::options! {
        flow_nesting_limit: Budget::DEEPEST + 2,
        block_nesting_limit: Budget::DEEPEST + 2,
    };
    let parser = Parser::new_from_str_with_options(text, limits);
    let mut reader = Reader { text, options, builder, anchors: Vec::new(), flow: 0 };
    for event in parser {
        let (event, span) = event.map_err(|error| reader.refused(&error))?;
        reader.event(event, &span)?;
    }
    if reader.builder.documents() == 0 {
        let place = Place { line: options.first_line, column: 1 };
        return Err(reader.builder.fail(Fault::Syntax, place, "the text holds nothing; write [] for an empty list"));
    }
    Ok(())
}

struct Reader<'r, 'b> {
    text: &'r str,
    options: Options,
    builder: &'r mut Builder<'b>,
    /// The anchors of the document and their nodes, both ascending.
    anchors: Vec<(usize, usize)>,
    /// How many `[` and `{` are open.
    flow: usize,
}

impl Reader<'_, '_> {
    fn place(&self, mark: &Marker) -> Place {
        let line = u32::try_from(mark.line().max(1)).unwrap_or(u32::MAX);
        let column = u32::try_from(mark.col()).unwrap_or(u32::MAX).saturating_add(1);
        Place { line: line.saturating_add(self.options.first_line - 1), column }
    }

    fn refused(&self, error: &ScanError) -> Error {
        let place = self.place(error.marker());
        let (fault, message) = match error.kind() {
            ErrorKind::RecursionLimitExceeded => {
                (Fault::Limit, format!("nested deeper than {} lists and mappings", self.builder.budget.depth()))
            }
            ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabNotAllowed => (Fault::Syntax, TAB.to_owned()),
            ErrorKind::UnknownAnchor => (
                Fault::Syntax,
                "no YAML: this alias names no anchor above it; quote a text that begins with *".to_owned(),
            ),
            kind => (Fault::Syntax, format!("no YAML: {}{}", error.info(), hint(kind))),
        };
        self.builder.fail(fault, place, message)
    }

    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<(), Error> {
        let place = self.place(&span.start);
        match event {
            Event::DocumentStart(_, version) => {
                self.anchors.clear();
                if version.is_some_and(|version| (version.major, version.minor) < (1, 2)) && !self.options.yaml11 {
                    let message = "the text says that it is YAML 1.1; read it with yaml11, or remove the directive";
                    return Err(self.builder.fail(Fault::Value, place, message));
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.indented_by_tab(span)?;
                self.tag_is_known(tag.as_deref(), "", span)?;
                // What is not written comes as `~` of no length.
                let written = style != ScalarStyle::Plain || span.start.index() != span.end.index();
                let text = if written { text.as_ref() } else { "" };
                self.scalar(text, style == ScalarStyle::Plain, anchor, tag.as_deref(), place)
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.tag_is_known(tag.as_deref(), "seq", span)?;
                self.open(Kind::List, style, anchor, place)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.tag_is_known(tag.as_deref(), "map", span)?;
                self.open(Kind::Mapping, style, anchor, place)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.flow = self.flow.saturating_sub(1);
                self.builder.close()
            }
            Event::Alias(anchor) => self.alias(anchor, place),
            _ => Ok(()),
        }
    }

    /// The parser takes a tab before the first key of a block for a space; a second line would not agree with it.
    fn indented_by_tab(&self, span: &Span) -> Result<(), Error> {
        let before = span.start.byte_offset().and_then(|offset| self.text.get(..offset)).unwrap_or_default();
        if self.flow > 0 || !before.ends_with('\t') || !self.builder.wants_key() {
            return Ok(());
        }
        let line = before.trim_end_matches([' ', '\t']);
        if line.is_empty() || line.ends_with(['\n', '\r']) {
            return Err(self.builder.fail(Fault::Syntax, self.place(&span.start), TAB));
        }
        Ok(())
    }

    /// A tag of the core schema, on a collection that of its kind; what it says of a scalar is read later.
    fn tag_is_known(&self, tag: Option<&Tag>, collection: &str, span: &Span) -> Result<(), Error> {
        let Some(tag) = tag else { return Ok(()) };
        let name = tag.suffix_in_namespace(NAMESPACE);
        let known = match name.as_deref() {
            None => is_plain_bang(tag),
            Some("timestamp") => self.options.yaml11 && collection.is_empty(),
            Some(name @ ("map" | "seq")) => name == collection,
            Some("str" | "null" | "bool" | "int" | "float") => collection.is_empty(),
            Some(_) => false,
        };
        if known {
            return Ok(());
        }
        let place = self.place(&span.tag_start.unwrap_or(span.start));
        let tag = shown(&tag.original());
        let message = format!("the tag {tag} means nothing here, and nothing is made from it; remove it");
        Err(self.builder.fail(Fault::Value, place, message))
    }

    fn anchor(&mut self, anchor: usize, node: usize) {
        if anchor > 0 {
            self.anchors.push((anchor, node));
        }
    }

    fn open(&mut self, kind: Kind, style: StructureStyle, anchor: usize, place: Place) -> Result<(), Error> {
        if self.builder.wants_key() {
            let message = "a list or a mapping cannot be a key; quote a text that begins with [ or {";
            return Err(self.builder.fail(Fault::Value, place, message));
        }
        // Inside brackets there is nothing but brackets.
        self.flow += usize::from(style == StructureStyle::Flow);
        self.anchor(anchor, self.builder.next());
        self.builder.open(kind, place)
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Result<(), Error> {
        let Ok(found) = self.anchors.binary_search_by_key(&anchor, |each| each.0) else {
            return Err(self.builder.fail(Fault::Syntax, place, "no YAML: this alias names no anchor above it"));
        };
        let node = self.anchors[found].1;
        let kind = self.builder.kind(node);
        if kind.is_collection() && self.builder.is_open(node) {
            return Err(self.builder.fail(
                Fault::Value,
                place,
                "an alias inside the value that it stands for has no end",
            ));
        }
        if !self.builder.wants_key() {
            return self.builder.copy(node, place);
        }
        if kind.is_collection() {
            return Err(self.builder.fail(Fault::Value, place, "a list or a mapping cannot be a key"));
        }
        self.builder.copy_key(node, place)
    }

    /// `text` is empty where the scalar is not written at all.
    fn scalar(&mut self, text: &str, plain: bool, anchor: usize, tag: Option<&Tag>, place: Place) -> Result<(), Error> {
        let node = self.builder.next();
        if !self.builder.wants_key() {
            let place = if text.is_empty() && plain { self.builder.key_place().unwrap_or(place) } else { place };
            let (kind, text) = self.meaning(text, plain, tag, place)?;
            if kind == Kind::Merge {
                let message = "<< is no value; quote it if it is a text";
                return Err(self.builder.fail(Fault::Value, place, message));
            }
            self.anchor(anchor, node);
            return self.builder.scalar(kind, &text, place);
        }
        let untagged = plain && tag.is_none();
        if untagged && text.is_empty() {
            return Err(self.builder.fail(Fault::Syntax, place, "no YAML: a key is missing before this :"));
        }
        let (kind, text) = if self.options.yaml11 && text != "=" {
            match self.meaning(text, plain, tag, place)? {
                // As it is written: a message may speak of it.
                (kind @ (Kind::Null | Kind::False | Kind::True), _) => (kind, Cow::Borrowed(text)),
                other => other,
            }
        } else if untagged && text == "<<" {
            let message = "<< merges only in YAML 1.1 (yaml11); write the keys out, or quote it if it is a key";
            return Err(self.builder.fail(Fault::Value, place, message));
        } else {
            // A key is a text, as in JSON and TOML, whatever it looks like.
            (Kind::Text, Cow::Borrowed(text))
        };
        self.anchor(anchor, node);
        self.builder.key(kind, &text, place)
    }

    /// What a scalar is, by its tag, its quotes or its look.
    fn meaning<'a>(
        &self,
        text: &'a str,
        plain: bool,
        tag: Option<&Tag>,
        place: Place,
    ) -> Result<(Kind, Cow<'a, str>), Error> {
        let name = tag.map(|tag| tag.suffix_in_namespace(NAMESPACE).unwrap_or_default());
        let wanted: &[Kind] = match name.as_deref() {
            None if plain => {
                return self.plain(text).map_err(|message| self.builder.fail(Fault::Value, place, message));
            }
            Some("null") => &[Kind::Null],
            Some("bool") => &[Kind::False, Kind::True],
            Some("int") => &[Kind::Whole],
            Some("float") => &[Kind::Decimal, Kind::Whole],
            Some("timestamp") => &[Kind::Date, Kind::Moment],
            // `!!str`, `!` and what is quoted.
            _ => return Ok((Kind::Text, Cow::Borrowed(text))),
        };
        let message = match self.plain(text) {
            Ok((Kind::Whole, text)) if name.as_deref() == Some("float") => return Ok((Kind::Decimal, text)),
            Ok((kind, text)) if wanted.contains(&kind) => return Ok((kind, text)),
            Ok(_) => format!("{} is no !!{}; remove the tag", shown(text), name.unwrap_or_default()),
            Err(message) => message,
        };
        Err(self.builder.fail(Fault::Value, place, message))
    }

    fn plain<'a>(&self, text: &'a str) -> Resolved<'a> {
        let digits = self.builder.budget.digits;
        if self.options.yaml11 { old::resolved(text, digits) } else { core::resolved(text, digits) }
    }
}

/// What most likely would be right.
fn hint(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            "; quote a text that holds ': ', and begin the keys of one mapping in one column"
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::SimpleKeyExpected => "; begin the lines of one list or mapping in one column",
        ErrorKind::UnexpectedCharacter { .. } => "; quote a text that begins with it",
        _ => "",
    }
}

/// `!`: a text, a list or a mapping, whatever it looks like.
fn is_plain_bang(tag: &Tag) -> bool {
    let (handle, suffix) = tag.parts();
    matches!((handle, suffix), ("", "!") | ("!", ""))
}
