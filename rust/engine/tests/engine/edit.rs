//! What changes do: to names, versions, stamps, fingerprints, to earlier snapshots, and to nothing where refused.

use crate::twin::{Asked, AskedKey, Request, Twin, empty};
use modeldex_engine::{
    Amount, Bound, Condition, CostOrder, Definition, Error, Key, Lookup, MAX_MEASURES, MAX_NAME_BYTES, Mode, Number,
    Query, Snapshot, Values,
};

fn model(id: &str, aliases: &[&str], terms: &[(&str, &str)], numbers: &[(&str, Number)]) -> Definition {
    Definition {
        id: id.to_owned(),
        aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
        terms: terms.iter().map(|&(facet, term)| (facet.to_owned(), term.to_owned())).collect(),
        numbers: numbers.iter().map(|&(measure, number)| (measure.to_owned(), number)).collect(),
        document: format!("{id} {aliases:?} {terms:?} {numbers:?}").into_bytes(),
    }
}

fn put(snapshot: &Snapshot, definitions: &[Definition]) -> Snapshot {
    let mut edit = snapshot.edit();
    for definition in definitions {
        edit.put(definition, true).unwrap();
    }
    edit.finish().0
}

fn based(id: &str, base: &str, home: bool) -> Definition {
    let terms = [("base", base), ("home", "yes")];
    model(id, &[], if home { &terms } else { &terms[..1] }, &[])
}

fn refused(snapshot: &Snapshot, definition: &Definition, replace: bool) -> Error {
    let before = format!("{snapshot:?}");
    let error = snapshot.edit().put(definition, replace).unwrap_err();
    assert_eq!(format!("{snapshot:?}"), before, "a refused change leaves everything as it was");
    error
}

#[test]
fn an_empty_registry_answers_everything() {
    let snapshot = empty();
    Twin::default().is(&snapshot);
    assert_eq!((snapshot.version(), snapshot.fingerprint(), snapshot.rows()), (0, 0, 0));
    assert_eq!((snapshot.lookup(""), snapshot.lookup("m0")), (Lookup::Missing, Lookup::Missing));
    assert_eq!(snapshot.row("m0"), Err(Error::NotFound("m0".into())));
    assert!(snapshot.suggest("m0", usize::MAX).is_empty());
    assert!(snapshot.documents().read(0).is_err());
    for request in [
        Request::default(),
        Request { conditions: vec![Asked::Terms(Mode::All, Vec::new())], limit: Some(0), ..Request::default() },
        Request { keys: vec![AskedKey::Measure(2, true)], prefers: vec![(1, 1)], ..Request::default() },
        Request { keys: vec![AskedKey::Cost(Vec::new())], exclude: vec![0, u32::MAX], ..Request::default() },
    ] {
        assert_eq!(Twin::default().agrees(&snapshot, &request), 0);
    }
}

#[test]
fn a_name_leads_to_one_row() {
    let snapshot = put(&empty(), &[model("a", &["x", "y"], &[], &[]), model("b", &[], &[], &[])]);
    let taken =
        |id: &str, alias: &str, by: &str| Error::AliasTaken { id: id.into(), alias: alias.into(), by: by.into() };
    assert_eq!(refused(&snapshot, &model("a", &[], &[], &[]), false), Error::DuplicateId("a".into()));
    assert_eq!(refused(&snapshot, &model("x", &[], &[], &[]), false), taken("x", "x", "a"), "an id that is an alias");
    assert_eq!(refused(&snapshot, &model("x", &[], &[], &[]), true), taken("x", "x", "a"), "replacing goes by id");
    assert_eq!(
        refused(&snapshot, &model("c", &["z", "b"], &[], &[]), false),
        taken("c", "b", "b"),
        "an alias that is an id"
    );
    assert_eq!(refused(&snapshot, &model("b", &["y"], &[], &[]), true), taken("b", "y", "a"));

    // Its own names are free for the row that has them, and said twice they count once.
    let next = put(&snapshot, &[model("a", &["y", "a", "y", "w"], &[], &[])]);
    assert_eq!(next.lookup("x"), Lookup::Missing);
    assert_eq!(
        (next.lookup("a"), next.lookup("y"), next.lookup("w")),
        (Lookup::Id(0), Lookup::Alias(0), Lookup::Alias(0))
    );
    assert!(next.names().aliases(0).eq(["y", "w"]));
    // A freed alias may become an id, in the same edit too.
    let next = put(&next, &[model("a", &[], &[], &[]), model("w", &["y"], &[], &[])]);
    assert_eq!((next.lookup("w"), next.lookup("y")), (Lookup::Id(2), Lookup::Alias(2)));
    assert_eq!(snapshot.lookup("y"), Lookup::Alias(0), "the earlier snapshot is as it was");

    let mut edit = next.edit();
    assert_eq!(edit.remove("y"), Err(Error::NotFound("y".into())), "an alias does not do");
    assert_eq!(edit.remove("w"), Ok(2));
    assert_eq!(edit.remove("w"), Err(Error::NotFound("w".into())));
    assert_eq!(edit.put(&model("w", &[], &[], &[]), false), Ok(3), "registered again it goes last");
    let (next, touched) = edit.finish();
    assert_eq!(touched, [2, 3]);
    assert_eq!((next.lookup("w"), next.lookup("y"), next.len(), next.rows()), (Lookup::Id(3), Lookup::Missing, 3, 4));
}

