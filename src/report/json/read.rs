//! Reading a JSON report back: from a saved file to the document it was written from.
//!
//! Fields that this version does not know are those of a later one, and passed over; what they say is lost where the
//! report is written anew. A name that has changed its meaning raises `schema_version`, and is refused.

use super::super::document::{Document, ExcerptView, SchemaVersion};
use serde::Deserialize;
use thiserror::Error;

/// Why a file is no report that can be read back.
#[derive(Debug, Error)]
pub enum NotAReport {
    /// It is not JSON.
    #[error("it is not JSON ({0}); give a report saved with --format json")]
    NotJson(String),
    /// It is JSON, but has no version.
    #[error(
        "it is JSON, but no report of pprof-leaks: it has no schema_version; give a report saved with --format json"
    )]
    NoVersion,
    /// Another version of the format.
    #[error(
        "it has schema_version {found}, and this pprof-leaks reads {read}; use the version that wrote it",
        read = SchemaVersion::NUMBER
    )]
    OtherVersion {
        /// The version found.
        found: u64,
    },
    /// Something in it is missing, of the wrong type or out of bounds.
    #[error("it is no whole report of this version of pprof-leaks: {0}")]
    Broken(String),
}

/// All that every version has.
#[derive(Deserialize)]
struct Version {
    schema_version: Option<u64>,
}

/// Reads a report that [`super::json`] wrote. The document it gives renders as the one that was written did, byte for
/// byte in every format.
///
/// # Errors
/// If the text is no JSON report of this version, or lacks what every report has.
pub fn read_json(text: &str) -> Result<Document, NotAReport> {
    match serde_json::from_str::<Version>(text) {
        Ok(Version { schema_version: Some(version) }) if version == u64::from(SchemaVersion::NUMBER) => {}
        Ok(Version { schema_version: Some(found) }) => return Err(NotAReport::OtherVersion { found }),
        Ok(Version { schema_version: None }) => return Err(NotAReport::NoVersion),
        Err(error) if error.is_data() => return Err(NotAReport::NoVersion),
        Err(error) => return Err(NotAReport::NotJson(error.to_string())),
    }
    let document: Document =
        serde_json::from_str(text).map_err(|error| NotAReport::Broken(error.to_string()))?;
    check(&document).map_err(|what| NotAReport::Broken(what.to_owned()))?;
    Ok(document)
}

/// Refuses what no builder of documents makes, field by field fit as it may be.
fn check(document: &Document) -> Result<(), &'static str> {
    for (index, suspect) in document.suspects.iter().enumerate() {
        if suspect.rank != index + 1 {
            return Err("the ranks of its suspects are not 1, 2, 3 and so on");
        }
        if suspect.evidence.len() != suspect.evidence_for.len() {
            return Err("a suspect's evidence and evidence_for are not of one length");
        }
        if suspect.growth.of(suspect.subject).is_none() {
            return Err("a suspect lacks the growth of its subject");
        }
        let last_line = |excerpt: &ExcerptView| {
            let lines = u32::try_from(excerpt.lines.len()).ok()?;
            excerpt.first_line.checked_add(lines)
        };
        if suspect.excerpt.as_ref().is_some_and(|excerpt| last_line(excerpt).is_none()) {
            return Err("the lines of a source have numbers out of range");
        }
    }
    Ok(())
}
