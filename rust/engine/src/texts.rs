//! Texts that lead to a number: the table under names and terms.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::MAX_NAME_BYTES;
use crate::changes::Changes;

/// What a text leads to; `tag` says how it leads there (an id, an alias, a synonym).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) value: u32,
    pub(crate) tag: u16,
}

/// A text and what it leads to. `space` keeps the same text apart in different roles (the facet
/// of a term).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    pub(crate) space: u16,
    pub(crate) text: &'a str,
    pub(crate) to: Target,
}

/// Bytes before the text of a record: value, space, tag, length, little-endian.
const HEADER: usize = 10;

impl<'a> Record<'a> {
    /// Adds the record to an arena; its text has at most `MAX_NAME_BYTES`.
    pub(crate) fn push(self, arena: &mut Vec<u8>) {
        debug_assert!(self.text.len() <= MAX_NAME_BYTES);
        arena.extend_from_slice(&self.to.value.to_le_bytes());
        arena.extend_from_slice(&self.space.to_le_bytes());
        arena.extend_from_slice(&self.to.tag.to_le_bytes());
        arena.extend_from_slice(&(self.text.len() as u16).to_le_bytes());
        arena.extend_from_slice(self.text.as_bytes());
    }

    /// The record at this place of an arena, and the place of the next one.
    pub(crate) fn at(arena: &'a [u8], place: usize) -> Option<(Self, usize)> {
        let (space, to, text) = parts(arena, place)?;
        let next = place + HEADER + text.len();
        Some((Self { space, text: std::str::from_utf8(text).ok()?, to }, next))
    }
}

/// What is at this place of an arena: the text is not looked at.
#[inline(always)]
fn parts(arena: &[u8], place: usize) -> Option<(u16, Target, &[u8])> {
    let (to, rest) = arena.get(place..)?.split_first_chunk()?;
    let (len, rest) = rest.split_first_chunk()?;
    let (to, text) = (u64::from_le_bytes(*to), rest.get(..usize::from(u16::from_le_bytes(*len)))?);
    Some(((to >> 32) as u16, Target { value: to as u32, tag: (to >> 48) as u16 }, text))
}

/// An open table over an arena of records.
///
/// Invariants: a slot holds the high half of a hash and the place of a record in the arena; the
/// number of slots is a power of two, at most 7/8 of them are taken, and a slot of `EMPTY` ends
/// every probe; no two records have the same space and text.
#[derive(Debug, Default)]
pub(crate) struct Table {
    slots: Box<[u64]>,
    arena: Box<[u8]>,
    len: usize,
}

const EMPTY: u64 = u64::MAX;

/// Why records are no table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// This text is there twice.
    Twice(String),
    /// The bytes are no records, or more than places of 32 bits can tell apart.
    Arena,
}

impl Table {
    #[inline(always)]
    pub(crate) fn find(&self, hash: u64, space: u16, text: &str) -> Option<Target> {
        let mask = self.slots.len().checked_sub(1)?;
        let mark = hash >> 32;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == EMPTY {
                return None;
            }
            if slot >> 32 == mark
                && let Some((there, to, found)) = parts(&self.arena, (slot & 0xFFFF_FFFF) as usize)
                && there == space
                && found == text.as_bytes()
            {
                return Some(to);
            }
            at = (at + 1) & mask;
        }
    }

    /// The table of `len` records that lie in an arena one after the other.
    pub(crate) fn new(arena: Vec<u8>, len: usize, hash: impl Fn(u16, &str) -> u64) -> Result<Self, Unfit> {
        if u32::try_from(arena.len()).is_err() {
            return Err(Unfit::Arena);
        }
        let slots = len.checked_mul(8).ok_or(Unfit::Arena)? / 5 + 1;
        let mut slots = vec![EMPTY; slots.next_power_of_two()].into_boxed_slice();
        let (mask, mut place) = (slots.len() - 1, 0);
        for _ in 0..len {
            let (record, next) = Record::at(&arena, place).ok_or(Unfit::Arena)?;
            let hash = hash(record.space, record.text);
            let mut at = hash as usize & mask;
            while slots[at] != EMPTY {
                if slots[at] >> 32 == hash >> 32
                    && let Some((space, _, text)) = parts(&arena, (slots[at] & 0xFFFF_FFFF) as usize)
                    && space == record.space
                    && text == record.text.as_bytes()
                {
                    return Err(Unfit::Twice(record.text.to_owned()));
                }
                at = (at + 1) & mask;
            }
            slots[at] = (hash >> 32) << 32 | place as u64;
            place = next;
        }
        if place != arena.len() {
            return Err(Unfit::Arena);
        }
        Ok(Self { slots, arena: arena.into_boxed_slice(), len })
    }

    /// The records with their places, in the order of the arena.
    fn iter(&self) -> impl Iterator<Item = (u32, Record<'_>)> {
        let mut place = 0;
        std::iter::from_fn(move || {
            let (record, next) = Record::at(&self.arena, place)?;
            let at = place as u32;
            place = next;
            Some((at, record))
        })
    }
}

