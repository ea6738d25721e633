use modeldex_formats::{Budget, Fault, Format, Options, Value, read};
use proptest::prelude::*;

use super::plain::{Plain, plain, plain_with, values};

/// Block style, with quotes around every text.
fn block(value: &Plain, indent: usize, text: &mut String) {
    let start = |text: &mut String| {
        text.push('\n');
        text.push_str(&" ".repeat(indent));
    };
    match value {
        Plain::List(values) if !values.is_empty() => values.iter().for_each(|value| {
            start(text);
            text.push_str("- ");
            block(value, indent + 2, text);
        }),
        Plain::Mapping(entries) if !entries.is_empty() => entries.iter().for_each(|(key, value)| {
            start(text);
            text.push_str(&quoted(key));
            text.push_str(": ");
            block(value, indent + 1, text);
        }),
        other => text.push_str(&flow(other)),
    }
}

/// A text as JSON has it, and the characters that YAML wants escaped.
fn quoted(text: &str) -> String {
    let mut made = String::new();
    for character in serde_json::to_string(text).unwrap().chars() {
        match u32::from(character) {
            code @ (0x7F..=0x9F | 0xFEFF) => made.push_str(&format!("\\u{code:04x}")),
            _ => made.push(character),
        }
    }
    made
}

fn flow(value: &Plain) -> String {
    match value {
        Plain::Text(text) => quoted(text),
        Plain::List(values) => format!("[{}]", values.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Plain::Mapping(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}: {}", quoted(key), flow(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.json().to_string(),
    }
}

/// With an anchor at every value and, after the document, an alias of each.
fn anchored(value: &Plain, names: &mut usize) -> String {
    *names += 1;
    let name = *names;
    let inner = match value {
        Plain::List(values) => {
            format!("[{}]", values.iter().map(|value| anchored(value, names)).collect::<Vec<_>>().join(", "))
        }
        Plain::Mapping(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}: {}", quoted(key), anchored(value, names))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => flow(other),
    };
    format!("&n{name} {inner}")
}

fn every_value(value: &Plain, all: &mut Vec<Plain>) {
    all.push(value.clone());
    match value {
        Plain::List(values) => values.iter().for_each(|value| every_value(value, all)),
        Plain::Mapping(entries) => entries.iter().for_each(|(_, value)| every_value(value, all)),
        _ => {}
    }
}

fn soup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "b: ",
        "- ",
        "? ",
        ": ",
        "\n",
        "  ",
        "    ",
        "\t",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&x ",
        "*x",
        "<<: ",
        "!!str ",
        "!y ",
        "'q'",
        "\"q\\n\"",
        "|\n",
        ">-\n",
        "---\n",
        "...\n",
        "# c\n",
        "%YAML 1.2\n",
        "1",
        "0x1f",
        "1.5",
        "~",
        "yes",
        "2024-08-06",
        "12:30:45",
        "\r\n",
        "é",
        "@",
        "\"",
        "'",
    ]);
    prop::collection::vec(pieces, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_written_in_blocks_is_read(value in values()) {
        let mut text = String::new();
        block(&value, 0, &mut text);
        prop_assert_eq!(plain(&text, Format::Yaml).unwrap(), value, "{}", text);
    }

    #[test]
    fn what_is_written_in_brackets_is_read(value in values(), old: bool) {
        let options = Options { yaml11: old, ..Options::default() };
        // A float of YAML 1.1 has a dot and a signed exponent.
        let text = flow(&value);
        if !old || !text.contains(['e', 'E']) {
            prop_assert_eq!(plain_with(&text, Format::Yaml, options).unwrap(), value, "{}", text);
        }
    }

    #[test]
    fn aliases_are_what_they_name(value in values()) {
        let mut names = 0;
        let text = anchored(&value, &mut names);
        let aliases: Vec<String> = (1..=names).map(|name| format!("*n{name}")).collect();
        let mut expected = Vec::new();
        every_value(&value, &mut expected);
        expected.insert(0, value);
        let text = format!("[{text}, {}]", aliases.join(", "));
        prop_assert_eq!(plain(&text, Format::Yaml).unwrap(), Plain::List(expected), "{}", text);
    }

    #[test]
    fn anything_is_an_error_or_a_value(text in soup(), old: bool) {
        let options = Options { yaml11: old, ..Options::default() };
        match plain_with(&text, Format::Yaml, options) {
            Ok(_) => {}
            Err(error) => {
                prop_assert!(error.place.line as usize <= text.split('\n').count() + 1, "{text:?} {error}");
                prop_assert!(!error.message.is_empty());
            }
        }
    }
}