#[test]
fn a_row_that_is_replaced_keeps_its_place() {
    let snapshot = put(&empty(), &[model("a", &[], &[("tag", "x")], &[]), model("b", &[], &[("tag", "x")], &[])]);
    let mut edit = snapshot.edit();
    assert_eq!(edit.put(&model("a", &[], &[("tag", "y")], &[("size", Number::Float(3.0))]), true), Ok(0));
    assert_eq!(edit.put(&model("c", &[], &[], &[]), true), Ok(2), "nothing to replace: it is added");
    assert_eq!(edit.snapshot().lookup("c"), Lookup::Id(2), "the state so far");
    let (next, touched) = edit.finish();
    assert_eq!(touched, [0, 2]);
    assert!(next.names().ids().eq([(0, "a"), (1, "b"), (2, "c")]));
    let tag = next.vocabulary().facet("tag").unwrap();
    let (x, y) = (next.facets().find(tag, "x").unwrap(), next.facets().find(tag, "y").unwrap());
    assert_eq!((next.facets().count(x), next.facets().count(y), snapshot.facets().count(x)), (1, 1, 2));
    assert_eq!(next.measures().number(0, 0), Some(Number::Float(3.0)));
    assert_eq!(snapshot.measures().number(0, 0), None);
}

#[test]
fn near_names_are_suggested_by_the_ids_they_lead_to() {
    let snapshot = put(
        &empty(),
        &[
            model("alpha-one", &["alpha-1", "alpha-uno"], &[], &[]),
            model("alpha-two", &[], &[], &[]),
            model("x", &[], &[], &[]),
        ],
    );
    let ids = |text, limit| snapshot.suggest(text, limit).into_iter().map(|(_, id)| id).collect::<Vec<_>>();
    assert_eq!(ids("Alpha-Une", 3), ["alpha-one", "alpha-two"], "each id once, the nearest first");
    assert_eq!(ids("alpha-onn", 1), ["alpha-one"]);
    assert_eq!(ids("alpha-onn", usize::MAX), ["alpha-one", "alpha-two"]);
    assert!(ids("alpha-onn", 0).is_empty() && ids("zzzzzz", 3).is_empty());
    assert_eq!((Lookup::Id(1).row(), Lookup::Alias(2).row(), Lookup::Bare(3).row()), (Some(1), Some(2), Some(3)));
    assert_eq!((Lookup::Ambiguous(2).row(), Lookup::Missing.row()), (None, None));
}

#[test]
fn a_bare_name_leads_home_or_to_the_only_one() {
    let snapshot = put(&empty(), &[based("p/b0", "b0", false)]);
    assert_eq!(snapshot.lookup("b0"), Lookup::Bare(0), "the only one");
    let snapshot = put(&snapshot, &[based("q/b0", "b0", false)]);
    assert_eq!(snapshot.lookup("b0"), Lookup::Ambiguous(2));
    assert_eq!(snapshot.bare_candidates("b0"), [0, 1]);
    let snapshot = put(&snapshot, &[based("r/b0", "b0", true)]);
    assert_eq!(snapshot.lookup("b0"), Lookup::Bare(2), "home");
    let two = put(&snapshot, &[based("s/b0", "b0", true)]);
    assert_eq!(two.lookup("b0"), Lookup::Ambiguous(4), "two homes are none");
    let named = put(&snapshot, &[model("z", &["b0"], &[], &[])]);
    assert_eq!(named.lookup("b0"), Lookup::Alias(3), "a declared name beats a bare one");
    let mut edit = snapshot.edit();
    edit.remove("r/b0").unwrap();
    edit.remove("p/b0").unwrap();
    assert_eq!(edit.finish().0.lookup("b0"), Lookup::Bare(1), "the only one left");
}

