//! All models at once: exactly these, and those that stay keep their rows.

use std::collections::HashSet;
use std::sync::Arc;

use crate::Row;
use crate::definition::Definition;
use crate::edit::Edit;
use crate::error::{Error, Result};
use crate::names::Lookup;

impl Edit {
    /// Makes these the only models. A model whose document is the same is not touched, one that stays
    /// keeps its row, a new one comes last. Names may change hands between them.
    ///
    /// After an error the edit is spoilt: drop it.
    pub fn replace_all(&mut self, definitions: &[Arc<Definition>]) -> Result<()> {
        let mut wanted: HashSet<&str> = HashSet::with_capacity(definitions.len());
        for definition in definitions {
            if !wanted.insert(&definition.id) {
                return Err(Error::DuplicateId(definition.id.clone()));
            }
        }
        let gone = self.next.names.ids().filter(|(_, id)| !wanted.contains(id)).map(|(_, id)| id.to_owned());
        for id in gone.collect::<Vec<_>>() {
            self.remove(&id)?;
        }
        let mut changed: Vec<(Option<Row>, &Definition)> = Vec::new();
        for definition in definitions {
            let there = match self.next.names.get(&definition.id) {
                Lookup::Id(row) => Some(row),
                _ => None,
            };
            match there {
                Some(row) if *self.next.documents.read(row)? == *definition.document => {}
                there => changed.push((there, definition)),
            }
        }
        // A name that one of them gives up may be taken by another, whichever comes first.
        for (there, _) in &changed {
            there.iter().for_each(|row| self.next.names.clear(*row));
        }
        changed.into_iter().try_for_each(|(there, definition)| self.put_at(there, definition).map(drop))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Snapshot;
    use crate::vocabulary::Vocabulary;

    fn model(id: &str, aliases: &[&str]) -> Arc<Definition> {
        let aliases: Vec<String> = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        let document = format!("{id} {aliases:?}").into_bytes();
        Arc::new(Definition { id: id.to_owned(), aliases, document, ..Definition::default() })
    }

    fn replaced(before: &Snapshot, definitions: &[Arc<Definition>]) -> Result<(Snapshot, Vec<Row>)> {
        let mut edit = before.edit();
        edit.replace_all(definitions)?;
        Ok(edit.finish())
    }

    #[test]
    fn those_that_stay_keep_their_rows_and_names_may_change_hands() {
        let vocabulary = r#"{"format": 1, "facets": [], "measures": []}"#;
        let empty = Snapshot::new(Arc::new(Vocabulary::parse(vocabulary).unwrap())).unwrap();
        let first = [model("a", &["x"]), model("b", &["y"]), model("c", &["z"]), model("d", &[])];
        let (before, touched) = replaced(&empty, &first).unwrap();
        assert_eq!(touched, [0, 1, 2, 3]);
        assert!(before.edit().is_empty());

        let then = [model("new", &["c"]), model("d", &[]), model("b", &["x"]), model("a", &["y"])];
        let (after, touched) = replaced(&before, &then).unwrap();
        assert_eq!(touched, [0, 1, 2, 4], "c is gone, d is as it was");
        assert_eq!(after.names().ids().collect::<Vec<_>>(), [(0, "a"), (1, "b"), (3, "d"), (4, "new")]);
        assert_eq!(after.lookup("x"), Lookup::Alias(1));
        assert_eq!(after.lookup("y"), Lookup::Alias(0));
        assert_eq!(after.lookup("c"), Lookup::Alias(4));
        assert_eq!(after.len(), 4);
        let (alone, _) = replaced(&empty, &then).unwrap();
        assert_eq!(after.fingerprint(), alone.fingerprint());

        let (same, touched) = replaced(&after, &then).unwrap();
        assert!(touched.is_empty());
        assert_eq!(same.fingerprint(), after.fingerprint());
        assert!(replaced(&after, &[model("a", &[]), model("a", &[])]).is_err());
        assert!(replaced(&after, &[model("a", &["q"]), model("b", &["q"])]).is_err());
        assert!(replaced(&after, &[]).unwrap().0.is_empty());
    }
}
