//! What the rows and terms of a snapshot can be found by.

use std::collections::HashMap;
use std::sync::Arc;

use super::inverted::{Inverted, Reader, Recent};
use super::lists::{Builder, Place, merge};
use crate::document::Documents;
use crate::error::Result;
use crate::snapshot::Snapshot;
use crate::{FacetId, Row};

/// Reads the texts of a document, each with its rank; what else a document says, the engine does not know.
pub type ReadTexts<'a> = dyn Fn(&[u8], &mut dyn FnMut(u8, &str)) -> Result<()> + Sync + 'a;

/// What an index is made from, besides a snapshot.
pub struct Sources<'a> {
    /// The facets whose terms are found, with their rank.
    pub facets: &'a [(FacetId, u8)],
    pub texts: &'a ReadTexts<'a>,
}

/// The order of an id where it is not known.
pub(super) const UNORDERED: u32 = u32::MAX;

/// An inverted index: of the texts of rows, and of terms, whose rows the snapshot knows.
///
/// Only documents and terms are read, so that it is as good for another snapshot as those are the same: a
/// term given to a row, a number or a status changes nothing in it.
///
/// Invariants: a row's texts are as they are in `documents`; the terms before `covered` are in `terms`.
#[derive(Clone, Debug)]
pub struct Index {
    pub(super) rows: Inverted,
    pub(super) terms: Inverted,
    facets: Arc<[(FacetId, u8)]>,
    /// What the texts of each row were when the lists were made; 0 where there are none.
    hashes: Arc<[u64]>,
    /// The place of each row among all by id when the lists were made.
    order: Arc<[u32]>,
    documents: Documents,
    covered: usize,
    own: usize,
    terms_in_lists: usize,
    version: u64,
}

impl Index {
    /// The index of a snapshot. Cost: reads every document, about 2 microseconds each.
    pub fn new(snapshot: &Snapshot, sources: &Sources<'_>) -> Result<Self> {
        let (mut reader, mut builder) = (Reader::default(), Builder::default());
        let mut hashes = vec![0; snapshot.rows as usize];
        for (row, hash) in (0..).zip(&mut hashes) {
            *hash = read(snapshot, sources, &mut reader, row, |piece, place| builder.push(piece, place))?;
        }
        let mut index = Self {
            rows: Inverted::new(builder.finish()),
            terms: Inverted::default(),
            facets: Arc::from(sources.facets),
            order: ordered(snapshot, &[]),
            hashes: hashes.into(),
            documents: snapshot.documents.clone(),
            covered: snapshot.facets.len(),
            own: 0,
            terms_in_lists: snapshot.facets.len(),
            version: snapshot.version,
        };
        index.terms = index.all_terms(snapshot);
        index.read_terms(snapshot);
        Ok(index)
    }

    /// The terms with their synonyms.
    fn all_terms(&self, snapshot: &Snapshot) -> Inverted {
        let mut synonyms: HashMap<(FacetId, &str), Vec<&str>> = HashMap::new();
        for (facet, spec) in (0..).zip(snapshot.vocabulary.facets()) {
            for (synonym, term) in &spec.synonyms {
                synonyms.entry((facet, term)).or_default().push(synonym);
            }
        }
        let (mut reader, mut builder) = (Reader::default(), Builder::default());
        for (term, facet, text) in snapshot.facets.terms_from(0).take(self.covered) {
            let Some(rank) = self.rank(facet) else { continue };
            reader.begin();
            for text in std::iter::once(&text).chain(synonyms.get(&(facet, text)).into_iter().flatten()) {
                reader.read(term, rank, text, |piece, place| builder.push(piece, place));
            }
        }
        Inverted::new(builder.finish())
    }

    fn rank(&self, facet: FacetId) -> Option<u8> {
        self.facets.iter().find(|(there, _)| *there == facet).map(|(_, rank)| *rank)
    }

