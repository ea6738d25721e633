//! The section of names: the id of each row, then the aliases of each row.

use super::content::Content;
use super::cursor::{Reader, Writer};
use super::damaged;
use crate::Row;
use crate::error::Result;
use crate::names::{ID, Names};
use crate::texts::{Record, Target};

pub(super) fn write(content: &Content) -> Vec<u8> {
    let (names, mut out) = (&content.snapshot.names, Writer::default());
    for row in &content.rows {
        out.text(names.id(*row).unwrap_or_default());
    }
    for row in &content.rows {
        out.number(names.aliases(*row).count() as u64);
        names.aliases(*row).for_each(|alias| out.text(alias));
    }
    out.finish()
}

pub(super) fn read(section: &[u8], rows: u32) -> Result<Names> {
    let wrong = || damaged("names");
    let mut reader = Reader::new(section).ok_or_else(wrong)?;
    let (mut arena, mut records) = (Vec::new(), 0);
    for row in 0..rows {
        read_name(&mut reader, row, ID, &mut arena).ok_or_else(wrong)?;
        records += 1;
    }
    for row in 0..rows {
        let count: u16 = reader.number().ok_or_else(wrong)?;
        for tag in 1..=count {
            read_name(&mut reader, row, tag, &mut arena).ok_or_else(wrong)?;
            records += 1;
        }
    }
    reader.end().ok_or_else(wrong)?;
    Names::restore(arena, records, rows)
}

fn read_name(reader: &mut Reader<'_>, row: Row, tag: u16, arena: &mut Vec<u8>) -> Option<()> {
    let text = reader.text().filter(|text| text.len() <= crate::MAX_NAME_BYTES)?;
    Record { space: 0, text, to: Target { value: row, tag } }.push(arena);
    Some(())
}
