//! An inverted index that goes along with changes: lists that are shared, and beside them the items that
//! were read again since.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use foldhash::quality::FixedState;

use super::lists::{Builder, FIRST, LAST, Lists, MOST_PLACES, Place, behind, is_same, item_of, merge, place};
use super::split::Split;

/// Pieces of one text that are read; those behind are not found.
pub(super) const MOST_PIECES: usize = 1_024;
/// Parts of a text, those behind a slash, that are looked for when the same text comes again.
const MOST_PARTS: usize = 4;
/// So many items lie beside the lists at least before they are merged, and one in so many of all.
const BESIDE: usize = 128;
const BESIDE_SHARE: usize = 64;

/// Reads the texts of one item.
#[derive(Debug, Default)]
pub(super) struct Reader {
    split: Split,
    /// What was read of the item: hashes of texts and of their last parts, with the rank.
    seen: Vec<(u64, u8)>,
    at: u32,
    hash: u64,
}

fn hasher() -> impl Hasher {
    FixedState::default().build_hasher()
}

impl Reader {
    pub(super) fn begin(&mut self) {
        self.seen.clear();
        (self.at, self.hash) = (0, 0);
    }

    /// What the texts so far are: the same for the same texts, 0 for none.
    pub(super) fn hash(&self) -> u64 {
        self.hash
    }

    /// Reads a text of an item. A text that an earlier one of no worse rank ends with is not read again.
    pub(super) fn read(&mut self, item: u32, rank: u8, text: &str, mut push: impl FnMut(&str, Place)) {
        let mut hasher = hasher();
        hasher.write_u64(self.hash);
        hasher.write_u8(rank);
        hasher.write(text.as_bytes());
        self.hash = hasher.finish().max(1);
        self.split.read(text, MOST_PIECES);
        let len = self.split.len();
        let room = MOST_PLACES.saturating_sub(self.at) as usize;
        if len == 0 || room <= len {
            return;
        }
        let firsts = self.split.pieces().enumerate().filter(|(_, (_, first))| *first).map(|(at, _)| at);
        let mut parts: Vec<(u64, u8)> = Vec::new();
        for from in firsts.take(MOST_PARTS) {
            let mut hasher = self::hasher();
            for (piece, _) in self.split.pieces().skip(from) {
                hasher.write(piece.as_bytes());
                hasher.write_u8(0xFF);
            }
            parts.push((hasher.finish(), rank));
        }
        let whole = parts.first().map_or(0, |(hash, _)| *hash);
        if self.seen.iter().any(|(hash, better)| *hash == whole && *better <= rank) {
            return;
        }
        self.seen.append(&mut parts);
        for (at, (piece, first)) in self.split.pieces().enumerate() {
            let marks = u64::from(first) * FIRST + u64::from(at + 1 == len) * LAST;
            push(piece, place(item, rank, self.at + at as u32) | marks);
        }
        // One place is left out, so that no word reaches from one text into the next.
        self.at += len as u32 + 1;
    }
}

/// What the texts of an item are by now.
#[derive(Debug, Default)]
pub(super) struct Recent {
    pub(super) hash: u64,
    pub(super) pieces: Vec<(Box<str>, Place)>,
}

/// Lists, and the items that were read since they were made.
///
/// Invariant: `recent` is sorted by item; of an item in it what the lists say does not count.
#[derive(Clone, Debug, Default)]
pub(super) struct Inverted {
    lists: Arc<Lists>,
    recent: Vec<(u32, Arc<Recent>)>,
}

impl Inverted {
    pub(super) fn new(lists: Lists) -> Self {
        Self { lists: Arc::new(lists), recent: Vec::new() }
    }

    pub(super) fn recent(&self, item: u32) -> Option<&Recent> {
        let place = self.recent.binary_search_by_key(&item, |(item, _)| *item).ok()?;
        Some(&self.recent[place].1)
    }

