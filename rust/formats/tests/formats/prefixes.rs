//! Half a file is an error or a value, never a panic; and so is a damaged one.

use modeldex_formats::{Budget, Format, Options, read};
use proptest::prelude::*;

use super::plain::Plain;

const YAML: &str = "# models\nmodels:\n  - &base\n    id: acme/large\n    input_price: 0.10\n    tags: [a, 'b c', \"d\\u00e9\\n\"]\n    \
description: >-\n      folded\n      text\n    metadata: {fps: 30, on: ~}\n  - <<: *base\n    id: acme/small\r\n    released: 2024-08-06\n    \
? key\n    : - 1:30\n      - 0x1F\n      - |\n        literal é\n---\n!!map {x: !!str 1}\n...\n";
const JSON: &str = "{\"models\": [{\"id\": \"acme/large\", \"price\": 1.50e-3, \"on\": true, \"x\": null, \"é\": \"\\ud83d\\ude00\\n\"},\n [-1, 0.5, []], {}]}\n";
const LINES: &str = "{\"id\": \"a\", \"p\": [1, 2.5]}\r\n\n{\"id\": \"b\"}\n";
const TOML: &str = "# models\ntitle = 'x'\n[[models]]\nid = \"acme/large\\u00e9\"\nprice.input = 1.5e-3\ntags = [\n  'a', # c\n  '''\nb''',\n]\n\
released = 2024-08-06\n[models.metadata]\nfps = 0x1F\nat = {x = 1_000, 'y.z' = true}\n[[models]]\nid = \"\"\"\\\n   b\"\"\"\n";

const FILES: [(&str, Format); 4] =
    [(YAML, Format::Yaml), (JSON, Format::Json), (LINES, Format::JsonLines), (TOML, Format::Toml)];

/// How often it was a value. Walking over a tree checks it.
fn run(text: &[u8], format: Format) -> usize {
    let mut good = 0;
    for yaml11 in [false, true] {
        let options = Options { yaml11, ..Options::default() };
        if let Ok(tree) = read(text, format, options, &Budget::default()) {
            good += 1;
            if !yaml11 {
                Plain::of(&tree, tree.root());
            }
            assert_eq!(tree.end(tree.root()), tree.root() + tree.len());
        }
    }
    good
}

#[test]
fn every_prefix_is_an_error_or_a_value() {
    for (text, format) in FILES {
        assert!(run(text.as_bytes(), format) > 0, "{format:?}");
        let good = (0..text.len()).filter(|&end| run(&text.as_bytes()[..end], format) > 0).count();
        match format {
            // Half a file of JSON is none.
            Format::Json => assert!(good <= 1, "{good}"),
            _ => assert!(good > 1),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    #[test]
    fn damaged_files(file in 0..4_usize, damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..6)) {
        let (text, format) = FILES[file];
        let mut text = text.as_bytes().to_vec();
        for (at, byte, how) in damage {
            let at = at.index(text.len());
            match how {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                2 => drop(text.drain(at..(at + usize::from(byte)).min(text.len()))),
                _ => text[at] = b"[]{}:,-&*!|>'\"%@`#\n\t =.<?"[usize::from(byte) % 25],
            }
            if text.is_empty() {
                text.push(byte);
            }
        }
        run(&text, format);
    }

    #[test]
    fn any_bytes(text in prop::collection::vec(any::<u8>(), 0..200)) {
        for (_, format) in FILES {
            run(&text, format);
        }
    }

    #[test]
    fn any_text(text: String) {
        for (_, format) in FILES {
            run(text.as_bytes(), format);
        }
    }
}
