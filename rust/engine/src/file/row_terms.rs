//! The section of row terms: for each row how many, then each place less the one before it.

use std::sync::Arc;

use super::content::Content;
use super::cursor::{Cursor, put};
use super::damaged;
use crate::TermId;
use crate::chunks::Chunks;
use crate::error::Result;

pub(super) fn write(content: &Content) -> Vec<u8> {
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
pub(super) fn read(section: &[u8], rows: u32, terms: &[TermId]) -> Result<Chunks<Arc<[TermId]>>> {
    let mut cursor = Cursor::new(section);
    let mut list = Vec::new();
    let lists: Chunks<Arc<[TermId]>> = (0..rows)
        .map_while(|_| {
            list.clear();
            let mut next = 0_usize;
            for _ in 0..cursor.varint()? {
                let place = next.checked_add(cursor.number()?)?;
                list.push(*terms.get(place)?);
                next = place + 1;
            }
            Some(Arc::from(list.as_slice()))
        })
        .collect();
    cursor.end().filter(|()| lists.len() == rows as usize).ok_or_else(|| damaged("terms of rows"))?;
    Ok(lists)
}
