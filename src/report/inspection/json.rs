//! The report on one snapshot as JSON, with a schema of its own.

use super::super::json::written;
use super::InspectionDocument;

/// The JSON Schema (draft 2020-12) that every JSON report on one snapshot follows.
pub const INSPECTION_SCHEMA: &str = include_str!("schema.json");

/// Renders a report on one snapshot as JSON.
///
/// # Errors
/// If a number has no JSON form, which no snapshot gives.
pub fn inspection_json(document: &InspectionDocument) -> Result<String, serde_json::Error> {
    written(document)
}
