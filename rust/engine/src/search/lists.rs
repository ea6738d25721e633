//! Words and where they stand: for each piece of any text the places that it has, sorted.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Where a piece stands: the item (a row or a term), the rank of the text, the place among the pieces of
/// the item, and whether it is the last of its text and the first of a part of it.
///
/// Sorted, the places of an item are together, those in texts of a better rank first; the piece behind
/// another one has the next place, and between two texts one place is left out.
pub(super) type Place = u64;

pub(super) const FIRST: Place = 1;
pub(super) const LAST: Place = 2;
const STEP: Place = 4;
/// Places that an item has.
pub(super) const MOST_PLACES: u32 = 1 << 26;

pub(super) const fn place(item: u32, rank: u8, at: u32) -> Place {
    (item as Place) << 32 | (rank as Place & 15) << 28 | (at as Place * STEP)
}

pub(super) const fn item_of(place: Place) -> u32 {
    (place >> 32) as u32
}

pub(super) const fn rank_of(place: Place) -> u8 {
    (place >> 28 & 15) as u8
}

/// The place behind, whatever its marks.
pub(super) const fn behind(place: Place) -> Place {
    (place & !(FIRST | LAST)) + STEP
}

pub(super) const fn is_same(place: Place, other: Place) -> bool {
    place / STEP == other / STEP
}

/// Sorts a few runs that are sorted each: that is what the stable sort is quick at.
pub(super) fn merge<T: Ord>(runs: &mut [T]) {
    runs.sort();
}

/// Lists of places by piece.
///
/// Invariants: pieces are sorted and no two are equal; `ends` and `starts` have one number more than there
/// are pieces, ascending from 0; the places of one piece are sorted.
#[derive(Debug, Default)]
pub(super) struct Lists {
    text: String,
    ends: Vec<usize>,
    places: Vec<Place>,
    starts: Vec<usize>,
}

impl Lists {
    fn len(&self) -> usize {
        self.ends.len().saturating_sub(1)
    }

    fn piece(&self, at: usize) -> &str {
        match (self.ends.get(at), self.ends.get(at + 1)) {
            (Some(from), Some(to)) => &self.text[*from..*to],
            _ => "",
        }
    }

    fn list(&self, at: usize) -> &[Place] {
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(from), Some(to)) => &self.places[*from..*to],
            _ => &[],
        }
    }

    /// The first piece that is not before this one.
    fn lower(&self, piece: &str) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.piece(middle) < piece { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The places of a piece.
    pub(super) fn find(&self, piece: &str) -> &[Place] {
        let at = self.lower(piece);
        if self.piece(at) == piece { self.list(at) } else { &[] }
    }

    /// The pieces that begin so, in order.
    pub(super) fn begin(&self, start: &str) -> impl Iterator<Item = (&str, &[Place])> {
        let pieces = (self.lower(start)..self.len()).map(|at| (self.piece(at), self.list(at)));
        pieces.take_while(move |(piece, _)| piece.starts_with(start))
    }

    fn push(&mut self, piece: &str, places: impl Iterator<Item = Place>) {
        if self.ends.is_empty() {
            (self.ends, self.starts) = (vec![0], vec![0]);
        }
        let before = self.places.len();
        self.places.extend(places);
        if self.places.len() > before {
            self.text.push_str(piece);
            self.ends.push(self.text.len());
            self.starts.push(self.places.len());
        }
    }

    /// These without the places of some items, and those of others. Cost: one pass over both.
    pub(super) fn merged(&self, other: &Self, stale: impl Fn(u32) -> bool) -> Self {
        let mut made = Self::default();
        let (mut here, mut there, mut places) = (0, 0, Vec::new());
        while here < self.len() || there < other.len() {
            let order = match (here < self.len(), there < other.len()) {
                (true, true) => self.piece(here).cmp(other.piece(there)),
                (true, false) => std::cmp::Ordering::Less,
                _ => std::cmp::Ordering::Greater,
            };
            let piece = if order.is_le() { self.piece(here) } else { other.piece(there) };
            places.clear();
            if order.is_le() {
                places.extend(self.list(here).iter().copied().filter(|place| !stale(item_of(*place))));
                here += 1;
            }
            if order.is_ge() {
                places.extend_from_slice(other.list(there));
                there += 1;
            }
            merge(&mut places);
            made.push(piece, places.iter().copied());
        }
        made
    }
}

/// Takes pieces in any order and gives their lists.
#[derive(Debug, Default)]
pub(super) struct Builder {
    pieces: HashMap<Box<str>, u32, RandomState>,
    places: Vec<(u32, Place)>,
}

impl Builder {
    pub(super) fn push(&mut self, piece: &str, place: Place) {
        let id = match self.pieces.get(piece) {
            Some(id) => *id,
            None => {
                let id = self.pieces.len() as u32;
                self.pieces.insert(piece.into(), id);
                id
            }
        };
        self.places.push((id, place));
    }

    /// Cost: a sort of the different pieces, and two passes over the places where those came in order.
    pub(super) fn finish(self) -> Lists {
        let mut starts = vec![0_usize; self.pieces.len() + 1];
        self.places.iter().for_each(|(id, _)| starts[*id as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut grouped: Vec<Place> = vec![0; self.places.len()];
        let mut next = starts.clone();
        for (id, place) in self.places {
            grouped[next[id as usize]] = place;
            next[id as usize] += 1;
        }
        let mut pieces: Vec<(Box<str>, u32)> = self.pieces.into_iter().collect();
        pieces.sort_unstable();
        let mut made = Lists::default();
        made.places.reserve_exact(grouped.len());
        for (piece, id) in pieces {
            let list = &mut grouped[starts[id as usize]..starts[id as usize + 1]];
            list.sort_unstable();
            made.push(&piece, list.iter().copied());
        }
        made
    }
}
