//! The tables of a TOML text, which may be opened in any order, and who may add to which.

use std::collections::HashMap;

use crate::builder::Builder;
use crate::error::{Error, Fault, shown};
use crate::place::Place;
use crate::tree::Kind;
use crate::{Budget, path};

/// One part of a key.
pub(super) struct Key {
    pub(super) text: String,
    pub(super) place: Place,
}

/// What a node holds, and so what may be added to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    Scalar(Kind, String),
    /// `[…]`: complete where it ends.
    Array,
    /// `{…}`: complete where it ends.
    Inline,
    /// A table that was only passed through by a header: `a` of `[a.b]`. It may still be opened.
    Passed,
    /// A table with a header of its own.
    Opened,
    /// A table made by a dotted key, with the section in which: only that section adds keys to it.
    Dotted(usize),
    /// A list of tables, `[[a]]`.
    Tables,
}

struct Node {
    kept: Kept,
    place: Place,
    /// Its key in the table that holds it, if that is a table.
    key: Option<Key>,
    first: Option<usize>,
    last: Option<usize>,
    next: Option<usize>,
}

pub(super) struct Tables<'b> {
    budget: &'b Budget,
    nodes: Vec<Node>,
    /// A table and a key lead to a node. Hashed with a seed of this process: nobody can choose keys that make it slow.
    found: HashMap<(usize, String), usize>,
    /// The table of the last header.
    current: usize,
    /// How many headers there were.
    section: usize,
}

const ROOT: usize = 0;

impl<'b> Tables<'b> {
    pub(super) fn new(start: Place, budget: &'b Budget) -> Self {
        let root = Node { kept: Kept::Opened, place: start, key: None, first: None, last: None, next: None };
        Self { budget, nodes: vec![root], found: HashMap::new(), current: ROOT, section: 0 }
    }

    pub(super) fn current(&self) -> usize {
        self.current
    }

    /// A node that nothing leads to yet.
    pub(super) fn node(&mut self, kept: Kept, place: Place) -> Result<usize, Error> {
        // A key is a node of its own in the finished tree.
        if self.nodes.len() + self.found.len() > self.budget.nodes() {
            let message = format!("the text holds more than {} values", self.budget.nodes());
            return Err(Error::new(Fault::Limit, place, message));
        }
        self.nodes.push(Node { kept, place, key: None, first: None, last: None, next: None });
        Ok(self.nodes.len() - 1)
    }

    pub(super) fn append(&mut self, parent: usize, kept: Kept, place: Place) -> Result<usize, Error> {
        let node = self.node(kept, place)?;
        match self.nodes[parent].last.replace(node) {
            Some(last) => self.nodes[last].next = Some(node),
            None => self.nodes[parent].first = Some(node),
        }
        Ok(node)
    }

    pub(super) fn insert(&mut self, table: usize, key: Key, kept: Kept, place: Place) -> Result<usize, Error> {
        if let Some(&earlier) = self.found.get(&(table, key.text.clone())) {
            return Err(self.twice(&key, earlier));
        }
        let node = self.append(table, kept, place)?;
        self.found.insert((table, key.text.clone()), node);
        self.nodes[node].key = Some(key);
        Ok(node)
    }

    fn twice(&self, key: &Key, earlier: usize) -> Error {
        let earlier = &self.nodes[earlier];
        let line = earlier.key.as_ref().map_or(earlier.place, |key| key.place).line;
        let message = format!("the key {} stands twice, first in line {line}; keep one of them", shown(&key.text));
        let mut path = String::new();
        path::push_key(&mut path, &key.text);
        Error { path, ..Error::new(Fault::Duplicate, key.place, message) }
    }

    /// Opens the table of a header.
    pub(super) fn header(&mut self, mut keys: Vec<Key>, list: bool) -> Result<(), Error> {
        self.section += 1;
        let Some(last) = keys.pop() else { return Ok(()) };
        let mut table = ROOT;
        for key in keys {
            table = match self.found.get(&(table, key.text.clone())) {
                None => {
                    let place = key.place;
                    self.insert(table, key, Kept::Passed, place)?
                }
                Some(&node) => match self.nodes[node].kept {
                    Kept::Passed | Kept::Opened | Kept::Dotted(_) => node,
                    // The last of its tables; there is one.
                    Kept::Tables => self.nodes[node].last.unwrap_or(node),
                    Kept::Scalar(..) | Kept::Array | Kept::Inline => return Err(self.twice(&key, node)),
                },
            };
        }
        let place = last.place;
        let found = self.found.get(&(table, last.text.clone())).copied();
        self.current = match (found, list) {
            (None, false) => self.insert(table, last, Kept::Opened, place)?,
            (None, true) => {
                let tables = self.insert(table, last, Kept::Tables, place)?;
                self.append(tables, Kept::Opened, place)?
            }
            (Some(node), false) if self.nodes[node].kept == Kept::Passed => {
                self.nodes[node].kept = Kept::Opened;
                node
            }
            (Some(node), true) if self.nodes[node].kept == Kept::Tables => self.append(node, Kept::Opened, place)?,
            (Some(node), _) => return Err(self.twice(&last, node)),
        };
        Ok(())
    }

    /// The table and the last part of a key that may be dotted; the tables between are made.
    pub(super) fn dotted(&mut self, mut table: usize, mut keys: Vec<Key>) -> Result<Option<(usize, Key)>, Error> {
        let Some(last) = keys.pop() else { return Ok(None) };
        for key in keys {
            table = match self.found.get(&(table, key.text.clone())) {
                None => {
                    let (place, kept) = (key.place, Kept::Dotted(self.section));
                    self.insert(table, key, kept, place)?
                }
                Some(&node) => match self.nodes[node].kept {
                    Kept::Dotted(section) if section == self.section => node,
                    Kept::Passed => {
                        // From here on it is closed, as one with a header is.
                        self.nodes[node].kept = Kept::Dotted(self.section);
                        node
                    }
                    _ => return Err(self.twice(&key, node)),
                },
            };
        }
        Ok(Some((table, last)))
    }

    /// The finished values, in the order in which each table's keys first stood.
    pub(super) fn build(self, builder: &mut Builder<'_>) -> Result<(), Error> {
        builder.open(Kind::Mapping, self.nodes[ROOT].place)?;
        let mut open = vec![self.nodes[ROOT].first];
        while let Some(next) = open.pop() {
            let Some(at) = next else {
                builder.close()?;
                continue;
            };
            let node = &self.nodes[at];
            open.push(node.next);
            if let Some(key) = &node.key {
                builder.key(Kind::Text, &key.text, key.place)?;
            }
            let kind = match &node.kept {
                Kept::Scalar(kind, text) => {
                    builder.scalar(*kind, text, node.place)?;
                    continue;
                }
                Kept::Array | Kept::Tables => Kind::List,
                Kept::Inline | Kept::Passed | Kept::Opened | Kept::Dotted(_) => Kind::Mapping,
            };
            builder.open(kind, node.place)?;
            open.push(node.first);
        }
        Ok(())
    }
}