#[test]
fn scalars_of_the_core_schema() {
    let text = |text: &str| Plain::Text(text.to_owned());
    let whole = |digits: &str| Plain::Whole(digits.to_owned());
    let cases = [
        ("~", Plain::Null),
        ("null", Plain::Null),
        ("NULL", Plain::Null),
        ("nUll", text("nUll")),
        ("true", Plain::Bool(true)),
        ("FALSE", Plain::Bool(false)),
        ("yes", text("yes")),
        ("no", text("no")),
        ("on", text("on")),
        ("Off", text("Off")),
        ("y", text("y")),
        ("0", whole("0")),
        ("-0", whole("0")),
        ("+5", whole("5")),
        ("010", whole("010")),
        ("0o17", whole("15")),
        ("0x1F", whole("31")),
        ("0b11", text("0b11")),
        ("1_000", text("1_000")),
        ("1:30", text("1:30")),
        ("2024-08-06", text("2024-08-06")),
        ("1.5", Plain::Decimal(1.5)),
        (".5", Plain::Decimal(0.5)),
        ("-.5", Plain::Decimal(-0.5)),
        ("5.", Plain::Decimal(5.0)),
        ("1e3", Plain::Decimal(1000.0)),
        ("1e", text("1e")),
        ("1.2.3", text("1.2.3")),
        (".", text(".")),
        ("+", text("+")),
        ("-x", text("-x")),
        ("0x", text("0x")),
        ("0xg", text("0xg")),
        ("0o8", text("0o8")),
        ("+0x1", text("+0x1")),
        (".e3", text(".e3")),
        ("inf", text("inf")),
        ("nan", text("nan")),
        ("=", text("=")),
        ("<<", text("<<")),
        ("'1'", text("1")),
        ("\"~\"", text("~")),
        ("! 1", text("1")),
        ("!!str 1", text("1")),
        ("!!int 0x10", whole("16")),
        ("!!float 1", Plain::Decimal(1.0)),
        ("!!null ''", Plain::Null),
        ("!!bool 'true'", Plain::Bool(true)),
        ("|\n  1\n", text("1\n")),
        (">-\n  a\n  b\n", text("a b")),
        ("!!seq []", Plain::List(vec![])),
        ("!!map {}", Plain::Mapping(vec![])),
    ];
    for (written, expected) in cases {
        let read =
            plain(&format!("a: {written}"), Format::Yaml).unwrap_or_else(|error| unreachable!("{written}: {error}"));
        assert_eq!(read, Plain::Mapping(vec![("a".to_owned(), expected)]), "{written}");
    }
    for refused in [
        ".inf",
        "-.INF",
        "+.Inf",
        ".nan",
        ".NaN",
        "!!int 1.5",
        "!!int x",
        "!!bool 1",
        "!!null x",
        "!!seq {}",
        "!!map []",
        "!!map x",
        "!!timestamp 2024-08-06",
    ] {
        let error = plain(&format!("a: {refused}"), Format::Yaml).unwrap_err();
        assert_eq!(
            (error.fault, error.place.column),
            (Fault::Value, if refused.starts_with("!!map x") { 4 } else { error.place.column }),
            "{refused}"
        );
    }
}

