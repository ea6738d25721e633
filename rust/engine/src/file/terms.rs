//! The section of terms.

use std::sync::Arc;

use super::content::Content;
use super::cursor::{Reader, Writer};
use super::damaged;
use crate::error::Result;
use crate::facets::Facets;
use crate::vocabulary::Vocabulary;
use crate::{FacetId, TermId};

pub(super) fn write(content: &Content<'_>) -> Vec<u8> {
    let (facets, mut out) = (&content.snapshot.facets, Writer::default());
    out.number(content.terms.len() as u64);
    for term in &content.terms {
        out.number(facets.facet(*term).map_or(0, u64::from));
        out.text(facets.text(*term));
    }
    out.finish()
}

/// Adds the terms to the declared ones that are there; returns where each of the section is,
/// ascending.
pub(super) fn read(section: &[u8], vocabulary: &Vocabulary, facets: &mut Facets) -> Result<Vec<TermId>> {
    let wrong = || damaged("terms");
    let declared = facets.terms().count();
    let mut reader = Reader::new(section).ok_or_else(wrong)?;
    let count: usize = reader.number().ok_or_else(wrong)?;
    if count > reader.left() {
        return Err(wrong());
    }
    let mut terms: Vec<TermId> = Vec::with_capacity(count);
    let mut new: Vec<(FacetId, Arc<str>)> = Vec::with_capacity(count);
    for _ in 0..count {
        let facet: FacetId = reader.number().ok_or_else(wrong)?;
        let text = reader.text().ok_or_else(wrong)?;
        if usize::from(facet) >= vocabulary.facets().len() {
            return Err(wrong());
        }
        let term = match facets.find(facet, text) {
            // A synonym is no term.
            Some(term) if facets.text(term) != text => return Err(wrong()),
            Some(term) => term,
            None => {
                if new.last().is_some_and(|(before, there)| (*before, &**there) >= (facet, text)) {
                    return Err(wrong());
                }
                new.push((facet, Arc::from(text)));
                TermId::try_from(declared + new.len() - 1).map_err(|_| wrong())?
            }
        };
        if terms.last().is_some_and(|before| *before >= term) {
            return Err(wrong());
        }
        terms.push(term);
    }
    reader.end().ok_or_else(wrong)?;
    facets.extend(new)?;
    Ok(terms)
}
