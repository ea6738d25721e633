//! Rows near the last one, 2^32 - 1, by construction: a snapshot that says that it gave out so many, of which few live.

use std::sync::Arc;

use crate::column::Column;
use crate::posting::Posting;
use crate::{Condition, Definition, Error, Mode, Part, Query, Row, Snapshot, Values, Vocabulary, relaxations};

const LAST: Row = Row::MAX - 1;
const LIVE: [Row; 6] = [0, 4_095, 65_536, 1 << 31, LAST - 1, LAST];

fn far() -> Snapshot {
    let text = r#"{"format": 1, "facets": [{"name": "tag", "terms": ["x"]}], "measures": [{"name": "size", "kind": "count"}]}"#;
    let mut snapshot = Snapshot::new(Arc::new(Vocabulary::parse(text).unwrap())).unwrap();
    snapshot.rows = Row::MAX;
    LIVE.iter().for_each(|row| snapshot.live.insert(*row));
    snapshot
}

#[test]
fn questions_reach_the_last_row() {
    let snapshot = far();
    let all = Query::default();
    assert_eq!(all.count(&snapshot, Values::default()), 6);
    assert_eq!(all.select(&snapshot, Values::default()), LIVE);
    assert_eq!(all.best(&snapshot, Values::default()), Some(0));
    let exclude = &LIVE[..5];
    assert_eq!(all.best(&snapshot, Values { exclude, ..Values::default() }), Some(LAST));
    assert!(all.matches(&snapshot, LAST, Values::default()) && !all.matches(&snapshot, Row::MAX, Values::default()));
    assert!(!snapshot.is_live(Row::MAX));
    let nobody = Query::new(vec![Condition::Terms(Mode::Any, vec![0])]);
    assert_eq!(nobody.count(&snapshot, Values::default()), 0);
    assert!(nobody.select(&snapshot, Values::default()).is_empty());
}

#[test]
fn every_row_may_live() {
    let mut snapshot = far();
    snapshot.live = Posting::default();
    // As many as there are rows: what is asked then is the number alone.
    for key in [0, 1, u16::MAX] {
        snapshot.live.push_block(key, &(0..=u16::MAX).collect::<Vec<_>>());
    }
    snapshot.live.remove(Row::MAX);
    assert_eq!(snapshot.len(), 3 * 65_536 - 1);
    assert_eq!(Query::default().count(&snapshot, Values::default()), 3 * 65_536 - 1);
    assert!(snapshot.is_live(LAST) && !snapshot.is_live(1 << 20));
}

#[test]
fn reasons_reach_the_last_row() {
    let snapshot = far();
    let part = |rows: &[Row]| Part { exclude: rows.to_vec(), ..Part::default() };
    let found = relaxations(&snapshot, &[part(&LIVE), part(&LIVE[..5])]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].without.as_slice(), found[0].rows, found[0].example), ([0].as_slice(), 1, LAST));
}

#[test]
fn a_row_beyond_the_last_is_refused() {
    let snapshot = far();
    let mut edit = snapshot.edit();
    let definition = Definition { id: "one more".into(), ..Definition::default() };
    assert_eq!(edit.put(&definition, false), Err(Error::Full));
    assert!(Error::Full.to_string().contains("4294967295"));
}

#[test]
fn columns_have_the_last_row() {
    let mut column = Column::default();
    let cells: Vec<(i64, Row)> = (1..).zip(LIVE).collect();
    for (cell, row) in cells.into_iter().rev() {
        assert!(column.set(row, cell, 1));
    }
    assert_eq!(column.known(), 6);
    assert!(LIVE.iter().zip(1..).all(|(row, cell)| column.get(*row) == cell));
    assert_eq!(column.get(LAST - 2), crate::UNKNOWN);
    assert!(column.walk(false).eq(LIVE));
    assert!(column.walk(true).eq(LIVE.into_iter().rev()));
    assert!(column.set(LAST, crate::UNKNOWN, 2));
    assert_eq!(column.known(), 5);
}
