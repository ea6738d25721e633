//! The section of terms: how many of the declared ones and which, then the others.

use std::sync::Arc;

use super::content::Content;
use super::cursor::{Reader, Writer};
use super::damaged;
use crate::error::Result;
use crate::facets::Facets;
use crate::vocabulary::Vocabulary;
use crate::{FacetId, TermId};

pub(super) fn write(content: &Content) -> Vec<u8> {
    let (facets, mut out) = (&content.snapshot.facets, Writer::default());
    let (declared, others) = content.terms.split_at(content.declared);
    out.number(declared.len() as u64);
    // The vocabulary gives them their numbers, and it is in the file.
    declared.iter().for_each(|term| out.number(u64::from(*term)));
    out.number(others.len() as u64);
    for term in others {
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
    let count = reader.number().filter(|count| *count <= declared).ok_or_else(wrong)?;
    let mut terms: Vec<TermId> = Vec::with_capacity(count);
    for _ in 0..count {
        terms.push(reader.number().filter(|term| (*term as usize) < declared).ok_or_else(wrong)?);
    }
    let count = reader.number().filter(|count| *count <= reader.left()).ok_or_else(wrong)?;
    let mut new: Vec<(FacetId, Arc<str>)> = Vec::with_capacity(count);
    for at in 0..count {
        let facet = reader.number().filter(|facet| usize::from(*facet) < vocabulary.facets().len());
        new.push((facet.ok_or_else(wrong)?, Arc::from(reader.text().ok_or_else(wrong)?)));
        terms.push(TermId::try_from(declared + at).map_err(|_| wrong())?);
    }
    reader.end().filter(|()| terms.is_sorted_by(|a, b| a < b)).ok_or_else(wrong)?;
    // Refuses those that are there already, as terms or as synonyms.
    facets.extend(new)?;
    Ok(terms)
}