    /// The index of another snapshot: of the same registry, of a view of it, or of what it was before.
    ///
    /// Cost: a comparison for each chunk of rows; the documents that are others now are read; and once in
    /// many changes all lists are merged.
    pub fn next(self: &Arc<Self>, snapshot: &Snapshot, sources: &Sources<'_>) -> Result<Arc<Self>> {
        let (rows, _) = snapshot.documents.apart(&self.documents);
        let same_terms = self.covered == snapshot.facets.len() && self.own == snapshot.facets.own_len();
        if rows.is_empty() && same_terms {
            return Ok(self.clone());
        }
        let (mut reader, mut changed) = (Reader::default(), Vec::new());
        for row in rows {
            if snapshot.documents.is_same(row, &self.documents) {
                continue;
            }
            let mut pieces: Vec<(Box<str>, Place)> = Vec::new();
            let hash = read(snapshot, sources, &mut reader, row, |piece, place| pieces.push((piece.into(), place)))?;
            let known = self.rows.recent(row).map(|recent| recent.hash);
            if hash == known.or_else(|| self.hashes.get(row as usize).copied()).unwrap_or(0) {
                continue;
            }
            changed.push((row, Recent { hash, pieces }));
            if changed.len() > 1_024 + self.hashes.len() / 8 {
                return Self::new(snapshot, sources).map(Arc::new);
            }
        }
        let mut next = Self::clone(self);
        next.rows.put(changed);
        next.documents = snapshot.documents.clone();
        next.version = snapshot.version;
        if next.rows.is_full(next.hashes.len()) {
            next.settle(snapshot);
        }
        if !same_terms {
            next.read_terms(snapshot);
        }
        Ok(Arc::new(next))
    }

    fn settle(&mut self, snapshot: &Snapshot) {
        let mut hashes = self.hashes.to_vec();
        for (row, recent) in self.rows.recents() {
            hashes.resize(hashes.len().max(row as usize + 1), 0);
            hashes[row as usize] = recent.hash;
        }
        self.hashes = hashes.into();
        self.rows.settle();
        self.order = ordered(snapshot, &self.order);
    }

    /// Reads the terms that came since, and those of a view of its own.
    fn read_terms(&mut self, snapshot: &Snapshot) {
        let mut reader = Reader::default();
        let mut read = Vec::new();
        for (term, facet, text) in snapshot.facets.terms_from(self.covered) {
            let Some(rank) = self.rank(facet) else { continue };
            let mut pieces: Vec<(Box<str>, Place)> = Vec::new();
            reader.begin();
            reader.read(term, rank, text, |piece, place| pieces.push((piece.into(), place)));
            read.push((term, Recent { hash: reader.hash(), pieces }));
        }
        self.terms.put(read);
        (self.covered, self.own) = (snapshot.facets.len(), snapshot.facets.own_len());
        if self.terms.is_full(self.terms_in_lists) {
            self.terms.settle();
            self.terms_in_lists = self.covered;
        }
    }

    /// The place of a row by its id, where it has the one that it had when the lists were made.
    pub(super) fn order(&self, row: Row) -> u32 {
        match self.order.get(row as usize) {
            Some(order) if self.rows.recent(row).is_none() => *order,
            _ => UNORDERED,
        }
    }

    /// The version of the snapshot that it was last made for.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }
}

/// Reads the texts of a row; what they are together.
fn read(
    snapshot: &Snapshot,
    sources: &Sources<'_>,
    reader: &mut Reader,
    row: Row,
    mut push: impl FnMut(&str, Place),
) -> Result<u64> {
    reader.begin();
    let document = snapshot.documents.read(row)?;
    if !document.is_empty() {
        (sources.texts)(&document, &mut |rank, text| reader.read(row, rank, text, &mut push))?;
    }
    Ok(reader.hash())
}

/// The place of each row among all by id; where `before` says most of it already, that is one pass.
fn ordered(snapshot: &Snapshot, before: &[u32]) -> Arc<[u32]> {
    let mut rows: Vec<Row> = vec![Row::MAX; before.len()];
    for (row, order) in (0..).zip(before) {
        if let Some(place) = rows.get_mut(*order as usize) {
            *place = row;
        }
    }
    rows.retain(|row| *row < snapshot.rows);
    rows.extend(before.len() as Row..snapshot.rows);
    let mut named: Vec<(&str, Row)> =
        rows.into_iter().map(|row| (snapshot.names.id(row).unwrap_or_default(), row)).collect();
    merge(&mut named);
    let mut order = vec![UNORDERED; snapshot.rows as usize];
    for (place, (_, row)) in (0..).zip(named) {
        order[row as usize] = place;
    }
    order.into()
}
