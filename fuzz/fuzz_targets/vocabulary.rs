//! Any text for a vocabulary: an error, or a registry that takes a model with every field declared in it.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use modeldex_engine::{Condition, Definition, Kind, Mode, Number, Query, Snapshot, Values, Vocabulary};

fuzz_target!(|text: &str| {
    let Ok(vocabulary) = Vocabulary::parse(text) else { return };
    assert_eq!(vocabulary.text(), text);
    let Ok(snapshot) = Snapshot::new(Arc::new(vocabulary)) else { return };
    let vocabulary = snapshot.vocabulary();
    let mut definition = Definition { id: "m".into(), document: b"{}".to_vec(), ..Definition::default() };
    for facet in vocabulary.facets() {
        definition.terms.push((facet.name.clone(), "t".into()));
        definition.terms.push((facet.field.clone(), facet.terms.first().cloned().unwrap_or_default()));
    }
    for measure in vocabulary.measures() {
        let number = if measure.kind == Kind::Money { Number::Money(1) } else { Number::Float(1.0) };
        definition.numbers.push((measure.name.clone(), number));
        assert!(snapshot.measures().find(&measure.name).is_some());
    }
    let mut edit = snapshot.edit();
    if edit.put(&definition, false).is_err() {
        // A term that cannot be one; without terms it must do.
        definition.terms.clear();
        edit = snapshot.edit();
        edit.put(&definition, false).unwrap();
    }
    let (next, _) = edit.finish();
    let query = Query::new(vec![Condition::Terms(Mode::All, next.facets().terms_of(0).to_vec())]);
    assert_eq!(query.count(&next, Values::default()), 1);
    let opened = Snapshot::from_bytes(next.to_file().unwrap()).unwrap();
    assert_eq!(opened.fingerprint(), next.fingerprint());
});
