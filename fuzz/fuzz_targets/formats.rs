//! Any bytes for a text of any format: an error, or a tree that holds together and costs what its budget allows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modeldex_formats::{Budget, Format, Options, Tree, Value, read};

/// Every node is in its parent, every key is there once, and every path leads where it says.
fn holds_together(tree: &Tree, budget: &Budget) {
    assert!(tree.len() <= budget.nodes + 1);
    let mut open = vec![(tree.root(), String::new(), 0)];
    let mut seen = 0;
    while let Some((node, path, depth)) = open.pop() {
        seen += 1;
        assert!(depth <= budget.depth + 1 && tree.end(node) <= tree.root() + tree.len());
        if depth < 8 && path.len() < 100 {
            assert_eq!(tree.find(&path).node, node, "{path}");
        }
        let children: Vec<usize> = tree.children(node).collect();
        match tree.value(node) {
            Value::List(count) => {
                assert_eq!(children.len(), count);
                open.extend(children.iter().enumerate().map(|(at, &child)| (child, format!("{path}[{at}]"), depth + 1)));
            }
            Value::Mapping(count) => {
                assert_eq!(children.len(), 2 * count);
                seen += count;
                for pair in children.chunks_exact(2) {
                    let Value::Text(key) = tree.value(pair[0]) else { return };
                    open.push((pair[1], format!("{path}[\"{}\"]", key.escape_debug()), depth + 1));
                }
            }
            Value::Whole(digits) | Value::Decimal(digits) => assert!(digits.parse::<f64>().unwrap().is_finite()),
            _ => assert!(children.is_empty()),
        }
    }
    assert_eq!(seen, tree.len());
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, text)) = bytes.split_first() else { return };
    let format = [Format::Yaml, Format::Json, Format::JsonLines, Format::Toml][usize::from(first & 3)];
    let options = Options { yaml11: first & 4 != 0, first_line: 1 };
    // Small, so that a short text reaches them.
    let small = Budget { nodes: 200, depth: 8, keys: 16, expanded: 60, expanded_bytes: 100, documents: 4, ..Budget::default() };
    for budget in [Budget::default(), small] {
        match read(text, format, options, &budget) {
            Ok(tree) => holds_together(&tree, &budget),
            Err(error) => assert!(!error.message.is_empty() && error.place.line > 0 && error.path.chars().count() <= 201),
        }
    }
    if format == Format::Json && let Ok(text) = std::str::from_utf8(text) {
        let theirs: Result<serde_json::Value, _> = serde_json::from_str(text);
        let ours = read(text.as_bytes(), format, Options::default(), &Budget::default());
        assert!(ours.is_err() || theirs.is_ok() || text.starts_with('\u{FEFF}'), "{text:?}");
    }
});
