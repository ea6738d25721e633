//! The index beside a plain table.

use proptest::prelude::*;

use super::*;

fn distance_by_table(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[expect(clippy::cast_precision_loss, reason = "lengths of texts")]
fn similarity_by_table(a: &str, b: &str) -> f64 {
    let longer = a.chars().count().max(b.chars().count());
    if longer == 0 { 1.0 } else { 1.0 - distance_by_table(a, b) as f64 / longer as f64 }
}

/// What rapidfuzz does: compare with each, sort, cut.
fn plain(text: &str, names: &[String], limit: usize, cutoff: f64, count: impl Fn(u32) -> bool) -> Vec<(f64, u32)> {
    let scored = (0..).zip(names).map(|(at, name)| (similarity_by_table(text, name), at));
    let mut all: Vec<(f64, u32)> = scored.filter(|(score, at)| *score >= cutoff && count(*at)).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    all.truncate(limit);
    all
}

/// Texts that are near to each other, of every length that has a path of its own.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-c]{0,12}",
        4 => "[a-eA-C1-3/-]{8,40}",
        2 => "[ab]{60,70}",
        1 => "[abé]{120,140}",
        2 => "[aéß日]{0,9}",
        1 => "[a-cé]{0,170}",
        1 => Just("x".repeat(512)),
    ]
}

fn cutoffs() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(0.0),
        Just(1.0),
        Just(0.6),
        0.0..1.0_f64,
        (0_u32..8, 1_u32..8).prop_map(|(a, b)| 1.0 - f64::from(a) / f64::from(a + b))
    ]
}

proptest! {
    #[test]
    fn the_index_finds_what_comparing_with_each_finds(
        text in texts(),
        names in proptest::collection::vec(texts(), 0..60),
        limit in 0_usize..8,
        cutoff in cutoffs(),
        left_out in 0_u32..5,
    ) {
        let count = |at: u32| at % 4 != left_out;
        let index = Nearest::new(names.iter().map(String::as_str));
        prop_assert_eq!(index.nearest(&text, limit, cutoff, count), plain(&text, &names, limit, cutoff, count));
    }

    /// Enough of them for several chunks, some of one length, some of many.
    #[test]
    fn an_index_of_several_chunks(seed in any::<u64>(), text in "[ab1]{0,20}", limit in 1_usize..4, cutoff in cutoffs()) {
        let mut state = seed | 1;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut name = || {
            let most = random(20) + 3;
            let len = random(most);
            (0..len).map(|_| if random(30) == 0 { 'é' } else { ['a', 'b', '1'][random(3) as usize] }).collect::<String>()
        };
        let names: Vec<String> = (0..1_300).map(|_| name()).collect();
        let index = Nearest::new(names.iter().map(String::as_str));
        prop_assert_eq!(index.nearest(&text, limit, cutoff, |_| true), plain(&text, &names, limit, cutoff, |_| true));
    }

    #[test]
    fn in_either_case(text in "[a-cA-C]{0,20}", names in proptest::collection::vec("[a-cA-C]{0,20}", 0..20)) {
        let lower: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        let mut best = Best::new(3, 0.5);
        Nearest::new(names.iter().map(String::as_str)).search(&Wanted::new(&text, true).unwrap(), &mut best, Some);
        prop_assert_eq!(best.into_vec(), plain(&text.to_ascii_lowercase(), &lower, 3, 0.5, |_| true));
    }

    #[test]
    fn similarity_is_that_of_the_table(a in texts(), b in texts()) {
        prop_assert_eq!(similarity(&a, &b).to_bits(), similarity_by_table(&a, &b).to_bits());
    }

    #[test]
    fn nearest_is_sorted_and_the_best_there_is(text in "[a-d]{1,8}", names in proptest::collection::btree_set("[a-d]{1,8}", 1..20)) {
        let found = nearest(&text, names.iter().map(String::as_str), 3);
        let mut all: Vec<(f64, &str)> = names.iter().map(|name| (similarity_by_table(&text, name), name.as_str())).filter(|(score, _)| *score >= CUTOFF).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        all.truncate(3);
        prop_assert_eq!(found, all);
    }
}

#[test]
fn the_textbook_case() {
    assert!((similarity("kitten", "sitting") - 4.0 / 7.0).abs() < 1e-12);
    assert_eq!(nearest("KITTEN", ["kitten", "sitting"].into_iter(), 1), [(1.0, "kitten")]);
}

#[test]
fn what_is_too_long_is_near_to_nothing() {
    let long = "x".repeat(513);
    assert!(nearest(&long, ["x"].into_iter(), 3).is_empty());
    let index = Nearest::new([long.as_str(), "x"]);
    assert!(index.nearest(&long, 3, 0.0, |_| true).is_empty());
    assert_eq!(index.nearest("x", 3, 0.0, |_| true), [(1.0, 1)]);
    assert!(similarity(&long, &long) < 0.5);
}

/// Distances that a chunk cannot tell, since it counts no further: all characters are the same.
#[test]
fn more_of_a_character_than_are_counted() {
    let names: Vec<String> = (1..600_usize).map(|len| "z".repeat(len % 512 + 1)).collect();
    let index = Nearest::new(names.iter().map(String::as_str));
    for len in [1, 5, 40, 64, 65, 200, 512] {
        let text = "z".repeat(len);
        for cutoff in [0.0, 0.6, 0.9, 1.0] {
            assert_eq!(index.nearest(&text, 20, cutoff, |_| true), plain(&text, &names, 20, cutoff, |_| true));
        }
    }
}
