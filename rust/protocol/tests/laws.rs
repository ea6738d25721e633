//! Laws that hold in whatever order the threads take their steps; each is seen to fail where a step is done wrongly.
#![expect(clippy::unwrap_used, reason = "a thread that fails has failed the test")]

use std::sync::Arc;

use loom::thread;
use modeldex_protocol::{Flaw, Query, Registry};

/// Runs in every order with at most so many preemptions.
fn every_order(preemptions: usize, law: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(law);
}

fn whole_changes(flaw: Flaw) {
    every_order(3, move || {
        let registry = Arc::new(Registry::new(2, flaw));
        let writer = {
            let registry = registry.clone();
            thread::spawn(move || (0..2).for_each(|_| registry.change(&[0, 1], |number| number + 1)))
        };
        let mut last = 0;
        for _ in 0..2 {
            let state = registry.published();
            assert_eq!(state.numbers[0], state.numbers[1], "half of a change");
            assert_eq!(state.numbers[0], state.version);
            assert!(state.version >= last && registry.version() >= state.version, "back in time");
            last = state.version;
            // An object is always of the state that it is asked in.
            assert_eq!(state.model(1).number, state.numbers[1], "an object of another state");
        }
        writer.join().unwrap();
        assert_eq!(registry.version(), 2);
        assert_eq!(registry.get(0).number, 2, "an old object after the change");
    });
}

fn no_change_is_lost(flaw: Flaw) {
    every_order(3, move || {
        let registry = Arc::new(Registry::new(3, flaw));
        let writers = [0, 1].map(|own| {
            let registry = registry.clone();
            thread::spawn(move || {
                registry.change(&[own, 2], |number| number + 1);
                // What is acknowledged is seen by whoever changed it.
                assert!(registry.get(own).number == 1 && registry.get(2).number >= 1, "a change is lost");
            })
        });
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        assert_eq!((registry.version(), registry.published().numbers.clone()), (2, vec![1, 1, 2]), "a change is lost");
    });
}

fn one_object_a_row(flaw: Flaw) {
    every_order(3, move || {
        let registry = Arc::new(Registry::new(2, flaw));
        let readers = [0, 1].map(|_| {
            let registry = registry.clone();
            thread::spawn(move || {
                let first = registry.get(0);
                assert!(Arc::ptr_eq(&first, &registry.get(0)), "registry[id] is not registry[id]");
                first
            })
        });
        let [one, other] = readers.map(|reader| reader.join().unwrap());
        assert!(Arc::ptr_eq(&one, &other), "two objects of one row");
    });
}

fn unchanged_rows_keep_their_object(flaw: Flaw) {
    every_order(3, move || {
        let registry = Arc::new(Registry::new(4, flaw));
        let (near, far) = (registry.get(0), registry.get(2));
        let writer = {
            let registry = registry.clone();
            thread::spawn(move || {
                registry.change(&[1], |_| 7);
                assert_eq!(registry.get(1).number, 7, "an old object after the change");
            })
        };
        let _ = registry.get(1);
        assert!(Arc::ptr_eq(&near, &registry.get(0)) && Arc::ptr_eq(&far, &registry.get(2)), "another object");
        writer.join().unwrap();
        assert!(Arc::ptr_eq(&near, &registry.get(0)) && Arc::ptr_eq(&far, &registry.get(2)), "another object");
        assert_eq!(registry.get(1).number, 7, "an old object after the change");
    });
}

/// Two threads ask while one changes what the answer depends on, and then what it does not.
fn a_remembered_answer_is_current(flaw: Flaw) {
    every_order(2, move || {
        let (registry, query) = (Arc::new(Registry::new(3, flaw)), Arc::new(Query::new(&[0, 1])));
        let ask = |registry: &Registry, query: &Query| {
            let before = registry.version();
            let found = query.best(registry);
            // The first change makes row 1 the least; the second is of a row that the query does not read.
            assert!(before == 0 || found.row == 1, "an answer from before the question");
        };
        let asking = {
            let (registry, query) = (registry.clone(), query.clone());
            thread::spawn(move || (0..2).for_each(|_| ask(&registry, &query)))
        };
        let writer = {
            let registry = registry.clone();
            thread::spawn(move || {
                registry.change(&[0], |_| 1);
                registry.change(&[2], |_| 1);
            })
        };
        ask(&registry, &query);
        asking.join().unwrap();
        writer.join().unwrap();
        let state = registry.published();
        assert_eq!(query.best(&registry).row, query.asked(&state), "an old answer");
        assert_eq!(query.best(&registry).number, 0, "an old object");
    });
}

#[test]
fn readers_see_whole_changes_in_their_order() {
    whole_changes(Flaw::None);
}

#[test]
#[should_panic(expected = "old object")]
fn objects_of_touched_rows_must_not_be_handed_on() {
    unchanged_rows_keep_their_object(Flaw::KeepTouched);
}

#[test]
fn no_change_of_two_writers_is_lost() {
    no_change_is_lost(Flaw::None);
}

#[test]
#[should_panic(expected = "a change is lost")]
fn the_state_must_be_read_under_the_lock() {
    no_change_is_lost(Flaw::ReadBeforeLock);
}

#[test]
fn there_is_one_object_a_row() {
    one_object_a_row(Flaw::None);
}

#[test]
#[should_panic(expected = "two objects of one row")]
fn a_slot_must_be_filled_once() {
    one_object_a_row(Flaw::FillTwice);
}

#[test]
fn an_unchanged_row_keeps_its_object() {
    unchanged_rows_keep_their_object(Flaw::None);
}

#[test]
fn answers_that_are_remembered_are_current() {
    a_remembered_answer_is_current(Flaw::None);
}

#[test]
#[should_panic(expected = "an old answer")]
fn an_answer_must_be_remembered_with_the_version_of_its_state() {
    a_remembered_answer_is_current(Flaw::VersionBeforeState);
}
