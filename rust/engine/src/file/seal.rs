//! The seal: where everything is, and the hash that vouches for it.
//!
//! ```text
//!   0  magic "modeldex"
//!   8  format, u32, and four zeros
//!  16  length of the file, u64 as all that follow
//!  24  where the head ends and the blocks begin
//!  32  where the blocks end and the rest begins
//!  40  where the sections begin
//!  48  rows
//!  56  fingerprint, u128
//!  72  the length of each section
//! 128  BLAKE3 of the head and of the rest without these 32 bytes
//! ```

use std::borrow::Cow;
use std::ops::Range;

use super::cursor::Cursor;
use super::source::Source;
use super::table::Table;
use super::{damaged, places};
use crate::error::{Error, Result};

const MAGIC: [u8; 8] = *b"modeldex";
const FORMAT: u32 = 1;
const LEN: usize = 160;
const HASH_AT: usize = LEN - blake3::OUT_LEN;
/// What Arrow ends a file with, after the footer: its length and the magic.
const TAIL: usize = 10;
const ARROW: &[u8; 6] = b"ARROW1";
/// Everything of ours takes a multiple of this, so that the footer stays aligned.
const ALIGN: usize = 64;
const SECTIONS: usize = 7;

/// The sections, in the order of the file: as written, or as found.
#[derive(Debug)]
pub(super) struct Sections<T> {
    pub(super) vocabulary: T,
    pub(super) terms: T,
    pub(super) names: T,
    pub(super) row_terms: T,
    pub(super) cells: T,
    pub(super) lengths: T,
    pub(super) blocks: T,
}

/// Invariant, checked by [`Seal::open`]: `head <= rest <= sections`, and the sections and the
/// padding end where the seal begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seal {
    pub(super) file: u64,
    pub(super) head: u64,
    pub(super) rest: u64,
    sections: u64,
    pub(super) rows: u32,
    pub(super) fingerprint: u128,
    lengths: [u64; SECTIONS],
    hash: [u8; blake3::OUT_LEN],
}

impl Seal {
    fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(LEN);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&u64::from(FORMAT).to_le_bytes());
        for number in [self.file, self.head, self.rest, self.sections, u64::from(self.rows)] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&self.fingerprint.to_le_bytes());
        self.lengths.iter().for_each(|len| out.extend_from_slice(&len.to_le_bytes()));
        out.extend_from_slice(&self.hash);
        out
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        let mut cursor = Cursor::new(bytes);
        let cut = || Error::File("this is no modeldex snapshot, or it is cut off".into());
        if cursor.array() != Some(MAGIC) {
            return Err(cut());
        }
        let mut number = || cursor.array().map(u64::from_le_bytes).ok_or_else(cut);
        let format = number()? as u32;
        if format != FORMAT {
            let later = format!("the snapshot is of format {format}, this version of modeldex reads format {FORMAT}");
            return Err(Error::File(later));
        }
        let (file, head, rest, sections) = (number()?, number()?, number()?, number()?);
        let rows = u32::try_from(number()?).map_err(|_| damaged("rows"))?;
        let fingerprint = u128::from(number()?) | u128::from(number()?) << 64;
        let mut lengths = [0; SECTIONS];
        for len in &mut lengths {
            *len = number()?;
        }
        let hash = cursor.array().ok_or_else(cut)?;
        Ok(Self { file, head, rest, sections, rows, fingerprint, lengths, hash })
    }

    /// Finds the seal from the end of the file and checks all that is to be read now; returns
    /// the rest with it.
    pub(super) fn open(source: &Source) -> Result<(Self, Cow<'_, [u8]>)> {
        let at = find(source)?;
        let seal = Self::parse(&source.read(at, LEN as u64)?)?;
        let end = seal.lengths.iter().try_fold(seal.sections, |end, len| end.checked_add(*len));
        let padding = end.and_then(|end| at.checked_sub(end));
        let ordered = seal.head <= seal.rest && seal.rest <= seal.sections;
        if seal.file != source.len() || !ordered || padding.is_none_or(|padding| padding >= ALIGN as u64) {
            return Err(damaged("parts"));
        }
        let head = source.read(0, seal.head)?;
        let rest = source.read(seal.rest, source.len() - seal.rest)?;
        let at = usize::try_from(at - seal.rest).map_err(|_| damaged("parts"))?;
        if hash(&head, &rest, at) != Some(seal.hash) {
            return Err(Error::File("the file was changed or damaged: its hash is another".into()));
        }
        Ok((seal, rest))
    }

    /// Where each section is in the rest.
    fn ranges(&self) -> impl Iterator<Item = Option<Range<usize>>> {
        let mut start = self.sections.checked_sub(self.rest);
        self.lengths.iter().map(move |len| {
            let from = start?;
            start = from.checked_add(*len);
            Some(usize::try_from(from).ok()?..usize::try_from(start?).ok()?)
        })
    }

    pub(super) fn sections<'a>(&self, rest: &'a [u8]) -> Result<Sections<&'a [u8]>> {
        let mut ranges = self.ranges();
        let mut next = || ranges.next().flatten().and_then(|range| rest.get(range)).ok_or_else(|| damaged("parts"));
        Ok(Sections {
            vocabulary: next()?,
            terms: next()?,
            names: next()?,
            row_terms: next()?,
            cells: next()?,
            lengths: next()?,
            blocks: next()?,
        })
    }
}

