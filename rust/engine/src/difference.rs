//! What is different between two snapshots, by id.

use crate::Row;
use crate::error::Result;
use crate::names::Lookup;
use crate::snapshot::Snapshot;

/// Rows by what happened to their ids from the earlier snapshot to the later one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Rows of the later one.
    pub added: Vec<Row>,
    /// Rows of the earlier one.
    pub removed: Vec<Row>,
    /// The row of the earlier one and the row of the later one; their documents differ.
    pub updated: Vec<(Row, Row)>,
}

impl Snapshot {
    /// What is different from an earlier snapshot, or from any other.
    ///
    /// Costs a comparison for every chunk of rows that the two share, and reads the documents of the
    /// others; two snapshots without a common past share nothing. Of a view every document is read.
    pub fn difference(&self, earlier: &Self) -> Result<Difference> {
        let (mine, theirs) = if self.derived.is_none() && earlier.derived.is_none() {
            // Where a chunk of documents is the same one in both, so are the ids of its rows.
            self.documents.apart(&earlier.documents)
        } else {
            // What a view shares it may yet hide, or show with other prices.
            (self.live_rows().collect(), earlier.live_rows().collect())
        };
        let place = |snapshot: &Self, id: &str| match snapshot.names.get(id) {
            Lookup::Id(row) => Some(row).filter(|row| snapshot.is_live(*row)),
            _ => None,
        };
        let mut found = Difference::default();
        for row in mine {
            let Some(id) = self.names.id(row) else { continue };
            match place(earlier, id) {
                Some(before) if self.documents.equal(row, &earlier.documents, before)? => {}
                Some(before) => found.updated.push((before, row)),
                None => found.added.push(row),
            }
        }
        let gone = |row: &Row| earlier.names.id(*row).is_some_and(|id| place(self, id).is_none());
        found.removed = theirs.into_iter().filter(gone).collect();
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::vocabulary::Vocabulary;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn contents(snapshot: &Snapshot) -> BTreeMap<String, Vec<u8>> {
        let rows = snapshot.names().ids();
        rows.map(|(row, id)| (id.to_owned(), snapshot.documents().read(row).unwrap().to_vec())).collect()
    }

    /// Puts a document of one byte, or removes the id.
    fn changed(snapshot: &Snapshot, steps: &[(u16, Option<u8>)]) -> Snapshot {
        let mut edit = snapshot.edit();
        for (id, document) in steps {
            let id = format!("m{id}");
            match document {
                Some(byte) => {
                    edit.put(&Definition { id, document: vec![*byte], ..Definition::default() }, true).unwrap();
                }
                None => drop(edit.remove(&id)),
            }
        }
        edit.finish().0
    }

    fn steps() -> impl Strategy<Value = Vec<(u16, Option<u8>)>> {
        proptest::collection::vec((0_u16..900, proptest::option::of(0_u8..3)), 0..40)
    }

    fn agrees(earlier: &Snapshot, later: &Snapshot) {
        let (before, after) = (contents(earlier), contents(later));
        let found = later.difference(earlier).unwrap();
        let id = |snapshot: &Snapshot, row| snapshot.names().id(row).unwrap().to_owned();
        let sorted = |mut ids: Vec<String>| {
            ids.sort();
            ids
        };
        let added = sorted(found.added.iter().map(|row| id(later, *row)).collect());
        let removed = sorted(found.removed.iter().map(|row| id(earlier, *row)).collect());
        let updated = sorted(found.updated.iter().map(|(_, row)| id(later, *row)).collect());
        assert!(found.updated.iter().all(|(a, b)| id(earlier, *a) == id(later, *b)));
        assert!(added.iter().eq(after.keys().filter(|id| !before.contains_key(*id))));
        assert!(removed.iter().eq(before.keys().filter(|id| !after.contains_key(*id))));
        let differ = |id: &&String| after.get(*id).is_some_and(|document| document != &before[*id]);
        assert!(updated.iter().eq(before.keys().filter(differ)));
    }

    proptest! {
        #[test]
        fn a_difference_is_that_of_all_documents(first in steps(), then in steps(), other in steps()) {
            let vocabulary = r#"{"format": 1, "facets": [], "measures": []}"#;
            let empty = Snapshot::new(Arc::new(Vocabulary::parse(vocabulary).unwrap())).unwrap();
            let many: Vec<(u16, Option<u8>)> = (0..700).map(|id| (id, Some(0))).collect();
            let before = changed(&changed(&empty, &many), &first);
            let after = changed(&before, &then);
            let unrelated = changed(&empty, &other);
            for (earlier, later) in
                [(&before, &after), (&after, &before), (&before, &unrelated), (&unrelated, &after), (&before, &before)]
            {
                agrees(earlier, later);
            }
            prop_assert_eq!(after.difference(&after).unwrap(), Difference::default());
        }
    }
}
