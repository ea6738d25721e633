//! An opened file, of which only what is needed is read.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use super::blocks::Blocks;
use super::cursor::Cursor;
use super::index::Index;
use super::names::Filed;
use super::seal::Seal;
use super::source::Source;
use super::{VERSION, blame, damaged, places};
use crate::Row;
use crate::document::Documents;
use crate::error::{Error, Result};
use crate::names::{ID, Lookup, Names};
use crate::once::Once;
use crate::posting::Posting;
use crate::snapshot::Snapshot;
use crate::vocabulary::Vocabulary;

/// An index of more bytes than this is read by two threads.
const LARGE: u64 = 4 << 20;

/// A snapshot file that was opened.
///
/// Opening reads and checks the vocabulary and where everything is, in time and memory that hardly
/// depend on the number of rows. A name is looked up in a block of about 256 names, a document in a
/// block of at most 256 documents; each is read and checked when it is first touched. Everything else
/// is in [`Self::snapshot`], which reads the whole index, once. All of it may fail as late as that:
/// so these are methods that return a `Result`, and a [`Snapshot`] has none that do not need to.
#[derive(Debug)]
pub struct Opened {
    /// As errors name the file.
    path: Option<String>,
    source: Arc<Source>,
    seal: Seal,
    names: Filed,
    index: Index,
    bare: Snapshot,
    all_names: Once<Names>,
    whole: Once<Snapshot>,
}

impl Opened {
    /// Opens a snapshot file.
    ///
    /// An error where the file is missing, cut, of another kind or format, or changed in any bit that is
    /// read now; one of the index or of a document is an error when that is read. The file may be
    /// replaced meanwhile, by [`Snapshot::write`] or any other rename.
    /// Cost: 4 million instructions for 11,500 rows, 22 million for 1,000,000.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let shown = path.display().to_string();
        let opened = Source::open(path).and_then(|source| Self::read(source, Some(shown.clone())));
        opened.map_err(|why| named(Some(&shown), why))
    }

    /// As [`Self::open`], with the bytes of a file at hand; documents stay in them.
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self> {
        Self::read(Source::Bytes(bytes.into()), None).map_err(blame)
    }

    fn read(source: Source, path: Option<String>) -> Result<Self> {
        let source = Arc::new(source);
        let (seal, tail) = Seal::open(&source)?;
        let [vocabulary, directory, blocks] = seal.opening(&tail)?;
        let text = std::str::from_utf8(vocabulary).map_err(|_| damaged("vocabulary's letters"))?;
        let mut bare = Snapshot::new(Arc::new(Vocabulary::parse(text)?))?;
        let mut directory = Cursor::new(directory);
        let names = Filed::read(&mut directory, &seal, &source)?;
        let index = Index::read(&mut directory, &seal)?;
        directory.end().ok_or_else(|| damaged("parts"))?;
        let blocks = places::read(blocks, &seal)?;
        bare.documents = Documents::stored(Arc::new(Blocks::new(source.clone(), blocks)));
        bare.live = Posting::full(seal.rows);
        bare.rows = seal.rows;
        bare.version = VERSION;
        bare.rows_version = VERSION;
        bare.fingerprint = seal.fingerprint;
        drop(tail);
        Ok(Self { path, source, seal, names, index, bare, all_names: Once::new(), whole: Once::new() })
    }

    fn said<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|why| named(self.path.as_deref(), why))
    }

    /// The file, as errors name it.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// What is known without the index: vocabulary, rows and their documents, version, fingerprint. It
    /// has no names, no terms but the declared ones, and no numbers.
    #[must_use]
    pub fn bare(&self) -> &Snapshot {
        &self.bare
    }

    /// Where an id or an alias leads. What is missing here may still be a bare name.
    #[inline]
    pub fn get(&self, text: &str) -> Result<Lookup> {
        if text.len() > crate::MAX_NAME_BYTES {
            return Ok(Lookup::Missing);
        }
        match self.names.get(text) {
            Ok(None) => Ok(Lookup::Missing),
            Ok(Some(to)) if to.tag == ID => Ok(Lookup::Id(to.value)),
            Ok(Some(to)) => Ok(Lookup::Alias(to.value)),
            Err(why) => self.said(Err(why)),
        }
    }

    /// All names; read once.
    pub fn names(&self) -> Result<&Names> {
        self.said(self.all_names.get_or_make(|| self.names.all()))
    }

    /// The document of a row; an error where it was changed or damaged.
    pub fn document(&self, row: Row) -> Result<Arc<[u8]>> {
        self.said(self.bare.documents.read(row))
    }

    /// The whole snapshot; its index is read and checked once, whoever asks first.
    ///
    /// Cost: about 0.5 us a row.
    pub fn snapshot(&self) -> Result<&Snapshot> {
        self.said(self.whole.get_or_make(|| self.load()))
    }

    fn load(&self) -> Result<Snapshot> {
        let mut snapshot = self.bare.clone();
        let names = || self.all_names.get_or_make(|| self.names.all()).cloned();
        let names = thread::scope(|scope| {
            let large = self.seal.index() > LARGE;
            let ahead = large.then(|| thread::Builder::new().spawn_scoped(scope, names).ok()).flatten();
            let filled = self.index.fill(&mut snapshot, &self.seal, &self.source);
            let names = match ahead {
                Some(ahead) => ahead.join().unwrap_or_else(|_| Err(damaged("names"))),
                None => names(),
            };
            filled.and(names)
        });
        snapshot.names = names?;
        snapshot.documents.fill(self.seal.rows);
        Ok(snapshot)
    }
}

/// The error with the path of the file in front; whatever is wrong, it is the file's fault.
fn named(path: Option<&str>, why: Error) -> Error {
    match (blame(why), path) {
        (Error::File(why), Some(path)) if !why.starts_with(path) => Error::File(format!("{path}: {why}")),
        (why, _) => why,
    }
}
