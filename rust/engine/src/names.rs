//! Names: the texts that lead to one row, ids and declared aliases.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::near::{NearNames, NearOverlay};
use crate::once::Once;
use crate::resolve::Parts;
use crate::texts::{Target, Texts, Unfit};
use crate::{MAX_NAME_BYTES, Row};

/// The tag of an id; aliases count from 1, in the order of their declaration.
pub(crate) const ID: u16 = 0;
/// No place of a record.
const NONE: u32 = u32::MAX;

/// Where a text led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    Id(Row),
    Alias(Row),
    /// A bare name, by the rule of the vocabulary.
    Bare(Row),
    /// A bare name of several rows, none of them preferred: how many.
    Ambiguous(u32),
    Missing,
}

impl Lookup {
    /// The row, where there is one.
    #[must_use]
    pub const fn row(self) -> Option<Row> {
        match self {
            Self::Id(row) | Self::Alias(row) | Self::Bare(row) => Some(row),
            Self::Ambiguous(_) | Self::Missing => None,
        }
    }
}

/// The names of a row, as they were when the table of texts was made.
#[derive(Debug, Default)]
struct Base {
    /// For each row where in the table its id is, or `NONE`.
    ids: Box<[u32]>,
    /// Row, tag, place of each alias, sorted.
    aliases: Box<[(Row, u16, u32)]>,
    /// The index of the names that are nearest to a text, made when first asked for.
    near: Once<NearNames>,
}

/// The names of a row that were given since.
#[derive(Debug)]
struct Named {
    id: Arc<str>,
    aliases: Box<[Arc<str>]>,
}

/// What was changed of a table up to some moment, with an index of the names that are nearest to a text.
#[derive(Debug, Default)]
struct Overlay {
    changed: Changes<Row, Option<Arc<Named>>>,
    near: Once<NearOverlay>,
}

/// Of what was changed of the table, another overlay is made where more than this share is not in the last one.
const SINCE_SHARE: usize = 32;
const SINCE_LEAST: usize = 256;

/// Ids and aliases.
///
/// Invariants: every live row has one id, which leads to it; no alias is an id or another row's
/// alias; a removed row has no id and no aliases. A row in `changed` is as it says there, removed
/// where that is nothing; any other row is as in `base`, removed where it is not in there.
#[derive(Clone, Debug, Default)]
pub struct Names {
    texts: Texts,
    base: Arc<Base>,
    changed: Changes<Row, Option<Arc<Named>>>,
    /// Where they are found by what they say, once that was asked.
    parts: Parts,
    /// What was changed of the table some changes ago, and the rows that were changed since then.
    overlay: Arc<Overlay>,
    since: Changes<Row, ()>,
    /// One past the last row that ever had a name.
    rows: Row,
    /// Different for any two that are different; of an empty one 0.
    stamp: u64,
}

/// A stamp that no names of this process have.
fn stamp() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

impl Named {
    fn tagged(&self) -> impl Iterator<Item = (u16, &str)> {
        (ID..).zip(std::iter::once(&self.id).chain(&self.aliases).map(|name| &**name))
    }
}

impl Base {
    /// The rows that the table of the texts tells of: nothing where they cannot all be below `rows`.
    fn of(texts: &Texts, rows: Row) -> Option<Self> {
        let mut ids = vec![NONE; rows as usize].into_boxed_slice();
        let mut aliases = Vec::new();
        for (place, record) in texts.table() {
            let id = ids.get_mut(record.to.value as usize)?;
            match record.to.tag {
                ID => *id = place,
                tag => aliases.push((record.to.value, tag, place)),
            }
        }
        aliases.sort_unstable();
        Some(Self { ids, aliases: aliases.into_boxed_slice(), near: Once::new() })
    }

    fn aliases(&self, row: Row) -> &[(Row, u16, u32)] {
        let from = self.aliases.partition_point(|(other, ..)| *other < row);
        let len = self.aliases[from..].partition_point(|(other, ..)| *other == row);
        &self.aliases[from..from + len]
    }

