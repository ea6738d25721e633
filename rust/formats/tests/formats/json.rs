use modeldex_formats::{Budget, Fault, Format, Options, Value, read};
use proptest::prelude::*;

use super::plain::{Plain, plain, values};

/// Pieces of JSON, good and bad, in any order. Without -0, which is a whole number here and a float there.
fn soup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"b\"",
        "\"\\u00e9\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\q\"",
        "1",
        "-1",
        "0",
        "01",
        "1.5",
        "1.",
        ".5",
        "1e5",
        "1E+2",
        "1e400",
        "true",
        "null",
        "false",
        "nul",
        "NaN",
        " ",
        "\n",
        "\t",
        "\"",
        "'a'",
        "/**/",
        "é",
        "\u{0}",
        "\\",
    ]);
    prop::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat())
}

fn agrees_with_serde(text: &str) {
    let theirs: Result<serde_json::Value, _> = serde_json::from_str(text);
    match (plain(text, Format::Json), theirs) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours.json(), theirs, "{text:?}"),
        (Err(error), Ok(_)) => {
            assert!(matches!(error.fault, Fault::Duplicate | Fault::Value | Fault::Encoding), "{text:?}: {error}");
        }
        (Ok(ours), Err(error)) => unreachable!("{text:?} is {ours:?}, but {error}"),
        (Err(_), Err(_)) => {}
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(value in values(), pretty: bool) {
        let json = value.json();
        let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) }.unwrap();
        prop_assert_eq!(plain(&text, Format::Json).unwrap().sorted(), value.sorted());
    }

    #[test]
    fn the_same_is_refused_as_by_serde(text in soup()) {
        agrees_with_serde(&text);
    }

    #[test]
    fn the_same_is_refused_of_damaged_files(value in values(), at: prop::sample::Index, with in soup()) {
        let mut text = serde_json::to_string(&value.json()).unwrap();
        let at = at.index(text.len());
        if text.is_char_boundary(at) {
            text.insert_str(at, &with);
            agrees_with_serde(&text);
        }
    }

    #[test]
    fn lines_are_documents(values in prop::collection::vec(values(), 0..6), ending in prop::sample::select(vec!["\n", "\r\n", "\n\n", "\n \t\n"])) {
        let text: String = values.iter().map(|value| value.json().to_string() + ending).collect();
        let read = read(text.as_bytes(), Format::JsonLines, Options::default(), &Budget::default()).unwrap();
        prop_assert!(read.is_stream());
        prop_assert_eq!(read.is_empty(), values.is_empty());
        prop_assert_eq!(Plain::of(&read, read.root()).sorted(), Plain::List(values).sorted());
    }

    #[test]
    fn every_path_leads_to_its_value(value in values()) {
        let text = value.json().to_string();
        let tree = read(text.as_bytes(), Format::Json, Options::default(), &Budget::default()).unwrap();
        let mut paths = vec![(tree.root(), String::new())];
        while let Some((node, path)) = paths.pop() {
            let found = tree.find(&path);
            prop_assert!(found.exact && found.node == node, "{path}");
            let children: Vec<usize> = tree.children(node).collect();
            match tree.value(node) {
                Value::List(_) => paths.extend(children.iter().enumerate().map(|(at, &child)| (child, format!("{path}[{at}]")))),
                Value::Mapping(_) => paths.extend(children.chunks(2).map(|pair| {
                    let Value::Text(key) = tree.value(pair[0]) else { unreachable!() };
                    (pair[1], format!("{path}[\"{}\"]", key.escape_debug()))
                })),
                _ => {}
            }
        }
    }
}

#[test]
fn paths_as_people_write_them() {
    let text =
        r#"{"models": [{"id": "a", "scores": {"a.b": 1, "a": {"b": 2}}}, {"rates": [{"usd": 3}]}], "x/y": {"z": 4}}"#;
    let tree = read(text.as_bytes(), Format::Json, Options::default(), &Budget::default()).unwrap();
    let at = |path: &str| {
        let found = tree.find(path);
        (tree.value(found.node), found.exact)
    };
    assert_eq!(at("models[0].id"), (Value::Text("a"), true));
    assert_eq!(at("models[0].scores.a.b"), (Value::Whole("1"), true));
    assert_eq!(at("models[1].rates[0].usd"), (Value::Whole("3"), true));
    assert_eq!(at("x/y.z"), (Value::Whole("4"), true));
    assert_eq!(at("[\"x/y\"].z"), (Value::Whole("4"), true));
    // What is not there leads to the nearest that is.
    assert_eq!(at("models[1].rates[7].usd"), (Value::List(1), false));
    assert_eq!(at("models[1].name"), (Value::Mapping(1), false));
    assert_eq!(at("nothing"), (Value::Mapping(2), false));
    for odd in ["[", "]", "[0]", ".", "[\"", "models[99999999999999999999]", "models[-1]", "models.0"] {
        assert!(!tree.find(odd).exact, "{odd}");
    }
}

#[test]
fn numbers_keep_their_digits() {
    let text = "[1.10, 0.100000000000000000000000000000001, 1E-7, -0.0, 12345678901234567890123]";
    let tree = read(text.as_bytes(), Format::Json, Options::default(), &Budget::default()).unwrap();
    let found: Vec<Value<'_>> = tree.children(tree.root()).map(|node| tree.value(node)).collect();
    assert_eq!(
        found,
        [
            Value::Decimal("1.10"),
            Value::Decimal("0.100000000000000000000000000000001"),
            Value::Decimal("1E-7"),
            Value::Decimal("-0.0"),
            Value::Whole("12345678901234567890123")
        ]
    );
}
