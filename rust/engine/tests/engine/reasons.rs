//! Why a question has no answer, beside every subset of its conditions; and how much of a registry is stated.

use std::collections::BTreeMap;

use crate::twin::choices::{Choices, bytes};
use crate::twin::{FACETS, MEASURES, Twin, empty};
use modeldex_engine::{Part, Relaxation, Row, Snapshot, relaxations};

/// A registry of some rows, a few of them removed.
fn some(choices: &mut Choices<'_>, names: usize, steps: usize) -> (Snapshot, Twin) {
    let (mut snapshot, mut twin) = (empty(), Twin::default());
    for _ in 0..steps {
        let (step, mut next, mut edit) = (choices.step(names), twin.clone(), snapshot.edit());
        if next.apply(&step) {
            step.apply(&mut edit).unwrap();
            (snapshot, twin) = (edit.finish().0, next);
        }
    }
    (snapshot, twin)
}

/// Up to so many parts, each of one condition, one key, or rows that are excluded.
fn parts(choices: &mut Choices<'_>, snapshot: &Snapshot, most: usize) -> Vec<Part> {
    let count = choices.below(most + 1);
    let mut part = |_| {
        let mut request = choices.request(snapshot.rows() as usize, 1);
        match choices.below(4) {
            0 => request.conditions.clear(),
            1 => request.exclude.clear(),
            _ => (request.keys, request.exclude) = (Vec::new(), Vec::new()),
        }
        Part { query: request.query(snapshot), exclude: request.exclude }
    };
    (0..count).map(&mut part).collect()
}

/// Every subset of the parts in turn, fewest first, until one gives an answer when it is left out.
fn slow(snapshot: &Snapshot, parts: &[Part]) -> Vec<Relaxation> {
    let mut by_size: BTreeMap<u32, Vec<Relaxation>> = BTreeMap::new();
    for left_out in 0_u32..1 << parts.len() {
        let kept = |row: &Row| {
            parts.iter().enumerate().all(|(at, part)| left_out >> at & 1 == 1 || part.holds(snapshot, *row))
        };
        let rows: Vec<Row> = snapshot.live_rows().filter(kept).collect();
        if let Some(example) = rows.first() {
            let without = (0..parts.len()).filter(|at| left_out >> at & 1 == 1).collect();
            let found = Relaxation { without, rows: rows.len() as u32, example: *example };
            by_size.entry(left_out.count_ones()).or_default().push(found);
        }
    }
    let mut found = by_size.pop_first().map(|(_, found)| found).unwrap_or_default();
    found.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.without.cmp(&b.without)));
    found
}

#[test]
fn the_smallest_sets_are_those_of_all_subsets() {
    let (mut answered, mut sizes) = (0, BTreeMap::new());
    for seed in 0..150 {
        let bytes = bytes(seed, 6_000);
        let choices = &mut Choices::new(&bytes);
        let (snapshot, _) = some(choices, 12, 1 + seed as usize % 30);
        let parts = parts(choices, &snapshot, 12);
        let expected = slow(&snapshot, &parts);
        assert_eq!(relaxations(&snapshot, &parts), expected, "seed {seed}");
        answered += usize::from(expected.first().is_some_and(|found| found.without.is_empty()));
        *sizes.entry(expected.first().map(|found| found.without.len())).or_insert(0) += 1;
    }
    assert!(answered > 5 && sizes.len() > 3, "the cases differ: {sizes:?}");
}

/// Beyond one block of rows, and more parts than a word has bits: each row fails the parts that its number says.
#[test]
fn many_rows_and_many_parts() {
    let written = |row: u32| crate::twin::Written { id: format!("m{row}"), ..Default::default() };
    let mut edit = empty().edit();
    for row in 0..70_000 {
        edit.put(&written(row).definition(), false).unwrap();
    }
    edit.remove("m69999").unwrap();
    let snapshot = edit.finish().0;
    // The last rows fail just one part, the others two or more.
    let fails = |row: Row, part: usize| match row {
        69_990.. => part == row as usize % 7,
        _ => part < 80 && part >= row as usize % 79,
    };
    let part = |at| Part { exclude: (0..70_000).filter(|row| fails(*row, at)).collect(), ..Part::default() };
    let found = relaxations(&snapshot, &(0..80).map(part).collect::<Vec<_>>());
    let mut expected: BTreeMap<Vec<usize>, (u32, Row)> = BTreeMap::new();
    for row in 0..69_999 {
        let without: Vec<usize> = (0..80).filter(|at| fails(row, *at)).collect();
        if without.len() == 1 {
            expected.entry(without).or_insert((0, row)).0 += 1;
        }
    }
    assert!(found.iter().all(|found| expected[&found.without] == (found.rows, found.example)));
    assert_eq!(found.len(), expected.len());
}

#[test]
fn without_rows_there_is_nothing_to_leave_out() {
    assert_eq!(relaxations(&empty(), &[Part::default()]), []);
    let (snapshot, _) = some(&mut Choices::new(&bytes(5, 3_000)), 12, 20);
    let all = relaxations(&snapshot, &[]);
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].without.len(), all[0].rows), (0, snapshot.len()));
}

#[test]
fn coverage_counts_the_rows_that_state_something() {
    for seed in 0..40 {
        let bytes = bytes(seed, 4_000);
        let (snapshot, twin) = some(&mut Choices::new(&bytes), 15, 40);
        let coverage = snapshot.coverage();
        assert_eq!(coverage.facets.len(), FACETS.len());
        for (facet, rows) in coverage.facets {
            let states = |model: &crate::twin::Model| model.terms.iter().any(|(there, _)| *there == usize::from(facet));
            assert_eq!(rows as usize, twin.live().filter(|(_, model)| states(model)).count(), "facet {facet}");
        }
        for (measure, rows) in coverage.measures {
            let name = &snapshot.measures().spec(measure).unwrap().name;
            let at = MEASURES.iter().position(|(there, _)| there == name).unwrap();
            let states = |model: &crate::twin::Model| model.cells[at] != modeldex_engine::UNKNOWN;
            assert_eq!(rows as usize, twin.live().filter(|(_, model)| states(model)).count(), "{name}");
        }
    }
}
