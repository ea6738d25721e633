//! The snapshot file: one sealed Arrow IPC file. pyarrow and polars open it as it is and see a
//! table; this engine opens it in milliseconds, without reading the table.
//!
//! ```text
//! head      the magic ARROW1, the schema
//! blocks    one Arrow record batch each, up to 256 rows: id, facets, measures, document
//! rest      Arrow's end mark
//!           sections: vocabulary, terms, names, row terms, cells, lengths, blocks
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
//! | vocabulary | the JSON text that [`Vocabulary::parse`] reads |
//! | terms | those that a row has: declared ones in the vocabulary's order, then the others by facet and text |
//! | names | for each row its id and its aliases |
//! | row terms | for each row its terms, by their places in the section of terms, ascending |
//! | cells | for each measure that a row states: its name, the rows, the cells (see `cells.rs`) |
//! | lengths | for each row the length of its document |
//! | blocks | for each block its length, its rows, where its documents begin, its hash |
//!
//! Invariants
//! - Head, blocks and rest follow each other without a gap: every byte of the file is in one.
//! - The root hash in the seal covers head and rest (the seal itself without the hash), so also
//!   the hash of each block. Opening checks it before anything else is believed.
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
mod names;
mod places;
mod replace;
mod row_terms;
mod seal;
mod source;
mod stream;
mod table;
mod terms;

use std::path::Path;
use std::sync::Arc;

use crate::document::Documents;
use crate::edit;
use crate::error::{Error, Result};
use crate::posting::Posting;
use crate::snapshot::Snapshot;
use crate::vocabulary::Vocabulary;
use blocks::Blocks;
use content::Content;
use seal::{Seal, Sections};
use source::Source;

pub use seal::reseal;
pub use stream::Batches;

/// The version of an opened snapshot.
const VERSION: u64 = 1;

fn damaged(what: &str) -> Error {
    Error::File(format!("the file is damaged: its {what} do not fit together"))
}

/// Whatever is wrong, it is the file's fault.
fn blame(why: Error) -> Error {
    match why {
        Error::File(_) => why,
        other => Error::File(format!("the file is damaged: {other}")),
    }
}

impl Snapshot {
    /// The bytes of a snapshot file: the same for the same content in the same order of rows,
    /// however it came to be.
    ///
    /// An error where a document is not UTF-8 or cannot be read. Cost: about one pass over all
    /// documents, and memory for twice the file.
    pub fn to_file(&self) -> Result<Vec<u8>> {
        if self.derived.is_some() {
            // What a view shows, without what it does not.
            return self.only(&self.live_rows().collect::<Vec<_>>())?.to_file();
        }
        let content = Content::of(self);
        let (cells, chunks) = cells::write(&content);
        let table = table::write(&content)?;
        let sections = Sections {
            vocabulary: self.vocabulary.text().as_bytes().to_vec(),
            terms: terms::write(&content),
            names: names::write(&content),
            row_terms: row_terms::write(&content),
            cells,
            lengths: places::write_lengths(&table.lengths),
            blocks: places::write_blocks(&table),
        };
        let rows = content.rows.len() as u32;
        let bytes = seal::join(table, &sections, rows, self.fingerprint)?;
        cells::check_chunks(chunks, bytes.len() as u64)?;
        Ok(bytes)
    }

    /// Writes the snapshot file in place of what is there: readers of the path see the old file
    /// or the whole new one, also after a loss of power. Nothing is left over after an error.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let bytes = self.to_file()?;
        replace::write(path, &bytes).map_err(|why| Error::File(format!("{}: cannot be written: {why}", path.display())))
    }

    /// Opens a snapshot file; documents stay in it until they are asked for.
    ///
    /// An error where the file is missing, cut, changed in any bit outside the documents, or of
    /// another kind or a later format; a document of a block changed in any bit is an error when
    /// it is read. The file may be replaced meanwhile, by [`Self::write`] or any other rename.
    /// Cost: about 0.5 us a row with 20 numbers and 30 terms, half of it for fresh memory (0.8 KB a row).
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let opened = Source::open(path).and_then(load);
        opened.map_err(|why| Error::File(format!("{}: {}", path.display(), blame(why))))
    }

    /// As [`Self::open`], with the bytes of a file at hand; documents stay in them.
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self> {
        load(Source::Bytes(bytes.into())).map_err(blame)
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

fn load(source: Source) -> Result<Snapshot> {
    let (seal, rest) = Seal::open(&source)?;
    let sections = seal.sections(&rest)?;
    let text = std::str::from_utf8(sections.vocabulary).map_err(|_| damaged("vocabulary's letters"))?;
    let vocabulary = Arc::new(Vocabulary::parse(text)?);
    let mut snapshot = Snapshot::new(vocabulary)?;
    let terms = terms::read(sections.terms, &snapshot.vocabulary, &mut snapshot.facets)?;
    let lists = row_terms::read(sections.row_terms, seal.rows, &terms)?;
    snapshot.facets.restore(lists, VERSION);
    snapshot.names = names::read(sections.names, seal.rows)?;
    cells::read(sections.cells, &seal, &snapshot.vocabulary, &mut snapshot.measures)?;
    let blocks = places::read_blocks(sections.blocks, &seal)?;
    let places = places::read(sections.lengths, seal.rows, &blocks)?;
    drop(rest);
    snapshot.documents = Documents::stored(places, Arc::new(Blocks::new(source, blocks)));
    snapshot.live = Posting::full(seal.rows);
    snapshot.rows = seal.rows;
    snapshot.version = VERSION;
    snapshot.rows_version = VERSION;
    snapshot.fingerprint = seal.fingerprint;
    Ok(snapshot)
}