#[test]
fn names_are_checked() {
    let snapshot = put(&empty(), &[model("m", &[], &[], &[])]);
    let (longest, longer) = ("é".repeat(MAX_NAME_BYTES / 2), format!("{}x", "é".repeat(MAX_NAME_BYTES / 2)));
    assert_eq!((longest.len(), longer.len()), (512, 513));
    for name in [longest.as_str(), "模型/α-β:1", "a b", "🦀", "llama3.1:8b", "\u{301}x"] {
        let next = put(&snapshot, &[model(name, &[], &[("tag", name)], &[])]);
        assert_eq!(next.lookup(name), Lookup::Id(1));
        let next = put(&snapshot, &[model("n", &[name], &[], &[])]);
        assert_eq!(next.lookup(name), Lookup::Alias(1));
    }
    for name in [longer.as_str(), "", " ", " a", "a ", "a\0", "\u{85}", "a\nb", "\u{a0}a"] {
        for definition in
            [model(name, &[], &[], &[]), model("n", &[name], &[], &[]), model("n", &[], &[("tag", name)], &[])]
        {
            let error = refused(&snapshot, &definition, true);
            assert!(matches!(&error, Error::InvalidName { name, .. } if name.len() <= 256), "{error}");
        }
        assert_eq!(snapshot.lookup(name), Lookup::Missing);
    }
    assert_eq!(snapshot.lookup(&"x".repeat(10_000_000)), Lookup::Missing);
    assert!(snapshot.bare_candidates(&longer).is_empty());
    assert!(snapshot.suggest(&longer, 3).is_empty());
    // An extra measure is named by people too.
    let error = refused(&snapshot, &model("n", &[], &[], &[("extra.\n", Number::Float(1.0))]), true);
    assert!(matches!(error, Error::InvalidName { .. }));
}

#[test]
fn a_synonym_is_its_term() {
    let snapshot = put(&empty(), &[model("m", &[], &[("abilities", "sight")], &[])]);
    let facet = snapshot.vocabulary().facet("ability").unwrap();
    let term = snapshot.facets().find(facet, "vision").unwrap();
    assert_eq!(snapshot.facets().find(facet, "sight"), Some(term));
    assert_eq!(snapshot.facets().terms_of(0), [term]);
    assert_eq!((snapshot.facets().text(term), snapshot.facets().facet(term)), ("vision", Some(facet)));
    let wrong = snapshot.facets().term(snapshot.vocabulary(), facet, "sihgt").unwrap_err();
    let Error::UnknownTerm { facet, term, nearest } = wrong else { panic!("{wrong}") };
    assert_eq!((facet.as_str(), term.as_str(), nearest[0].as_str()), ("ability", "sihgt", "vision"));
    let wrong = snapshot.measures().measure("prise").unwrap_err();
    assert!(matches!(wrong, Error::UnknownField { nearest, .. } if nearest[0] == "price"));
}

#[test]
fn numbers_are_checked() {
    let snapshot = empty();
    let number = |name, number| model("n", &[], &[], &[(name, number)]);
    for (name, value) in [
        ("size", Number::Float(f64::NAN)),
        ("size", Number::Money(1)),
        ("extra.x", Number::Money(1)),
        ("price", Number::Float(1.0)),
        ("price", Number::Money(i64::MIN)),
    ] {
        let error = refused(&snapshot, &number(name, value), false);
        assert!(matches!(error, Error::InvalidNumber { measure, .. } if measure == name));
    }
    for name in ["nothing", "extra.", "extra"] {
        let error = refused(&snapshot, &number(name, Number::Float(1.0)), false);
        assert!(matches!(error, Error::UnknownField { what: "measure", .. }), "{name}");
    }
    // Said twice, the last counts.
    let twice = model("n", &[], &[], &[("size", Number::Float(1.0)), ("size", Number::Float(2.0))]);
    assert_eq!(put(&snapshot, &[twice]).measures().number(0, 0), Some(Number::Float(2.0)));
}

