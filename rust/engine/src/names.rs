//! Names: the texts that lead to one row, ids and declared aliases.

use std::sync::Arc;

use crate::chunks::Chunks;
use crate::error::{Error, Result};
use crate::texts::{Record, Texts};
use crate::{MAX_NAME_BYTES, Row};

const ID: u8 = 0;
const ALIAS: u8 = 1;

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

/// Ids and aliases.
///
/// Invariants: every live row has one id, which leads to it; no alias is an id or another row's
/// alias; a removed row has no id and no aliases.
#[derive(Clone, Debug, Default)]
pub struct Names {
    texts: Texts,
    ids: Chunks<Option<Arc<str>>>,
    aliases: Chunks<Arc<[Arc<str>]>>,
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
            Some(Record { value, tag: ID, .. }) => Lookup::Id(*value),
            Some(Record { value, .. }) => Lookup::Alias(*value),
            None => Lookup::Missing,
        }
    }

    /// The id of a row, nothing where it was removed.
    #[must_use]
    pub fn id(&self, row: Row) -> Option<&str> {
        self.ids.get(row as usize)?.as_deref()
    }

    /// The declared aliases of a row.
    #[must_use]
    pub fn aliases(&self, row: Row) -> &[Arc<str>] {
        self.aliases.get(row as usize).map_or(&[], |aliases| aliases)
    }

    /// Every id and alias with its row.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Row)> {
        self.texts.iter().map(|record| (&*record.text, record.value))
    }

    /// Every id with its row, in the order of rows.
    pub fn ids(&self) -> impl Iterator<Item = (Row, &str)> {
        self.ids.iter().enumerate().filter_map(|(row, id)| Some((row as Row, id.as_deref()?)))
    }

    /// The names of rows 0, 1, 2, ... all at once; an error where two rows claim the same.
    pub(crate) fn restore(ids: Chunks<Option<Arc<str>>>, aliases: Chunks<Arc<[Arc<str>]>>) -> Result<Self> {
        let count = ids.len() + aliases.iter().map(|aliases| aliases.len()).sum::<usize>();
        let mut records = Vec::with_capacity(count);
        for (row, (id, aliases)) in ids.iter().zip(aliases.iter()).enumerate() {
            for (text, tag) in id.iter().map(|id| (id, ID)).chain(aliases.iter().map(|alias| (alias, ALIAS))) {
                check("a model", text)?;
                records.push(Record { text: text.clone(), value: row as Row, space: 0, tag });
            }
        }
        let mut texts = Texts::default();
        texts.extend(records).map_err(|twice| Error::DuplicateId(twice.text.as_ref().to_owned()))?;
        Ok(Self { texts, ids, aliases })
    }

    /// Gives a row its id and aliases; `row` is one past the last for a new one.
    ///
    /// On an error the names may be half changed: the caller throws its copy away.
    pub(crate) fn set(&mut self, row: Row, id: &str, aliases: &[String]) -> Result<()> {
        check("a model", id)?;
        if self.id(row) == Some(id)
            && self.aliases(row).iter().map(|alias| &**alias).eq(aliases.iter().map(String::as_str))
        {
            return Ok(());
        }
        self.clear(row);
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
        self.texts.insert(Record { text: id.clone(), value: row, space: 0, tag: ID });
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
            self.texts.insert(Record { text: alias.clone(), value: row, space: 0, tag: ALIAS });
            kept.push(alias);
        }
        match self.ids.get_mut(row as usize) {
            Some(place) => {
                *place = Some(id);
                if let Some(place) = self.aliases.get_mut(row as usize) {
                    *place = kept.into();
                }
            }
            None => {
                self.ids.push(Some(id));
                self.aliases.push(kept.into());
            }
        }
        Ok(())
    }

    /// Takes a row's names away.
    pub(crate) fn clear(&mut self, row: Row) {
        let Some(id) = self.ids.get_mut(row as usize).and_then(Option::take) else { return };
        self.texts.remove(0, &id);
        if let Some(aliases) = self.aliases.get_mut(row as usize) {
            for alias in std::mem::take(aliases).iter() {
                self.texts.remove(0, alias);
            }
        }
    }

    pub(crate) fn settle(&mut self) {
        self.texts.settle();
    }
}