/// A text that the table does not know, or knows otherwise; without a target it was removed.
#[derive(Clone, Debug)]
struct Change {
    space: u16,
    text: Arc<str>,
    to: Option<Target>,
}

/// A table is made anew where more than this share of it was changed.
const CHANGED_SHARE: usize = 16;
const CHANGED_LEAST: usize = 1_024;

/// A map from (space, text) to a target: a table that snapshots share, and what was changed since.
///
/// Invariant: a change without a target is of a text that is in the table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    hasher: RandomState,
    table: Arc<Table>,
    /// By hash.
    changes: Changes<u64, Vec<Change>>,
}

impl Texts {
    /// The texts of an arena of records.
    pub(crate) fn of(arena: Vec<u8>, len: usize) -> Result<Self, Unfit> {
        let mut texts = Self::default();
        texts.table = Arc::new(Table::new(arena, len, |space, text| texts.hash(space, text))?);
        Ok(texts)
    }

    #[inline(always)]
    fn hash(&self, space: u16, text: &str) -> u64 {
        // The hasher is seeded a process, so a stranger cannot choose texts that collide.
        self.hasher.hash_one(text.as_bytes()).wrapping_add(u64::from(space).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    #[inline(always)]
    pub(crate) fn get(&self, space: u16, text: &str) -> Option<Target> {
        let hash = self.hash(space, text);
        if !self.changes.is_empty()
            && let Some(change) = self.changed(hash, space, text)
        {
            return change.to;
        }
        self.table.find(hash, space, text)
    }

    #[inline(never)]
    fn changed(&self, hash: u64, space: u16, text: &str) -> Option<&Change> {
        self.changes.get(hash)?.iter().find(|change| change.space == space && *change.text == *text)
    }

    /// Leads a text somewhere; it has at most `MAX_NAME_BYTES`.
    pub(crate) fn insert(&mut self, space: u16, text: &Arc<str>, to: Target) {
        let hash = self.hash(space, text);
        self.change(hash, Change { space, text: text.clone(), to: Some(to) });
    }

    pub(crate) fn remove(&mut self, space: u16, text: &str) {
        let hash = self.hash(space, text);
        if self.table.find(hash, space, text).is_some() {
            return self.change(hash, Change { space, text: Arc::from(text), to: None });
        }
        // As if it had never come: nothing is left of what comes and goes.
        let Some(there) = self.changes.get(hash) else { return };
        let left: Vec<Change> = there.iter().filter(|other| !other.is(space, text)).cloned().collect();
        if left.is_empty() {
            self.changes.remove(hash);
        } else {
            self.changes.insert(hash, left);
        }
    }

    fn change(&mut self, hash: u64, change: Change) {
        // Nearly always alone: two texts of one hash are rare.
        let there = self.changes.get(hash).into_iter().flatten();
        let mut all: Vec<Change> = there.filter(|other| !other.is(change.space, &change.text)).cloned().collect();
        all.push(change);
        self.changes.insert(hash, all);
    }

    /// Adds many records at once, none of which may be there.
    pub(crate) fn extend(&mut self, added: &[(u16, Arc<str>, Target)]) -> Result<(), Unfit> {
        let (mut arena, mut len) = (Vec::new(), 0);
        let added = added.iter().map(|(space, text, to)| Record { space: *space, text, to: *to });
        for record in self.iter().chain(added) {
            record.push(&mut arena);
            len += 1;
        }
        self.table = Arc::new(Table::new(arena, len, |space, text| self.hash(space, text))?);
        self.changes = Changes::default();
        Ok(())
    }

    /// Makes a new table where much was changed: whether it did. Cost: once in many changes, about 0.1 us a text.
    pub(crate) fn settle(&mut self) -> bool {
        let few = CHANGED_LEAST.max(self.table.len / CHANGED_SHARE);
        if self.changes.is_empty() || (self.changes.most() < few && self.table.len > 0) {
            self.changes.settle();
            return false;
        }
        let (mut arena, mut len) = (Vec::with_capacity(self.table.arena.len()), 0);
        for record in self.kept() {
            record.push(&mut arena);
            len += 1;
        }
        let mut added: Vec<Record<'_>> = self.added().collect();
        added.sort_unstable_by_key(|record| (record.space, record.to.value, record.to.tag, record.text));
        len += added.len();
        added.iter().for_each(|record| record.push(&mut arena));
        drop(added);
        // Nothing is there twice; without room for more the changes stay beside the table.
        let Ok(table) = Table::new(arena, len, |space, text| self.hash(space, text)) else {
            self.changes.settle();
            return false;
        };
        self.table = Arc::new(table);
        self.changes = Changes::default();
        true
    }

    /// The text of the record at this place of the table.
    pub(crate) fn at(&self, place: u32) -> Option<&str> {
        Record::at(&self.table.arena, place as usize).map(|(record, _)| record.text)
    }

    /// What the text of the record at this place of the table leads to.
    pub(crate) fn target(&self, place: u32) -> Option<Target> {
        parts(&self.table.arena, place as usize).map(|(_, to, _)| to)
    }

    /// The records of the table with their places, whatever was changed since.
    pub(crate) fn table(&self) -> impl Iterator<Item = (u32, Record<'_>)> {
        self.table.iter()
    }

    /// All records, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        self.kept().chain(self.added())
    }

    /// The records of the table that were not changed since.
    fn kept(&self) -> impl Iterator<Item = Record<'_>> {
        let unchanged = |record: &Record<'_>| {
            self.changed(self.hash(record.space, record.text), record.space, record.text).is_none()
        };
        let records = self.table.iter().map(|(_, record)| record);
        records.filter(move |record| self.changes.is_empty() || unchanged(record))
    }

    fn added(&self) -> impl Iterator<Item = Record<'_>> {
        let changes = self.changes.values().flatten();
        changes.filter_map(|Change { space, text, to }| Some(Record { space: *space, text, to: (*to)? }))
    }
}