/// Where the seal begins: it ends where Arrow's footer does.
fn find(source: &Source) -> Result<u64> {
    let cut = || Error::File("this is no modeldex snapshot, or it is cut off".into());
    let end = source.len().checked_sub(TAIL as u64).ok_or_else(cut)?;
    let tail = source.read(end, TAIL as u64)?;
    let (len, magic) = tail.split_first_chunk().ok_or_else(cut)?;
    if magic != ARROW {
        return Err(cut());
    }
    let footer = u64::from(u32::from_le_bytes(*len));
    end.checked_sub(footer).and_then(|footer| footer.checked_sub(LEN as u64)).ok_or_else(cut)
}

/// The hash of everything but the blocks and itself; the seal is at `at` of the rest.
fn hash(head: &[u8], rest: &[u8], at: usize) -> Option<[u8; blake3::OUT_LEN]> {
    let place = at.checked_add(HASH_AT)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(head).update(rest.get(..place)?).update(rest.get(place + blake3::OUT_LEN..)?);
    Some(*hasher.finalize().as_bytes())
}

/// The file: the table with our part between its last batch and its footer.
pub(super) fn join(table: Table, sections: &Sections<Vec<u8>>, rows: u32, fingerprint: u128) -> Result<Vec<u8>> {
    let Sections { vocabulary, terms, names, row_terms, cells, lengths, blocks } = sections;
    let sections = [vocabulary, terms, names, row_terms, cells, lengths, blocks];
    let Table { mut bytes, head, rest, footer, .. } = table;
    let footer = bytes.split_off(footer);
    let begin = bytes.len() as u64;
    sections.iter().for_each(|section| bytes.extend_from_slice(section));
    bytes.resize((bytes.len() + LEN).next_multiple_of(ALIGN) - LEN, 0);
    let at = bytes.len();
    let mut seal = Seal {
        file: (at + LEN + footer.len()) as u64,
        head: head as u64,
        rest: rest as u64,
        sections: begin,
        rows,
        fingerprint,
        lengths: sections.map(|section| section.len() as u64),
        hash: [0; blake3::OUT_LEN],
    };
    bytes.extend_from_slice(&seal.bytes());
    bytes.extend_from_slice(&footer);
    seal.hash = hash(&bytes[..head], &bytes[rest..], at - rest).ok_or_else(|| damaged("parts"))?;
    bytes[at + HASH_AT..at + LEN].copy_from_slice(&seal.hash);
    Ok(bytes)
}

/// The same file with all hashes made right for what it holds: for tests of what lies behind
/// them. Bytes that have no place for hashes come back as they are.
#[doc(hidden)]
#[must_use]
pub fn reseal(mut bytes: Vec<u8>) -> Vec<u8> {
    let _ = try_reseal(&mut bytes);
    bytes
}

fn try_reseal(bytes: &mut [u8]) -> Option<()> {
    let source = Source::Bytes(bytes.to_vec().into());
    let at = usize::try_from(find(&source).ok()?).ok()?;
    let seal = Seal::parse(bytes.get(at..)?).ok()?;
    let (head, rest) = (usize::try_from(seal.head).ok()?, usize::try_from(seal.rest).ok()?);
    if let Some(Some(section)) = seal.ranges().last() {
        let section = rest.checked_add(section.start)?..rest.checked_add(section.end)?;
        let mut start = head;
        let hashes: Vec<_> = places::hashes(bytes.get(section.clone())?).collect();
        for (len, place) in hashes {
            let end = start.checked_add(len)?;
            let hash = blake3::hash(bytes.get(start..end)?);
            let place = section.start + place;
            bytes.get_mut(place..place + blake3::OUT_LEN)?.copy_from_slice(hash.as_bytes());
            start = end;
        }
    }
    let hash = hash(bytes.get(..head)?, bytes.get(rest..)?, at.checked_sub(rest)?)?;
    bytes.get_mut(at + HASH_AT..at + LEN)?.copy_from_slice(&hash);
    Some(())
}
