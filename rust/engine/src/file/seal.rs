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
//! 128  BLAKE3 of all that opening reads: of the head, and of the rest without the sections of the index
//!      and without these 32 bytes
//! ```

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

use super::cursor::Cursor;
use super::source::Source;
use super::table::Table;
use super::{damaged, index, names, places};
use crate::error::{Error, Result};

const MAGIC: [u8; 8] = *b"modeldex";
const FORMAT: u32 = 2;
const LEN: usize = 160;
const HASH_AT: usize = LEN - HASH_LEN;
/// What Arrow ends a file with, after the footer: its length and the magic.
const TAIL: usize = 10;
const ARROW: &[u8; 6] = b"ARROW1";
/// Everything of ours takes a multiple of this, so that the footer stays aligned.
const ALIGN: usize = 64;
const SECTIONS: usize = 7;
/// The first of the sections that opening reads; those before it are the index.
const OPENING: usize = 4;

pub(super) const HASH_LEN: usize = blake3::OUT_LEN;
pub(super) type Hash = [u8; HASH_LEN];

/// The sections, in the order of the file.
#[derive(Debug)]
pub(super) struct Sections<T> {
    pub(super) names: T,
    pub(super) terms: T,
    pub(super) row_terms: T,
    pub(super) cells: T,
    pub(super) vocabulary: T,
    pub(super) directory: T,
    pub(super) blocks: T,
}

impl<T> Sections<T> {
    fn all(self) -> [T; SECTIONS] {
        [self.names, self.terms, self.row_terms, self.cells, self.vocabulary, self.directory, self.blocks]
    }
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
    hash: Hash,
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
            let what = if format < FORMAT { "make it anew from its definitions" } else { "a later version wrote it" };
            let why = format!("the snapshot is of format {format}, this version of modeldex reads format {FORMAT}");
            return Err(Error::File(format!("{why}: {what}")));
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

    /// Finds the seal from the end of the file and checks all that opening reads; returns what
    /// follows the index with it.
    pub(super) fn open(source: &Source) -> Result<(Self, Cow<'_, [u8]>)> {
        let at = find(source)?;
        let seal = Self::parse(&source.read(at, LEN as u64)?)?;
        let end = seal.lengths.iter().try_fold(seal.sections, |end, len| end.checked_add(*len));
        let padding = end.and_then(|end| at.checked_sub(end));
        let ordered = seal.head <= seal.rest && seal.rest <= seal.sections && seal.sections - seal.rest < ALIGN as u64;
        if seal.file != source.len() || !ordered || padding.is_none_or(|padding| padding >= ALIGN as u64) {
            return Err(damaged("parts"));
        }
        let own = seal.span(OPENING).start;
        let (head, mark) = (source.read(0, seal.head)?, source.read(seal.rest, seal.sections - seal.rest)?);
        let tail = source.read(own, source.len() - own)?;
        let at = usize::try_from(at - own).map_err(|_| damaged("parts"))?;
        if hash(&head, &mark, &tail, at) != Some(seal.hash) {
            return Err(Error::File("the file was changed or damaged: its hash is another".into()));
        }
        Ok((seal, tail))
    }

    /// Where a section is in the file.
    fn span(&self, section: usize) -> Range<u64> {
        let (before, own) = (self.lengths.iter().take(section), self.lengths.get(section).copied().unwrap_or(0));
        let start = before.fold(self.sections, |start, len| start.saturating_add(*len));
        start..start.saturating_add(own)
    }

    pub(super) fn names(&self) -> Range<u64> {
        self.span(0)
    }

    /// How long the index is.
    pub(super) fn index(&self) -> u64 {
        self.span(OPENING).start - self.sections
    }

    /// Where the terms, the terms of rows and the cells are.
    pub(super) fn later(&self) -> [Range<u64>; 3] {
        [self.span(1), self.span(2), self.span(3)]
    }

