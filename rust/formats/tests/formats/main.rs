//! The readers beside slow, obvious twins and beside the crates that others use.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::format_push_string, reason = "texts of tests are small")]

mod json;
mod plain;
mod prefixes;
mod toml;
mod yaml;
