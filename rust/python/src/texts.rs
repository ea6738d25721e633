//! The texts of a document that a search reads, without decoding the rest of it.

use std::borrow::Cow;
use std::fmt;

use modeldex_engine::{Error, Result};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Calls `text` for the texts of these fields, each with its rank: a text, or a list of them.
pub(crate) fn read(document: &[u8], fields: &[(String, u8)], text: &mut dyn FnMut(u8, &str)) -> Result<()> {
    let mut reader = serde_json::Deserializer::from_slice(document);
    Fields { fields, text }
        .deserialize(&mut reader)
        .map_err(|why| Error::File(format!("a document cannot be read: {why}")))
}

struct Fields<'a> {
    fields: &'a [(String, u8)],
    text: &'a mut dyn FnMut(u8, &str),
}

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> std::result::Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<(), A::Error> {
        while let Some(Key(name)) = entries.next_key()? {
            match self.fields.iter().find(|(field, _)| *field == *name) {
                Some((_, rank)) => entries.next_value_seed(Texts { rank: *rank, text: self.text })?,
                None => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

struct Texts<'a> {
    rank: u8,
    text: &'a mut dyn FnMut(u8, &str),
}

impl<'de> DeserializeSeed<'de> for Texts<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> std::result::Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

/// What is no text (a number, a mapping) is passed over.
impl<'de> Visitor<'de> for Texts<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<(), E> {
        (self.text)(self.rank, text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<(), A::Error> {
        while items.next_element_seed(Texts { rank: self.rank, text: self.text })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<(), A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_unit<E>(self) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> std::result::Result<(), E> {
        Ok(())
    }
}