impl Change {
    fn is(&self, space: u16, text: &str) -> bool {
        self.space == space && *self.text == *text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    type Twin = BTreeMap<(u16, String), Target>;

    fn same(texts: &Texts, twin: &Twin) {
        for ((space, text), to) in twin {
            assert_eq!(texts.get(*space, text), Some(*to));
        }
        let all: Twin = texts.iter().map(|record| ((record.space, record.text.to_owned()), record.to)).collect();
        assert_eq!(&all, twin);
        assert_eq!(texts.iter().count(), twin.len());
        assert_eq!(texts.get(0, "not there"), None);
        let removed = texts.changes.values().flatten().filter(|change| change.to.is_none());
        removed.for_each(|change| {
            assert!(texts.table.find(texts.hash(change.space, &change.text), change.space, &change.text).is_some());
        });
    }

    proptest! {
        /// Changes, merges, and clones that nothing later may reach.
        #[test]
        fn behaves_as_a_map(steps in proptest::collection::vec((0_u16..3, "[a-cä]{0,3}", proptest::option::of(0_u32..100), 0_u8..20), 0..300)) {
            let (mut texts, mut twin, mut clones) = (Texts::default(), Twin::new(), Vec::new());
            for (space, text, value, and) in steps {
                match value {
                    Some(value) => {
                        let to = Target { value, tag: u16::from(and) };
                        texts.insert(space, &Arc::from(text.as_str()), to);
                        twin.insert((space, text), to);
                    }
                    None => {
                        texts.remove(space, &text);
                        twin.remove(&(space, text));
                    }
                }
                match and {
                    0 => clones.push((texts.clone(), twin.clone())),
                    1 => texts.extend(&[]).unwrap(),
                    2 => drop(texts.settle()),
                    _ => {}
                }
            }
            same(&texts, &twin);
            clones.iter().for_each(|(texts, twin)| same(texts, twin));
        }

        /// Whatever the bytes are: a table that finds each of its records, or none.
        #[test]
        fn any_arena_is_a_table_or_none(mut arena in proptest::collection::vec(0_u8..4, 0..60), len in 0_usize..5, good in any::<bool>()) {
            if good {
                arena.clear();
                for (value, text) in (0_u32..).zip(["", "a", "é", "zz"]).take(len) {
                    Record { space: 0, text, to: Target { value, tag: 1 } }.push(&mut arena);
                }
            }
            match Texts::of(arena, len) {
                Ok(texts) => {
                    prop_assert_eq!(texts.table().count(), len);
                    for (place, record) in texts.table() {
                        prop_assert_eq!(texts.get(record.space, record.text), Some(record.to));
                        prop_assert_eq!(texts.at(place), Some(record.text));
                    }
                }
                Err(_) => prop_assert!(!good),
            }
        }
    }

    #[test]
    fn a_large_overlay_is_merged_and_a_small_one_is_not() {
        let mut texts = Texts::default();
        let put = |texts: &mut Texts, range: std::ops::Range<u32>| {
            for value in range {
                texts.insert(7, &Arc::from(format!("text {value}")), Target { value, tag: 0 });
            }
        };
        put(&mut texts, 0..40_000);
        assert!(texts.settle(), "the first table");
        put(&mut texts, 40_000..42_499);
        assert!(!texts.settle());
        let before = texts.clone();
        put(&mut texts, 42_499..42_500);
        assert!(texts.settle());
        assert_eq!((texts.iter().count(), before.iter().count()), (42_500, 42_499));
        assert_eq!((before.get(7, "text 42499"), before.get(7, "text 5")), (None, Some(Target { value: 5, tag: 0 })));
        assert_eq!(texts.get(7, "text 42499"), Some(Target { value: 42_499, tag: 0 }));
        assert_eq!((texts.get(6, "text 5"), texts.changes.most()), (None, 0));
    }

    #[test]
    fn the_same_text_twice_is_refused() {
        let mut texts = Texts::default();
        let record = (1, Arc::from("a"), Target { value: 0, tag: 0 });
        texts.extend(&[record.clone(), (2, Arc::from("a"), Target { value: 1, tag: 0 })]).unwrap();
        assert_eq!(texts.extend(&[record]), Err(Unfit::Twice("a".to_owned())));
    }
}
