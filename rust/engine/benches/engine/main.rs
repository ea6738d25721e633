//! What the hot ways of the engine cost, and what the same count costs with the `roaring` crate.
//!
//! `cargo bench -p modeldex-engine [-- part of a name]`. Peers take turns; every figure is a median of rounds.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program that prints a table")]

mod registry;

use std::hint::black_box;
use std::time::Instant;

use modeldex_engine::{Amount, Bound, Condition, CostOrder, Key, Mode, Number, Query, Row, Snapshot, TermId, Values};
use registry::{Seeded, definition, registry};
use roaring::RoaringBitmap;

const ROUNDS: usize = 11;
/// How long one round of one question runs.
const ROUND_NS: u128 = 15_000_000;

struct Question<'a> {
    name: String,
    ask: Box<dyn FnMut() + 'a>,
    calls: u128,
    rounds: Vec<f64>,
}

#[derive(Default)]
struct Table<'a> {
    filter: Option<String>,
    questions: Vec<Question<'a>>,
}

impl<'a> Table<'a> {
    fn ask<T>(&mut self, name: impl Into<String>, mut ask: impl FnMut() -> T + 'a) {
        let name = name.into();
        if self.filter.as_ref().is_some_and(|part| !name.contains(part.as_str())) {
            return;
        }
        let ask: Box<dyn FnMut() + 'a> = Box::new(move || drop(black_box(ask())));
        self.questions.push(Question { name, ask, calls: 1, rounds: Vec::new() });
    }

    #[expect(clippy::cast_precision_loss, reason = "nanoseconds of a round")]
    fn run(&mut self) {
        for question in &mut self.questions {
            loop {
                let start = Instant::now();
                (0..question.calls).for_each(|_| (question.ask)());
                let took = start.elapsed().as_nanos().max(1);
                if took * 2 > ROUND_NS || question.calls > ROUND_NS {
                    question.calls = (question.calls * ROUND_NS / took).max(1);
                    break;
                }
                question.calls *= 2;
            }
        }
        println!("{:<62} {:>12} {:>12}", "nanoseconds a call", "median", "least");
        for _ in 0..ROUNDS {
            for question in &mut self.questions {
                let start = Instant::now();
                (0..question.calls).for_each(|_| (question.ask)());
                question.rounds.push(start.elapsed().as_nanos() as f64 / question.calls as f64);
            }
        }
        for question in &mut self.questions {
            question.rounds.sort_unstable_by(f64::total_cmp);
            println!("{:<62} {:>12.1} {:>12.1}", question.name, question.rounds[ROUNDS / 2], question.rounds[0]);
        }
    }
}

fn terms(snapshot: &Snapshot, facet: &str, names: &[&str]) -> Vec<TermId> {
    let facet = snapshot.vocabulary().facet(facet).unwrap();
    names.iter().map(|name| snapshot.facets().find(facet, name).unwrap()).collect()
}

/// The servable ones with these capabilities.
fn servable(snapshot: &Snapshot, capabilities: &[&str]) -> Query {
    Query::new(vec![
        Condition::Terms(Mode::All, terms(snapshot, "capability", capabilities)),
        Condition::Terms(Mode::None, terms(snapshot, "status", &["retired", "disabled", "maintenance"])),
    ])
}

/// Metered chat models with vision and tools, a large context and a price cap.
fn routed(snapshot: &Snapshot) -> Query {
    let measure = |name: &str| snapshot.measures().find(name).unwrap();
    let limit = |number: Number| Bound::Fixed(number.cell().unwrap());
    let mut query = servable(snapshot, &["vision", "tools"]);
    query.and(Condition::Terms(Mode::All, terms(snapshot, "mode", &["chat"])));
    query.and(Condition::Terms(Mode::All, terms(snapshot, "billing", &["metered"])));
    query.and(Condition::Range(measure("context_window"), limit(Number::Float(200_000.0)), Bound::Slot(9)));
    query.and(Condition::Range(measure("input_price"), Bound::Slot(9), limit(Number::Money(3_000_000_000))));
    query
}

fn bitmap(snapshot: &Snapshot, term: TermId) -> RoaringBitmap {
    let has = |row: &Row| snapshot.facets().terms_of(*row).contains(&term);
    let mut bitmap: RoaringBitmap = snapshot.live_rows().filter(has).collect();
    bitmap.optimize();
    bitmap
}

