//! A snapshot: everything a registry knows at one moment, never changed.

use std::sync::Arc;

use crate::Row;
use crate::definition::Definition;
use crate::document::Documents;
use crate::edit::Edit;
use crate::error::{Error, Result};
use crate::facets::Facets;
use crate::measures::Measures;
use crate::names::{Lookup, Names};
use crate::posting::{GROUP_TILES, Posting, TILE_ROWS, TILE_WORDS, Tile};
use crate::visible::Derived;
use crate::vocabulary::Vocabulary;

/// Names, facets, measures and documents of all rows.
///
/// Invariants: `rows` counts rows ever given out, `live` has those not removed, and of a view those
/// that it shows; names, facets and documents have exactly `rows` places. Cloning shares everything.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(crate) vocabulary: Arc<Vocabulary>,
    pub(crate) names: Names,
    pub(crate) facets: Facets,
    pub(crate) measures: Measures,
    pub(crate) documents: Documents,
    pub(crate) live: Posting,
    pub(crate) rows: u32,
    pub(crate) version: u64,
    /// The version at which a row was last added or removed.
    pub(crate) rows_version: u64,
    pub(crate) fingerprint: u128,
    /// The facet whose terms are bare names, and the term of the preferred row.
    pub(crate) bare: Option<(u16, u32)>,
    /// What only the snapshot of a view has: without it names, terms and cells are those of `live`.
    pub(crate) derived: Option<Arc<Derived>>,
}

impl Snapshot {
    /// A snapshot without rows.
    pub fn new(vocabulary: Arc<Vocabulary>) -> Result<Self> {
        let facets = Facets::new(&vocabulary);
        let measures = Measures::new(&vocabulary)?;
        let bare = match vocabulary.bare() {
            Some(bare) => {
                let preferred = vocabulary.facet(&bare.preferred.0)?;
                Some((vocabulary.facet(&bare.facet)?, facets.term(&vocabulary, preferred, &bare.preferred.1)?))
            }
            None => None,
        };
        Ok(Self {
            vocabulary,
            names: Names::default(),
            facets,
            measures,
            documents: Documents::default(),
            live: Posting::default(),
            rows: 0,
            version: 0,
            rows_version: 0,
            fingerprint: 0,
            bare,
            derived: None,
        })
    }

    #[must_use]
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    #[must_use]
    pub fn facets(&self) -> &Facets {
        &self.facets
    }

    #[must_use]
    pub fn measures(&self) -> &Measures {
        &self.measures
    }

    #[must_use]
    pub fn documents(&self) -> &Documents {
        &self.documents
    }

    /// How many models there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.live.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One past the last row ever given out; some below it may be removed.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// How many changes led here.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    #[must_use]
    pub fn is_live(&self, row: Row) -> bool {
        if self.live.len() == self.rows { row < self.rows } else { self.live.contains(row) }
    }

    /// The rows that were not removed, in order.
    pub fn live_rows(&self) -> impl Iterator<Item = Row> {
        self.live.iter()
    }

    pub(crate) fn tiles(&self) -> u32 {
        self.rows.div_ceil(TILE_ROWS)
    }

    /// Makes the masks the rows of these tiles, of one block, that were not removed.
    pub(crate) fn live_masks(&self, first: u32, masks: &mut [Tile]) {
        if self.live.len() != self.rows {
            for (first, masks) in (first..).step_by(GROUP_TILES).zip(masks.chunks_mut(GROUP_TILES)) {
                self.live.part(first).copy_to(masks);
            }
            return;
        }
        masks.fill([u64::MAX; TILE_WORDS]);
        for (tile, mask) in (first..).zip(masks) {
            let within = self.rows.saturating_sub(tile * TILE_ROWS);
            if within < TILE_ROWS {
                let (full, rest) = ((within / 64) as usize, within % 64);
                mask[full] = (1 << rest) - 1;
                mask[full + 1..].fill(0);
            }
        }
    }

    /// Where this text leads: an id, an alias or a bare name.
    #[inline]
    #[must_use]
    pub fn lookup(&self, text: &str) -> Lookup {
        if self.derived.is_some() {
            return self.lookup_visible(text);
        }
        match self.names.get(text) {
            Lookup::Missing => self.lookup_bare(text),
            found => found,
        }
    }

    fn lookup_bare(&self, text: &str) -> Lookup {
        let candidates = self.bare_candidates(text);
        let Some((_, preferred)) = self.bare else { return Lookup::Missing };
        let mut home =
            candidates.iter().filter(|row| self.facets.posting(preferred).is_some_and(|rows| rows.contains(**row)));
        match (home.next(), home.next(), candidates.as_slice()) {
            (Some(row), None, _) | (None, _, [row]) => Lookup::Bare(*row),
            (_, _, []) => Lookup::Missing,
            (_, _, several) => Lookup::Ambiguous(several.len() as u32),
        }
    }

    /// The rows that a bare name may mean, in order.
    #[must_use]
    pub fn bare_candidates(&self, text: &str) -> Vec<Row> {
        let mut rows = self.rows_of_bare(text);
        if self.derived.is_some() {
            rows.retain(|row| self.is_live(*row));
        }
        rows
    }

    pub(crate) fn rows_of_bare(&self, text: &str) -> Vec<Row> {
        let Some((facet, _)) = self.bare.filter(|_| text.len() <= crate::MAX_NAME_BYTES) else { return Vec::new() };
        let posting = self.facets.find(facet, text).and_then(|term| self.facets.posting(term));
        posting.map(|rows| rows.iter().collect()).unwrap_or_default()
    }

    /// The row of this id; an error that says so where there is none. Aliases do not count.
    pub fn row(&self, id: &str) -> Result<Row> {
        match self.names.get(id) {
            Lookup::Id(row) if self.derived.is_none() || self.is_live(row) => Ok(row),
            _ => Err(Error::NotFound(id.chars().take(64).collect())),
        }
    }

    /// A snapshot of these rows alone, in this order.
    pub fn only(&self, rows: &[Row]) -> Result<Self> {
        let mut edit = Self::new(self.vocabulary.clone())?.edit();
        for row in rows {
            edit.put(&self.definition(*row)?, true)?;
        }
        Ok(edit.finish().0)
    }

    /// What a row was made from.
    pub fn definition(&self, row: Row) -> Result<Definition> {
        let id = self.names.id(row).ok_or_else(|| Error::NotFound(format!("row {row}")))?;
        let facet = |term| self.facets.facet(term).and_then(|facet| self.vocabulary.facets().get(usize::from(facet)));
        let terms = self.facets.terms_of(row).iter();
        let numbers = self
            .measures
            .iter()
            .filter_map(|(measure, spec, _)| Some((spec.name.clone(), self.measures.number(row, measure)?)));
        Ok(Definition {
            id: id.to_owned(),
            aliases: self.names.aliases(row).map(str::to_owned).collect(),
            terms: terms
                .filter_map(|term| Some((facet(*term)?.name.clone(), self.facets.text(*term).to_owned())))
                .collect(),
            numbers: numbers.collect(),
            document: self.documents.read(row)?.to_vec(),
        })
    }

    /// Begins a change.
    #[must_use]
    pub fn edit(&self) -> Edit {
        Edit::new(self.clone())
    }
}
