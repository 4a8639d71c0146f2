//! The report on a change as JSON, with a schema of its own.

use super::super::units::rfc3339;
use super::{EffectDocument, SeriesView};
use crate::growth::Pace;
use serde::Serialize;

/// The JSON Schema (draft 2020-12) that every JSON report on a change follows.
pub const EFFECT_SCHEMA: &str = include_str!("schema.json");

/// Raised when a name changes its meaning; new names may come at any time.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    effect_schema_version: u32,
    effect: &'static str,
    headline: &'a str,
    before: Series<'a>,
    after: Series<'a>,
    suspects: Vec<Suspect<'a>>,
    new: Vec<New<'a>>,
    remarks: &'a [String],
    provenance: Provenance<'a>,
}

#[derive(Serialize)]
struct Series<'a> {
    hours: Option<f64>,
    headline: &'a str,
    inputs: Vec<Input<'a>>,
}

#[derive(Serialize)]
struct Input<'a> {
    source: &'a str,
    kind: &'static str,
    taken_at: Option<String>,
    build_id: Option<&'a str>,
    sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct Suspect<'a> {
    fingerprint: &'a str,
    effect: &'static str,
    because: &'a str,
    function: &'a str,
    file: &'a str,
    line: u32,
    confidence_before: &'static str,
    rank_after: Option<usize>,
    unit: &'static str,
    before: Option<Rate>,
    after: Option<Rate>,
}

#[derive(Serialize)]
struct Rate {
    per_hour: f64,
    ci95: (f64, f64),
}

#[derive(Serialize)]
struct New<'a> {
    fingerprint: &'a str,
    rank: usize,
    confidence: &'static str,
    cause: &'a str,
    function: &'a str,
    file: &'a str,
    line: u32,
    delta: f64,
    unit: &'static str,
}

#[derive(Serialize)]
struct Provenance<'a> {
    version: &'a str,
    command: Option<&'a str>,
}

/// Renders a report on a change as JSON.
///
/// # Errors
/// If a number has no JSON form, which no judgement gives.
pub fn effect_json(document: &EffectDocument) -> Result<String, serde_json::Error> {
    let [before, after] = &document.series;
    let report = Report {
        effect_schema_version: SCHEMA_VERSION,
        effect: word(document.effect),
        headline: &document.headline,
        before: series(before),
        after: series(after),
        suspects: document
            .suspects
            .iter()
            .map(|suspect| Suspect {
                fingerprint: &suspect.fingerprint,
                effect: word(suspect.effect),
                because: &suspect.because,
                function: &suspect.blame.function,
                file: &suspect.blame.file,
                line: suspect.blame.line,
                confidence_before: suspect.confidence.name(),
                rank_after: suspect.again,
                unit: suspect.unit.name(),
                before: suspect.before.as_ref().map(rate),
                after: suspect.after.as_ref().map(rate),
            })
            .collect(),
        new: document
            .new
            .iter()
            .map(|suspect| New {
                fingerprint: &suspect.fingerprint,
                rank: suspect.rank,
                confidence: suspect.confidence.name(),
                cause: &suspect.cause.id,
                function: &suspect.blame.function,
                file: &suspect.blame.file,
                line: suspect.blame.line,
                delta: suspect.figures.growth.delta(),
                unit: suspect.figures.unit.name(),
            })
            .collect(),
        remarks: &document.remarks,
        provenance: Provenance {
            version: &document.provenance.version,
            command: document.provenance.command.as_deref(),
        },
    };
    let mut text = serde_json::to_string_pretty(&report)?;
    text.push('\n');
    Ok(text)
}

/// The word without a space in it.
fn word(effect: crate::growth::Effect) -> &'static str {
    match effect {
        crate::growth::Effect::TooEarly => "too-early",
        effect => effect.name(),
    }
}

fn rate(pace: &Pace) -> Rate {
    Rate { per_hour: pace.per_hour, ci95: pace.interval() }
}

fn series(view: &SeriesView) -> Series<'_> {
    Series {
        hours: view.hours,
        headline: &view.headline,
        inputs: view
            .inputs
            .iter()
            .map(|input| Input {
                source: &input.source,
                kind: input.kind.name(),
                taken_at: input.taken_at.and_then(rfc3339),
                build_id: input.build_id.as_deref(),
                sha256: input.sha256.as_deref(),
            })
            .collect(),
    }
}
