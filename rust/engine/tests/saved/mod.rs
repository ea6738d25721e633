//! Registries to save, and what there is to compare about them.

use std::collections::BTreeMap;
use std::sync::Arc;

use modeldex_engine::{
    Bound, Cell, Condition, Definition, FacetId, Key, Lookup, Mode, Number, Query, Row, Snapshot, UNKNOWN, Values,
    Vocabulary,
};
use proptest::prelude::*;

const VOCABULARY: &str = r#"{"format": 1,
 "facets": [{"name": "ability", "terms": ["sight", "tools"], "synonyms": {"vision": "sight"}}, {"name": "maker"},
  {"name": "home", "internal": true, "terms": ["yes"]}, {"name": "base"}],
 "measures": [{"name": "size", "kind": "count", "unit": "tokens"}, {"name": "price", "kind": "money"}, {"name": "born", "kind": "date"}],
 "groups": [{"prefix": "x.", "kind": "number"}], "bare": {"facet": "base", "preferred": ["home", "yes"]}}"#;

/// A registry of these, those left out that cannot be put.
pub(crate) fn of(models: &[Definition]) -> Snapshot {
    let mut snapshot = Snapshot::new(Arc::new(Vocabulary::parse(VOCABULARY).unwrap())).unwrap();
    for model in models {
        let mut edit = snapshot.edit();
        if edit.put(model, false).is_ok() {
            snapshot = edit.finish().0;
        }
    }
    snapshot
}

fn terms() -> impl Strategy<Value = Vec<(String, String)>> {
    let facet = prop_oneof!["ability", "maker", "home", "base"];
    let text = prop_oneof![
        Just("yes".to_owned()),
        Just("sight".to_owned()),
        Just("vision".to_owned()),
        "[a-e]",
        "[äß中 ]x[y-z]"
    ];
    proptest::collection::vec((facet.prop_map(|facet| facet), text), 0..6)
}

fn number() -> impl Strategy<Value = (String, Number)> {
    let float = prop_oneof![
        (0_i32..100_000).prop_map(f64::from),
        proptest::num::f64::NORMAL
            | proptest::num::f64::ZERO
            | proptest::num::f64::INFINITE
            | proptest::num::f64::NEGATIVE
    ];
    let name = prop_oneof!["size", "born", "x[.][a-c]", "x[.]ü"];
    let money = any::<i64>().prop_map(|femto| ("price".to_owned(), Number::Money(femto.max(i64::MIN + 1))));
    prop_oneof![(name, float).prop_map(|(name, value)| (name, Number::Float(value))), money]
}

/// Any definition; ids and aliases clash now and then.
pub(crate) fn model() -> impl Strategy<Value = Definition> {
    let name = || prop_oneof!["[a-z]{1,2}/[a-z]{1,2}", "[a-zé中]{1,3}"];
    let numbers = proptest::collection::vec(number(), 0..5);
    (name(), proptest::collection::vec(name(), 0..3), terms(), numbers, "\\PC{0,40}").prop_map(
        |(id, aliases, terms, numbers, text)| Definition { id, aliases, terms, numbers, document: text.into_bytes() },
    )
}

