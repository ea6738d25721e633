//! A patch of a row: the same as replacing the whole row, which is its slow twin.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::twin::choices::{Choices, bytes};
use crate::twin::{FACETS, MEASURES, empty};
use modeldex_engine::{Definition, Error, FacetId, MeasureId, Number, Snapshot, Values};

fn registry(rows: usize, choices: &mut Choices<'_>) -> Snapshot {
    let mut edit = empty().edit();
    for row in 0..rows {
        let mut definition =
            Definition { id: format!("m{row}"), aliases: vec![format!("a{row}")], ..Definition::default() };
        for (facet, terms) in FACETS {
            for term in terms.iter().filter(|_| choices.one_in(3)) {
                definition.terms.push(((*facet).to_owned(), (*term).to_owned()));
            }
        }
        for (measure, money) in MEASURES {
            if choices.one_in(2) {
                definition.numbers.push(((*measure).to_owned(), number(*money, choices)));
            }
        }
        definition.document = format!("{definition:?}").into_bytes();
        edit.put(&definition, false).unwrap();
    }
    edit.finish().0
}

fn number(money: bool, choices: &mut Choices<'_>) -> Number {
    let value = choices.below(5) as u32;
    if money { Number::Money(value.into()) } else { Number::Float(value.into()) }
}

/// What can be asked of a row and of everything it is in.
fn seen(snapshot: &Snapshot) -> impl PartialEq + std::fmt::Debug + use<> {
    let definitions: Vec<Definition> = snapshot.live_rows().map(|row| snapshot.definition(row).unwrap()).collect();
    let counts: Vec<(String, u32)> =
        snapshot.facets().terms().map(|(_, facet, text, count)| (format!("{facet} {text}"), count)).collect();
    let known: Vec<(String, u32)> =
        snapshot.measures().iter().map(|(_, spec, known)| (spec.name.clone(), known)).collect();
    let mut query = modeldex_engine::Query::default();
    let orders: Vec<_> = (0..known.len() as MeasureId)
        .flat_map(|measure| [(measure, false), (measure, true)])
        .map(|(measure, descending)| {
            query.keys = vec![modeldex_engine::Key::Measure { measure, descending }];
            query.select(snapshot, Values::default())
        })
        .collect();
    let counts: BTreeMap<String, u32> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
    (definitions, counts, known, orders, snapshot.fingerprint(), snapshot.version(), snapshot.len())
}

#[test]
fn a_patch_is_what_replacing_the_row_would_be() {
    let bytes = bytes(7, 200_000);
    let mut choices = Choices::new(&bytes);
    let mut snapshot = registry(60, &mut choices);
    for turn in 0..300 {
        let row = choices.below(60) as u32;
        let mut definition = snapshot.definition(row).unwrap();
        let mut numbers: Vec<(MeasureId, Option<Number>)> = Vec::new();
        for _ in 0..choices.below(4) {
            let (name, money) = MEASURES[choices.below(MEASURES.len())];
            // A measure of a group is there once somebody has stated it.
            let Some(measure) = snapshot.measures().find(name) else { continue };
            let to = (!choices.one_in(3)).then(|| number(money, &mut choices));
            numbers.push((measure, to));
            definition.numbers.retain(|(there, _)| there != name);
            definition.numbers.extend(to.map(|to| (name.to_owned(), to)));
        }
        let mut facets: Vec<(FacetId, Vec<&str>)> = Vec::new();
        for _ in 0..choices.below(3) {
            let at = choices.below(FACETS.len());
            let terms: Vec<&str> = FACETS[at].1.iter().copied().filter(|_| choices.one_in(2)).collect();
            definition.terms.retain(|(facet, _)| facet != FACETS[at].0);
            definition.terms.extend(terms.iter().map(|term| (FACETS[at].0.to_owned(), (*term).to_owned())));
            facets.push((at as FacetId, terms));
        }
        definition.document = format!("{turn}").into_bytes();
        let facets: Vec<(FacetId, &[&str])> = facets.iter().map(|(facet, terms)| (*facet, terms.as_slice())).collect();

        let (was, mut patched, mut replaced) = (seen(&snapshot), snapshot.edit(), snapshot.edit());
        patched.patch(row, &numbers, &facets, Arc::from(definition.document.as_slice())).unwrap();
        replaced.put(&definition, true).unwrap();
        let ((patched, touched), (replaced, also)) = (patched.finish(), replaced.finish());
        assert_eq!(seen(&patched), seen(&replaced), "{definition:?}");
        assert_eq!(touched, also);
        assert_eq!(seen(&snapshot), was);
        snapshot = patched;
    }
}

#[test]
fn a_patch_is_checked() {
    let mut choices = Choices::new(&[]);
    let snapshot = registry(3, &mut choices);
    let money = snapshot.measures().find("price").unwrap();
    let size = snapshot.measures().find("size").unwrap();
    let document: Arc<[u8]> = Arc::from(*b"{}");
    let refused = |row, numbers: &[(MeasureId, Option<Number>)], facets: &[(FacetId, &[&str])]| {
        let before = format!("{snapshot:?}");
        let error = snapshot.edit().patch(row, numbers, facets, document.clone()).unwrap_err();
        assert_eq!(format!("{snapshot:?}"), before);
        error
    };
    assert!(matches!(refused(3, &[], &[]), Error::NotFound(_)));
    for (measure, number, name) in [
        (money, Number::Float(1.0), "price"),
        (size, Number::Money(1), "size"),
        (size, Number::Float(f64::NAN), "size"),
        (MeasureId::MAX, Number::Float(1.0), ""),
    ] {
        let error = refused(0, &[(measure, Some(number))], &[]);
        assert!(matches!(error, Error::InvalidNumber { measure, .. } if measure == name));
    }
    assert!(matches!(refused(0, &[], &[(FacetId::MAX, &["x"])]), Error::UnknownField { .. }));
    assert!(matches!(refused(0, &[], &[(0, &["\0"])]), Error::InvalidName { .. }));
    let mut edit = snapshot.edit();
    edit.remove("m1").unwrap();
    assert!(matches!(edit.patch(1, &[], &[], document), Err(Error::NotFound(_))), "its row is empty for ever");
}