    /// Whether every row has one id, and its aliases are counted from 1: what a change makes, and
    /// what a file must say.
    fn is_whole(&self, records: usize) -> bool {
        let in_order = |(at, (row, tag, _)): (usize, &(Row, u16, u32))| match at.checked_sub(1) {
            Some(before) if self.aliases[before].0 == *row => self.aliases[before].1.checked_add(1) == Some(*tag),
            _ => *tag == 1,
        };
        self.ids.iter().all(|place| *place != NONE)
            && self.ids.len() + self.aliases.len() == records
            && self.aliases.iter().enumerate().all(in_order)
    }
}

/// Refuses what cannot be a name, before any work is done with it.
pub(crate) fn check(what: &'static str, name: &str) -> Result<()> {
    // Nearly every name; the loop over bytes is several times as fast as the one over characters.
    let plain = || name.bytes().fold(true, |plain, byte| plain & byte.is_ascii_graphic());
    if !name.is_empty() && name.len() <= MAX_NAME_BYTES && plain() {
        return Ok(());
    }
    let why = if name.is_empty() {
        "it is empty"
    } else if name.len() > MAX_NAME_BYTES {
        "it is longer than 512 bytes"
    } else if name.chars().any(char::is_control) {
        "it has control characters"
    } else if name.trim() != name {
        "it begins or ends with white space"
    } else {
        return Ok(());
    };
    // A text of megabytes is not put into a message.
    Err(Error::InvalidName { what, name: name.chars().take(64).collect(), why })
}

impl Names {
    /// The row that this id or alias leads to.
    #[inline]
    #[must_use]
    pub fn get(&self, text: &str) -> Lookup {
        if text.len() > MAX_NAME_BYTES {
            return Lookup::Missing;
        }
        match self.texts.get(0, text) {
            Some(Target { value, tag: ID }) => Lookup::Id(value),
            Some(Target { value, .. }) => Lookup::Alias(value),
            None => Lookup::Missing,
        }
    }

    /// The names given to a row since the table was made: nothing where they are as they were.
    fn changed(&self, row: Row) -> Option<&Option<Arc<Named>>> {
        if self.changed.is_empty() { None } else { self.changed.get(row) }
    }

    /// The id of a row, nothing where it was removed.
    #[must_use]
    pub fn id(&self, row: Row) -> Option<&str> {
        match self.changed(row) {
            Some(named) => named.as_ref().map(|named| &*named.id),
            None => {
                self.base.ids.get(row as usize).filter(|place| **place != NONE).and_then(|place| self.texts.at(*place))
            }
        }
    }

    /// The declared aliases of a row, in the order of their declaration.
    pub fn aliases(&self, row: Row) -> impl Iterator<Item = &str> {
        let (given, there) = match self.changed(row) {
            Some(named) => (named.as_ref().map_or(&[][..], |named| &*named.aliases), &[][..]),
            None => (&[][..], self.base.aliases(row)),
        };
        let there = there.iter().filter_map(|(.., place)| self.texts.at(*place));
        given.iter().map(|alias| &**alias).chain(there)
    }

    /// The id of a row, by the tag 0, or one of its aliases, which are counted from 1.
    pub(crate) fn tagged(&self, row: Row, tag: u16) -> Option<&str> {
        match tag.checked_sub(1) {
            None => self.id(row),
            Some(alias) => self.aliases(row).nth(usize::from(alias)),
        }
    }

    /// The index of the names that are in the table, whatever was changed since.
    pub(crate) fn near(&self) -> &NearNames {
        let make = || {
            let mut aliases = self.base.aliases.iter().peekable();
            let rows = (0..).zip(&self.base.ids).flat_map(|(row, id)| {
                let mut places = vec![*id];
                while let Some((.., place)) = aliases.next_if(|(of, ..)| *of == row) {
                    places.push(*place);
                }
                places
            });
            let places = rows.filter(|place| *place != NONE).collect();
            Ok::<_, Infallible>(NearNames::new(places, |place| self.texts.at(place).unwrap_or_default()))
        };
        let Ok(near) = self.base.near.get_or_make(make);
        near
    }

