//! Facets: which terms each row has, and for each term the rows that have it.

use std::convert::Infallible;
use std::sync::Arc;

use crate::chunks::Chunks;
use crate::error::{Error, Result};
use crate::near::NearTerms;
use crate::once::Once;
use crate::posting::Posting;
use crate::texts::{Target, Texts, Unfit};
use crate::vocabulary::Vocabulary;
use crate::{FacetId, Row, TermId, names, nearest};

const TERM: u16 = 0;
const SYNONYM: u16 = 1;

#[derive(Clone, Debug)]
struct Term {
    facet: FacetId,
    text: Arc<str>,
}

/// Terms, postings and, the other way round, the terms of each row.
///
/// Invariants: there is a posting for each term; `row` is in the posting of `term` exactly where `term` is in `terms_of(row)`, which
/// is sorted. Terms are only ever added.
#[derive(Clone, Debug, Default)]
pub struct Facets {
    texts: Texts,
    terms: Chunks<Term>,
    /// The rows that have each term.
    postings: Chunks<Posting>,
    rows: Chunks<Arc<[TermId]>>,
    /// For each facet the version of the last change.
    versions: Arc<[u64]>,
    /// The terms of a view of its own, numbered from [`OWN`]: so they keep their numbers whatever terms
    /// the registry that it is of takes in.
    own: Vec<Own>,
    /// The index of the terms that are nearest to a text. Those who share one that is not made yet have
    /// the same terms.
    near: Arc<Once<NearTerms>>,
}

/// The number of the first term of a view's own.
const OWN: TermId = 1 << 31;

#[derive(Clone, Debug)]
enum Own {
    New(Term, Posting),
    /// The registry has this term by now.
    Known(TermId),
}

impl Facets {
    pub(crate) fn new(vocabulary: &Vocabulary) -> Self {
        let mut facets = Self { versions: vec![0; vocabulary.facets().len()].into(), ..Self::default() };
        for (id, spec) in vocabulary.facets().iter().enumerate() {
            for term in &spec.terms {
                facets.intern(id as FacetId, term);
            }
            for (synonym, term) in &spec.synonyms {
                let value = facets.intern(id as FacetId, term);
                if facets.texts.get(id as FacetId, synonym).is_none() {
                    let to = Target { value, tag: SYNONYM };
                    facets.texts.insert(id as FacetId, &Arc::from(synonym.as_str()), to);
                }
            }
        }
        facets.texts.settle();
        facets
    }

    /// The term, new where it was not there.
    fn intern(&mut self, facet: FacetId, text: &str) -> TermId {
        if let Some(target) = self.texts.get(facet, text) {
            return target.value;
        }
        let (value, text) = (self.terms.len() as TermId, Arc::<str>::from(text));
        self.part();
        self.terms.push(Term { facet, text: text.clone() });
        self.postings.push(Posting::default());
        self.texts.insert(facet, &text, Target { value, tag: TERM });
        value
    }

    /// Terms of a view of its own. The same ones in the same order get the same numbers.
    pub(crate) fn add_own(&mut self, terms: &[(FacetId, Arc<str>)]) {
        for (facet, text) in terms {
            let own = if let Some(target) = self.texts.get(*facet, text) {
                Own::Known(target.value)
            } else {
                let value = OWN + self.own.len() as TermId;
                self.texts.insert(*facet, text, Target { value, tag: TERM });
                Own::New(Term { facet: *facet, text: text.clone() }, Posting::default())
            };
            self.own.push(own);
        }
    }

    fn at(&self, term: TermId) -> Option<&Term> {
        self.terms.get(term as usize).or_else(|| self.own_at(term).map(|(own, _)| own))
    }

    #[cold]
    fn own_at(&self, term: TermId) -> Option<(&Term, &Posting)> {
        match self.own.get(term.checked_sub(OWN)? as usize)? {
            Own::New(own, rows) => Some((own, rows)),
            Own::Known(term) if *term >= OWN => self.own_at(*term),
            Own::Known(term) => self.terms.get(*term as usize).zip(self.postings.get(*term as usize)),
        }
    }

    fn posting_mut(&mut self, term: TermId) -> Option<&mut Posting> {
        match term.checked_sub(OWN) {
            None => self.postings.get_mut(term as usize),
            Some(at) => match self.own.get_mut(at as usize)? {
                Own::New(_, rows) => Some(rows),
                // A row has the term that is known.
                Own::Known(_) => None,
            },
        }
    }

    /// The term of this facet, by its text or a synonym of it.
    #[must_use]
    pub fn find(&self, facet: FacetId, text: &str) -> Option<TermId> {
        self.texts.get(facet, text).map(|target| target.value)
    }

