//! Values as anybody would write them down: what a tree is compared with.

use modeldex_formats::{Budget, Error, Format, Options, Place, Tree, Value, read};
use proptest::prelude::*;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Plain {
    Null,
    Bool(bool),
    Whole(String),
    Decimal(f64),
    Text(String),
    List(Vec<Self>),
    Mapping(Vec<(String, Self)>),
}

impl Plain {
    /// A copy, call by call; on the way, what every tree promises is checked.
    pub(crate) fn of(tree: &Tree, node: usize) -> Self {
        match tree.value(node) {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Whole(digits) => Self::Whole(digits.to_owned()),
            Value::Decimal(digits) => Self::Decimal(digits.parse().unwrap()),
            Value::Text(text) | Value::Date(text) | Value::Moment(text) => Self::Text(text.to_owned()),
            Value::List(count) => {
                let children: Vec<usize> = tree.children(node).collect();
                assert_eq!(children.len(), count);
                Self::List(children.into_iter().map(|child| Self::of(tree, child)).collect())
            }
            Value::Mapping(count) => {
                let children: Vec<usize> = tree.children(node).collect();
                assert_eq!(children.len(), 2 * count);
                let entries = children.chunks(2).map(|pair| {
                    let key = match tree.value(pair[0]) {
                        Value::Text(key) => key.to_owned(),
                        // YAML 1.1.
                        other => format!("{other:?}"),
                    };
                    (key, Self::of(tree, pair[1]))
                });
                Self::Mapping(entries.collect())
            }
        }
    }

    /// The same with the entries of every mapping in the order of their keys.
    pub(crate) fn sorted(self) -> Self {
        match self {
            Self::List(values) => Self::List(values.into_iter().map(Self::sorted).collect()),
            Self::Mapping(entries) => {
                let mut entries: Vec<_> = entries.into_iter().map(|(key, value)| (key, value.sorted())).collect();
                entries.sort_by(|one, other| one.0.cmp(&other.0));
                Self::Mapping(entries)
            }
            other => other,
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Whole(digits) => serde_json::from_str(digits).unwrap(),
            Self::Decimal(value) => (*value).into(),
            Self::Text(text) => text.as_str().into(),
            Self::List(values) => values.iter().map(Self::json).collect(),
            Self::Mapping(entries) => entries.iter().map(|(key, value)| (key.clone(), value.json())).collect(),
        }
    }
}

pub(crate) fn plain(text: &str, format: Format) -> Result<Plain, Error> {
    plain_with(text, format, Options::default())
}

pub(crate) fn plain_with(text: &str, format: Format, options: Options) -> Result<Plain, Error> {
    let tree = read(text.as_bytes(), format, options, &Budget::default())?;
    // Every place is in the text.
    let lines: Vec<&str> = text.split('\n').collect();
    for node in tree.root()..tree.end(tree.root()) {
        let Place { line, column } = tree.place(node);
        let found = lines.get(line as usize - 1).unwrap_or_else(|| unreachable!("line {line} of {text:?}"));
        assert!(column as usize <= found.chars().count() + 1, "column {column} of line {line} of {text:?}");
    }
    Ok(Plain::of(&tree, tree.root()))
}

/// Any value; texts that look like something else among them.
pub(crate) fn values() -> impl Strategy<Value = Plain> {
    let words = prop::sample::select(vec![
        "",
        "~",
        "yes",
        "null",
        "1",
        "-1.5",
        "1e3",
        ".inf",
        "010",
        "2024-08-06",
        "<<",
        "a b",
        "- x",
        "a: b",
        "#",
        "'",
        "\"",
        "é",
        "\u{2028}",
        "😀",
        "\t",
        "\n",
        "a\r\nb",
        "[",
        "{",
        "*a",
        "&a",
        "!x",
        "%",
        "@",
        "`",
        "0x1F",
        "---",
        "...",
        "a\u{7f}b",
        "\u{0}",
        "\u{85}",
        "\u{feff}",
    ]);
    let text = prop_oneof![words.prop_map(str::to_owned), "[ -~]{0,12}", any::<String>()];
    let scalar = prop_oneof![
        Just(Plain::Null),
        any::<bool>().prop_map(Plain::Bool),
        any::<i64>().prop_map(|number| Plain::Whole(number.to_string())),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Plain::Decimal),
        text.clone().prop_map(Plain::Text),
    ];
    scalar.prop_recursive(4, 40, 6, move |inner| {
        let entries = prop::collection::hash_map(text.clone(), inner.clone(), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(Plain::List),
            entries.prop_map(|entries| Plain::Mapping(entries.into_iter().collect())),
        ]
    })
}
