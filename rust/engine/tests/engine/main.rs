//! The engine as those who use it see it: every answer beside a slow twin, and what a change does and does not do.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod edit;
mod large;
mod matching;
mod near;
mod patch;
mod query;
mod reasons;
mod resolve;
mod twin;