#[test]
fn keys_are_texts() {
    let read = plain("1: a\n1.0: b\ntrue: c\n~: d\n010: e\n? f\n: g\n'': h\n", Format::Yaml).unwrap();
    let Plain::Mapping(entries) = read else { unreachable!() };
    let keys: Vec<&str> = entries.iter().map(|entry| entry.0.as_str()).collect();
    assert_eq!(keys, ["1", "1.0", "true", "~", "010", "f", ""]);
}

#[test]
fn several_documents_are_a_stream() {
    let tree = |text: &str| read(text.as_bytes(), Format::Yaml, Options::default(), &Budget::default());
    let one = tree("---\na: 1\n...\n").unwrap();
    assert!(!one.is_stream());
    let two = tree("a: 1\n---\nb: 2\n").unwrap();
    assert!(two.is_stream());
    assert_eq!(two.value(two.root()), Value::List(2));
    assert_eq!(two.place(two.find("[1].b").node).line, 3);
}

#[test]
fn tabs_are_allowed_where_they_separate() {
    for good in [
        "a:\t1",
        "a: [1,\t2]",
        "[a: b,\n\tc: d]",
        "{a: [x: 1],\n\tb: 1}",
        "a: 1\t# x",
        "[a,\tb: c, {\td: e}]",
        "a: |\n  x\n  \ty\n",
    ] {
        assert!(plain(good, Format::Yaml).is_ok(), "{good:?}: {:?}", plain(good, Format::Yaml));
    }
    for bad in ["\ta: 1", "a:\n\tb: 1", "a:\n  b: 1\n\tc: 2", "a:\n\t- 1", "- a\n\t- b"] {
        let error = plain(bad, Format::Yaml).map(|value| format!("{value:?}")).unwrap_err();
        assert!(error.message.contains("tab"), "{bad:?}: {error}");
    }
}

#[test]
fn merging() {
    let options = Options { yaml11: true, ..Options::default() };
    let tree = |text: &str| read(text.as_bytes(), Format::Yaml, options, &Budget::default());
    let read = |text: &str| tree(text).map(|tree| Plain::of(&tree, tree.root()).json().to_string());
    assert_eq!(
        read("- &a {x: 1, y: 2}\n- &b {y: 3, z: 4}\n- <<: [*a, *b]\n  w: 5\n- {y: 6, <<: *a}\n").unwrap(),
        r#"[{"x":1,"y":2},{"y":3,"z":4},{"y":2,"z":4,"x":1,"w":5},{"x":1,"y":6}]"#
    );
    // One merge in another, one in a value, one that is overruled.
    assert_eq!(
        read("a: &a {<<: {p: 1, q: {<<: {r: 2}}}, s: 3}\nb: {<<: *a, q: 4}\nc: *a").unwrap(),
        r#"{"a":{"p":1,"q":{"r":2},"s":3},"b":{"p":1,"q":4,"s":3},"c":{"p":1,"q":{"r":2},"s":3}}"#
    );
    assert_eq!(read("{'<<': 1, a: <<b}").unwrap(), r#"{"<<":1,"a":"<<b"}"#);
    for refused in ["<<: 1", "<<: [1]", "<<: [[{a: 1}]]", "a: <<", "<<: {a: 1}\n<<: {b: 1}", "- <<"] {
        assert!(tree(refused).is_err(), "{refused}");
    }
}

#[test]
fn usual_slips_are_told_what_would_be_right() {
    for (text, told) in [
        ("a: fast: and cheap", "quote a text that holds ': '"),
        ("- a: 1\n   b: 2", "in one column"),
        ("- a: 1\n b: 2", "in one column"),
        ("a: @b", "quote"),
        ("a: `b`", "quote"),
        ("a: *b", "quote a text that begins with *"),
    ] {
        let error = plain(text, Format::Yaml).map(|value| format!("{value:?}")).unwrap_err();
        assert!(error.message.contains(told), "{text}: {error}");
    }
}
