//! The index but for the names: terms, terms of rows, cells. Read as a whole, when a question first
//! needs it.

use std::ops::Range;

use super::cursor::Cursor;
use super::names::changed;
use super::seal::{HASH_LEN, Hash, Seal};
use super::source::Source;
use super::{VERSION, cells, damaged, row_terms, terms};
use crate::error::Result;
use crate::snapshot::Snapshot;

/// What the directory says of each section: its hash.
pub(super) fn write(sections: [&[u8]; 3], directory: &mut Vec<u8>) {
    for section in sections {
        directory.extend_from_slice(blake3::hash(section).as_bytes());
    }
}

/// The sections of an opened file.
#[derive(Debug)]
pub(super) struct Index {
    sections: [(Range<u64>, Hash); 3],
}

impl Index {
    pub(super) fn read(directory: &mut Cursor<'_>, seal: &Seal) -> Result<Self> {
        let [terms, row_terms, cells] = seal.later();
        let mut hash = || directory.array().ok_or_else(|| damaged("parts"));
        Ok(Self { sections: [(terms, hash()?), (row_terms, hash()?), (cells, hash()?)] })
    }

    /// Gives a snapshot without terms and numbers those of the file.
    pub(super) fn fill(&self, snapshot: &mut Snapshot, seal: &Seal, source: &Source) -> Result<()> {
        let read = |(span, hash): &(Range<u64>, Hash)| {
            let bytes = source.read(span.start, span.end - span.start)?;
            if blake3::hash(&bytes).as_bytes() == hash { Ok(bytes) } else { Err(changed()) }
        };
        let [terms, row_terms, cells] = &self.sections;
        let terms = terms::read(&read(terms)?, &snapshot.vocabulary, &mut snapshot.facets)?;
        let lists = row_terms::read(&read(row_terms)?, seal.rows, &terms)?;
        snapshot.facets.restore(lists, VERSION);
        cells::read(&read(cells)?, seal, &snapshot.vocabulary, &mut snapshot.measures)
    }
}

/// For sections of these lengths, each with where in the directory its hash is; the first at `place`.
pub(super) fn hashes(lengths: [usize; 3], place: usize) -> Vec<(usize, usize)> {
    lengths.into_iter().zip((place..).step_by(HASH_LEN)).collect()
}
