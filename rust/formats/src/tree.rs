//! A tree of values in one piece of memory.

use crate::Place;

/// One value, as a text states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    /// A whole number: digits, with a minus or without.
    Whole(&'a str),
    /// A number with a fraction or an exponent, digit by digit as written (`1.10`, `.5`, `3e-7`).
    Decimal(&'a str),
    Text(&'a str),
    /// A date of YAML 1.1, as ISO 8601 has it.
    Date(&'a str),
    /// A date and a time of YAML 1.1, as ISO 8601 has them.
    Moment(&'a str),
    /// A list of so many values.
    List(usize),
    /// A mapping of so many keys, each followed by its value.
    Mapping(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    False,
    True,
    Whole,
    Decimal,
    Text,
    Date,
    Moment,
    List,
    Mapping,
    /// The key `<<`; none is left in a finished tree.
    Merge,
}

impl Kind {
    pub(crate) fn is_collection(self) -> bool {
        matches!(self, Self::List | Self::Mapping)
    }
}

/// A value or a key. The nodes of a collection follow it: in a mapping a key and its value by turns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// Of a scalar, where its text begins; of a collection, how many entries it has.
    pub(crate) start: u32,
    /// Bytes of the text of a scalar.
    pub(crate) len: u32,
    /// How many nodes it is, itself included.
    pub(crate) size: u32,
    pub(crate) place: Place,
}

/// The values of a text, with the place of each key and value.
///
/// A node is a number: the root is [`Tree::root`], the first child of a collection is the next number, and what
/// follows a node begins at [`Tree::end`] of it. Dropping a tree frees two pieces of memory, however deep it is.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) text: String,
    pub(crate) root: usize,
    pub(crate) stream: bool,
}

impl Tree {
    /// The outermost value.
    #[must_use]
    pub fn root(&self) -> usize {
        self.root
    }

    /// The text was a stream of documents (JSON lines, or YAML with several): the root is their list.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        self.stream
    }

    /// How many keys and values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len() - self.root
    }

    /// There is nothing but an empty stream.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stream && self.len() == 1
    }

    /// The value of a node; null for a number that is none.
    #[must_use]
    pub fn value(&self, node: usize) -> Value<'_> {
        let Some(found) = self.nodes.get(node) else { return Value::Null };
        match found.kind {
            Kind::Null => Value::Null,
            Kind::False => Value::Bool(false),
            Kind::True => Value::Bool(true),
            Kind::Whole => Value::Whole(self.text_of(found)),
            Kind::Decimal => Value::Decimal(self.text_of(found)),
            Kind::Text | Kind::Merge => Value::Text(self.text_of(found)),
            Kind::Date => Value::Date(self.text_of(found)),
            Kind::Moment => Value::Moment(self.text_of(found)),
            Kind::List => Value::List(found.start as usize),
            Kind::Mapping => Value::Mapping(found.start as usize),
        }
    }

    /// Where a node is written; what an alias brings is where its anchor is.
    #[must_use]
    pub fn place(&self, node: usize) -> Place {
        self.nodes.get(node).map_or(Place { line: 1, column: 1 }, |found| found.place)
    }

    /// The node after this one and all that is in it.
    #[must_use]
    pub fn end(&self, node: usize) -> usize {
        node + self.nodes.get(node).map_or(1, |found| found.size as usize)
    }

    /// The values of a list, or the keys and values of a mapping by turns.
    pub fn children(&self, node: usize) -> impl Iterator<Item = usize> {
        let (mut next, end) = (node + 1, self.end(node));
        std::iter::from_fn(move || {
            let child = next;
            next = self.end(child);
            (child < end).then_some(child)
        })
    }

    pub(crate) fn text_of(&self, node: &Node) -> &str {
        text_of(&self.text, node)
    }
}

pub(crate) fn text_of<'a>(text: &'a str, node: &Node) -> &'a str {
    let start = node.start as usize;
    text.get(start..start + node.len as usize).unwrap_or_default()
}