    /// As [`Self::find`], or an error that names the nearest ones.
    pub fn term(&self, vocabulary: &Vocabulary, facet: FacetId, text: &str) -> Result<TermId> {
        self.find(facet, text).ok_or_else(|| {
            let spellings = self.texts.iter().filter(|record| record.space == facet).map(|record| record.text);
            let mut nearest = nearest::best_of(text, spellings, 3);
            for spelling in &mut nearest {
                // A synonym is a fine thing to be near to, but the canonical word is what to write.
                if let Some(term) = self.find(facet, spelling) {
                    self.text(term).clone_into(spelling);
                }
            }
            let mut seen = Vec::new();
            nearest.retain(|term| {
                !seen.contains(term) && {
                    seen.push(term.clone());
                    true
                }
            });
            let facet = vocabulary.facets().get(usize::from(facet)).map_or_else(String::new, |spec| spec.name.clone());
            Error::UnknownTerm { facet, term: text.chars().take(64).collect(), nearest }
        })
    }

    #[must_use]
    pub fn text(&self, term: TermId) -> &str {
        self.at(term).map_or("", |term| &term.text)
    }

    #[must_use]
    pub fn facet(&self, term: TermId) -> Option<FacetId> {
        self.at(term).map(|term| term.facet)
    }

    /// How many terms there are but for those of a view of its own: they are numbered from 0 to here.
    pub(crate) fn len(&self) -> usize {
        self.terms.len()
    }

    /// The terms of a view of its own.
    pub(crate) fn own_terms(&self) -> impl Iterator<Item = TermId> {
        (OWN..).take(self.own.len())
    }

    /// How many rows have this term.
    #[must_use]
    pub fn count(&self, term: TermId) -> u32 {
        self.posting(term).map_or(0, Posting::len)
    }

    /// Every term of every facet, with how many rows have it.
    pub fn terms(&self) -> impl Iterator<Item = (TermId, FacetId, &str, u32)> {
        let own = (OWN..).zip(&self.own).filter_map(|(id, own)| match own {
            Own::New(term, rows) => Some(((id, term), rows)),
            Own::Known(_) => None,
        });
        let terms = (0..).zip(self.terms.iter()).zip(self.postings.iter());
        terms.chain(own).map(|((id, term), rows)| (id, term.facet, &*term.text, rows.len()))
    }

    /// The terms from this number on, then those of a view of its own.
    pub(crate) fn terms_from(&self, first: usize) -> impl Iterator<Item = (TermId, FacetId, &str)> {
        let own = (OWN..).zip(&self.own).filter_map(|(id, own)| match own {
            Own::New(term, _) => Some((id, term)),
            Own::Known(_) => None,
        });
        let terms = (first..self.terms.len()).filter_map(|at| Some((at as TermId, self.terms.get(at)?)));
        terms.chain(own).map(|(id, term)| (id, term.facet, &*term.text))
    }

    /// How many terms there are of a view of its own.
    pub(crate) fn own_len(&self) -> usize {
        self.own.len()
    }

    /// The terms of a row, sorted.
    #[must_use]
    pub fn terms_of(&self, row: Row) -> &[TermId] {
        self.rows.get(row as usize).map_or(&[], |terms| terms)
    }

    /// The terms of a row in one facet.
    pub fn terms_in(&self, row: Row, facet: FacetId) -> impl Iterator<Item = TermId> {
        self.terms_of(row).iter().copied().filter(move |term| self.facet(*term) == Some(facet))
    }

    pub(crate) fn posting(&self, term: TermId) -> Option<&Posting> {
        self.postings.get(term as usize).or_else(|| self.own_at(term).map(|(_, rows)| rows))
    }

    pub(crate) fn version(&self, facet: FacetId) -> u64 {
        self.versions.get(usize::from(facet)).copied().unwrap_or(0)
    }

    /// Gives a row its terms; `row` is one past the last for a new one.
    pub(crate) fn set(&mut self, row: Row, terms: &[(FacetId, &str)], version: u64) -> Result<()> {
        let mut wanted = Vec::with_capacity(terms.len());
        for (facet, text) in terms {
            names::check("a term", text)?;
            wanted.push(self.intern(*facet, text));
        }
        self.set_ids(row, wanted, version);
        Ok(())
    }

    /// Gives a row that is there these terms of one facet, and leaves it those of the others.
    pub(crate) fn set_facet(&mut self, row: Row, facet: FacetId, terms: &[&str], version: u64) -> Result<()> {
        if usize::from(facet) >= self.versions.len() {
            return Err(Error::UnknownField { name: facet.to_string(), what: "facet", nearest: Vec::new() });
        }
        let others = self.terms_of(row).iter().filter(|term| self.facet(**term) != Some(facet));
        let mut wanted: Vec<TermId> = others.copied().collect();
        for text in terms {
            names::check("a term", text)?;
            wanted.push(self.intern(facet, text));
        }
        self.set_ids(row, wanted, version);
        Ok(())
    }

