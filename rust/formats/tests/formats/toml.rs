use ::toml::de::{DeTable, DeValue};
use modeldex_formats::{Fault, Format};
use proptest::prelude::*;

use super::plain::{Plain, plain, values};

fn theirs(value: &DeValue<'_>) -> Plain {
    match value {
        DeValue::String(text) => Plain::Text(text.to_string()),
        DeValue::Integer(number) => {
            let number = i128::from_str_radix(number.as_str(), number.radix()).unwrap();
            Plain::Whole(number.to_string())
        }
        DeValue::Float(number) => Plain::Decimal(number.as_str().parse().unwrap()),
        DeValue::Boolean(value) => Plain::Bool(*value),
        DeValue::Datetime(moment) => Plain::Text(moment.to_string()),
        DeValue::Array(values) => Plain::List(values.iter().map(|value| theirs(value.get_ref())).collect()),
        DeValue::Table(table) => table_of(table),
    }
}

fn table_of(table: &DeTable<'_>) -> Plain {
    Plain::Mapping(table.iter().map(|(key, value)| (key.get_ref().to_string(), theirs(value.get_ref()))).collect())
}

/// Lines of TOML that get into each other's way.
fn soup() -> impl Strategy<Value = String> {
    let keys = prop::sample::select(vec!["a", "b", "a.b", "b.a", "a.b.c", "\"a\"", "'b'.a", "a.b.a"]);
    let values = prop::sample::select(vec![
        "1",
        "\"x\"",
        "{}",
        "{a = 1}",
        "{a.b = 1, a.c = 2}",
        "[]",
        "[{a = 1}, {}]",
        "[1, [2]]",
        "{a = 1, a = 2}",
        "1979-05-27",
        "1_0",
        "0x1f",
        "1.5",
        "01",
        "{a = {b = 1}, a.c = 1}",
        "true",
        "'''\nx'''",
        "07:32:00",
        "1e3",
        "-0",
        "{a = 1,}",
        "[1,]",
        "1979-05-27T07:32:00Z",
    ]);
    let line = (keys, values, 0..4).prop_map(|(key, value, form)| match form {
        0 => format!("[{key}]"),
        1 => format!("[[{key}]]"),
        _ => format!("{key} = {value}"),
    });
    prop::collection::vec(line, 0..8).prop_map(|lines| lines.join("\n"))
}

fn tokens() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "=",
        " ",
        "\n",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        ",",
        ".",
        "\"x\"",
        "'y'",
        "\"",
        "'",
        "\"\"\"",
        "1",
        "-",
        "+",
        "_",
        "1.5",
        "e3",
        "true",
        "# c",
        "\r\n",
        "é",
        "2024-08-06",
        "T",
        "07:32:00",
        "\\",
        "inf",
        "nan",
        "0x",
        "0b1",
        "\t",
    ]);
    prop::collection::vec(pieces, 0..16).prop_map(|pieces| pieces.concat())
}

fn agrees(text: &str) {
    match (plain(text, Format::Toml), DeTable::parse(text)) {
        (Ok(ours), Ok(theirs)) => {
            // The digits of a number are ours to keep; as numbers they are the same.
            let numbers = |value: Plain| format!("{:?}", value.sorted());
            assert_eq!(numbers(ours), numbers(table_of(theirs.get_ref())), "{text}");
        }
        // A dotted key adds nothing to a list of tables; the crate takes one where it is longer.
        (Err(error), Ok(_)) if error.fault == Fault::Duplicate => assert!(text.contains("[["), "{text}\n{error}"),
        (Err(error), Ok(_)) => assert!(matches!(error.fault, Fault::Value | Fault::Encoding), "{text}\n{error}"),
        (Ok(ours), Err(error)) => unreachable!("{text}\n{ours:?}\n{error}"),
        (Err(_), Err(_)) => {}
    }
}

