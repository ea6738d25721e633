//! Paths to values: written in errors, and looked up.

use std::fmt::Write as _;

use crate::tree::{Tree, Value};

/// The nearest to a path that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The value; where the path leads nowhere, the last value on it.
    pub node: usize,
    /// The key of the value, where it has one.
    pub key: Option<usize>,
    /// The path leads to this value.
    pub exact: bool,
}

/// A path in an error is not longer than this.
const LONGEST: usize = 200;

/// Appends `.key`, or `["a key"]` where the key is no word.
pub(crate) fn push_key(path: &mut String, key: &str) {
    let word = !key.is_empty() && key.chars().all(|each| each.is_alphanumeric() || matches!(each, '_' | '-' | '+'));
    if !word {
        let cut: String = key.chars().take(60).collect();
        let more = if cut.len() < key.len() { "…" } else { "" };
        let _ = write!(path, "[\"{}{more}\"]", cut.escape_debug());
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}

/// Appends `[3]`.
pub(crate) fn push_index(path: &mut String, index: usize) {
    let _ = write!(path, "[{index}]");
}

/// Cuts a long path in its middle, so that its beginning and its end are seen.
pub(crate) fn short(path: String) -> String {
    let count = path.chars().count();
    if count <= LONGEST {
        return path;
    }
    let half = LONGEST / 2;
    let (begin, end): (String, String) = (path.chars().take(half).collect(), path.chars().skip(count - half).collect());
    format!("{begin}…{end}")
}

impl Tree {
    /// The value at a path as it is written in messages: `models[3].rates[0].usd`, `["a.b"].c`.
    ///
    /// A key may hold dots and brackets as they are: of the keys that the path can mean, the longest counts.
    #[must_use]
    pub fn find(&self, path: &str) -> Found {
        self.find_from(self.root(), path)
    }

    /// The value at a path that begins at a node.
    #[must_use]
    pub fn find_from(&self, node: usize, path: &str) -> Found {
        let mut found = Found { node, key: None, exact: true };
        let mut rest = path;
        while !rest.is_empty() {
            let Some((next, after)) = self.step(found.node, rest) else {
                return Found { exact: false, ..found };
            };
            (found, rest) = (next, after);
        }
        found
    }

    fn item(&self, node: usize, index: usize) -> Option<Found> {
        let Value::List(_) = self.value(node) else { return None };
        self.children(node).nth(index).map(|node| Found { node, key: None, exact: true })
    }

    fn entry(&self, node: usize, wanted: impl Fn(&str) -> bool) -> Option<Found> {
        let Value::Mapping(_) = self.value(node) else { return None };
        let key = self.children(node).step_by(2).find(|&key| wanted(self.key(key)))?;
        Some(Found { node: self.end(key), key: Some(key), exact: true })
    }

    /// A key as it is written.
    fn key(&self, node: usize) -> &str {
        self.nodes.get(node).map_or("", |found| self.text_of(found))
    }

    /// One step of a path, and what is left of it.
    fn step<'a>(&self, node: usize, path: &'a str) -> Option<(Found, &'a str)> {
        if let Value::List(_) = self.value(node) {
            let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
            return Some((self.item(node, index.parse().ok()?)?, rest));
        }
        if let Some(quoted) = path.strip_prefix("[\"") {
            let rest = |key: &str| quoted.strip_prefix(&key.escape_debug().to_string())?.strip_prefix("\"]");
            if let Some(found) = self.entry(node, |key| rest(key).is_some()) {
                return Some((found, rest(self.key(found.key?))?));
            }
        }
        let path = path.strip_prefix('.').unwrap_or(path);
        let Value::Mapping(_) = self.value(node) else { return None };
        let meant = |key: &str| {
            path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with('['))
        };
        let key = self
            .children(node)
            .step_by(2)
            .filter(|&key| meant(self.key(key)))
            .max_by_key(|&key| self.key(key).len())?;
        let rest = path.strip_prefix(self.key(key)).unwrap_or_default();
        Some((Found { node: self.end(key), key: Some(key), exact: true }, rest))
    }
}