    /// As [`Self::set`], with terms that are there already.
    pub(crate) fn set_ids(&mut self, row: Row, mut wanted: Vec<TermId>, version: u64) {
        wanted.sort_unstable();
        wanted.dedup();
        let there: Arc<[TermId]> = self.rows.get(row as usize).cloned().unwrap_or_default();
        for term in there.iter().filter(|term| wanted.binary_search(term).is_err()) {
            self.change(*term, version, |rows| rows.remove(row));
        }
        for term in wanted.iter().filter(|term| there.binary_search(term).is_err()) {
            self.change(*term, version, |rows| rows.insert(row));
        }
        if *there == *wanted && (row as usize) < self.rows.len() {
            return;
        }
        match self.rows.get_mut(row as usize) {
            Some(place) => *place = wanted.into(),
            None => self.rows.push(wanted.into()),
        }
    }

    /// Adds terms that are not there, all at once; an error where one is.
    pub(crate) fn extend(&mut self, terms: Vec<(FacetId, Arc<str>)>) -> Result<()> {
        let mut records = Vec::with_capacity(terms.len());
        for (facet, text) in terms {
            names::check("a term", &text)?;
            records.push((facet, text.clone(), Target { value: self.terms.len() as TermId, tag: TERM }));
            self.terms.push(Term { facet, text });
            self.postings.push(Posting::default());
        }
        self.part();
        self.texts.extend(&records).map_err(|why| match why {
            Unfit::Twice(text) => Error::InvalidName {
                what: "a term",
                name: text.chars().take(64).collect(),
                why: "the term is there already",
            },
            Unfit::Arena => Error::File("there are too many terms".into()),
        })
    }

    /// Gives rows 0, 1, 2, ... their terms, all at once, where no row has any yet. Each list must
    /// be sorted, without repetition, and name terms that are there.
    pub(crate) fn restore(&mut self, rows: Chunks<Arc<[TermId]>>, version: u64) {
        let mut lists = rows.iter();
        for key in 0..rows.len().div_ceil(Posting::BLOCK_ROWS) {
            let block: Vec<&[TermId]> = lists.by_ref().take(Posting::BLOCK_ROWS).map(|list| &**list).collect();
            self.restore_block(key as u16, &block);
        }
        drop(lists);
        Arc::make_mut(&mut self.versions).fill(version);
        self.rows = rows;
    }

    /// By counting: how many rows of the block each term has, then where its rows go.
    fn restore_block(&mut self, key: u16, lists: &[&[TermId]]) {
        let (mut ends, mut sum) = (vec![0_u32; self.terms.len()], 0);
        lists.iter().copied().flatten().for_each(|term| ends[*term as usize] += 1);
        for end in &mut ends {
            (*end, sum) = (sum, sum + *end);
        }
        let mut lows = vec![0_u16; sum as usize];
        for (low, terms) in lists.iter().enumerate() {
            for term in *terms {
                let end = &mut ends[*term as usize];
                lows[*end as usize] = low as u16;
                *end += 1;
            }
        }
        let mut start = 0;
        for (term, end) in ends.into_iter().enumerate() {
            let rows = &lows[start..end as usize];
            start = end as usize;
            if !rows.is_empty()
                && let Some(posting) = self.postings.get_mut(term)
            {
                posting.push_block(key, rows);
            }
        }
    }

    fn change(&mut self, term: TermId, version: u64, change: impl FnOnce(&mut Posting)) {
        if let Some(posting) = self.posting_mut(term) {
            change(posting);
        }
        if let Some(stamp) =
            self.facet(term).and_then(|facet| Arc::make_mut(&mut self.versions).get_mut(usize::from(facet)))
        {
            *stamp = version;
        }
    }

    /// Takes a row's terms away.
    pub(crate) fn clear(&mut self, row: Row, version: u64) {
        self.set_ids(row, Vec::new(), version);
    }

    pub(crate) fn settle(&mut self) {
        self.texts.settle();
        if self.near.get().is_some_and(|near| near.is_old(self.terms.len())) {
            self.near = Arc::default();
        }
    }

    /// Terms are about to come that others who would share the index do not have.
    fn part(&mut self) {
        if self.near.get().is_none() && Arc::get_mut(&mut self.near).is_none() {
            self.near = Arc::default();
        }
    }

    /// The index of the terms of a facet, always the same one.
    pub(crate) fn near(&self, facet: FacetId) -> &NearTerms {
        let make = || {
            let terms = (0..).zip(self.terms.iter()).filter(|(_, term)| term.facet == facet);
            Ok::<_, Infallible>(NearTerms::new(terms.map(|(id, term)| (id, &*term.text)), self.terms.len()))
        };
        let Ok(near) = self.near.get_or_make(make);
        near
    }

    /// The terms of a facet that came after so many of all facets, those of a view of its own too.
    pub(crate) fn later(&self, facet: FacetId, first: usize) -> impl Iterator<Item = &str> {
        let later = (first..self.terms.len()).filter_map(|at| self.terms.get(at));
        let own = self.own.iter().filter_map(|own| match own {
            Own::New(term, _) => Some(term),
            Own::Known(_) => None,
        });
        later.chain(own).filter(move |term| term.facet == facet).map(|term| &*term.text)
    }
}
