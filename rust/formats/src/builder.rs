//! Builds a tree in the order of its text, and watches the budget and the keys.

use std::borrow::Cow;

use crate::error::{Error, Fault, shown};
use crate::tree::{Kind, Node, Tree, text_of};
use crate::{Budget, Place, path, yaml};

/// A collection that is not closed yet.
struct Open {
    node: usize,
    /// The key whose value comes next.
    waiting: Option<usize>,
    /// Where its keys begin in `Builder::keys`.
    keys: usize,
    entries: usize,
}

/// Nodes are appended as they are met; the first is a list that holds every document.
pub(crate) struct Builder<'b> {
    pub(crate) budget: &'b Budget,
    nodes: Vec<Node>,
    text: String,
    open: Vec<Open>,
    /// The keys of all open mappings, those of the innermost last.
    keys: Vec<usize>,
    aliases: usize,
    expanded: usize,
    expanded_bytes: usize,
    merges: bool,
}

impl<'b> Builder<'b> {
    pub(crate) fn new(budget: &'b Budget, first_line: u32) -> Self {
        let place = Place { line: first_line, column: 1 };
        let root = Node { kind: Kind::List, start: 0, len: 0, size: 1, place };
        let open = Open { node: 0, waiting: None, keys: 0, entries: 0 };
        Self {
            budget,
            nodes: vec![root],
            text: String::new(),
            open: vec![open],
            keys: Vec::new(),
            aliases: 0,
            expanded: 0,
            expanded_bytes: 0,
            merges: false,
        }
    }

    /// The number that the next node gets.
    pub(crate) fn next(&self) -> usize {
        self.nodes.len()
    }

    /// How many collections of the document are open.
    pub(crate) fn depth(&self) -> usize {
        self.open.len() - 1
    }

    /// How many documents are complete.
    pub(crate) fn documents(&self) -> usize {
        self.open[0].entries
    }

    /// The innermost collection is a mapping.
    pub(crate) fn in_mapping(&self) -> bool {
        self.open.last().is_some_and(|open| self.nodes[open.node].kind == Kind::Mapping)
    }

    /// A key comes next.
    pub(crate) fn wants_key(&self) -> bool {
        self.in_mapping() && self.open.last().is_some_and(|open| open.waiting.is_none())
    }

    /// The collection is not closed yet.
    pub(crate) fn is_open(&self, node: usize) -> bool {
        self.open.iter().any(|open| open.node == node)
    }

    /// The place of the key whose value comes next.
    pub(crate) fn key_place(&self) -> Option<Place> {
        self.open.last()?.waiting.map(|key| self.nodes[key].place)
    }

    pub(crate) fn kind(&self, node: usize) -> Kind {
        self.nodes[node].kind
    }

    /// The error, in the value that is being read.
    pub(crate) fn fail(&self, fault: Fault, place: Place, message: impl Into<String>) -> Error {
        let mut written = String::new();
        for (depth, open) in self.open.iter().enumerate().skip(1) {
            let innermost = depth + 1 == self.open.len();
            match open.waiting {
                Some(key) => path::push_key(&mut written, text_of(&self.text, &self.nodes[key])),
                None if self.nodes[open.node].kind == Kind::List => path::push_index(&mut written, open.entries),
                None if innermost => {}
                None => break,
            }
        }
        Error { path: path::short(written), ..Error::new(fault, place, message) }
    }

    fn limit(&self, place: Place, message: impl Into<String>) -> Error {
        self.fail(Fault::Limit, place, message)
    }

    fn push(&mut self, kind: Kind, text: &str, place: Place) -> Result<(), Error> {
        if self.nodes.len() > self.budget.nodes() {
            return Err(self.limit(place, format!("the text holds more than {} values", self.budget.nodes())));
        }
        if text.len() > self.budget.scalar {
            return Err(self.limit(place, format!("a text of more than {} bytes", self.budget.scalar)));
        }
        let start = self.text.len() as u32;
        self.text.push_str(text);
        self.nodes.push(Node { kind, start, len: text.len() as u32, size: 1, place });
        Ok(())
    }