#[test]
fn measures_are_limited() {
    let mut snapshot = empty();
    let declared = snapshot.measures().iter().count();
    let names: Vec<String> = (declared..MAX_MEASURES).map(|number| format!("extra.{number}")).collect();
    let numbers: Vec<(&str, Number)> = names.iter().map(|name| (name.as_str(), Number::Float(1.0))).collect();
    snapshot = put(&snapshot, &[model("m", &[], &[], &numbers)]);
    assert_eq!(snapshot.measures().iter().count(), MAX_MEASURES);
    let error = refused(&snapshot, &model("n", &["a"], &[("tag", "x")], &[("extra.more", Number::Float(1.0))]), false);
    assert_eq!(error, Error::TooManyMeasures(MAX_MEASURES));
    assert_eq!(snapshot.lookup("n"), Lookup::Missing);
    // Those that are there go on working.
    let next = put(&snapshot, &[model("n", &[], &[], &[("extra.4000", Number::Float(2.0))])]);
    let id = next.measures().find("extra.4000").unwrap();
    assert_eq!(
        (next.measures().number(0, id), next.measures().number(1, id)),
        (Some(Number::Float(1.0)), Some(Number::Float(2.0)))
    );
}

#[test]
fn the_fingerprint_is_of_the_content() {
    let models: Vec<Definition> = (0..20).map(|n| model(&format!("m{n}"), &[], &[], &[])).collect();
    let forwards = put(&empty(), &models);
    let backwards = models.iter().rev().fold(empty(), |snapshot, model| put(&snapshot, std::slice::from_ref(model)));
    assert_eq!(forwards.fingerprint(), backwards.fingerprint());
    assert_ne!(forwards.fingerprint(), 0);

    let changed = put(&forwards, &[model("m7", &["a"], &[], &[])]);
    assert_ne!(changed.fingerprint(), forwards.fingerprint());
    assert_eq!(put(&changed, &models[7..8]).fingerprint(), forwards.fingerprint(), "there and back");
    assert_eq!(put(&forwards, &models).fingerprint(), forwards.fingerprint(), "replaced by itself");

    let mut edit = forwards.edit();
    edit.remove("m3").unwrap();
    edit.put(&models[3], false).unwrap();
    edit.put(&model("extra", &[], &[], &[]), false).unwrap();
    edit.remove("extra").unwrap();
    let (next, _) = edit.finish();
    assert_eq!(next.fingerprint(), forwards.fingerprint());
    assert_eq!((next.version(), forwards.version(), backwards.version()), (2, 1, 20));
    let mut edit = forwards.edit();
    for n in 0..20 {
        edit.remove(&format!("m{n}")).unwrap();
    }
    let (nothing, _) = edit.finish();
    assert_eq!((nothing.fingerprint(), nothing.len(), nothing.rows()), (0, 0, 20));
}

/// A query without conditions.
fn with(set: impl FnOnce(&mut Query)) -> Query {
    let mut query = Query::default();
    set(&mut query);
    query
}

/// The queries that each read one thing, and how their stamps move with a change.
fn stamps(snapshot: &Snapshot) -> [u64; 8] {
    let facets = snapshot.facets();
    let id = |facet: &str| snapshot.vocabulary().facet(facet).unwrap();
    let term = |facet, text| facets.find(id(facet), text).unwrap();
    let measure = |name| snapshot.measures().find(name).unwrap();
    let any = Bound::Slot(0);
    let of = |condition| Query::new(vec![condition]);
    let cost = CostOrder { parts: vec![(measure("fee"), Amount::Fixed(1))] };
    [
        Query::default(),
        of(Condition::Terms(Mode::All, vec![term("ability", "vision")])),
        of(Condition::Not(Box::new(Condition::Any(vec![Condition::Termed(id("maker"))])))),
        of(Condition::All(vec![Condition::Terms(Mode::None, vec![term("maker", "ann")])])),
        with(|query| query.prefers = vec![term("maker", "ann")]),
        with(|query| query.distinct = Some(id("base"))),
        of(Condition::Any(vec![Condition::Range(measure("price"), any, any), Condition::Stated(measure("price"))])),
        with(|query| query.keys = vec![Key::Cost(cost)]),
    ]
    .map(|query| query.stamp(snapshot))
}

