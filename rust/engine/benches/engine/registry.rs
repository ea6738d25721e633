//! A registry to ask: the densities of a real catalogue, at any size.

use std::sync::Arc;

use modeldex_engine::{Definition, Number, Snapshot, Vocabulary};

const VOCABULARY: &str = r#"{"format": 1,
  "facets": [{"name": "capability"}, {"name": "status"}, {"name": "billing"}, {"name": "mode"}, {"name": "provider"},
    {"name": "base"}, {"name": "home", "terms": ["yes"]}],
  "measures": [{"name": "context_window", "kind": "count"}, {"name": "max_output_tokens", "kind": "count"},
    {"name": "input_price", "kind": "money"}, {"name": "output_price", "kind": "money"}],
  "bare": {"facet": "base", "preferred": ["home", "yes"]}}"#;

/// How many rows in a hundred have each term: capabilities first, then one status, billing and mode of a few.
const CAPABILITIES: &[(&str, u32)] = &[
    ("vision", 45),
    ("tools", 62),
    ("reasoning", 41),
    ("structured_output", 35),
    ("json_mode", 38),
    ("streaming", 80),
    ("prompt_caching", 22),
    ("audio_input", 7),
];
const STATUSES: &[(&str, u32)] =
    &[("active", 90), ("deprecated", 94), ("retired", 98), ("disabled", 99), ("maintenance", 100)];
const BILLINGS: &[(&str, u32)] = &[("metered", 78), ("free", 82), ("plan", 92), ("unknown", 100)];
const MODES: &[(&str, u32)] = &[("chat", 84), ("embedding", 92), ("image_generation", 97), ("rerank", 100)];
const CONTEXTS: [f64; 8] = [4_096.0, 8_192.0, 32_768.0, 128_000.0, 131_072.0, 200_000.0, 262_144.0, 1_048_576.0];

/// Numbers that are the same at every run.
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((mixed ^ (mixed >> 27)) >> 33) as u32 % n
    }

    fn one_of(&mut self, terms: &[(&str, u32)]) -> String {
        let place = self.below(100);
        terms.iter().find(|(_, upto)| place < *upto).map_or("", |(term, _)| *term).to_owned()
    }
}

pub(crate) fn definition(row: u32, rows: u32, random: &mut Seeded) -> Definition {
    let mut terms: Vec<(String, String)> = Vec::new();
    for (name, percent) in CAPABILITIES {
        if random.below(100) < *percent {
            terms.push(("capability".into(), (*name).into()));
        }
    }
    terms.push(("status".into(), random.one_of(STATUSES)));
    terms.push(("billing".into(), random.one_of(BILLINGS)));
    terms.push(("mode".into(), random.one_of(MODES)));
    let provider = random.below(150).min(random.below(150));
    let base = random.below(rows / 3 + 1);
    terms.push(("provider".into(), format!("provider-{provider}")));
    terms.push(("base".into(), format!("base-{base}")));
    if random.below(10) == 0 {
        terms.push(("home".into(), "yes".into()));
    }
    let mut numbers = Vec::new();
    if random.below(100) < 88 {
        let context = CONTEXTS[random.below(8) as usize];
        numbers.push(("context_window".to_owned(), Number::Float(context)));
        numbers.push(("max_output_tokens".to_owned(), Number::Float(context / 8.0)));
    }
    if random.below(100) < 80 {
        let price = i64::from(random.below(random.0 as u32 % 30_000 + 1)) * 1_000_000;
        numbers.push(("input_price".to_owned(), Number::Money(price)));
        numbers.push(("output_price".to_owned(), Number::Money(price * i64::from(random.below(5) + 1))));
    }
    let id = format!("provider-{provider}/base-{base}-{row}");
    let document = format!(r#"{{"id":"{id}","provider":"provider-{provider}","base":"base-{base}"}}"#).into_bytes();
    Definition { id, aliases: Vec::new(), terms, numbers, document }
}

/// So many models, the same at every run.
pub(crate) fn registry(rows: u32) -> Snapshot {
    let vocabulary = Arc::new(Vocabulary::parse(VOCABULARY).unwrap());
    let mut edit = Snapshot::new(vocabulary).unwrap().edit();
    let mut random = Seeded::new(u64::from(rows));
    for row in 0..rows {
        edit.put(&definition(row, rows, &mut random), false).unwrap();
    }
    edit.finish().0
}