fn definition(id: &str, aliases: &[&str], terms: &[(&str, &str)], numbers: &[(&str, Number)]) -> Definition {
    let pairs = terms.iter().map(|(facet, term)| ((*facet).to_owned(), (*term).to_owned()));
    Definition {
        id: id.to_owned(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        terms: pairs.collect(),
        numbers: numbers.iter().map(|(measure, number)| ((*measure).to_owned(), *number)).collect(),
        document: format!(r#"{{"id":"{id}","text":"all that is known of {id}"}}"#).into_bytes(),
    }
}

pub(crate) fn definitions() -> Vec<Definition> {
    vec![
        definition(
            "a/one",
            &["one"],
            &[("ability", "sight"), ("base", "1"), ("home", "yes")],
            &[("size", Number::Float(8.0)), ("price", Number::Money(25))],
        ),
        definition(
            "b/one",
            &[],
            &[("ability", "tools"), ("base", "1"), ("maker", "b")],
            &[("born", Number::Float(19_000.0)), ("x.y", Number::Float(0.5))],
        ),
        definition(
            "c/ü",
            &["drei", "trois"],
            &[("ability", "sight"), ("ability", "tools"), ("maker", "c")],
            &[("price", Number::Money(1))],
        ),
    ]
}

/// A registry with a little of everything.
pub(crate) fn small() -> Snapshot {
    of(&definitions())
}

/// One of very many.
pub(crate) fn numbered(at: usize) -> Definition {
    let maker = format!("m{}", at % 97);
    let size = f64::from(u32::try_from(at % 1_000).unwrap());
    let rare = format!("x.{}", at / 30_000);
    let mut terms = vec![("ability", "sight"), ("maker", maker.as_str())];
    if at.is_multiple_of(300) {
        terms.push(("base", "rare"));
    }
    definition(&format!("n/{at}"), &[], &terms, &[("size", Number::Float(size)), (&rare, Number::Float(0.5))])
}

/// All there is to know of a row, in words.
#[derive(Debug, PartialEq)]
pub(crate) struct Told {
    id: String,
    aliases: Vec<String>,
    terms: Vec<(FacetId, String)>,
    numbers: BTreeMap<String, Number>,
    document: Vec<u8>,
}

/// All rows in order.
pub(crate) fn content(snapshot: &Snapshot) -> Vec<Told> {
    let told = |(row, id): (Row, &str)| {
        let facets = snapshot.facets();
        let mut terms: Vec<_> = facets
            .terms_of(row)
            .iter()
            .map(|term| (facets.facet(*term).unwrap(), facets.text(*term).to_owned()))
            .collect();
        terms.sort();
        let numbers = snapshot
            .measures()
            .iter()
            .filter_map(|(id, spec, _)| Some((spec.name.clone(), snapshot.measures().number(row, id)?)));
        Told {
            id: id.to_owned(),
            aliases: snapshot.names().aliases(row).map(str::to_owned).collect(),
            terms,
            numbers: numbers.collect(),
            document: snapshot.documents().read(row).unwrap().to_vec(),
        }
    };
    snapshot.names().ids().map(told).collect()
}

fn ids(snapshot: &Snapshot, rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| snapshot.names().id(*row).unwrap().to_owned()).collect()
}

/// What each term, each measure and each name leads to, asked of queries and of the table of names.
pub(crate) fn answers(snapshot: &Snapshot) -> BTreeMap<String, Vec<String>> {
    let mut answers = BTreeMap::new();
    for (term, facet, text, count) in snapshot.facets().terms().filter(|(.., count)| *count > 0) {
        let query = Query::new(vec![Condition::Terms(Mode::All, vec![term])]);
        let rows = query.select(snapshot, Values::default());
        assert_eq!(count as usize, rows.len());
        answers.insert(format!("{facet} is {text}"), ids(snapshot, &rows));
        assert_eq!(query.count(snapshot, Values::default()), count);
        let bare: Vec<Row> = snapshot.lookup(text).row().into_iter().collect();
        answers.insert(format!("{text} leads to"), ids(snapshot, &bare));
    }
    for (measure, spec, known) in snapshot.measures().iter().filter(|(.., known)| *known > 0) {
        let any = Condition::Range(measure, Bound::Fixed(UNKNOWN + 1), Bound::Fixed(Cell::MAX));
        let mut query = Query::new(vec![any]);
        assert_eq!(query.count(snapshot, Values::default()), known);
        query.keys = vec![Key::Measure { measure, descending: false }];
        let rows = query.select(snapshot, Values::default());
        answers.insert(format!("by {}", spec.name), ids(snapshot, &rows));
        assert_eq!(query.best(snapshot, Values::default()), rows.first().copied());
    }
    let all = Query::new(Vec::new()).select(snapshot, Values::default());
    answers.insert("all".to_owned(), ids(snapshot, &all));
    for (name, row) in snapshot.names().iter() {
        assert_eq!(snapshot.lookup(name).row(), Some(row));
        answers.insert(format!("name {name}"), ids(snapshot, &[row]));
    }
    answers
}

/// Whether all parts agree with each other, each asked for what the others say; and whether it can
/// be saved and opened again.
pub(crate) fn check(snapshot: &Snapshot) {
    let (names, facets) = (snapshot.names(), snapshot.facets());
    assert_eq!(names.ids().count(), snapshot.len() as usize);
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    for (row, id) in names.ids() {
        assert!(snapshot.is_live(row));
        assert_eq!(names.get(id), Lookup::Id(row));
        for alias in names.aliases(row) {
            assert_eq!(names.get(alias), Lookup::Alias(row));
        }
        let terms = facets.terms_of(row);
        assert!(terms.is_sorted_by(|a, b| a < b));
        terms.iter().for_each(|term| *counts.entry(*term).or_default() += 1);
        for (measure, ..) in snapshot.measures().iter() {
            let number = snapshot.measures().number(row, measure);
            assert_eq!(number.and_then(Number::cell).unwrap_or(UNKNOWN), snapshot.measures().cell(row, measure));
        }
    }
    for (term, facet, text, count) in facets.terms() {
        assert_eq!(counts.get(&term).copied().unwrap_or(0), count);
        assert_eq!(facets.find(facet, text), Some(term));
    }
    answers(snapshot);
    // Resealed documents may be no text any more: then it says so.
    if let Ok(bytes) = snapshot.to_file() {
        let again = Snapshot::from_bytes(bytes).unwrap();
        assert_eq!(content(&again), content(snapshot));
        assert_eq!(again.fingerprint(), snapshot.fingerprint());
    }
}
