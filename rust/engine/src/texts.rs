//! Texts that lead to a number: the table under names and terms.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use std::hash::BuildHasher;

/// What a text leads to. `space` keeps the same text apart in different roles (the facet of a
/// term); `tag` says how it leads there (an id, an alias, a synonym).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) text: Arc<str>,
    pub(crate) value: u32,
    pub(crate) space: u16,
    pub(crate) tag: u8,
}

/// An open table of slots, each the high half of a hash and the place of a record.
///
/// Invariants: the number of slots is a power of two, at most 7/8 of them are taken, and a slot
/// of `EMPTY` ends every probe.
#[derive(Debug, Default)]
struct Table {
    slots: Vec<u64>,
    records: Vec<Record>,
}

const EMPTY: u64 = u64::MAX;
/// An overlay of more changes than this share of the table is merged into it.
const OVERLAY_SHARE: usize = 16;
const OVERLAY_LEAST: usize = 256;

/// By hash, what was changed since: the space, the text, and the record where it was not removed.
type Overlay = HashMap<u64, Vec<(u16, Arc<str>, Option<Record>)>, RandomState>;

/// A map from (space, text) to a record: a table that snapshots share, and a small overlay of
/// what was added and removed since.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    hasher: RandomState,
    table: Arc<Table>,
    overlay: Option<Arc<Overlay>>,
    len: usize,
}

fn hash(hasher: &RandomState, space: u16, text: &str) -> u64 {
    // The hasher is seeded a process, so a stranger cannot choose texts that collide.
    hasher.hash_one(text.as_bytes()).wrapping_add(u64::from(space).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn changed<'a>(overlay: &'a Overlay, hash: u64, space: u16, text: &str) -> Option<&'a Option<Record>> {
    let same = overlay.get(&hash)?.iter().find(|(there, name, _)| *there == space && **name == *text);
    same.map(|(.., record)| record)
}

impl Table {
    fn find(&self, hash: u64, space: u16, text: &str) -> Option<&Record> {
        let mask = self.slots.len().checked_sub(1)?;
        let mark = hash >> 32;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == EMPTY {
                return None;
            }
            if slot >> 32 == mark {
                let record = &self.records[(slot & 0xFFFF_FFFF) as usize];
                if record.space == space && *record.text == *text {
                    return Some(record);
                }
            }
            at = (at + 1) & mask;
        }
    }

    /// The table of these records, and the place of the last one that repeats another.
    fn with(hasher: &RandomState, records: Vec<Record>) -> (Self, Option<usize>) {
        let mut repeated = None;
        let slots = (records.len() * 8 / 5 + 1).next_power_of_two();
        let mut table = Self { slots: vec![EMPTY; slots], records };
        let mask = slots - 1;
        for (place, record) in table.records.iter().enumerate() {
            let hash = hash(hasher, record.space, &record.text);
            let mut at = hash as usize & mask;
            while table.slots[at] != EMPTY {
                if table.slots[at] >> 32 == hash >> 32 {
                    let other = &table.records[(table.slots[at] & 0xFFFF_FFFF) as usize];
                    if other.space == record.space && other.text == record.text {
                        repeated = Some(place);
                    }
                }
                at = (at + 1) & mask;
            }
            table.slots[at] = (hash >> 32) << 32 | place as u64;
        }
        (table, repeated)
    }
}

impl Texts {
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, space: u16, text: &str) -> Option<&Record> {
        let hash = hash(&self.hasher, space, text);
        if let Some(overlay) = &self.overlay
            && let Some(changed) = changed(overlay, hash, space, text)
        {
            return changed.as_ref();
        }
        self.table.find(hash, space, text)
    }

    pub(crate) fn insert(&mut self, record: Record) {
        if self.get(record.space, &record.text).is_none() {
            self.len += 1;
        }
        self.change(record.text.clone(), record.space, Some(record));
    }

    pub(crate) fn remove(&mut self, space: u16, text: &str) {
        if self.get(space, text).is_some() {
            self.len -= 1;
            self.change(Arc::from(text), space, None);
        }
    }

    /// Adds many records at once, none of which may be there; else the one that is.
    ///
    /// After an error the texts are spoilt: drop them.
    pub(crate) fn extend(&mut self, added: Vec<Record>) -> std::result::Result<(), Record> {
        let mut records = Vec::with_capacity(self.len + added.len());
        records.extend(self.iter().cloned());
        records.extend(added);
        let (table, repeated) = Table::with(&self.hasher, records);
        if let Some(place) = repeated {
            return Err(table.records[place].clone());
        }
        self.len = table.records.len();
        self.table = Arc::new(table);
        self.overlay = None;
        Ok(())
    }

    fn change(&mut self, text: Arc<str>, space: u16, to: Option<Record>) {
        let overlay = Arc::make_mut(self.overlay.get_or_insert_with(Arc::default));
        let changes = overlay.entry(hash(&self.hasher, space, &text)).or_default();
        match changes.iter_mut().find(|(there, name, _)| *there == space && *name == text) {
            Some(place) => place.2 = to,
            None => changes.push((space, text, to)),
        }
    }

    /// Merges the overlay into a new table where it has grown large.
    pub(crate) fn settle(&mut self) {
        let Some(overlay) = &self.overlay else { return };
        if overlay.len() < OVERLAY_LEAST.max(self.table.records.len() / OVERLAY_SHARE) && !self.table.records.is_empty()
        {
            return;
        }
        let mut records: Vec<Record> = self.kept().cloned().collect();
        let mut added: Vec<&Record> = overlay.values().flatten().filter_map(|(.., record)| record.as_ref()).collect();
        added.sort_unstable_by(|a, b| (a.space, a.value, &a.text).cmp(&(b.space, b.value, &b.text)));
        records.extend(added.into_iter().cloned());
        self.table = Arc::new(Table::with(&self.hasher, records).0);
        self.overlay = None;
    }

    /// All records, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Record> {
        let changes = self.overlay.iter().flat_map(|overlay| overlay.values().flatten());
        self.kept().chain(changes.filter_map(|(.., record)| record.as_ref()))
    }

    /// The records of the table that were not changed since.
    fn kept(&self) -> impl Iterator<Item = &Record> {
        let unchanged = |overlay: &Overlay, record: &Record| {
            let hash = hash(&self.hasher, record.space, &record.text);
            changed(overlay, hash, record.space, &record.text).is_none()
        };
        let kept = move |record: &&Record| self.overlay.as_ref().is_none_or(|overlay| unchanged(overlay, record));
        self.table.records.iter().filter(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn behaves_as_a_map(steps in proptest::collection::vec((0_u16..3, "[a-c]{0,3}", proptest::option::of(0_u32..100), any::<bool>()), 0..400)) {
            let mut texts = Texts::default();
            let mut twin: BTreeMap<(u16, String), u32> = BTreeMap::new();
            for (space, text, value, settle) in steps {
                match value {
                    Some(value) => {
                        texts.insert(Record { text: Arc::from(text.as_str()), value, space, tag: 0 });
                        twin.insert((space, text), value);
                    }
                    None => {
                        texts.remove(space, &text);
                        twin.remove(&(space, text));
                    }
                }
                if settle {
                    texts.settle();
                }
                prop_assert_eq!(texts.len(), twin.len());
            }
            for ((space, text), value) in &twin {
                prop_assert_eq!(texts.get(*space, text).map(|record| record.value), Some(*value));
            }
            prop_assert_eq!(texts.iter().count(), twin.len());
            prop_assert!(texts.get(0, "not there").is_none());
        }
    }
}
