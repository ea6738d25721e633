//! Registries of the sizes at which a query takes other ways: more rows than it looks at one by one, than a tile
//! has, than the tiles it keeps on the stack have, than a block of a posting has. Fixed seeds.

use crate::twin::choices::{Choices, bytes};
use crate::twin::{Asked, AskedKey, Request, Step, Term, Twin, Written, empty};
use modeldex_engine::{Amount, Bound, Cell, Mode, Number, Snapshot};

/// One row in so many has each term of the first facet; the sixth is of the last rows only, the seventh of one row,
/// the eighth of none.
const ABILITIES: [usize; 5] = [2, 3, 10, 100, 700];

/// Rows as a catalogue has them: dense and rare terms, few different sizes, many free, unknown cells, long ties.
fn written(choices: &mut Choices<'_>, row: usize, rows: usize) -> Written {
    let mut terms: Vec<Term> = Vec::new();
    for (term, one_in) in ABILITIES.iter().enumerate() {
        if choices.below(10_000).is_multiple_of(*one_in) {
            terms.push((0, term));
        }
    }
    if row > rows - rows / 20 {
        terms.push((0, 5));
    }
    if row == rows / 2 {
        terms.push((0, 6));
    }
    if !choices.one_in(9) {
        // Most of one maker, few of the last.
        terms.push((1, choices.below(4).min(choices.below(4)).min(choices.below(4))));
    }
    if choices.one_in(50) {
        terms.push((2, 0));
    }
    terms.push((3, choices.below(8)));
    if choices.one_in(4) {
        terms.push((4, choices.below(3)));
    }
    let mut numbers = Vec::new();
    if !choices.one_in(5) {
        numbers.push((0, Number::Float((1_u32 << choices.below(6)).into())));
    }
    if !choices.one_in(3) {
        let score = choices.below(1_000_000) as u32;
        numbers.push((1, Number::Float(f64::from(score) / 7.0)));
    }
    for measure in [2, 3] {
        if !choices.one_in(8) {
            let price = match choices.below(200) {
                // A discount: what the other part costs alone says nothing then.
                0 if measure == 3 => -500_000_000,
                0..34 => 0,
                _ => i64::from(choices.below(3_000) as u32) * 700_000,
            };
            numbers.push((measure, Number::Money(price)));
        }
    }
    if choices.one_in(40) {
        numbers.push((4, Number::Float(1.0)));
    }
    Written { id: format!("m{row}"), terms, numbers, ..Written::default() }
}

/// Without holes the engine takes every row for live; with them it looks.
pub(crate) fn registry(rows: usize, holes: bool, seed: u64) -> (Snapshot, Twin) {
    let (mut edit, mut twin) = (empty().edit(), Twin::default());
    let bytes = bytes(seed, rows * 64);
    let mut choices = Choices::new(&bytes);
    for row in 0..rows {
        let written = written(&mut choices, row, rows);
        edit.put(&written.definition(), false).unwrap();
        // The twin's own `apply` looks for the name in all rows.
        let mut one = Twin::default();
        assert!(one.apply(&Step::Put(written, false)));
        twin.rows.append(&mut one.rows);
    }
    if holes {
        for row in (0..rows).filter(|row| row % 37 == 5 || row % 4_096 == 0 || row + 3 > rows) {
            edit.remove(&format!("m{row}")).unwrap();
            twin.rows[row] = None;
        }
    }
    (edit.finish().0, twin)
}

/// How many requests were met by how many rows, so that a test cannot pass for want of answers.
#[derive(Debug, Default)]
struct Seen {
    none: usize,
    few: usize,
    many: usize,
}

impl Seen {
    fn add(&mut self, matching: usize) {
        match matching {
            0 => self.none += 1,
            1..128 => self.few += 1,
            _ => self.many += 1,
        }
    }
}

fn asked(rows: usize, holes: bool, seed: u64, requests: usize) -> Seen {
    let (snapshot, twin) = registry(rows, holes, seed);
    let bytes = bytes(seed + 1, requests * 400);
    let mut seen = Seen::default();
    for chunk in bytes.chunks(400) {
        let request = Choices::new(chunk).request(rows, 3);
        seen.add(twin.agrees(&snapshot, &request));
    }
    assert!(seen.none > 0 && seen.many > requests / 10, "{seen:?}");
    seen
}

#[test]
fn more_rows_than_are_looked_at_one_by_one() {
    for (seed, rows) in (0..8).zip((400..).step_by(37)) {
        let seen = asked(rows, seed % 2 == 0, seed * 10, 150);
        assert!(seen.few > 10, "{seen:?}");
    }
}

#[test]
fn more_rows_than_a_tile() {
    asked(4_096, false, 100, 60);
    asked(4_097, false, 110, 60);
    asked(9_000, true, 120, 60);
}

#[test]
fn more_tiles_than_the_stack_keeps() {
    asked(16_384, false, 200, 40);
    asked(17_000, true, 210, 40);
}

#[test]
fn more_rows_than_a_block() {
    asked(70_000, true, 300, 30);
}

/// Every way to the first row by one measure or one cost: conditions from nearly all rows to nearly none, ties from
/// none to thousands, both directions, with and without preference and rows left out.
#[test]
fn the_best_by_one_key() {
    let (snapshot, twin) = registry(20_000, false, 400);
    let bytes = bytes(401, 100_000);
    let mut choices = Choices::new(&bytes);
    let mut seen = Seen::default();
    let terms: [&[Term]; 7] = [&[], &[(0, 0)], &[(0, 2)], &[(0, 3)], &[(0, 5)], &[(0, 4), (1, 0)], &[(0, 1), (1, 3)]];
    let cap = |cell: Cell| Asked::Range(2, Bound::Fixed(cell), Bound::Slot(9));
    for required in terms {
        for key in 0..12 {
            let measure = key / 2;
            let keys = if measure < 4 {
                vec![AskedKey::Measure(measure, key % 2 == 0)]
            } else {
                // The first part may cost nothing; then it may be unknown.
                let amounts = [(1_200, 300), (1_200, 0), (0, 300), (1, 5_000)][key - 8];
                vec![AskedKey::Cost(vec![(2, Amount::Fixed(amounts.0)), (3, Amount::Fixed(amounts.1))])]
            };
            for rest in [None, Some(cap(0)), Some(cap(2_000_000_000)), Some(Asked::Termed(4))] {
                let all = required.iter().copied().map(Some).collect();
                let conditions = [Asked::Terms(Mode::All, all)].into_iter().chain(rest).collect();
                let mut request = Request { conditions, keys: keys.clone(), ..Request::default() };
                if choices.one_in(2) {
                    request.prefers = vec![(1, choices.below(4)), choices.term()];
                }
                // Leave the best of all out, so that a tie or the next one has to be found.
                for _ in 0..choices.below(4) {
                    request.exclude.extend(twin.best(&request));
                    request.exclude.sort_unstable();
                }
                seen.add(twin.matching(&request).len());
                let (query, values) = (request.query(&snapshot), request.values());
                assert_eq!(query.best(&snapshot, values), twin.best(&request), "{request:?}");
            }
        }
    }
    assert!(seen.many > 100 && seen.few > 10, "{seen:?}");
}
