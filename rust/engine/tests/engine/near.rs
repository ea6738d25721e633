//! The nearest names beside a comparison with each, whatever was changed since the index was made.

use std::collections::BTreeSet;

use modeldex_engine::{Definition, Lens, Lookup, Pattern, Row, Snapshot, similarity};
use proptest::prelude::*;

use crate::twin::empty;

#[derive(Clone, Debug)]
enum Step {
    Put {
        id: String,
        aliases: Vec<String>,
        base: Option<String>,
        home: bool,
    },
    Remove(String),
    Ask {
        text: String,
        limit: usize,
        cutoff: f64,
    },
    /// Changes that nobody sees.
    Drop {
        id: String,
        base: String,
    },
    /// Another state with the same beginnings, on which the rest is tried too.
    Branch,
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[ab]{1,3}", "[ab]/[ab1é]{1,4}", Just("ab".repeat(40))]
}

fn step() -> impl Strategy<Value = Step> {
    let put = (name(), proptest::collection::vec(name(), 0..3), proptest::option::of(name()), any::<bool>());
    prop_oneof![
        6 => put.prop_map(|(id, aliases, base, home)| Step::Put { id, aliases, base, home }),
        2 => name().prop_map(Step::Remove),
        4 => (name(), 0_usize..6, prop_oneof![Just(0.0), Just(0.5), Just(1.0), 0.0..1.0]).prop_map(|(text, limit, cutoff)| Step::Ask { text, limit, cutoff }),
        1 => (name(), name()).prop_map(|(id, base)| Step::Drop { id, base }),
        1 => Just(Step::Branch),
    ]
}

fn definition(id: &str, aliases: &[String], base: Option<&str>, home: bool) -> Definition {
    let mut terms: Vec<(String, String)> = base.map(|base| ("base".into(), base.to_owned())).into_iter().collect();
    if home {
        terms.push(("home".into(), "yes".into()));
    }
    Definition { id: id.to_owned(), aliases: aliases.to_vec(), terms, ..Definition::default() }
}

/// Every name by what a snapshot says of each row and each base.
fn names(snapshot: &Snapshot) -> Vec<(&str, Row)> {
    let mut names: Vec<(&str, Row)> = Vec::new();
    for row in snapshot.live_rows() {
        names.extend(snapshot.names().id(row).map(|id| (id, row)));
        names.extend(snapshot.names().aliases(row).map(|alias| (alias, row)));
    }
    let bases: BTreeSet<&str> = snapshot.facets().terms().map(|(_, _, text, _)| text).collect();
    let bare = bases.into_iter().filter_map(|text| match snapshot.lookup(text) {
        Lookup::Bare(row) => Some((text, row)),
        _ => None,
    });
    names.extend(bare);
    names
}

fn check(snapshot: &Snapshot, text: &str, limit: usize, cutoff: f64) {
    let names = names(snapshot);
    assert!(snapshot.every_name().eq(names.iter().copied()));
    let mut scored: Vec<(f64, usize)> =
        names.iter().enumerate().map(|(at, (name, _))| (similarity(text, name), at)).collect();
    scored.retain(|(score, _)| *score >= cutoff);
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let wanted: Vec<(&str, Row, f64)> =
        scored.iter().take(limit).map(|(score, at)| (names[*at].0, names[*at].1, *score)).collect();
    let found: Vec<(&str, Row, f64)> =
        snapshot.near(text, limit, cutoff).iter().map(|near| (near.name, near.row, near.score)).collect();
    assert_eq!(found, wanted, "{text:?}, limit {limit}, cutoff {cutoff}");
}

fn apply_all(snapshot: &mut Snapshot, definitions: &[Definition]) {
    let mut edit = snapshot.edit();
    for definition in definitions {
        edit.put(definition, true).unwrap();
    }
    *snapshot = edit.finish().0;
}

