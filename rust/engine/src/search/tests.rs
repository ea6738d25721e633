//! An index that went along with changes beside one that was made now, and both beside a scan.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;

use super::split::Split;
use super::{Index, MOST_ASKED, Shelf, Sources};
use crate::definition::Definition;
use crate::snapshot::Snapshot;
use crate::vocabulary::Vocabulary;
use crate::{FacetId, Row};

const VOCABULARY: &str = r#"{"format": 1, "measures": [],
    "facets": [{"name": "kind", "terms": ["new car"], "synonyms": {"fresh-auto": "new car"}}, {"name": "home", "terms": ["yes"]},
        {"name": "base"}, {"name": "state", "terms": ["gone"]}],
    "defaults": {"state": {"facet": "state", "exclude": ["gone"]}},
    "bare": {"facet": "base", "preferred": ["home", "yes"]}}"#;
const FACETS: [(FacetId, u8); 1] = [(0, 2)];

/// A document is lines, each with the rank of its text in front.
fn texts(document: &[u8], text: &mut dyn FnMut(u8, &str)) -> crate::Result<()> {
    let document = std::str::from_utf8(document).map_err(|why| crate::Error::File(why.to_string()))?;
    for line in document.lines() {
        text(if line.starts_with('1') { 1 } else { 3 }, line.get(1..).unwrap_or_default());
    }
    Ok(())
}

const SOURCES: Sources<'static> = Sources { facets: &FACETS, texts: &texts };

#[derive(Clone, Debug, Default, PartialEq)]
struct Item {
    names: Vec<String>,
    told: String,
    kinds: BTreeSet<String>,
    home: bool,
    gone: bool,
}

impl Item {
    fn definition(&self, id: &str) -> Definition {
        let mut terms: Vec<(String, String)> = self.kinds.iter().map(|kind| ("kind".into(), kind.clone())).collect();
        terms.extend(self.home.then(|| ("home".into(), "yes".into())));
        terms.extend(self.gone.then(|| ("state".into(), "gone".into())));
        let mut lines = vec![format!("1{id}")];
        lines.extend(self.names.iter().map(|name| format!("1{name}")));
        lines.push(format!("3{}", self.told));
        Definition { id: id.to_owned(), terms, document: lines.join("\n").into_bytes(), ..Definition::default() }
    }

    fn all(&self, id: &str) -> Vec<(u8, String)> {
        let mut all = vec![(1, id.to_owned())];
        all.extend(self.names.iter().map(|name| (1, name.clone())));
        all.extend(self.kinds.iter().map(|kind| (2, kind.clone())));
        all.extend(self.kinds.contains("new car").then(|| (2, "fresh-auto".to_owned())));
        all.push((3, self.told.clone()));
        all
    }
}

fn pieces(text: &str, most: usize) -> Vec<(String, bool)> {
    let mut split = Split::default();
    split.read(text, most);
    split.pieces().map(|(piece, first)| (piece.to_owned(), first)).collect()
}

/// By looking at every text of every item.
fn scanned(items: &BTreeMap<String, Item>, text: &str, prefix: bool) -> Vec<String> {
    let mut split = Split::default();
    split.read(text, MOST_ASKED);
    let words: Vec<Vec<String>> = split.words().map(|word| word.into_iter().map(str::to_owned).collect()).collect();
    let whole: Vec<String> = words.concat();
    let mut found = Vec::new();
    'items: for (id, item) in items {
        let all: Vec<(u8, Vec<(String, bool)>)> =
            item.all(id).into_iter().map(|(rank, text)| (rank, pieces(&text, 1_024))).collect();
        let (mut worst, mut sum) = (0, 0);
        let mut counted: Vec<(&Vec<String>, bool)> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let last = prefix && at + 1 == words.len();
            if counted.contains(&(word, last)) {
                continue;
            }
            counted.push((word, last));
            let stands = |there: &[(String, bool)]| (0..there.len()).any(|from| begins(&there[from..], word, last));
            let rank = all.iter().filter(|(_, there)| stands(there)).map(|(rank, _)| *rank).min();
            let Some(rank) = rank else { continue 'items };
            (worst, sum) = (worst.max(rank), sum + u32::from(rank));
        }
        if words.is_empty() {
            continue;
        }
        let mut class = worst + 1;
        for (_, there) in all.iter().filter(|(rank, _)| *rank == 1) {
            for from in (0..there.len()).filter(|from| there[*from].1) {
                if begins(&there[from..], &whole, prefix) {
                    class = class.min(1);
                }
                if begins(&there[from..], &whole, false) && there.len() - from == whole.len() {
                    class = 0;
                }
            }
        }
        found.push((class, sum, !item.home, item.gone, id.clone()));
    }
    found.sort();
    found.into_iter().map(|(.., id)| id).collect()
}

fn begins(there: &[(String, bool)], wanted: &[String], prefix: bool) -> bool {
    let Some((last, others)) = wanted.split_last() else { return false };
    there.len() >= wanted.len()
        && there.iter().zip(others).all(|((there, _), wanted)| there == wanted)
        && (there[others.len()].0 == *last || (prefix && there[others.len()].0.starts_with(last.as_str())))
}

fn ids(snapshot: &Snapshot, rows: Vec<Row>) -> Vec<String> {
    rows.into_iter().map(|row| snapshot.names().id(row).unwrap_or_default().to_owned()).collect()
}

fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof!["[ab]{1,2}", "[1-2]{1,2}", Just("é".to_owned())];
    let between = prop_oneof![Just(" "), Just("-"), Just("/"), Just("."), Just("")];
    proptest::collection::vec((word, between), 0..4)
        .prop_map(|parts| parts.into_iter().map(|(word, between)| word + between).collect())
}

