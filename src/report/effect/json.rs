//! The report on a change as JSON, with a schema of its own: what it says more briefly than the document.

use super::super::document::{FrameView, InputView, SuspectView};
use super::super::json::{fields, written};
use super::EffectDocument;
use crate::profile::{Kind, Unit};
use crate::suspects::Confidence;
use serde::{Serialize, Serializer};

/// The JSON Schema (draft 2020-12) that every JSON report on a change follows.
pub const EFFECT_SCHEMA: &str = include_str!("schema.json");

/// Renders a report on a change as JSON.
///
/// # Errors
/// If a number has no JSON form, which no judgement gives.
pub fn effect_json(document: &EffectDocument) -> Result<String, serde_json::Error> {
    written(document)
}

/// Where something is, without whose code that is.
#[derive(Serialize)]
struct Place<'a> {
    function: &'a str,
    file: &'a str,
    line: u32,
}

impl<'a> From<&'a FrameView> for Place<'a> {
    fn from(frame: &'a FrameView) -> Place<'a> {
        Place { function: &frame.function, file: &frame.file, line: frame.line }
    }
}

pub(super) fn place<S: Serializer>(frame: &FrameView, serializer: S) -> Result<S::Ok, S::Error> {
    Place::from(frame).serialize(serializer)
}

pub(super) fn inputs<S: Serializer>(inputs: &[InputView], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Input<'a> {
        source: &'a str,
        kind: Kind,
        #[serde(serialize_with = "fields::time::serialize")]
        taken_at: Option<i64>,
        build_id: Option<&'a str>,
        sha256: Option<&'a str>,
    }
    serializer.collect_seq(inputs.iter().map(|input| Input {
        source: &input.source,
        kind: input.kind,
        taken_at: input.taken_at,
        build_id: input.build_id.as_deref(),
        sha256: input.sha256.as_deref(),
    }))
}

pub(super) fn in_brief<S: Serializer>(suspects: &[SuspectView], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Brief<'a> {
        fingerprint: &'a str,
        rank: usize,
        confidence: Confidence,
        cause: &'a str,
        #[serde(flatten)]
        place: Place<'a>,
        delta: f64,
        unit: Unit,
    }
    serializer.collect_seq(suspects.iter().map(|suspect| Brief {
        fingerprint: &suspect.fingerprint,
        rank: suspect.rank,
        confidence: suspect.confidence,
        cause: &suspect.cause.id,
        place: Place::from(&suspect.blame),
        delta: suspect.figures().delta,
        unit: suspect.figures().unit,
    }))
}
