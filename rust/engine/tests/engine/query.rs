//! Every answer of a query, beside the twin that looks at each row.

use crate::twin::choices::Choices;
use crate::twin::compare::term_ids;
use crate::twin::{Asked, Request, Twin, empty};
use modeldex_engine::{Mode, Query, Row, Snapshot};
use proptest::prelude::*;

/// Makes edits of a few steps each until the bytes of the edits run out.
fn edited(
    choices: &mut Choices<'_>,
    names: usize,
    edits: usize,
    mut each: impl FnMut(&mut Choices<'_>, &Snapshot, &Twin),
) {
    let (mut snapshot, mut twin) = (empty(), Twin::default());
    for _ in 0..edits {
        let (mut edit, mut next) = (snapshot.edit(), twin.clone());
        let mut refused = false;
        for _ in 0..=choices.below(12) {
            let step = choices.step(names);
            let expected = next.apply(&step);
            assert_eq!(step.apply(&mut edit).is_ok(), expected, "{step:?}");
            refused |= !expected;
            if refused {
                break;
            }
        }
        if refused {
            drop(edit);
        } else {
            let before = (snapshot.clone(), twin);
            (snapshot, twin) = (edit.finish().0, next);
            before.1.is(&before.0);
        }
        each(choices, &snapshot, &twin);
    }
    twin.is(&snapshot);
}

/// Bytes that a failing test prints as one short line.
fn some_bytes(most: usize) -> impl Strategy<Value = Bytes> {
    proptest::collection::vec(any::<u8>(), 0..most).prop_map(Bytes)
}

struct Bytes(Vec<u8>);

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_are_the_twins(bytes in some_bytes(3_000), names in 1_usize..40) {
        edited(&mut Choices::new(&bytes.0), names, 25, |choices, snapshot, twin| {
            for _ in 0..3 {
                let request = choices.request(twin.rows.len(), 4);
                twin.agrees(snapshot, &request);
            }
        });
    }

    /// What a snapshot says a row was made from makes the same row again.
    #[test]
    fn some_rows_alone_are_the_same_rows(bytes in some_bytes(2_000)) {
        edited(&mut Choices::new(&bytes.0), 15, 6, |choices, snapshot, twin| {
            let mut chosen: Vec<Row> = twin.live().map(|(row, _)| row).filter(|_| choices.below(3) > 0).collect();
            chosen.reverse();
            let alone = Twin { rows: chosen.iter().map(|row| twin.rows[*row as usize].clone()).collect() };
            let copy = snapshot.only(&chosen).unwrap();
            alone.is(&copy);
            alone.agrees(&copy, &choices.request(chosen.len(), 2));
            assert!(snapshot.definition(snapshot.rows()).is_err());
        });
    }

    /// Terms required and forbidden one by one are conditions on them.
    #[test]
    fn what_is_required_and_forbidden_is_a_condition(bytes in some_bytes(2_000)) {
        edited(&mut Choices::new(&bytes.0), 15, 6, |choices, snapshot, twin| {
            let (required, forbidden) = (choices.term(), [choices.term(), choices.term()]);
            let all = Asked::Terms(Mode::All, vec![Some(required)]);
            let none = Asked::Terms(Mode::None, forbidden.map(Some).to_vec());
            let request = Request { conditions: vec![all, none], ..Request::default() };
            let ids = term_ids(snapshot);
            let id = |term| ids.get(&term).copied().unwrap_or(u32::MAX);
            let mut query = Query::default();
            query.require(id(required));
            query.forbid(forbidden.map(id));
            assert_eq!(query.select(snapshot, request.values()), twin.matching(&request));
            assert_eq!(query.stamp(snapshot), request.query(snapshot).stamp(snapshot));
        });
    }

    /// What a remembered answer may rely on.
    #[test]
    fn while_the_stamp_stays_the_answer_stays(bytes in some_bytes(3_000)) {
        let mut kept: Vec<(Request, Query, u64, Answers)> = Vec::new();
        edited(&mut Choices::new(&bytes.0), 12, 20, |choices, snapshot, twin| {
            for (request, query, stamp, answers) in &kept {
                if query.stamp(snapshot) == *stamp {
                    assert_eq!(&Answers::of(query, snapshot, request), answers, "{request:?}");
                }
                assert!(query.stamp(snapshot) >= *stamp);
            }
            let request = choices.request(twin.rows.len(), 3);
            let query = request.query(snapshot);
            let answers = Answers::of(&query, snapshot, &request);
            kept.push((request, query.clone(), query.stamp(snapshot), answers));
        });
    }
}

#[derive(Debug, PartialEq)]
struct Answers {
    best: Option<Row>,
    rows: Vec<Row>,
    count: u32,
}

impl Answers {
    fn of(query: &Query, snapshot: &Snapshot, request: &Request) -> Self {
        let values = request.values();
        Self {
            best: query.best(snapshot, values),
            rows: query.select(snapshot, values),
            count: query.count(snapshot, values),
        }
    }
}
