//! A document as text: its keys, and the text of each value as it was written.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The keys of a JSON object in their order, each with the text of its value.
pub(crate) struct Entries<'a>(pub(crate) Vec<(&'a str, &'a str)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Vec<(&'de str, &'de str)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::with_capacity(32);
                // A key with an escape cannot be borrowed, which is an error: the slow way reads it.
                while let Some((key, raw)) = map.next_entry::<&'de str, &'de RawValue>()? {
                    entries.push((key, raw.get()));
                }
                Ok(entries)
            }
        }

        reader.deserialize_map(Read).map(Entries)
    }
}

/// The object of these keys and texts of values.
pub(crate) fn joined(entries: &[(&str, &str)]) -> String {
    let length = entries.iter().map(|(key, text)| key.len() + text.len() + 4).sum::<usize>();
    let mut object = String::with_capacity(length + 2);
    object.push('{');
    for (at, (key, text)) in entries.iter().enumerate() {
        object.push_str(if at == 0 { "\"" } else { ",\"" });
        object.push_str(key);
        object.push_str("\":");
        object.push_str(text);
    }
    object.push('}');
    object
}