    /// The key of the value that comes next.
    pub(crate) fn key(&mut self, kind: Kind, text: &str, place: Place) -> Result<(), Error> {
        let node = self.nodes.len();
        let entries = self.open.last().map_or(0, |open| open.entries);
        if entries >= self.budget.keys {
            return Err(self.limit(place, format!("a mapping of more than {} keys", self.budget.keys)));
        }
        self.push(kind, text, place)?;
        self.merges |= kind == Kind::Merge;
        self.keys.push(node);
        if let Some(open) = self.open.last_mut() {
            open.waiting = Some(node);
        }
        Ok(())
    }

    pub(crate) fn scalar(&mut self, kind: Kind, text: &str, place: Place) -> Result<(), Error> {
        self.document(place)?;
        self.push(kind, text, place)?;
        self.done();
        Ok(())
    }

    /// A list or a mapping begins.
    pub(crate) fn open(&mut self, kind: Kind, place: Place) -> Result<(), Error> {
        self.document(place)?;
        self.deep(place, 1)?;
        let node = self.nodes.len();
        self.push(kind, "", place)?;
        self.open.push(Open { node, waiting: None, keys: self.keys.len(), entries: 0 });
        Ok(())
    }

    /// The innermost list or mapping ends.
    pub(crate) fn close(&mut self) -> Result<(), Error> {
        let Some(open) = self.open.last() else { return Ok(()) };
        if self.nodes[open.node].kind == Kind::Mapping
            && let Some((first, second)) = self.twice(&self.keys[open.keys..])
        {
            let (first, second) = (self.nodes[first], self.nodes[second]);
            let message = format!(
                "the key {} stands twice, first in line {}; keep one of them",
                shown(text_of(&self.text, &second)),
                first.place.line
            );
            return Err(self.fail(Fault::Duplicate, second.place, message));
        }
        let Some(open) = self.open.pop() else { return Ok(()) };
        self.keys.truncate(open.keys);
        let size = (self.nodes.len() - open.node) as u32;
        let node = &mut self.nodes[open.node];
        (node.start, node.size) = (open.entries as u32, size);
        self.done();
        Ok(())
    }

    /// The nodes of an anchor once more.
    pub(crate) fn copy(&mut self, anchor: usize, place: Place) -> Result<(), Error> {
        self.document(place)?;
        let range = anchor..anchor + self.nodes[anchor].size as usize;
        let (mut ends, mut height) = (Vec::new(), 0);
        for node in range.clone() {
            while ends.last().is_some_and(|&end| end <= node) {
                ends.pop();
            }
            let found = self.nodes[node];
            if found.kind.is_collection() {
                ends.push(node + found.size as usize);
                height = height.max(ends.len());
            } else {
                self.expanded_bytes = self.expanded_bytes.saturating_add(found.len as usize);
            }
        }
        self.expanded = self.expanded.saturating_add(range.len());
        self.aliases += 1;
        for (count, most, what) in [
            (self.aliases, self.budget.aliases, "aliases"),
            (self.expanded, self.budget.expanded, "values brought by aliases"),
            (self.expanded_bytes, self.budget.expanded_bytes, "bytes of text brought by aliases"),
            (self.nodes.len() - 1 + range.len(), self.budget.nodes(), "values"),
        ] {
            if count > most {
                return Err(self.limit(place, format!("the text holds more than {most} {what}")));
            }
        }
        self.deep(place, height)?;
        self.nodes.extend_from_within(range);
        self.done();
        Ok(())
    }

    /// The text of an anchored scalar as a key.
    pub(crate) fn copy_key(&mut self, anchor: usize, place: Place) -> Result<(), Error> {
        let found = self.nodes[anchor];
        let text = text_of(&self.text, &found).to_owned();
        self.key(found.kind, &text, place)
    }