fn questions<'a>(table: &mut Table<'a>, snapshot: &'a Snapshot) {
    let rows = snapshot.len();
    let plain = Values::default();
    let measure = |name: &str| snapshot.measures().find(name).unwrap();

    let mut random = Seeded::new(7);
    let ids: Vec<String> = (0..4_096).map(|_| snapshot.names().id(random.below(rows)).unwrap().to_owned()).collect();
    let mut next = (0..ids.len()).cycle();
    table.ask(format!("get by id, any of 4,096 at {rows}"), move || snapshot.lookup(&ids[next.next().unwrap()]));
    let hot = snapshot.names().id(rows / 2).unwrap().to_owned();
    table.ask(format!("get by id, always the same at {rows}"), move || snapshot.lookup(&hot));

    let three = ["vision", "tools", "structured_output"];
    let bitmaps: Vec<RoaringBitmap> =
        terms(snapshot, "capability", &three).into_iter().map(|term| bitmap(snapshot, term)).collect();
    let query = Query::new(vec![Condition::Terms(Mode::All, terms(snapshot, "capability", &three))]);
    let expected = (&bitmaps[0] & &bitmaps[1]).intersection_len(&bitmaps[2]);
    assert_eq!(u64::from(query.count(snapshot, plain)), expected);
    table.ask(format!("count of 3 terms at {rows}"), move || query.count(snapshot, plain));
    table.ask(format!("count of 3 terms at {rows}, roaring"), move || {
        (&bitmaps[0] & &bitmaps[1]).intersection_len(&bitmaps[2])
    });
    let query = servable(snapshot, &three);
    table.ask(format!("count of 3 terms, 3 forbidden at {rows}"), move || query.count(snapshot, plain));

    let mut query = routed(snapshot);
    query.keys = vec![Key::Measure { measure: measure("input_price"), descending: false }];
    table.ask(format!("best by price, 4 terms, 2 ranges at {rows}"), {
        let query = query.clone();
        move || query.best(snapshot, plain)
    });
    query.keys = vec![Key::Measure { measure: measure("context_window"), descending: true }];
    table.ask(format!("best by largest context, 4 terms, 2 ranges at {rows}"), {
        let query = query.clone();
        move || query.best(snapshot, plain)
    });
    query.prefers = terms(snapshot, "provider", &["provider-3", "provider-77"]);
    table.ask(format!("best by largest context, 2 preferred at {rows}"), {
        let query = query.clone();
        move || query.best(snapshot, plain)
    });
    let mut query = routed(snapshot);
    let parts = vec![(measure("input_price"), Amount::Slot(0)), (measure("output_price"), Amount::Slot(1))];
    query.keys = vec![Key::Cost(CostOrder { parts })];
    let asked = Values { amounts: &[1_200, 300], ..plain };
    table.ask(format!("best by cost, 4 terms, 2 ranges at {rows}"), move || query.best(snapshot, asked));
    let mut query = routed(snapshot);
    query.and(Condition::Terms(Mode::All, terms(snapshot, "provider", &["provider-120"])));
    query.keys = vec![Key::Measure { measure: measure("input_price"), descending: false }];
    table.ask(format!("best by price of one small provider at {rows}"), move || query.best(snapshot, plain));

    let query = Query::new(vec![Condition::Terms(Mode::All, terms(snapshot, "capability", &["structured_output"]))]);
    let count = query.count(snapshot, plain);
    table.ask(format!("select {count} of {rows}"), move || query.select(snapshot, plain));
    let mut query = servable(snapshot, &["structured_output"]);
    query.keys = vec![Key::Measure { measure: measure("input_price"), descending: false }];
    let count = query.count(snapshot, plain);
    table.ask(format!("select {count} of {rows} by price"), {
        let query = query.clone();
        move || query.select(snapshot, plain)
    });
    query.limit = Some(20);
    table.ask(format!("select the first 20 of {count} of {rows} by price"), move || query.select(snapshot, plain));
}

fn changes<'a>(table: &mut Table<'a>, snapshot: &'a Snapshot) {
    let rows = snapshot.len();
    // The sorted orders are there, as they are in a registry that was asked.
    let mut query = Query::default();
    for (measure, ..) in snapshot.measures().iter() {
        query.keys = vec![Key::Measure { measure, descending: false }];
        black_box(query.best(snapshot, Values::default()));
    }
    let mut random = Seeded::new(8);
    let added = definition(rows, rows, &mut random);
    table.ask(format!("register one at {rows}"), move || {
        let mut edit = snapshot.edit();
        edit.put(&added, false).unwrap();
        edit.finish()
    });
    let mut random = Seeded::new(u64::from(rows));
    let mut changed = definition(0, rows, &mut random);
    changed.numbers.retain(|(name, _)| name != "input_price");
    changed.numbers.push(("input_price".into(), Number::Money(123_456_789)));
    table.ask(format!("update one price at {rows}"), move || {
        let mut edit = snapshot.edit();
        edit.put(&changed, true).unwrap();
        edit.finish()
    });
}

fn main() {
    let filter = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let sizes = [10_000, 12_000, 1_000_000];
    let snapshots: Vec<Snapshot> = sizes.into_iter().map(registry).collect();
    let mut table = Table { filter, ..Table::default() };
    for snapshot in &snapshots {
        questions(&mut table, snapshot);
        changes(&mut table, snapshot);
    }
    table.run();
}
