//! The report for programs and agents that read it whole: at most 4 KB of JSON, the most important first.

use super::super::document::{Document, SuspectView};
use super::super::units::rfc3339;
use crate::profile::Unit;
use crate::suspects::{Confidence, Verdict};
use serde::Serialize;

/// The JSON Schema (draft 2020-12) that every brief report follows.
pub const BRIEF_SCHEMA: &str = include_str!("brief.schema.json");

/// The most bytes of a brief report.
pub const MOST_BYTES: usize = 4096;
/// Bytes that one text may take, tried one after the other until the first suspects fit. Names of a profile can have any length.
const TEXTS: [usize; 5] = [400, 250, 150, 80, 30];
/// So many suspects are worth shorter texts.
const WORTH_IT: usize = 3;
/// What stands for the rest of a text.
const ELLIPSIS: &str = "...";

/// A report in brief.
#[derive(Serialize)]
struct Brief {
    schema_version: u32,
    verdict: Verdict,
    headline: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    build_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<f64>,
    /// The least leak of memory that would have been seen, in bytes an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    detectable_per_hour: Option<f64>,
    suspects: Vec<BriefSuspect>,
    /// How many suspects are left out.
    more_suspects: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<&'static str>,
}

/// A suspect in brief.
#[derive(Serialize)]
struct BriefSuspect {
    fingerprint: String,
    confidence: Confidence,
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    more_snapshots: Option<usize>,
    function: String,
    file: String,
    line: u32,
    unit: Unit,
    delta: f64,
    per_hour: Option<f64>,
    cause: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
    advice: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    owners: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
}

/// Renders a document in brief: one line of JSON, of at most [`MOST_BYTES`].
///
/// # Errors
/// If a number has no JSON form, which no judgement gives.
pub fn brief_json(document: &Document) -> Result<String, serde_json::Error> {
    let wanted = document.suspects.len().min(WORTH_IT);
    let mut text = String::new();
    for most in TEXTS {
        let mut brief = Brief::of(document, most);
        text = line(&brief)?;
        for suspect in &document.suspects {
            brief.suspects.push(BriefSuspect::of(suspect, most));
            brief.more_suspects -= 1;
            let longer = line(&brief)?;
            if longer.len() > MOST_BYTES {
                brief.suspects.pop();
                break;
            }
            text = longer;
        }
        if text.len() <= MOST_BYTES && brief.suspects.len() >= wanted {
            break;
        }
    }
    Ok(text)
}

fn line(brief: &Brief) -> Result<String, serde_json::Error> {
    serde_json::to_string(brief).map(|text| text + "\n")
}

impl Brief {
    /// Without suspects, all of which are still left out.
    fn of(document: &Document, most: usize) -> Brief {
        let service = &document.service;
        let short = |text: &Option<String>| text.as_deref().map(|text| cut(text, most));
        let mut warnings: Vec<&str> = document.warnings.iter().map(|warning| warning.code.name()).collect();
        warnings.dedup();
        Brief {
            schema_version: 1,
            verdict: document.verdict,
            headline: cut(&document.headline, most),
            program: short(&service.program),
            instance: short(&service.instance),
            build_id: short(&service.build_id),
            until: service.until.and_then(rfc3339),
            hours: document.hours,
            detectable_per_hour: document.detectable.and_then(|detectable| detectable.per_hour),
            suspects: Vec::new(),
            more_suspects: document.suspects.len(),
            warnings,
        }
    }
}

impl BriefSuspect {
    fn of(suspect: &SuspectView, most: usize) -> BriefSuspect {
        let figures = suspect.figures();
        let routing = suspect.routing.as_ref();
        let owners = routing.map_or(&[][..], |routing| &routing.owners);
        let change = routing.and_then(|routing| routing.last_change.as_ref());
        BriefSuspect {
            fingerprint: suspect.fingerprint.clone(),
            confidence: suspect.confidence,
            probability: suspect.probability,
            more_snapshots: suspect.more_snapshots,
            function: cut_start(&suspect.blame.function, most),
            file: cut_start(&suspect.blame.file, most),
            line: suspect.blame.line,
            unit: figures.unit,
            delta: figures.delta,
            per_hour: figures.per_hour,
            cause: suspect.cause.id.clone(),
            title: cut(&suspect.cause.title, most),
            because: suspect.cause.because.first().map(|because| cut(because, most)),
            advice: cut(&suspect.advice, most),
            owners: owners.iter().take(WORTH_IT).map(|owner| cut(owner, most)).collect(),
            commit: change.map(|change| change.commit.clone()),
        }
    }
}

/// Bytes of a text in JSON, where some characters take two.
fn escaped(c: char) -> usize {
    c.len_utf8() + usize::from(c == '"' || c == '\\')
}

/// The start of a text, of at most so many bytes in JSON.
fn cut(text: &str, most: usize) -> String {
    if text.chars().map(escaped).sum::<usize>() <= most {
        return text.to_owned();
    }
    let mut room = most.saturating_sub(ELLIPSIS.len());
    let fits = |c: &char| {
        let left = room.checked_sub(escaped(*c));
        room = left.unwrap_or(0);
        left.is_some()
    };
    text.chars().take_while(fits).chain(ELLIPSIS.chars()).collect()
}

/// The end of a name, which says more than its start.
fn cut_start(name: &str, most: usize) -> String {
    let backwards = |text: &str| text.chars().rev().collect::<String>();
    backwards(&cut(&backwards(name), most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_character_and_counts_as_json_does() {
        assert_eq!(cut("short", 10), "short");
        assert_eq!(cut("a \"quoted\" text", 10), "a \"quo...");
        assert_eq!(cut("漢字漢字漢字", 10), "漢字...");
        assert_eq!(cut_start("/home/ann/shop/cart.go", 10), "...cart.go");
        for text in ["\"\"\"\"\"\"\"\"\"\"\"\"", "\\x\\x\\x\\x\\x\\x\\x", "ääääääääääääääää"]
        {
            let json = serde_json::to_string(&cut(text, 10)).expect("a text");
            assert!(json.len() <= 12, "{json}");
        }
    }
}
