//! The document of a tuned model that nobody listed: what its base states, but for what is not inherited.

use std::sync::Arc;

use crate::entries::{Entries, joined};

/// What belongs to the base alone: its names, whose it is, what it costs, what was said of it.
const OWN: &[&str] = &[
    "id",
    "name",
    "base",
    "aliases",
    "home",
    "description",
    "source",
    "extends",
    "api_name",
    "billing",
    "rates",
    "input_price",
    "output_price",
    "cache_read_price",
    "cache_write_price",
    "released",
    "derived",
    "unknown",
];

/// Why it has no price.
const UNPRICED: &str = "what a tuned model costs is stated for it or unknown; it is not what its base costs";

/// The document of `id`, made from the one of its base; nothing where that cannot be read.
pub(crate) fn inherited(base: &[u8], base_id: &str, id: &str, api_name: &str) -> Option<Arc<[u8]>> {
    let Entries(entries) = serde_json::from_slice(base).ok()?;
    let text = |text: &str| serde_json::to_string(text).ok();
    let (id, api_name, derived) = (text(id)?, text(api_name)?, format!("{{\"extends\":{}}}", text(base_id)?));
    let unknown = format!("{{\"input_price\":{0},\"output_price\":{0}}}", text(UNPRICED)?);
    let mut made = vec![("id", id.as_str())];
    made.extend(entries.into_iter().filter(|(key, _)| !OWN.contains(key)));
    made.extend([("billing", "\"unknown\""), ("api_name", &api_name), ("unknown", &unknown), ("derived", &derived)]);
    Some(Arc::from(joined(&made).into_bytes()))
}
