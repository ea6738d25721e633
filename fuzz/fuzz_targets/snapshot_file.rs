//! Any bytes for a snapshot file, and any damage to a good one, as they are and with their hashes put right: an
//! error, or a registry that holds together.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use modeldex_engine::{Condition, Key, Lookup, Mode, Opened, Query, Snapshot, Values};
use twin::choices::{Choices, bytes};

#[path = "../../rust/engine/tests/engine/twin/mod.rs"]
#[expect(dead_code, reason = "the tests of the engine use more of it")]
mod twin;

/// The file of a registry of a few models.
static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let bytes = bytes(7, 4_096);
    let mut choices = Choices::new(&bytes);
    let mut snapshot = twin::empty();
    while snapshot.len() < 6 {
        let mut edit = snapshot.edit();
        if choices.step(20).apply(&mut edit).is_ok() {
            snapshot = edit.finish().0;
        }
    }
    snapshot.to_file().unwrap()
});

/// The ids in it.
static IDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let snapshot = Snapshot::from_bytes(FILE.clone()).unwrap();
    snapshot.names().ids().map(|(_, id)| id.to_owned()).collect()
});

/// What is opened answers, and no answer contradicts another.
fn holds_together(snapshot: &Snapshot) {
    let (facets, measures) = (snapshot.facets(), snapshot.measures());
    assert_eq!(snapshot.live_rows().count(), snapshot.len() as usize);
    for row in snapshot.live_rows() {
        let id = snapshot.names().id(row).unwrap();
        assert_eq!(snapshot.lookup(id), Lookup::Id(row));
        for alias in snapshot.names().aliases(row) {
            assert_eq!(snapshot.lookup(alias), Lookup::Alias(row));
        }
        let _ = snapshot.documents().read(row);
        let query = Query::new(vec![Condition::Terms(Mode::All, facets.terms_of(row).to_vec())]);
        assert!(query.matches(snapshot, row, Values::default()));
        assert!(query.select(snapshot, Values::default()).contains(&row));
    }
    for (term, _, _, count) in facets.terms() {
        let query = Query::new(vec![Condition::Terms(Mode::Any, vec![term])]);
        assert_eq!(query.count(snapshot, Values::default()), count);
    }
    for (measure, _, known) in measures.iter() {
        let mut query = Query::new(vec![Condition::Stated(measure)]);
        query.keys = vec![Key::Measure { measure, descending: false }];
        assert_eq!(query.count(snapshot, Values::default()), known);
        assert_eq!(query.best(snapshot, Values::default()), query.select(snapshot, Values::default()).first().copied());
    }
    let _ = snapshot.verify();
    // It can be changed, and what it is written as can be opened.
    let mut edit = snapshot.edit();
    if let Some((_, id)) = snapshot.names().ids().next()
        && edit.remove(id).is_ok()
        && let Ok(bytes) = edit.finish().0.to_file()
    {
        assert_eq!(Snapshot::from_bytes(bytes).unwrap().len(), snapshot.len() - 1);
    }
}

/// As it is, and with its hashes put right.
fn open(bytes: Vec<u8>) {
    for bytes in [bytes.clone(), modeldex_engine::reseal(bytes)] {
        let Ok(opened) = Opened::from_bytes(bytes) else { continue };
        let before: Vec<_> = IDS.iter().map(|id| opened.get(id)).collect();
        let Ok(snapshot) = opened.snapshot() else { continue };
        for (id, lookup) in IDS.iter().zip(before) {
            assert_eq!(lookup, Ok(snapshot.names().get(id)));
        }
        holds_together(snapshot);
    }
}

/// A file with the damages that these bytes describe, four a damage: where, what, by how much.
fn damaged(bytes: &[u8]) -> Vec<u8> {
    let mut file = FILE.clone();
    for damage in bytes.chunks_exact(4) {
        let at = usize::from(u16::from_le_bytes([damage[0], damage[1]])) % file.len().max(1);
        match damage[2] % 8 {
            0 => file.truncate(at),
            1 => drop(file.drain(at..file.len().min(at + usize::from(damage[3])))),
            2 => file.insert(at, damage[3]),
            3 | 4 => file.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << (damage[3] % 8)),
            _ => file.get_mut(at).into_iter().for_each(|byte| *byte = damage[3]),
        }
    }
    file
}

fuzz_target!(|bytes: &[u8]| {
    assert!(FILE.len() <= 1 << 16, "a file with places that no damage reaches");
    open(bytes.to_vec());
    open(damaged(bytes));
});
