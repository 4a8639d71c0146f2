//! The report as JSON, which other programs depend on: a document is written as it is, and read back as it was.

mod brief;
pub(super) mod fields;
mod read;
mod words;

pub use brief::{BRIEF_SCHEMA, MOST_BYTES as BRIEF_BYTES, brief_json};
pub use read::{NotAReport, read_json};

use super::document::Document;
use serde::Serialize;

/// The JSON Schema (draft 2020-12) that every JSON report follows.
pub const JSON_SCHEMA: &str = include_str!("schema.json");

/// Renders a document as JSON, every suspect and every stack of it. [`read_json`] is its reverse.
///
/// # Errors
/// If a number has no JSON form, which no judgement gives.
pub fn json(document: &Document) -> Result<String, serde_json::Error> {
    written(document)
}

/// A value as a file of JSON.
pub(super) fn written(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}