proptest! {
    #[test]
    fn tables_are_as_in_the_crate_toml(text in soup()) {
        agrees(&text);
    }

    #[test]
    fn anything_is_as_in_the_crate_toml(text in tokens()) {
        agrees(&text);
    }

    #[test]
    fn texts_and_keys_are_read(key: String, text: String) {
        let quote = |text: &str| {
            let mut made = String::from("\"");
            for character in text.chars() {
                match character {
                    '"' | '\\' => made.extend(['\\', character]),
                    _ if character.is_control() => made.push_str(&format!("\\u{:04x}", u32::from(character))),
                    _ => made.push(character),
                }
            }
            made + "\""
        };
        let read = plain(&format!("{} = {}", quote(&key), quote(&text)), Format::Toml).unwrap();
        prop_assert_eq!(read, Plain::Mapping(vec![(key, Plain::Text(text))]));
    }

    #[test]
    fn yaml_never_takes_what_toml_says_for_granted(value in values()) {
        // A value of JSON is hardly ever TOML; whatever it is, both say the same.
        agrees(&value.json().to_string());
    }
}

#[test]
fn what_may_be_opened_and_added_to() {
    let good = [
        ("[a]\nb.c = 1\nb.d = 2\n[a.b.e]\nf = 3", r#"{"a":{"b":{"c":1,"d":2,"e":{"f":3}}}}"#),
        ("[a.b.c]\nx = 1\n[a]\ny = 2\n[a.b]\nz = 3", r#"{"a":{"b":{"c":{"x":1},"z":3},"y":2}}"#),
        ("[[a]]\nx = 1\n[a.b]\ny = 2\n[[a]]\n[a.b]\ny = 3", r#"{"a":[{"x":1,"b":{"y":2}},{"b":{"y":3}}]}"#),
        ("a = 1 # c\r\n\r\nb = '''\r\nx'''", "{\"a\":1,\"b\":\"x\"}"),
        ("", "{}"),
    ];
    for (text, expected) in good {
        let read = plain(text, Format::Toml).unwrap_or_else(|error| unreachable!("{text}\n{error}"));
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        assert_eq!(read.json().to_string(), expected.to_string(), "{text}");
    }
    for refused in [
        "[a]\nb = 1\n[a.b]",
        "a = {}\n[a.b]",
        "a = {b = 1}\na.c = 2",
        "a.b = 1\n[a]",
        "a = []\n[[a]]",
        "[[a]]\n[a]",
        "[a]\n[[a]]",
        "a = 1\n[a.b]",
        "[a.b]\n[a]\nb.c = 1",
    ] {
        assert_eq!(
            plain(refused, Format::Toml).map_err(|error| error.fault).unwrap_err(),
            Fault::Duplicate,
            "{refused}"
        );
    }
}

#[test]
fn dates_are_texts_that_exist() {
    for good in [
        "2024-02-29",
        "07:32:00",
        "07:32",
        "2024-08-06T07:32:00Z",
        "2024-08-06 07:32:00.123+05:30",
        "2024-08-06t07:32:00z",
    ] {
        assert_eq!(plain(&format!("a = {good}"), Format::Toml).unwrap().json()["a"], good);
    }
    for bad in [
        "2023-02-29",
        "2024-13-01",
        "24:00:00",
        "2024-08-06T25:00:00",
        "2024-08-06T07:32:00+25:00",
        "2024-8-6",
        "0000-01-01",
        "07:60:00",
    ] {
        assert!(plain(&format!("a = {bad}"), Format::Toml).is_err(), "{bad}");
    }
}

#[test]
fn numbers_are_numbers_to_the_last_letter() {
    for bad in [
        "1_00p", "0x+1", "0x1g", "0b2", "0o8", "1__0", "_1", "1_", "1.5x", "1.", ".5", "1e", "1e5x", "+-1", "1.e5",
        "1_.5", "0x", "01", "--1",
    ] {
        assert!(plain(&format!("a = {bad}"), Format::Toml).is_err(), "{bad}");
    }
    for good in ["1_000", "+1", "-0", "0x1F", "0o17", "0b11", "1.5", "-1.5e+3", "1e5", "1_0.0_1"] {
        assert!(plain(&format!("a = {good}"), Format::Toml).is_ok(), "{good}");
    }
}
