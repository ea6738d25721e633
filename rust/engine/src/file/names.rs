//! The section of names: the id of each row, then the aliases of each row.

use std::sync::Arc;

use super::content::Content;
use super::cursor::{Reader, Writer};
use super::damaged;
use crate::chunks::Chunks;
use crate::error::Result;
use crate::names::Names;

pub(super) fn write(content: &Content<'_>) -> Vec<u8> {
    let (names, mut out) = (&content.snapshot.names, Writer::default());
    for row in &content.rows {
        out.text(names.id(*row).unwrap_or_default());
    }
    for row in &content.rows {
        let aliases = names.aliases(*row);
        out.number(aliases.len() as u64);
        aliases.iter().for_each(|alias| out.text(alias));
    }
    out.finish()
}

pub(super) fn read(section: &[u8], rows: u32) -> Result<Names> {
    let wrong = || damaged("names");
    let mut reader = Reader::new(section).ok_or_else(wrong)?;
    let ids: Chunks<Option<Arc<str>>> = (0..rows).map_while(|_| reader.text().map(|id| Some(Arc::from(id)))).collect();
    let none: Arc<[Arc<str>]> = Arc::from([]);
    let aliases: Chunks<Arc<[Arc<str>]>> = (0..rows).map_while(|_| read_aliases(&mut reader, &none)).collect();
    reader.end().filter(|()| ids.len() == rows as usize && aliases.len() == rows as usize).ok_or_else(wrong)?;
    Names::restore(ids, aliases)
}

fn read_aliases(reader: &mut Reader<'_>, none: &Arc<[Arc<str>]>) -> Option<Arc<[Arc<str>]>> {
    let count: usize = reader.number()?;
    match count {
        0 => Some(none.clone()),
        // Nearly every row that has any has one.
        1 => Some(Arc::from([Arc::from(reader.text()?)])),
        _ if count > reader.left() => None,
        _ => (0..count).map(|_| reader.text().map(Arc::from)).collect(),
    }
}