fn item() -> impl Strategy<Value = Item> {
    let kinds = proptest::collection::btree_set(prop_oneof![Just("new car".to_owned()), "[a-b]{1,2}"], 0..3);
    let names = proptest::collection::vec(text(), 0..3);
    (names, text(), kinds, any::<bool>(), any::<bool>()).prop_map(|(names, told, kinds, home, gone)| Item {
        names,
        told,
        kinds,
        home,
        gone,
    })
}

fn question() -> impl Strategy<Value = String> {
    prop_oneof![text(), text(), text(), Just("new fresh".to_owned()), Just("auto a".to_owned())]
}

proptest! {
    #[test]
    fn an_index_that_went_along_is_one_made_now_and_both_are_a_scan(
        steps in proptest::collection::vec(
            (proptest::collection::vec((text(), proptest::option::of(item())), 1..5), question(), any::<bool>(), 0_usize..5),
            1..6,
        ),
        many in prop_oneof![4 => Just(0_usize), 1 => Just(400)],
    ) {
        let mut snapshot = Snapshot::new(Arc::new(Vocabulary::parse(VOCABULARY).unwrap())).unwrap();
        let mut items: BTreeMap<String, Item> = BTreeMap::new();
        let (shelf, view) = (Shelf::default(), Shelf::default());
        for (at, (changes, asked, prefix, limit)) in steps.into_iter().enumerate() {
            let mut edit = snapshot.edit();
            if at > 0 {
                for other in 0..many {
                    let (id, item) = (format!("a{at}/b{other}"), Item::default());
                    edit.put(&item.definition(&id), true).unwrap();
                    items.insert(id, item);
                }
            }
            for (id, item) in changes {
                match (id.is_empty() || id.trim() != id, item) {
                    (true, _) => {}
                    (_, Some(item)) => {
                        edit.put(&item.definition(&id), true).unwrap();
                        items.insert(id, item);
                    }
                    (_, None) => {
                        if items.remove(&id).is_some() {
                            edit.remove(&id).unwrap();
                        }
                    }
                }
            }
            let before = std::mem::replace(&mut snapshot, edit.finish().0);
            let wanted = scanned(&items, &asked, prefix);
            let fresh = Index::new(&snapshot, &SOURCES).unwrap();
            let along = shelf.index(None, &snapshot, &SOURCES).unwrap();
            prop_assert_eq!(&ids(&snapshot, snapshot.search(&fresh, &asked, None, prefix)), &wanted);
            prop_assert_eq!(&ids(&snapshot, snapshot.search(&along, &asked, None, prefix)), &wanted);
            let some: Vec<String> = wanted.iter().take(limit).cloned().collect();
            prop_assert_eq!(&ids(&snapshot, snapshot.search(&along, &asked, Some(limit), prefix)), &some);
            // Who still asks an earlier snapshot, and a view that begins with the index of its registry.
            let back = shelf.index(None, &before, &SOURCES).unwrap();
            let earlier = Index::new(&before, &SOURCES).unwrap();
            prop_assert_eq!(
                before.search(&back, &asked, None, prefix),
                before.search(&earlier, &asked, None, prefix)
            );
            let other = view.index(Some(&shelf), &snapshot, &SOURCES).unwrap();
            prop_assert_eq!(&ids(&snapshot, snapshot.search(&other, &asked, None, prefix)), &wanted);
        }
    }
}

#[test]
fn what_no_document_says_changes_no_index_and_threads_share_one() {
    let snapshot = Snapshot::new(Arc::new(Vocabulary::parse(VOCABULARY).unwrap())).unwrap();
    let mut edit = snapshot.edit();
    for at in 0..100 {
        edit.put(&Item::default().definition(&format!("m{at}")), false).unwrap();
    }
    let (snapshot, shelf) = (edit.finish().0, Shelf::default());
    let made: Vec<Arc<Index>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| shelf.index(None, &snapshot, &SOURCES).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(made.iter().all(|index| Arc::ptr_eq(index, &made[0])));
    // The same texts in another document: it is read, and nothing is taken in.
    let mut edit = snapshot.edit();
    let mut same = Item::default().definition("m7");
    same.document.extend(b"\n");
    edit.put(&same, true).unwrap();
    let after = edit.finish().0;
    let index = shelf.index(None, &after, &SOURCES).unwrap();
    assert!(index.rows.recents().next().is_none());
    assert_eq!(ids(&after, after.search(&index, "M 7", None, false)), ["m7"]);
}

#[test]
fn hostile_texts_find_nothing_or_little() {
    let snapshot = Snapshot::new(Arc::new(Vocabulary::parse(VOCABULARY).unwrap())).unwrap();
    let mut edit = snapshot.edit();
    edit.put(&Item::default().definition("a/b/1"), false).unwrap();
    let snapshot = edit.finish().0;
    let index = Index::new(&snapshot, &SOURCES).unwrap();
    let found = |text: &str| snapshot.search(&index, text, None, true).len();
    for nothing in ["", "-", "\u{0}", "\u{202e}", &"a".repeat(513), "a c", "/"] {
        assert_eq!(found(nothing), 0, "{nothing:?}");
    }
    assert_eq!(found("\u{0}a\u{7}"), 1);
    // What stands behind so many words is not read.
    assert_eq!(found(&format!("{}c", "a ".repeat(MOST_ASKED))), 1);
    assert_eq!(found(&format!("{}c", "a ".repeat(MOST_ASKED - 1))), 0);
}