#[test]
fn a_stamp_changes_exactly_when_something_read_changes() {
    let first = |terms: &[(&str, &str)], price: i64, fee: i64| {
        model("m", &["a"], terms, &[("price", Number::Money(price)), ("fee", Number::Money(fee))])
    };
    let ann = [("ability", "vision"), ("maker", "ann"), ("base", "b0")];
    let mut snapshot = put(&empty(), &[first(&ann, 1, 1), model("n", &[], &[], &[])]);
    let mut expected = [1; 8];
    assert_eq!(stamps(&snapshot), expected);
    let mut change = |definition: Definition, moved: &[usize]| {
        snapshot = put(&snapshot, &[definition]);
        moved.iter().for_each(|query| expected[*query] = snapshot.version());
        assert_eq!(stamps(&snapshot), expected, "version {}", snapshot.version());
    };
    change(first(&ann, 1, 1), &[]);
    change(first(&ann, 2, 1), &[6]);
    change(first(&ann, 2, 2), &[7]);
    change(first(&[("ability", "tools"), ann[1], ann[2]], 2, 2), &[1]);
    change(first(&[("ability", "tools"), ("maker", "ben"), ann[2]], 2, 2), &[2, 3, 4]);
    change(first(&[("ability", "tools"), ("maker", "ben")], 2, 2), &[5]);
    change(first(&[("ability", "tools"), ("maker", "ben"), ("tag", "new")], 2, 2), &[]);
    change(model("m", &["b"], &[("ability", "tools"), ("maker", "ben")], &[("price", Number::Money(2))]), &[7]);
    change(model("new", &[], &[], &[]), &[0, 1, 2, 3, 4, 5, 6, 7]);
    let mut edit = snapshot.edit();
    edit.remove("new").unwrap();
    let (next, _) = edit.finish();
    assert_eq!(stamps(&next), [next.version(); 8]);
    // A query that asks for what nobody stated yet sees it come.
    let late = Query::new(vec![Condition::Stated(snapshot.measures().iter().count() as u16)]);
    assert!(late.stamp(&snapshot) < snapshot.version() + 1);
    let came = put(&snapshot, &[model("m", &[], &[], &[("extra.late", Number::Float(1.0))])]);
    assert_eq!((late.stamp(&came), late.count(&came, Values::default())), (came.version(), 1));
}

#[test]
fn one_row_of_many_changes_and_the_snapshot_before_does_not() {
    let definition = |n: u32, price: i64| {
        let terms = [("maker", if n.is_multiple_of(3) { "ann" } else { "ben" })];
        model(&format!("m{n}"), &[&format!("a{n}")], &terms, &[("price", Number::Money(price))])
    };
    let all: Vec<Definition> = (0..100_000).map(|n| definition(n, i64::from(n))).collect();
    let before = put(&empty(), &all);
    let cheapest = with(|query| query.keys = vec![Key::Measure { measure: 2, descending: false }]);
    assert_eq!(before.measures().find("price"), Some(2));
    let ann = before.facets().find(1, "ann").unwrap();
    let of_ann = Query::new(vec![Condition::Terms(Mode::All, vec![ann])]);
    let plain = Values::default();
    let seen = |snapshot: &Snapshot| {
        let counts = (snapshot.len(), snapshot.facets().count(ann), of_ann.count(snapshot, plain));
        (counts, cheapest.best(snapshot, plain), of_ann.best(snapshot, plain), snapshot.fingerprint())
    };
    let was = seen(&before);
    assert_eq!((was.0, was.1, was.2), ((100_000, 33_334, 33_334), Some(0), Some(0)));

    let mut changed = definition(70_000, -5);
    changed.terms[0].1 = "ann".into();
    changed.aliases = vec!["other".into()];
    let after = put(&before, &[changed]);
    let mut edit = after.edit();
    edit.remove("m0").unwrap();
    let (last, _) = edit.finish();
    assert_eq!(seen(&before), was);
    assert_eq!(before.lookup("a70000"), Lookup::Alias(70_000));
    assert_eq!(before.lookup("other"), Lookup::Missing);
    assert_eq!(before.measures().number(70_000, 2), Some(Number::Money(70_000)));
    let now = seen(&after);
    assert_eq!((now.0, now.1, now.2), ((100_000, 33_335, 33_335), Some(70_000), Some(0)));
    assert_eq!((after.lookup("a70000"), after.lookup("other")), (Lookup::Missing, Lookup::Alias(70_000)));
    let now = seen(&last);
    assert_eq!((now.0, now.1, now.2), ((99_999, 33_334, 33_334), Some(70_000), Some(3)));
    assert_eq!((last.lookup("m0"), after.lookup("m0"), last.rows()), (Lookup::Missing, Lookup::Id(0), 100_000));
}