    fn deep(&self, place: Place, more: usize) -> Result<(), Error> {
        if self.depth() + more <= self.budget.depth() {
            return Ok(());
        }
        Err(self.limit(place, format!("nested deeper than {} lists and mappings", self.budget.depth())))
    }

    fn document(&self, place: Place) -> Result<(), Error> {
        if self.depth() > 0 || self.documents() < self.budget.documents {
            return Ok(());
        }
        Err(self.limit(place, format!("the text holds more than {} documents", self.budget.documents)))
    }

    /// A value is complete.
    fn done(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.entries += 1;
            open.waiting = None;
        }
    }

    /// The first key of these that equals an earlier one, after that one.
    ///
    /// Sorted, not hashed: nobody can choose keys that make it slow.
    fn twice(&self, keys: &[usize]) -> Option<(usize, usize)> {
        const FEW: usize = 24;
        if keys.iter().any(|&key| self.nodes[key].kind != Kind::Text) {
            return twice_by(keys, |key| identity(&self.nodes[key], &self.text));
        }
        if keys.len() > FEW {
            return twice_by(keys, |key| text_of(&self.text, &self.nodes[key]));
        }
        // Most keys differ in their lengths or their first letters already.
        let text = |key: usize| text_of(&self.text, &self.nodes[key]).as_bytes();
        let earlier = |at: usize| keys[..at].iter().find(|&&key| text(key) == text(keys[at]));
        (1..keys.len()).find_map(|at| Some((*earlier(at)?, keys[at])))
    }

    /// The finished tree. `stream`: a list of documents even where there is one.
    pub(crate) fn finish(mut self, stream: bool) -> Result<Tree, Error> {
        let documents = self.documents();
        let size = self.nodes.len() as u32;
        (self.nodes[0].start, self.nodes[0].size) = (documents as u32, size);
        let stream = stream || documents != 1;
        let tree = Tree { nodes: self.nodes, text: self.text, root: usize::from(!stream), stream };
        if self.merges { yaml::merged(tree) } else { Ok(tree) }
    }
}

fn twice_by<T: Ord>(keys: &[usize], name: impl Fn(usize) -> T) -> Option<(usize, usize)> {
    let mut sorted: Vec<(T, usize)> = keys.iter().map(|&key| (name(key), key)).collect();
    sorted.sort_unstable();
    let pairs = sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| (pair[0].1, pair[1].1));
    pairs.min_by_key(|pair| pair.1)
}

/// What makes two keys the same: Python's `==`, which takes `1`, `1.0` and `True` for one.
pub(crate) fn identity<'a>(node: &Node, text: &'a str) -> (u8, Cow<'a, str>) {
    let written = text_of(text, node);
    match node.kind {
        Kind::Null => (1, Cow::Borrowed("")),
        Kind::False => (2, Cow::Borrowed("0")),
        Kind::True => (2, Cow::Borrowed("1")),
        Kind::Whole => {
            let digits = written.trim_start_matches(['-', '0']);
            let sign = if written.starts_with('-') { "-" } else { "" };
            (2, if digits.is_empty() { Cow::Borrowed("0") } else { Cow::Owned(format!("{sign}{digits}")) })
        }
        Kind::Decimal => match written.parse::<f64>() {
            Ok(number) if number.fract() == 0.0 && number.abs() < 9e15 => (2, Cow::Owned(format!("{number:.0}"))),
            Ok(number) => (3, Cow::Owned(format!("{number:e}"))),
            Err(_) => (3, Cow::Borrowed(written)),
        },
        Kind::Date => (4, Cow::Borrowed(written)),
        Kind::Moment => (5, Cow::Borrowed(written)),
        Kind::Merge => (6, Cow::Borrowed("")),
        Kind::Text | Kind::List | Kind::Mapping => (0, Cow::Borrowed(written)),
    }
}