    pub(crate) fn stamp(&self) -> u64 {
        self.stamp
    }

    /// The row and the tag of the name at a place of the table, where the row has the names of then.
    pub(crate) fn unchanged(&self, place: u32) -> Option<(Row, u16)> {
        let Target { value, tag } = self.texts.target(place)?;
        self.changed(value).is_none().then_some((value, tag))
    }

    /// The index of the names that were changed of the table some changes ago.
    pub(crate) fn near_overlay(&self) -> &NearOverlay {
        let make = || {
            let changed = self.overlay.changed.iter().filter_map(|(row, named)| Some((row, named.as_ref()?)));
            let named = changed.flat_map(|(row, named)| named.tagged().map(move |(tag, name)| (row, tag, name)));
            Ok::<_, Infallible>(NearOverlay::new(named))
        };
        let Ok(near) = self.overlay.near.get_or_make(make);
        near
    }

    /// Whether a row has the names that the overlay says.
    pub(crate) fn is_in_overlay(&self, row: Row) -> bool {
        self.since.is_empty() || self.since.get(row).is_none()
    }

    /// The names that were given since, with their rows and tags.
    pub(crate) fn recent(&self) -> impl Iterator<Item = (Row, u16, &str)> {
        let named = self.since.iter().filter_map(|(row, ())| Some((row, self.changed(row)?.as_ref()?)));
        named.flat_map(|(row, named)| named.tagged().map(move |(tag, name)| (row, tag, name)))
    }

