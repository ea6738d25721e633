//! The key `<<` of YAML 1.1: the entries of other mappings, under those that are written.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::Place;
use crate::builder::identity;
use crate::error::{Error, Fault};
use crate::tree::{Kind, Node, Tree};

/// The same tree with every `<<` replaced by what it brings, in the order in which `PyYAML` has it.
///
/// Goes down call by call, at most `Budget::DEEPEST` of them. Nothing is taken twice, so the tree does not grow.
pub(crate) fn merged(tree: Tree) -> Result<Tree, Error> {
    let mut nodes = Vec::with_capacity(tree.nodes.len());
    emit(&tree, 0, &mut nodes)?;
    Ok(Tree { nodes, ..tree })
}

fn emit(tree: &Tree, at: usize, nodes: &mut Vec<Node>) -> Result<(), Error> {
    let here = nodes.len();
    nodes.push(tree.nodes[at]);
    match tree.nodes[at].kind {
        Kind::List => {
            for child in tree.children(at) {
                emit(tree, child, nodes)?;
            }
        }
        Kind::Mapping => {
            let entries = entries(tree, at)?;
            nodes[here].start = entries.len() as u32;
            for (key, value) in entries {
                nodes.push(tree.nodes[key]);
                emit(tree, value, nodes)?;
            }
        }
        _ => {}
    }
    nodes[here].size = (nodes.len() - here) as u32;
    Ok(())
}

/// Keys and values of a mapping: a later one replaces the value of an earlier one, and keeps its place.
fn entries(tree: &Tree, mapping: usize) -> Result<Vec<(usize, usize)>, Error> {
    let (mut brought, mut own) = (Vec::new(), Vec::new());
    for key in tree.children(mapping).step_by(2) {
        let value = tree.end(key);
        if tree.nodes[key].kind == Kind::Merge {
            brought = sources(tree, value)?;
        } else {
            own.push((key, value));
        }
    }
    if brought.is_empty() {
        return Ok(own);
    }
    let mut places = HashMap::new();
    let mut all: Vec<(usize, usize)> = Vec::with_capacity(brought.len() + own.len());
    for (key, value) in brought.into_iter().chain(own) {
        match places.entry(identity(&tree.nodes[key], &tree.text)) {
            Entry::Occupied(place) => {
                let place: usize = *place.get();
                all[place] = (key, value);
            }
            Entry::Vacant(free) => {
                free.insert(all.len());
                all.push((key, value));
            }
        }
    }
    Ok(all)
}

/// The entries that the value of one `<<` brings; of several mappings, the first wins.
fn sources(tree: &Tree, value: usize) -> Result<Vec<(usize, usize)>, Error> {
    let refused = |place: Place| {
        let message = "<< takes a mapping or a list of mappings, usually an alias (*name)";
        Err(Error::new(Fault::Value, place, message))
    };
    match tree.nodes[value].kind {
        Kind::Mapping => entries(tree, value),
        Kind::List => {
            let mut found: Vec<usize> = tree.children(value).collect();
            found.reverse();
            let mut all = Vec::new();
            for each in found {
                if tree.nodes[each].kind != Kind::Mapping {
                    return refused(tree.place(each));
                }
                all.extend(entries(tree, each)?);
            }
            Ok(all)
        }
        _ => refused(tree.place(value)),
    }
}
