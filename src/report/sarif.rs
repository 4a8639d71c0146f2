//! The report as SARIF 2.1.0, so that code scanning shows a leak on its line: a result a suspect, a rule a cause.
//!
//! The types are the small part of the standard that is used here, under the names that it gives.

use super::document::{Document, FrameView, SiteView, SuspectView};
use super::layout::summary;
use crate::clusters::Subject;
use crate::suspects::Confidence;
use serde::Serialize;
use serde_json::{Value, json};

/// Stacks a result; the JSON report has all.
const STACKS: usize = 3;
/// Frames a stack.
const FRAMES: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    invocations: [Value; 1],
    column_kind: &'static str,
    results: Vec<SarifResult<'a>>,
    properties: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stacks: Vec<Stack<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Value>,
    properties: Value,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<PhysicalLocation>,
    logical_locations: [LogicalLocation<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    fully_qualified_name: &'a str,
    kind: &'static str,
}

#[derive(Serialize)]
struct Stack<'a> {
    message: Message,
    frames: Vec<Frame<'a>>,
}

#[derive(Serialize)]
struct Frame<'a> {
    location: Location<'a>,
}

/// Renders the suspects as SARIF. Those that a baseline accepts are there too, suppressed.
///
/// # Errors
/// If a number has no JSON form, which no judgement gives.
pub fn sarif(document: &Document) -> Result<String, serde_json::Error> {
    let mut causes: Vec<&SuspectView> = Vec::new();
    for suspect in &document.suspects {
        if !causes.iter().any(|known| known.cause.id == suspect.cause.id) {
            causes.push(suspect);
        }
    }
    let index = |suspect: &SuspectView| causes.iter().position(|known| known.cause.id == suspect.cause.id);
    let mut results: Vec<SarifResult<'_>> =
        document.suspects.iter().map(|suspect| result(suspect, index(suspect))).collect();
    results.extend(document.accepted.iter().map(accepted));
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: json!({ "driver": {
                "name": "pprof-leaks",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": causes.iter().map(|suspect| rule(suspect)).collect::<Vec<Value>>(),
            }}),
            invocations: [json!({
                "executionSuccessful": true,
                "toolExecutionNotifications": document.warnings.iter().map(notification).collect::<Vec<Value>>(),
            })],
            column_kind: "unicodeCodePoints",
            results,
            properties: json!({ "verdict": document.verdict.name(), "headline": document.headline }),
        }],
    };
    let mut text = serde_json::to_string_pretty(&log)?;
    text.push('\n');
    Ok(text)
}

fn rule(suspect: &SuspectView) -> Value {
    let cause = &suspect.cause;
    // A rule's own advice: that of a result may fit its case only.
    let advice = crate::diagnose::entry(&cause.id).map_or(suspect.advice.as_str(), |entry| entry.advice);
    json!({
        "id": cause.id,
        "shortDescription": { "text": cause.title },
        "help": { "text": format!("{advice}\nMore: pprof-leaks explain {}", cause.id) },
    })
}

fn notification(warning: &super::Warning) -> Value {
    let about = warning.source.as_ref().map_or(String::new(), |source| format!("{source}: "));
    json!({
        "descriptor": { "id": warning.code.name() },
        "level": "warning",
        "message": { "text": format!("{about}{}", warning.message) },
    })
}

fn level(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "error",
        Confidence::Medium => "warning",
        Confidence::Low => "note",
    }
}

