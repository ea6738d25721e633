//! What opening a file of 12,000 rows costs. `cargo test --release --test file_cost -- --ignored --nocapture`
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use modeldex_engine::{Definition, Lookup, Number, Snapshot, Vocabulary};

const ROWS: usize = 12_000;
const FACETS: usize = 24;
const WORDS: usize = 16;
const MEASURES: usize = 20;

fn vocabulary() -> Vocabulary {
    let mut text = r#"{"format": 1, "facets": ["#.to_owned();
    for facet in 0..FACETS {
        let words: Vec<String> = (0..WORDS).map(|word| format!("\"word_{word}\"")).collect();
        let other: Vec<String> = (0..WORDS).map(|word| format!("\"other_{word}\": \"word_{word}\"")).collect();
        let (words, other, doc) = (words.join(","), other.join(","), "what it is ".repeat(5));
        write!(text, r#"{{"name": "facet_{facet}", "terms": [{words}], "synonyms": {{{other}}}, "doc": "{doc}"}},"#)
            .unwrap();
    }
    text.push_str(r#"{"name": "base"}, {"name": "family"}], "measures": ["#);
    for measure in 0..MEASURES {
        let kind = ["money", "count", "number", "date"][measure % 4];
        write!(text, r#"{}{{"name": "measure_{measure}", "kind": "{kind}"}}"#, if measure == 0 { "" } else { "," })
            .unwrap();
    }
    text.push_str("]}");
    Vocabulary::parse(&text).unwrap()
}

fn definition(at: usize) -> Definition {
    let id = format!("provider-{}/some-model-{at}-instruct", at % 120);
    let mut terms = vec![
        ("base".to_owned(), format!("some-model-{}", at % 4_000)),
        ("family".to_owned(), format!("line-{}", at % 600)),
    ];
    // About 30 terms, a quarter of the words of a facet common, the others rare.
    for step in 0..28 {
        let facet = step % FACETS;
        let word = if (at + step).is_multiple_of(3) { at * 7 % WORDS } else { (at + step) % 4 };
        terms.push((format!("facet_{facet}"), format!("word_{word}")));
    }
    let number = |measure: usize| {
        let value = u32::try_from(at * (measure + 1) % 997).unwrap();
        let number = if measure.is_multiple_of(4) {
            Number::Money(i64::from(value) * 2_500_000)
        } else {
            Number::Float(f64::from(value) * 1_024.0)
        };
        (format!("measure_{measure}"), number)
    };
    let document = format!(r#"{{"id":"{id}","text":"{}"}}"#, "what its author wrote ".repeat(30));
    let aliases = vec![format!("alias-{at}-of-some-model")];
    Definition { id, aliases, terms, numbers: (0..MEASURES).map(number).collect(), document: document.into_bytes() }
}

/// Anonymous memory of this process, in bytes; nothing where the system does not say.
fn memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<usize>().ok()? * 1_024)
}

#[test]
#[ignore = "a measurement"]
#[expect(clippy::print_stdout, reason = "what it is for")]
fn opening_twelve_thousand_rows() {
    let path = std::env::temp_dir().join(format!("modeldex-cost-{}.arrow", std::process::id()));
    // A process of its own: this one has built the registry, and its heap is in pieces.
    if let Ok(path) = std::env::var("MODELDEX_COST") {
        let (before, start) = (memory(), Instant::now());
        let snapshot = Snapshot::open(path).unwrap();
        let opened = start.elapsed();
        let Lookup::Id(row) = snapshot.lookup("provider-7/some-model-7-instruct") else { unreachable!() };
        let start = Instant::now();
        snapshot.documents().read(row).unwrap();
        let read = start.elapsed();
        let held = memory().zip(before).map_or(0, |(after, before)| after - before);
        println!("cost {} {} {held}", opened.as_nanos(), read.as_nanos());
        return;
    }
    let mut edit = Snapshot::new(Arc::new(vocabulary())).unwrap().edit();
    for at in 0..ROWS {
        edit.put(&definition(at), false).unwrap();
    }
    let snapshot = edit.finish().0;
    let start = Instant::now();
    snapshot.write(&path).unwrap();
    let (written, size) = (start.elapsed(), std::fs::metadata(&path).unwrap().len());
    let start = Instant::now();
    Snapshot::open(&path).unwrap().verify().unwrap();
    let all = start.elapsed();
    println!("{ROWS} rows, {size} bytes, vocabulary {} bytes", snapshot.vocabulary().text().len());
    println!("written in {written:?}, all documents read and hashed in {all:?}");
    let own = std::env::current_exe().unwrap();
    let mut costs: Vec<Vec<u64>> = Vec::new();
    for _ in 0..21 {
        let child = std::process::Command::new(&own)
            .args(["--ignored", "--nocapture"])
            .env("MODELDEX_COST", &path)
            .output()
            .unwrap();
        let output = String::from_utf8(child.stdout).unwrap();
        let cost = output.lines().find_map(|line| line.split_once("cost ")).unwrap().1;
        costs.push(cost.split(' ').map(|number| number.parse().unwrap()).collect());
    }
    for (at, what) in ["ns to open", "ns for the first document", "bytes of anonymous memory"].iter().enumerate() {
        costs.sort_by_key(|cost| cost[at]);
        println!("{what}: median {}, least {}", costs[10][at], costs[0][at]);
    }
    std::fs::remove_file(&path).unwrap();
}