    /// Every id and alias with its row.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Row)> {
        self.texts.iter().map(|record| (record.text, record.to.value))
    }

    /// Every id with its row, in the order of rows.
    pub fn ids(&self) -> impl Iterator<Item = (Row, &str)> {
        (0..self.rows).filter_map(|row| Some((row, self.id(row)?)))
    }

    /// The names of these many rows all at once, from an arena of so many records; an error where
    /// two rows claim the same, or where a row has no id or more than one.
    pub(crate) fn restore(arena: Vec<u8>, records: usize, rows: Row) -> Result<Self> {
        let texts = Texts::of(arena, records).map_err(|why| match why {
            Unfit::Twice(name) => Error::DuplicateId(name),
            Unfit::Arena => Error::File("its names do not fit together".into()),
        })?;
        // A file must not ask for more rows than it has ids.
        let base = Some(rows).filter(|rows| *rows as usize <= records).and_then(|rows| Base::of(&texts, rows));
        let base = base.filter(|base| base.is_whole(records));
        let base = base.ok_or_else(|| Error::File("its names and rows do not fit together".into()))?;
        for (_, record) in texts.table() {
            check("a model", record.text)?;
            if record.space != 0 {
                return Err(Error::File("its names are none".into()));
            }
        }
        Ok(Self {
            texts,
            base: Arc::new(base),
            changed: Changes::default(),
            overlay: Arc::default(),
            since: Changes::default(),
            parts: Parts::default(),
            rows,
            stamp: stamp(),
        })
    }

    /// Gives a row its id and aliases; `row` is one past the last for a new one.
    ///
    /// On an error the names may be half changed: the caller throws its copy away.
    pub(crate) fn set(&mut self, row: Row, id: &str, aliases: &[String]) -> Result<()> {
        check("a model", id)?;
        if self.id(row) == Some(id) && self.aliases(row).eq(aliases.iter().map(String::as_str)) {
            return Ok(());
        }
        self.clear(row);
        self.stamp = stamp();
        if let Some(taken) = self.texts.get(0, id) {
            return Err(match taken.tag {
                ID => Error::DuplicateId(id.to_owned()),
                _ => {
                    let by = self.id(taken.value).unwrap_or_default().to_owned();
                    Error::AliasTaken { id: id.to_owned(), alias: id.to_owned(), by }
                }
            });
        }
        let id: Arc<str> = Arc::from(id);
        self.texts.insert(0, &id, Target { value: row, tag: ID });
        let mut kept: Vec<Arc<str>> = Vec::with_capacity(aliases.len());
        for alias in aliases {
            check("an alias", alias)?;
            match self.texts.get(0, alias) {
                Some(taken) if taken.value == row => continue,
                Some(taken) => {
                    let by = self.id(taken.value).unwrap_or_default().to_owned();
                    return Err(Error::AliasTaken { id: String::from(&*id), alias: alias.clone(), by });
                }
                None => {}
            }
            let alias: Arc<str> = Arc::from(alias.as_str());
            let tag = u16::try_from(kept.len() + 1).map_err(|_| {
                let why = "its model has 65,535 aliases already";
                Error::InvalidName { what: "an alias", name: String::from(&*alias), why }
            })?;
            self.texts.insert(0, &alias, Target { value: row, tag });
            kept.push(alias);
        }
        self.since.insert(row, ());
        self.changed.insert(row, Some(Arc::new(Named { id, aliases: kept.into_boxed_slice() })));
        self.parts.forget_since();
        self.rows = self.rows.max(row + 1);
        Ok(())
    }

    /// Takes one alias of a row away.
    pub(crate) fn drop_alias(&mut self, row: Row, alias: &str) -> Result<()> {
        let Some(id) = self.id(row).map(str::to_owned) else { return Ok(()) };
        let aliases: Vec<String> = self.aliases(row).filter(|there| *there != alias).map(str::to_owned).collect();
        self.set(row, &id, &aliases)
    }

    /// Takes a row's names away.
    pub(crate) fn clear(&mut self, row: Row) {
        let Some(id) = self.id(row).map(str::to_owned) else { return };
        self.stamp = stamp();
        let aliases: Vec<String> = self.aliases(row).map(str::to_owned).collect();
        for name in std::iter::once(id).chain(aliases) {
            self.texts.remove(0, &name);
        }
        self.since.insert(row, ());
        if self.base.ids.get(row as usize).is_some_and(|place| *place != NONE) {
            self.changed.insert(row, None);
        } else {
            // Nothing is left of a row that came and went.
            self.changed.remove(row);
        }
        self.parts.forget_since();
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    pub(crate) fn parts_mut(&mut self) -> &mut Parts {
        &mut self.parts
    }

    /// Whether a row has other names than when the table was made.
    pub(crate) fn was_changed(&self, row: Row) -> bool {
        self.changed(row).is_some()
    }

    /// Every id and alias with its row as they were when the table was made.
    pub(crate) fn table(&self) -> impl Iterator<Item = (&str, Row)> {
        self.texts.table().map(|(_, record)| (record.text, record.to.value))
    }

    /// The names of the rows that were changed since, as they are.
    pub(crate) fn since(&self) -> impl Iterator<Item = (&str, Row)> {
        let named = self.changed.iter().filter_map(|(row, named)| Some((row, named.as_ref()?)));
        named.flat_map(|(row, named)| std::iter::once(&named.id).chain(&named.aliases).map(move |name| (&**name, row)))
    }

    /// The names of the rows that were changed since, as they were.
    pub(crate) fn gone(&self) -> impl Iterator<Item = &str> {
        let places = self.changed.iter().flat_map(|(row, _)| {
            let id = self.base.ids.get(row as usize).copied().filter(|place| *place != NONE);
            id.into_iter().chain(self.base.aliases(row).iter().map(|(.., place)| *place))
        });
        places.filter_map(|place| self.texts.at(place))
    }

    pub(crate) fn settle(&mut self) {
        if self.texts.settle()
            && let Some(base) = Base::of(&self.texts, self.rows)
        {
            self.base = Arc::new(base);
            self.changed = Changes::default();
            self.parts.forget();
            self.overlay = Arc::default();
            self.since = Changes::default();
        }
        self.changed.settle();
        self.since.settle();
        if self.since.most() > SINCE_LEAST.max(self.changed.most() / SINCE_SHARE) {
            self.overlay = Arc::new(Overlay { changed: self.changed.clone(), near: Once::new() });
            self.since = Changes::default();
        }
    }
}