fn result(suspect: &SuspectView, rule_index: Option<usize>) -> SarifResult<'_> {
    let cause = &suspect.cause;
    let why = match suspect.subject {
        Subject::Heap => "Memory is allocated here and kept",
        Subject::Goroutine => "Goroutines accumulate here",
    };
    let text = format!(
        "{why}: {}. {} ({} confidence). {}",
        summary(suspect),
        cause.title,
        cause.certainty.name(),
        suspect.advice
    );
    let figures = suspect.figures();
    let joined = suspect.joined.iter().map(|joined| Location {
        message: Some(Message { text: "the same leak".to_owned() }),
        ..location(&joined.blame)
    });
    SarifResult {
        rule_id: &cause.id,
        rule_index,
        level: level(suspect.confidence),
        message: Message { text },
        locations: [blamed(suspect)],
        related_locations: joined.collect(),
        partial_fingerprints: json!({ "pprofLeaks/v1": suspect.fingerprint }),
        stacks: suspect.sites.iter().take(STACKS).map(stack).collect(),
        suppressions: Vec::new(),
        properties: json!({
            "confidence": suspect.confidence.name(),
            "causeConfidence": cause.certainty.name(),
            "delta": figures.delta,
            "perHour": figures.per_hour,
            "unit": figures.unit.name(),
            "evidence": suspect.evidence,
        }),
    }
}

fn accepted(accepted: &super::document::AcceptedView) -> SarifResult<'_> {
    let until = accepted.expires.as_ref().map_or(String::new(), |day| format!(", until {day}"));
    SarifResult {
        rule_id: "accepted",
        rule_index: None,
        level: level(accepted.confidence),
        message: Message { text: "Growth that a baseline accepts".to_owned() },
        locations: [location(&accepted.blame)],
        related_locations: Vec::new(),
        partial_fingerprints: json!({ "pprofLeaks/v1": accepted.fingerprint }),
        stacks: Vec::new(),
        suppressions: vec![json!({
            "kind": "external",
            "status": "accepted",
            "justification": format!("{} ({}{until})", accepted.reason, accepted.owner),
        })],
        properties: json!({ "confidence": accepted.confidence.name() }),
    }
}

/// The blamed place; where its source was read, the statement in the file as it was found.
fn blamed(suspect: &SuspectView) -> Location<'_> {
    let read = suspect.excerpt.as_ref().and_then(|excerpt| {
        Some(PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(&excerpt.file)? },
            region: Some(Region { start_line: excerpt.statement.0, end_line: Some(excerpt.statement.1) }),
        })
    });
    let place = location(&suspect.blame);
    Location { physical_location: read.or(place.physical_location), ..place }
}

fn location(frame: &FrameView) -> Location<'_> {
    let physical_location = uri(&frame.file).map(|uri| PhysicalLocation {
        artifact_location: ArtifactLocation { uri },
        region: (frame.line > 0).then_some(Region { start_line: frame.line, end_line: None }),
    });
    let logical_locations = [LogicalLocation { fully_qualified_name: &frame.function, kind: "function" }];
    Location { physical_location, logical_locations, message: None }
}

fn stack(site: &SiteView) -> Stack<'_> {
    Stack {
        message: Message { text: super::layout::change(&site.figures) },
        frames: site.stack.iter().take(FRAMES).map(|frame| Frame { location: location(frame) }).collect(),
    }
}

/// A path as a relative URI reference, everything that is not plain escaped. `None` for one that is absolute or leads out of where it begins:
/// a profile may name any file, and viewers open what they are given.
fn uri(path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    if path.is_empty() || path.starts_with('/') || is_drive || path.split('/').any(|part| part == "..") {
        return None;
    }
    let mut uri = String::with_capacity(path.len() + 8);
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    Some(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris_that_say_no_more_than_they_did() {
        for (path, want) in [
            ("cart/store.go", Some("cart/store.go")),
            ("javascript:alert(1)", Some("javascript%3Aalert%281%29")),
            ("example.com/a@v1.2.3/ü.go", Some("example.com/a@v1.2.3/%C3%BC.go")),
            ("/srv/app/a b.go", None),
            ("C:\\app\\main.go", None),
            ("\\\\evil\\share\\x.go", None),
            ("cart/../../../etc/passwd", None),
            ("", None),
        ] {
            assert_eq!(uri(path).as_deref(), want, "{path}");
        }
    }
}
