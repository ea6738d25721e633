//! Files that are made to break readers: each is an error of its kind or the value that it states, and none takes
//! more memory than is stated here. Nothing is timed; what a text may cost is bounded by its budget.
#![expect(clippy::format_push_string, clippy::format_collect, reason = "texts of tests are small")]

use modeldex_formats::{Budget, Error, Fault, Format, Options, Tree, Value, read};

mod peak;

/// More than this nobody needs for two megabytes of text.
const PEAK: isize = 128 << 20;

/// How long the long ones are.
const LONG: usize = 2_000_000;

enum Expected {
    Is(Fault, &'static str),
    Good,
}

use Expected::{Good, Is};
use Fault::{Duplicate, Encoding, Limit, Syntax, Value as Senseless};
use Format::{Json, JsonLines, Toml, Yaml};

fn bomb(levels: usize, width: usize) -> Vec<u8> {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..levels {
        let names = vec![format!("*a{}", level - 1); width].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{names}]\n"));
    }
    text.into_bytes()
}

fn repeated(part: &str, bytes: usize) -> Vec<u8> {
    part.repeat(bytes / part.len()).into_bytes()
}

fn around(before: &str, middle: Vec<u8>, after: &str) -> Vec<u8> {
    [before.as_bytes(), &middle, after.as_bytes()].concat()
}

fn numbered(count: usize, line: impl Fn(usize) -> String) -> Vec<u8> {
    (0..count).map(line).collect::<String>().into_bytes()
}

fn stairs(steps: usize) -> Vec<u8> {
    let mut text: String = (0..steps).map(|step| format!("{}a:\n", " ".repeat(step))).collect();
    text.push_str(&" ".repeat(steps));
    text.push('x');
    text.into_bytes()
}