fn apply(snapshot: &mut Snapshot, step: &Step) {
    let mut edit = snapshot.edit();
    match step {
        Step::Put { id, aliases, base, home } => {
            if edit.put(&definition(id, aliases, base.as_deref(), *home), true).is_ok() {
                *snapshot = edit.finish().0;
            }
        }
        Step::Remove(id) => {
            if edit.remove(id).is_ok() {
                *snapshot = edit.finish().0;
            }
        }
        Step::Drop { id, base } => {
            if edit.put(&definition(id, &[], Some(base), false), true).is_ok() {
                check(&edit.finish().0, base, 3, 0.3);
            }
        }
        Step::Ask { text, limit, cutoff } => check(snapshot, text, *limit, *cutoff),
        Step::Branch => {}
    }
}

proptest! {
    #[test]
    fn the_nearest_names_are_those_of_the_plain_list(steps in proptest::collection::vec(step(), 0..60), text in name()) {
        let mut states = vec![empty()];
        for step in &steps {
            if matches!(step, Step::Branch) && states.len() < 4 {
                states.push(states[0].clone());
                apply(&mut states[0], &Step::Put { id: "only here".into(), aliases: Vec::new(), base: Some("a new one".into()), home: false });
            }
            states.iter_mut().for_each(|state| apply(state, step));
        }
        states.iter().for_each(|state| check(state, &text, 4, 0.2));
    }

    /// A view has names of its own and hides others.
    #[test]
    fn a_view_finds_what_it_shows(steps in proptest::collection::vec(step(), 0..30), hidden in name(), own in name(), text in name()) {
        let mut base = empty();
        steps.iter().for_each(|step| apply(&mut base, step));
        let mut lens = Lens::default();
        lens.deny.push(Pattern::Id(hidden.into()));
        let mine = definition(&own, &["ab/ab".into()], Some("of a view"), true);
        lens.learn(&base, &mine).unwrap();
        let draft = lens.draft(&base, None, |_, _| unreachable!("nothing is discounted")).unwrap();
        let (view, _) = draft.finish(&lens, None, &[], &[&mine], false).unwrap();
        for cutoff in [0.0, 0.4, 1.0] {
            check(&view, &text, 5, cutoff);
            check(&view, "of a vieW", 5, cutoff);
            check(&base, &text, 5, cutoff);
        }
    }
}

/// More changes than stay beside the table, and more terms than stay beside the index.
#[test]
fn many_changes_make_the_index_anew() {
    let mut snapshot = empty();
    for turn in 0..6 {
        let mut edit = snapshot.edit();
        for at in 0..500 {
            let id = format!("p{turn}/model-{at}");
            edit.put(
                &definition(&id, &[format!("alias-{turn}-{at}")], Some(&format!("model-{turn}-{at}")), false),
                true,
            )
            .unwrap();
            if turn > 0 && at % 3 == 0 {
                edit.remove(&format!("p{}/model-{at}", turn - 1)).unwrap();
            }
        }
        snapshot = edit.finish().0;
        // Rows of the table, of what was changed of it, and of what was changed since then.
        for at in [turn * 7, 499, 300] {
            let moved = definition(&format!("p{turn}/model-{at}"), &[format!("moved-{turn}-{at}")], None, false);
            apply_all(&mut snapshot, &[moved]);
            check(&snapshot, &format!("alias-{turn}-{at}"), 5, 0.6);
        }
        apply(&mut snapshot, &Step::Remove(format!("p{turn}/model-8")));
        apply(&mut snapshot, &Step::Remove(format!("p{turn}/model-301")));
        for text in ["p2/modle-300", "model-3-99", "alias-4-78", "nothing of it", "p3/model-8", "moved-5-499"] {
            check(&snapshot, text, 7, 0.4);
        }
    }
}

#[test]
fn a_limit_beyond_all_names_lists_them_all() {
    let mut snapshot = empty();
    for at in 0..40 {
        let (id, aliases, base) = (format!("m{at}"), vec![format!("a{at}")], Some("m".into()));
        apply(&mut snapshot, &Step::Put { id, aliases, base, home: at == 7 });
    }
    check(&snapshot, "m", usize::MAX, 0.0);
    check(&snapshot, "", 81, 0.0);
    assert_eq!(snapshot.near("", usize::MAX, 0.0).len(), 81);
    assert!(snapshot.near("m", 0, 0.0).is_empty());
}
