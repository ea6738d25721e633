//! The section of row terms: for each row how many, then each place less the one before it.

use std::sync::Arc;

use super::content::Content;
use super::cursor::{Cursor, put};
use super::damaged;
use crate::TermId;
use crate::error::Result;

pub(super) fn write(content: &Content<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    for row in &content.rows {
        let places = content.terms_of(*row);
        put(&mut out, places.len() as u64);
        let mut next = 0;
        for place in places {
            put(&mut out, u64::from(place - next));
            next = place + 1;
        }
    }
    out
}

/// `terms` says where each term of the file is, ascending; so are the lists that come back.
pub(super) fn read(section: &[u8], rows: u32, terms: &[TermId]) -> Result<Vec<Arc<[TermId]>>> {
    let wrong = || damaged("terms of rows");
    let mut cursor = Cursor::new(section);
    if rows as usize > cursor.left() {
        return Err(wrong());
    }
    let mut lists: Vec<Arc<[TermId]>> = Vec::with_capacity(rows as usize);
    let mut list = Vec::new();
    for _ in 0..rows {
        let count: usize = cursor.number().ok_or_else(wrong)?;
        list.clear();
        let mut rest = terms;
        for _ in 0..count {
            let step: usize = cursor.number().ok_or_else(wrong)?;
            let (term, after) = rest.get(step..).and_then(<[TermId]>::split_first).ok_or_else(wrong)?;
            list.push(*term);
            rest = after;
        }
        lists.push(Arc::from(list.as_slice()));
    }
    cursor.end().ok_or_else(wrong)?;
    Ok(lists)
}
