//! What a change copies, counted, and what it takes, printed.
//!
//! `cargo test --release --test change_cost -- --ignored --nocapture` for a million rows and the times.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod counted;

use std::sync::Arc;
use std::time::Instant;

use counted::counted;
use modeldex_engine::{Definition, Key, MeasureId, Number, Query, Row, Snapshot, Values, Vocabulary};

/// What one change may copy at a million rows.
const MOST: u64 = 256 * 1_024;
const PRICE: MeasureId = 0;
const MEASURES: u32 = 12;
/// Of each facet how many different terms there are; a row has one of each, and about half of the flags.
const FACETS: [u32; 8] = [150, 6, 5, 12, 30, 60, 2_000, 90_000];
const FLAGS: u32 = 24;

fn vocabulary() -> Vocabulary {
    let facets: Vec<String> = (0..FACETS.len()).map(|at| format!(r#"{{"name": "facet_{at}"}}"#)).collect();
    let kind = |at: u32| if at < 4 { "money" } else { "count" };
    let measures: Vec<String> =
        (0..MEASURES).map(|at| format!(r#"{{"name": "measure_{at}", "kind": "{}"}}"#, kind(at))).collect();
    let text = format!(
        r#"{{"format": 1, "facets": [{{"name": "flag"}}, {}], "measures": [{}]}}"#,
        facets.join(", "),
        measures.join(", ")
    );
    Vocabulary::parse(&text).unwrap()
}

/// Numbers that are the same at every run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((mixed ^ (mixed >> 27)) >> 33) as u32 % n
    }
}

/// 20 terms and 12 numbers, some of few values and some of many, an alias, a document of half a kilobyte.
fn definition(name: u32, random: &mut Seeded) -> Definition {
    let mut terms: Vec<(String, String)> = Vec::new();
    for (at, count) in FACETS.iter().enumerate() {
        let term = random.below(*count).min(random.below(*count));
        terms.push((format!("facet_{at}"), format!("term-{term}")));
    }
    for flag in 0..FLAGS {
        if random.below(2 + flag / 8) == 0 {
            terms.push(("flag".into(), format!("flag-{flag}")));
        }
    }
    let number = |at: u32| {
        let value = random.below(if at.is_multiple_of(2) { 3_000 } else { 12 });
        let number = if at < 4 { Number::Money(i64::from(value) * 1_000_000) } else { Number::Float(value.into()) };
        (format!("measure_{at}"), number)
    };
    let numbers = (0..MEASURES).map(number).collect();
    let id = format!("provider-{}/model-{name}", name % 120);
    let document = format!(r#"{{"id":"{id}","text":"{}"}}"#, "what its author wrote ".repeat(20)).into_bytes();
    Definition { id, aliases: vec![format!("alias-{name}")], terms, numbers, document }
}

/// So many models, every order made.
fn registry(rows: u32) -> Snapshot {
    let mut edit = Snapshot::new(Arc::new(vocabulary())).unwrap().edit();
    let mut random = Seeded(1);
    for row in 0..rows {
        edit.put(&definition(row, &mut random), false).unwrap();
    }
    let snapshot = edit.finish().0;
    let mut query = Query::default();
    for measure in 0..MEASURES as MeasureId {
        query.keys = vec![Key::Measure { measure, descending: false }];
        assert!(query.best(&snapshot, Values::default()).is_some());
    }
    snapshot
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Register,
    /// A price, by replacing the model.
    Replace,
    /// A price, as a patch.
    Patch,
    Remove,
}

/// Bytes that the changes allocated at most and in all, and how long each took, the old snapshot's end included.
struct Costs {
    most: u64,
    sum: u64,
    nanoseconds: Vec<u128>,
}

impl Costs {
    fn percentile(&self, part: f64) -> u128 {
        #[expect(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "a place among ten thousand")]
        let place = (self.nanoseconds.len() as f64 * part) as usize;
        self.nanoseconds[place.min(self.nanoseconds.len() - 1)]
    }
}

fn changed(snapshot: &mut Snapshot, change: Change, count: u32, random: &mut Seeded) -> Costs {
    let mut costs = Costs { most: 0, sum: 0, nanoseconds: Vec::with_capacity(count as usize) };
    for _ in 0..count {
        let any = loop {
            let row: Row = random.below(snapshot.rows());
            if snapshot.is_live(row) {
                break row;
            }
        };
        let mut given = snapshot.definition(any).unwrap();
        let price = Number::Money(i64::from(random.below(100_000)) * 123_457);
        match change {
            Change::Register => given = definition(snapshot.rows(), random),
            _ => given.numbers[0].1 = price,
        }
        let document: Arc<[u8]> = Arc::from(given.document.as_slice());
        let (before, start) = (counted(), Instant::now());
        let mut edit = snapshot.edit();
        match change {
            Change::Register => drop(edit.put(&given, false).unwrap()),
            Change::Replace => drop(edit.put(&given, true).unwrap()),
            Change::Patch => edit.patch(any, &[(PRICE, Some(price))], &[], document).unwrap(),
            Change::Remove => drop(edit.remove(&given.id).unwrap()),
        }
        *snapshot = edit.finish().0;
        let (took, bytes) = (start.elapsed().as_nanos(), counted() - before);
        costs.nanoseconds.push(took);
        costs.most = costs.most.max(bytes);
        costs.sum += bytes;
    }
    costs.nanoseconds.sort_unstable();
    costs
}

#[test]
fn a_change_copies_little_at_a_hundred_thousand() {
    let mut snapshot = registry(100_000);
    let (mut random, first) = (Seeded(2), snapshot.clone());
    for change in [Change::Register, Change::Replace, Change::Patch, Change::Remove] {
        let costs = changed(&mut snapshot, change, 1_000, &mut random);
        assert!(costs.most > 1_024, "nothing was counted");
        assert!(costs.most <= MOST, "{change:?} copied {} bytes", costs.most);
    }
    assert_eq!((first.len(), snapshot.len(), first.version(), snapshot.version()), (100_000, 100_000, 1, 4_001));
    // What the allocator counts is what a change takes anew, not what it gives back.
    let before = counted();
    drop(snapshot.clone());
    assert_eq!(counted(), before, "a clone copies nothing");
}

#[test]
#[ignore = "takes a minute; the times are a measurement"]
#[expect(clippy::print_stdout, reason = "what it is for")]
fn a_change_copies_little_at_a_million() {
    let mut snapshot = registry(1_000_000);
    let mut random = Seeded(3);
    for change in [Change::Register, Change::Replace, Change::Patch, Change::Remove] {
        let costs = changed(&mut snapshot, change, 10_000, &mut random);
        println!(
            "{change:?}: {} bytes on average, {} at most; nanoseconds: median {}, p99 {}, p99.9 {}, most {}",
            costs.sum / 10_000,
            costs.most,
            costs.percentile(0.5),
            costs.percentile(0.99),
            costs.percentile(0.999),
            costs.percentile(1.0),
        );
        assert!(costs.most <= MOST, "{change:?} copied {} bytes", costs.most);
    }
}