    /// The vocabulary, the directory and the section of blocks in what follows the index.
    pub(super) fn opening<'a>(&self, tail: &'a [u8]) -> Result<[&'a [u8]; 3]> {
        let own = self.span(OPENING).start;
        let part = |section: usize| {
            let span = self.span(section);
            let span = usize::try_from(span.start - own).ok()?..usize::try_from(span.end - own).ok()?;
            tail.get(span)
        };
        match [part(OPENING), part(OPENING + 1), part(OPENING + 2)] {
            [Some(vocabulary), Some(directory), Some(blocks)] => Ok([vocabulary, directory, blocks]),
            _ => Err(damaged("parts")),
        }
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

/// The hash of what opening reads but itself; the seal is at `at` of the tail.
fn hash(head: &[u8], mark: &[u8], tail: &[u8], at: usize) -> Option<Hash> {
    let place = at.checked_add(HASH_AT)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(head).update(mark).update(tail.get(..place)?).update(tail.get(place + HASH_LEN..)?);
    Some(*hasher.finalize().as_bytes())
}

/// Writes what follows the blocks: the end mark, the sections, the seal, the footer. Returns the length
/// of the file.
pub(super) fn finish(
    out: &mut dyn Write,
    table: &Table,
    sections: Sections<&[u8]>,
    rows: u32,
    fingerprint: u128,
) -> io::Result<u64> {
    let sections = sections.all();
    let begin = table.rest + table.mark.len() as u64;
    let end = begin + sections.iter().map(|section| section.len() as u64).sum::<u64>();
    let at = (end + LEN as u64).next_multiple_of(ALIGN as u64) - LEN as u64;
    let mut tail: Vec<u8> = sections[OPENING..].concat();
    tail.resize(tail.len() + (at - end) as usize, 0);
    let place = tail.len();
    let mut seal = Seal {
        file: at + (LEN + table.footer.len()) as u64,
        head: table.head.len() as u64,
        rest: table.rest,
        sections: begin,
        rows,
        fingerprint,
        lengths: sections.map(|section| section.len() as u64),
        hash: [0; HASH_LEN],
    };
    tail.extend_from_slice(&seal.bytes());
    tail.extend_from_slice(&table.footer);
    if let Some(hash) = hash(&table.head, &table.mark, &tail, place) {
        seal.hash = hash;
        tail[place..place + LEN].copy_from_slice(&seal.bytes());
    }
    out.write_all(&table.mark)?;
    for section in &sections[..OPENING] {
        out.write_all(section)?;
    }
    out.write_all(&tail)?;
    Ok(seal.file)
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
    let usizes = |span: Range<u64>| Some(usize::try_from(span.start).ok()?..usize::try_from(span.end).ok()?);
    let (directory, blocks) = (usizes(seal.span(5))?, usizes(seal.span(6))?);
    let (head, rest) = (usize::try_from(seal.head).ok()?, usize::try_from(seal.rest).ok()?);
    let documents: Vec<_> = places::hashes(bytes.get(blocks.clone())?).collect();
    remake(bytes, head, blocks.start, &documents);
    let (names, after) = names::hashes(bytes.get(directory.clone())?);
    remake(bytes, usizes(seal.names())?.start, directory.start, &names);
    let later = seal.later().map(|span| usize::try_from(span.end - span.start).unwrap_or(usize::MAX));
    remake(bytes, usizes(seal.span(1))?.start, directory.start, &index::hashes(later, after));
    let (sections, own) = (usizes(seal.span(0))?.start, usizes(seal.span(OPENING))?.start);
    let hash = hash(bytes.get(..head)?, bytes.get(rest..sections)?, bytes.get(own..)?, at.checked_sub(own)?)?;
    bytes.get_mut(at + HASH_AT..at + LEN)?.copy_from_slice(&hash);
    Some(())
}

/// Hashes spans of these lengths, one after the other from `start`, each into its place after `base`.
fn remake(bytes: &mut [u8], mut start: usize, base: usize, spans: &[(usize, usize)]) -> Option<()> {
    for (len, place) in spans {
        let end = start.checked_add(*len)?;
        let hash = blake3::hash(bytes.get(start..end)?);
        let place = base.checked_add(*place)?;
        bytes.get_mut(place..place.checked_add(HASH_LEN)?)?.copy_from_slice(hash.as_bytes());
        start = end;
    }
    Some(())
}