    pub(super) fn recents(&self) -> impl Iterator<Item = (u32, &Recent)> {
        self.recent.iter().map(|(item, recent)| (*item, &**recent))
    }

    /// Takes in items that were read; they come sorted.
    pub(super) fn put(&mut self, read: Vec<(u32, Recent)>) {
        self.recent.retain(|(item, _)| read.binary_search_by_key(item, |(item, _)| *item).is_err());
        self.recent.extend(read.into_iter().map(|(item, recent)| (item, Arc::new(recent))));
        self.recent.sort_by_key(|(item, _)| *item);
    }

    /// Whether what was read since is so much that it is worth a pass over all lists.
    pub(super) fn is_full(&self, items: usize) -> bool {
        self.recent.len() > BESIDE + items / BESIDE_SHARE
    }

    /// Merges what was read since into the lists.
    pub(super) fn settle(&mut self) {
        let mut builder = Builder::default();
        for (_, recent) in &self.recent {
            recent.pieces.iter().for_each(|(piece, place)| builder.push(piece, *place));
        }
        let stale = |item| self.recent(item).is_some();
        let lists = self.lists.merged(&builder.finish(), stale);
        *self = Self::new(lists);
    }

    /// The places of a piece, or of those that begin with it, sorted.
    pub(super) fn places(&self, piece: &str, prefix: bool) -> Cow<'_, [Place]> {
        let mut found = if prefix {
            let mut pieces = self.lists.begin(piece).map(|(_, list)| list);
            match (pieces.next(), pieces.next()) {
                (None, _) => Cow::Borrowed(&[][..]),
                (Some(list), None) => Cow::Borrowed(list),
                (Some(first), Some(second)) => {
                    let mut all = [first, second].concat();
                    pieces.for_each(|list| all.extend_from_slice(list));
                    merge(&mut all);
                    Cow::Owned(all)
                }
            }
        } else {
            Cow::Borrowed(self.lists.find(piece))
        };
        if self.recent.is_empty() {
            return found;
        }
        let places = found.to_mut();
        if !places.is_empty() {
            places.retain(|place| self.recent(item_of(*place)).is_none());
        }
        let before = places.len();
        let is = |text: &str| if prefix { text.starts_with(piece) } else { text == piece };
        let pieces = self.recent.iter().flat_map(|(_, recent)| &recent.pieces);
        places.extend(pieces.filter(|(text, _)| is(text)).map(|(_, place)| *place));
        if places.len() > before {
            merge(places);
        }
        found
    }

    /// The first and the last place of these pieces, one behind the other.
    pub(super) fn word(&self, pieces: &[&str], prefix: bool) -> Vec<(Place, Place)> {
        let Some((last, others)) = pieces.split_last() else { return Vec::new() };
        let end = self.places(last, prefix);
        match others.split_first() {
            None => end.iter().map(|place| (*place, *place)).collect(),
            Some((first, others)) => {
                let mut found = self.places(first, false).iter().map(|place| (*place, *place)).collect();
                others.iter().for_each(|piece| follow(&mut found, &self.places(piece, false)));
                follow(&mut found, &end);
                found
            }
        }
    }
}

/// Keeps those behind which one of these places is.
pub(super) fn follow(found: &mut Vec<(Place, Place)>, mut places: &[Place]) {
    found.retain_mut(|(_, last)| {
        let wanted = behind(*last);
        places = &places[skip(places, wanted)..];
        match places.first() {
            Some(place) if is_same(*place, wanted) => {
                *last = *place;
                true
            }
            _ => false,
        }
    });
}

/// How many of these come before one, in steps that double: what is looked for is mostly near.
fn skip(places: &[Place], wanted: Place) -> usize {
    let mut step = 1;
    while places.get(step - 1).is_some_and(|place| *place < wanted) {
        step *= 2;
    }
    let from = step / 2;
    let rest = &places[from..places.len().min(step)];
    from + rest.partition_point(|place| *place < wanted)
}
