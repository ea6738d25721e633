//! The section of names.

use std::sync::Arc;

use super::content::Content;
use super::cursor::{Reader, Writer};
use super::damaged;
use crate::error::Result;
use crate::names::Names;

pub(super) fn write(content: &Content<'_>) -> Vec<u8> {
    let (names, mut out) = (&content.snapshot.names, Writer::default());
    for row in &content.rows {
        out.text(names.id(*row).unwrap_or_default());
        let aliases = names.aliases(*row);
        out.number(aliases.len() as u64);
        aliases.iter().for_each(|alias| out.text(alias));
    }
    out.finish()
}

pub(super) fn read(section: &[u8], rows: u32) -> Result<Names> {
    let wrong = || damaged("names");
    let mut reader = Reader::new(section).ok_or_else(wrong)?;
    if rows as usize > reader.left() {
        return Err(wrong());
    }
    let none: Arc<[Arc<str>]> = Arc::from([]);
    let (mut ids, mut aliases) = (Vec::with_capacity(rows as usize), Vec::with_capacity(rows as usize));
    for _ in 0..rows {
        ids.push(Arc::from(reader.text().ok_or_else(wrong)?));
        let count: usize = reader.number().ok_or_else(wrong)?;
        if count > reader.left() {
            return Err(wrong());
        }
        let mut texts = (0..count).map(|_| reader.text().map(Arc::from));
        aliases.push(match count {
            0 => none.clone(),
            _ => texts.by_ref().collect::<Option<_>>().ok_or_else(wrong)?,
        });
    }
    reader.end().ok_or_else(wrong)?;
    Names::restore(ids, aliases)
}
