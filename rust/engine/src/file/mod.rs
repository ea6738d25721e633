//! The snapshot file: one sealed Arrow IPC file. pyarrow and polars open it as it is and see a
//! table; this engine opens it in milliseconds, without reading the table.
//!
//! ```text
//! head      the magic ARROW1, the schema
//! blocks    one Arrow record batch each, up to 256 rows: id, facets, measures, document
//! rest      Arrow's end mark
//!           the index: names, terms, row terms, cells
//!           vocabulary, directory, blocks
//!           zeros up to a multiple of 64
//!           the seal, 160 bytes (see `seal.rs`)
//!           Arrow's footer, its length, the magic ARROW1
//! ```
//!
//! Arrow's readers find everything from the footer and never look between the last batch and it.
//! They refuse bytes before the first magic and after the last one, so that is where our part is.
//! It is found from the end: the seal ends where the footer begins.
//!
//! | section | what it holds, numbers as LEB128 unless said otherwise |
//! |---|---|
//! | names | every id and alias with its row, in blocks by its hash (see `names.rs`) |
//! | terms | those that a row has: declared ones in the vocabulary's order, then the others by facet and text |
//! | row terms | for each row its terms, by their places in the section of terms, ascending |
//! | cells | for each measure that a row states: its name, the rows, the cells (see `cells.rs`) |
//! | vocabulary | the JSON text that [`Vocabulary::parse`](crate::Vocabulary::parse) reads |
//! | directory | for each block of names its length, its names, its hash; the hashes of the other sections of the index |
//! | blocks | for each block its length, its rows, where its documents are, its hash |
//!
//! Invariants
//! - Head, blocks and rest follow each other without a gap: every byte of the file is in one.
//! - The root hash in the seal covers all but the blocks and the index (the seal itself without the hash),
//!   so also the hash of each part of those. Opening checks it before anything else is believed; any
//!   other part is checked when it is first touched. The index is touched by the first lookup of a name
//!   (one block of it) and by the first question (all of it): see [`Opened`](crate::Opened).
//! - A document lies in the `document` column of its block and nowhere else. The first one that is
//!   asked for has its whole block read and checked; what is kept of it is the documents.
//! - The bytes follow from the content and the order of rows alone: removed rows and terms
//!   that no row has are left out, and neither version nor history is written. An opened snapshot
//!   is of version 1, as if all of it had been registered in one change.
//! - Postings, tables and columns are built anew by the constructors that changes use too, and all
//!   that they rely on is checked. So a file made with ill intent (its hashes right) is an error or
//!   a consistent snapshot. Its fingerprint is as the file says; [`Snapshot::verify`] compares.
//! - What is allocated is at most some fixed multiple of the file's own length.

mod blocks;
mod cells;
mod columns;
mod content;
mod cursor;
mod index;
mod names;
mod opened;
mod places;
mod replace;
mod row_terms;
mod seal;
mod source;
mod stream;
mod table;
mod terms;

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use crate::edit;
use crate::error::{Error, Result};
use crate::snapshot::Snapshot;
use content::Content;
use seal::Sections;

pub use opened::Opened;
pub use seal::reseal;
pub use stream::Batches;

/// The version of an opened snapshot.
const VERSION: u64 = 1;

fn damaged(what: &str) -> Error {
    Error::File(format!("the file is damaged: its {what} do not fit together"))
}

fn unwritten(why: &io::Error) -> Error {
    Error::File(format!("it cannot be written: {why}"))
}

/// Whatever is wrong, it is the file's fault.
fn blame(why: Error) -> Error {
    match why {
        Error::File(_) => why,
        other => Error::File(format!("the file is damaged: {other}")),
    }
}

impl Snapshot {
    /// Writes the bytes of a snapshot file: the same for the same content in the same order of rows,
    /// however it came to be.
    ///
    /// An error where a document is not UTF-8 or cannot be read, or where writing fails. Cost: about one
    /// pass over all documents, and memory for the index, about 100 bytes a row; documents are written
    /// as they are read.
    pub fn write_to(&self, mut out: impl Write) -> Result<()> {
        if self.derived.is_some() {
            // What a view shows, without what it does not.
            return self.only(&self.live_rows().collect::<Vec<_>>())?.write_to(out);
        }
        let content = Content::of(self);
        let table = table::write(&content, &mut out)?;
        let mut directory = Vec::new();
        let names = names::write(&content, &mut directory);
        let (terms, row_terms, (cells, chunks)) =
            (terms::write(&content), row_terms::write(&content), cells::write(&content));
        index::write([&terms, &row_terms, &cells], &mut directory);
        let sections = Sections {
            names: names.as_slice(),
            terms: &terms,
            row_terms: &row_terms,
            cells: &cells,
            vocabulary: self.vocabulary.text().as_bytes(),
            directory: &directory,
            blocks: &table.blocks,
        };
        let len = seal::finish(&mut out, &table, sections, content.rows.len() as u32, self.fingerprint);
        cells::check_chunks(chunks, len.map_err(|why| unwritten(&why))?)
    }

    /// The bytes of a snapshot file, as [`Self::write_to`] writes them.
    pub fn to_file(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.write_to(&mut bytes)?;
        Ok(bytes)
    }

    /// Writes the snapshot file in place of what is there: readers of the path see the old file
    /// or the whole new one, also after a loss of power. Nothing is left over after an error.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let written = replace::write(path, |out| self.write_to(out));
        written.map_err(|why| Error::File(format!("{}: {}", path.display(), blame(why))))
    }

    /// Opens a snapshot file and reads all of it but the documents: see [`Opened`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Opened::open(path)?.snapshot().cloned()
    }

    /// As [`Self::open`], with the bytes of a file at hand; documents stay in them.
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self> {
        Opened::from_bytes(bytes)?.snapshot().cloned()
    }

    /// Reads all documents: an error where one cannot be read, or where the fingerprint is not
    /// theirs. Cost: the whole file is read.
    pub fn verify(&self) -> Result<()> {
        let mut sum = 0_u128;
        for row in self.live_rows() {
            sum = sum.wrapping_add(edit::hash(&self.documents.read(row)?));
        }
        if sum == self.fingerprint() { Ok(()) } else { Err(damaged("fingerprint and documents")) }
    }
}