#[rustfmt::skip]
fn files() -> Vec<(&'static str, Format, Vec<u8>, Expected)> {
    let b = |text: &str| text.as_bytes().to_vec();
    vec![
        // Aliases.
        ("a billion laughs", Yaml, bomb(10, 10), Is(Limit, "brought by aliases")),
        ("a small bomb", Yaml, bomb(5, 10), Good),
        ("a quadratic blow-up", Yaml, around("a: &a [", repeated("x,", 20_000), "]\nb: [") .into_iter()
            .chain(repeated("*a,", 60_000)).chain(*b"]").collect(), Is(Limit, "brought by aliases")),
        ("a long text 20,000 times", Yaml, around("a: &a ", repeated("x", 2_000), "\nb: [").into_iter()
            .chain(repeated("*a,", 60_000)).chain(*b"]").collect(), Is(Limit, "bytes of text brought by aliases")),
        ("too many aliases", Yaml, around("- &a x\n", repeated("- *a\n", 1_000_000), ""), Is(Limit, "aliases")),
        ("an alias inside its own value", Yaml, b("&a [*a]"), Is(Senseless, "no end")),
        ("an alias inside its own mapping", Yaml, b("a: &a {b: {c: *a}}"), Is(Senseless, "no end")),
        ("an alias of nothing", Yaml, b("a: *b"), Is(Syntax, "no anchor")),
        ("an alias of another document", Yaml, b("--- &a x\n--- *a"), Is(Syntax, "no anchor")),
        ("an alias as a key of a list", Yaml, b("a: &a [1]\n*a : 2"), Is(Senseless, "key")),
        ("many documents with anchors", Yaml, repeated("--- &a x\n", 900_000), Good),
        // Depth.
        ("lists in brackets", Yaml, repeated("[", LONG), Is(Limit, "nested deeper")),
        ("mappings in brackets", Yaml, repeated("{a: ", LONG), Is(Limit, "nested deeper")),
        ("lists in lists", Yaml, repeated("- ", LONG), Is(Limit, "nested deeper")),
        ("keys in keys", Yaml, repeated("? ", LONG), Is(Senseless, "key")),
        ("stairs", Yaml, stairs(1_500), Is(Limit, "nested deeper")),
        ("depth by aliases", Yaml, (0..100).fold(String::from("- &a0 [x]\n"), |text, level| {
            text + &format!("- &a{} [*a{level}]\n", level + 1)
        }).into_bytes(), Is(Limit, "nested deeper")),
        ("JSON lists", Json, repeated("[", LONG), Is(Limit, "nested deeper")),
        ("JSON mappings", Json, repeated("{\"a\":", LONG), Is(Limit, "nested deeper")),
        ("JSON lines of lists", JsonLines, repeated("[", LONG), Is(Limit, "nested deeper")),
        ("TOML arrays", Toml, around("a = ", repeated("[", LONG), ""), Is(Limit, "nested deeper")),
        ("TOML inline tables", Toml, around("a = ", repeated("{a=", LONG), ""), Is(Limit, "nested deeper")),
        ("TOML dotted keys", Toml, around("a", repeated(".a", LONG), "=1"), Is(Limit, "nested deeper")),
        ("TOML headers", Toml, around("[a", repeated(".a", LONG), "]"), Is(Limit, "nested deeper")),
        // Size.
        ("a text of two megabytes", Json, around("\"", repeated("x", LONG), "\""), Is(Limit, "more than 1048576 bytes")),
        ("a YAML text of two megabytes", Yaml, around("a: ", repeated("x", LONG), ""), Is(Limit, "more than 1048576 bytes")),
        ("a key of two megabytes", Json, around("{\"", repeated("x", LONG), "\": 1}"), Is(Limit, "more than 1048576 bytes")),
        ("a million values", Json, around("[", repeated("0,", LONG), "0]"), Good),
        ("a million empty lists", Json, around("[", repeated("[],", LONG), "0]"), Good),
        ("too many lines", JsonLines, repeated("0\n", 2_400_000), Is(Limit, "documents")),
        ("too many documents", Yaml, repeated("---\n", 4_800_000), Is(Limit, "documents")),
        ("a million line breaks", Toml, repeated("\n", LONG), Good),
        ("a million line breaks of YAML", Yaml, repeated("\n", LONG), Is(Syntax, "holds nothing")),
        ("a long comment", Yaml, around("a: 1 #", repeated("x", LONG), ""), Good),
        ("a thousand anchors", Yaml, numbered(100_000, |at| format!("- &a{at} x\n")), Good),
        ("tags without end", Yaml, around("a: !", repeated("x", LONG), " y"), Is(Senseless, "tag")),
        // Keys.
        ("a hundred thousand keys", Json, around("{", numbered(100_000, |at| format!("\"k{at}\":0,")), "\"z\":0}"), Good),
        ("more than a million keys", Yaml, numbered(1_000_001, |at| format!("{at}:\n")), Is(Limit, "keys")),
        ("a key twice", Yaml, b("a: 1\nb: 2\na: 3"), Is(Duplicate, "'a' stands twice, first in line 1")),
        ("a key twice in JSON", Json, b("{\"a\": 1,\n\"a\": 2}"), Is(Duplicate, "'a' stands twice, first in line 1")),
        ("a key twice in TOML", Toml, b("a = 1\na = 2"), Is(Duplicate, "'a' stands twice, first in line 1")),
        ("the last of many keys twice", Json, around("{\"k7\":0,", numbered(100_000, |at| format!("\"k{at}\":0,")), "\"z\":0}"), Is(Duplicate, "'k7' stands twice")),
        ("a key twice, written differently", Yaml, b("a: 1\n\"\\u0061\": 2"), Is(Duplicate, "stands twice")),
        ("a table twice", Toml, b("[a]\n[a]"), Is(Duplicate, "stands twice")),
        ("no key", Yaml, b(": 1"), Is(Syntax, "key is missing")),
        // Numbers.
        ("a number without end", Json, repeated("9", LONG), Is(Senseless, "digits")),
        ("a decimal without end", Yaml, around("a: 0.", repeated("9", 500_000), ""), Is(Senseless, "digits")),
        ("an exponent without end", Json, b("1e99999999999999999999"), Is(Senseless, "beyond")),
        ("1e999999", Json, b("[1e999999]"), Is(Senseless, "beyond")),
        ("1e-999999", Json, b("[1e-999999]"), Is(Senseless, "beyond")),
        ("0e999999", Toml, b("a = 0e999999"), Is(Senseless, "beyond")),
        ("not a number", Yaml, b("a: .nan"), Is(Senseless, "no number")),
        ("minus infinity", Yaml, b("a: -.Inf"), Is(Senseless, "no number")),
        ("NaN in JSON", Json, b("[NaN]"), Is(Senseless, "no number")),
        ("infinity in TOML", Toml, b("a = +inf"), Is(Senseless, "no number")),
        ("a hundred digits", Json, repeated("9", 100), Good),
        // Bytes.
        ("a NUL", Yaml, b("a: 1\0\nb: 2"), Is(Encoding, "U+0000")),
        ("a NUL in JSON", Json, b("{\"a\": \"\0\"}"), Is(Encoding, "U+0000")),
        ("nothing but NULs", Yaml, vec![0; 100], Is(Encoding, "U+0000")),
        ("an escape character", Yaml, b("a: \x1b[31m"), Is(Encoding, "U+001B")),
        ("a C1 character", Yaml, b("a: \u{90}"), Is(Encoding, "U+0090")),
        ("a delete character", Toml, b("a = \"\x7f\""), Is(Encoding, "U+007F")),
        ("a byte order mark inside", Yaml, b("a: 1\n\u{FEFF}b: 2"), Is(Encoding, "U+FEFF")),
        ("UTF-16 with a mark", Yaml, b"\xFF\xFEa\0:\0 \x001\0".to_vec(), Is(Encoding, "UTF-16")),
        ("UTF-16 without one", Json, b"{\0}\0".to_vec(), Is(Encoding, "UTF-16")),
        ("UTF-32", Json, b"\0\0\0{\0\0\0}".to_vec(), Is(Encoding, "UTF-32")),
        ("no UTF-8", Yaml, b"a: \xC3(".to_vec(), Is(Encoding, "not UTF-8")),
        ("an overlong slash", Json, b"\"\xC0\xAF\"".to_vec(), Is(Encoding, "not UTF-8")),
        ("a surrogate in UTF-8", Json, b"\"\xED\xA0\x80\"".to_vec(), Is(Encoding, "not UTF-8")),
        ("half a pair in JSON", Json, b(r#""\ud800""#), Is(Syntax, "surrogate")),
        ("two lower halves", Json, b(r#""\udc00\udc00""#), Is(Syntax, "surrogate")),
        ("half a pair in YAML", Yaml, b(r#"a: "\ud800x""#), Is(Syntax, "surrogate")),
        ("half a pair in TOML", Toml, b(r#"a = "\ud800""#), Is(Syntax, "")),
        // Languages inside the language.
        ("a Python object", Yaml, b("!!python/object/apply:os.system [id]"), Is(Senseless, "tag")),
        ("a tag of its own", Yaml, b("%TAG ! tag:evil,2000:\n---\na: !x 1"), Is(Senseless, "tag")),
        ("a binary", Yaml, b("a: !!binary aGVsbG8="), Is(Senseless, "tag")),
        ("a merge", Yaml, b("a: &a {b: 1}\nc: {<<: *a}"), Is(Senseless, "yaml11")),
        ("a version from before", Yaml, b("%YAML 1.1\n---\na: yes"), Is(Senseless, "yaml11")),
        ("a version from the future", Yaml, b("%YAML 3.0\n---\na: yes"), Is(Syntax, "")),
        ("a tab that indents", Yaml, b("a:\n\tb: 1"), Is(Syntax, "tab")),
        ("a tab before everything", Yaml, b("\ta: 1\n\tb: 2"), Is(Syntax, "tab")),
        ("JSON with a comment", Json, b("{} // x"), Is(Syntax, "comments")),
        ("nothing", Json, vec![], Is(Syntax, "ends")),
        ("nothing in YAML", Yaml, vec![], Is(Syntax, "holds nothing")),
        ("lines of Windows", Yaml, b("a: 1\r\nb:\r\n  - 2\r\n"), Good),
    ]
}

fn run(text: &[u8], format: Format) -> Result<Tree, Error> {
    read(text, format, Options::default(), &Budget::default())
}

#[test]
fn every_hostile_file_is_an_error_or_its_value() {
    let files = files();
    assert!(files.len() >= 45, "{}", files.len());
    let mut wrong = Vec::new();
    for (name, format, text, expected) in files {
        let (made, peak) = peak::peak_of(|| run(&text, format));
        let good = match (&made, expected) {
            (Ok(_), Good) => true,
            (Err(error), Is(fault, told)) => {
                let message = error.to_string();
                error.fault == fault && message.contains(told) && message.len() < 600
            }
            _ => false,
        };
        if !good {
            wrong.push(format!("{name}: {:?}", made.as_ref().map(Tree::len)));
        }
        if peak > PEAK {
            wrong.push(format!("{name}: {peak} bytes held"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn lower_budgets_hold() {
    let text = b"a: [1, 2, 3]\nb: {c: &x text, d: *x}\n";
    let good = Budget {
        nodes: 12,
        depth: 2,
        scalar: 4,
        keys: 2,
        documents: 1,
        aliases: 1,
        expanded: 1,
        expanded_bytes: 4,
        digits: 1,
        bytes: 36,
    };
    assert_eq!(read(text, Yaml, Options::default(), &good).map(|tree| tree.len()), Ok(12));
    let lower = [
        Budget { bytes: 35, ..good },
        Budget { nodes: 11, ..good },
        Budget { depth: 1, ..good },
        Budget { scalar: 3, ..good },
        Budget { keys: 1, ..good },
        Budget { documents: 0, ..good },
        Budget { aliases: 0, ..good },
        Budget { expanded: 0, ..good },
        Budget { expanded_bytes: 3, ..good },
    ];
    for budget in lower {
        assert_eq!(
            read(text, Yaml, Options::default(), &budget).map_err(|error| error.fault).err(),
            Some(Limit),
            "{budget:?}"
        );
    }
    let digits = Budget { digits: 0, ..good };
    assert_eq!(read(text, Yaml, Options::default(), &digits).map_err(|error| error.fault).err(), Some(Senseless));
    // Nothing is deeper than the deepest, whatever is asked for.
    let deep = Budget { depth: usize::MAX, nodes: usize::MAX, bytes: usize::MAX, ..Budget::default() };
    for format in [Yaml, Json] {
        let text = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
        assert!(read(&text(Budget::DEEPEST), format, Options::default(), &deep).is_ok());
        let refused = read(&text(Budget::DEEPEST + 1), format, Options::default(), &deep);
        assert_eq!(refused.map_err(|error| error.fault).err(), Some(Limit));
    }
}

#[test]
fn the_places_of_faults() {
    let place = |text: &str, format| {
        let error = run(text.as_bytes(), format).unwrap_err();
        (error.place.line, error.place.column, error.path)
    };
    assert_eq!(place("models:\n  - id: a\n  - id: b\n    price: .nan\n", Yaml), (4, 12, "models[1].price".into()));
    assert_eq!(place("{\"models\": [{\"id\": 1},\n {\"é\": \"ü\", \"p\": NaN}]}", Json), (2, 18, "models[1].p".into()));
    assert_eq!(place("{\"a\": 1}\n\n{\"b\": [1, nul]}", JsonLines), (3, 11, "b[1]".into()));
    assert_eq!(place("{\"a\": 1}\n{\"b\": [1,  \n{}", JsonLines), (2, 10, "b[1]".into()));
    assert_eq!(place("[a]\nb = 1\n'c' = 2024-02-30", Toml), (3, 7, String::new()));
    assert_eq!(place("a/b:\n  c d:\n    - .inf", Yaml), (3, 7, "[\"a/b\"][\"c d\"][0]".into()));
    let options = Options { first_line: 41, ..Options::default() };
    let error = read(b"1\n2\nx", JsonLines, options, &Budget::default()).unwrap_err();
    assert_eq!(error.place.line, 43);
}

#[test]
fn dropping_is_no_walk() {
    let depth = Budget::DEEPEST;
    let text = [vec![b'['; depth], vec![b']'; depth]].concat();
    let budget = Budget { depth, ..Budget::default() };
    let tree = read(&text, Json, Options::default(), &budget).unwrap();
    assert_eq!(tree.value(depth), Value::List(0));
    drop(tree.clone());
    drop(tree);
}
