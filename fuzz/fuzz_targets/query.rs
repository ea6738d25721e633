//! Random definitions, edits and queries: the engine answers as its slow twin does.
#![no_main]

use libfuzzer_sys::fuzz_target;
use twin::choices::Choices;
use twin::{Twin, empty};

#[path = "../../rust/engine/tests/engine/twin/mod.rs"]
#[expect(dead_code, reason = "the tests of the engine use more of it")]
mod twin;

fuzz_target!(|bytes: &[u8]| {
    let mut choices = Choices::new(bytes);
    let (mut snapshot, mut twin) = (empty(), Twin::default());
    for _ in 0..8 {
        let (mut edit, mut next) = (snapshot.edit(), twin.clone());
        // Steps that are refused spoil the edit: everything stays as it was.
        let done = (0..=choices.below(40)).all(|_| {
            let step = choices.step(60);
            let expected = next.apply(&step);
            assert_eq!(step.apply(&mut edit).is_ok(), expected, "{step:?}");
            expected
        });
        if done {
            (snapshot, twin) = (edit.finish().0, next);
        }
        twin.agrees(&snapshot, &choices.request(twin.rows.len(), 4));
    }
    twin.is(&snapshot);
});
