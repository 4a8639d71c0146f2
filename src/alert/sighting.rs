//! One suspect of one target in one round, as far as telling it needs.

use crate::profile::Unit;
use crate::report::{Document, SuspectView, suspect_summary};
use crate::suspects::Confidence;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whose suspects they are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target {
    /// The service.
    pub job: String,
    /// The one process of it, as `host:port`.
    pub instance: String,
    /// Further labels, as service discovery gave them.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

impl Target {
    /// What tells targets apart, also where their labels change.
    pub fn key(&self) -> String {
        // A line break is in no name that can be scraped.
        format!("{}\n{}", self.job, self.instance)
    }
}

/// A suspect as it is reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    /// The suspect's stable id.
    pub fingerprint: String,
    /// `low`, `medium` or `high`.
    pub confidence: String,
    /// The id of the cause.
    pub cause: String,
    /// The function to open first.
    pub function: String,
    /// Its file and line, empty if unknown.
    pub position: String,
    /// What is live now, in `unit`.
    pub size: f64,
    /// Growth an hour in `unit`, if known.
    pub per_hour: Option<f64>,
    /// `bytes` or `count`.
    pub unit: String,
    /// The growth in a sentence.
    pub summary: String,
    /// What to do.
    pub advice: String,
}

impl Sighting {
    /// The suspect of a document.
    pub fn of(suspect: &SuspectView) -> Sighting {
        let figures = suspect.figures();
        Sighting {
            fingerprint: suspect.fingerprint.clone(),
            confidence: suspect.confidence.name().to_owned(),
            cause: suspect.cause.id.to_owned(),
            function: suspect.blame.function.clone(),
            position: suspect.blame.position(),
            size: figures.last,
            per_hour: figures.per_hour,
            unit: match figures.unit {
                Unit::Bytes => "bytes",
                Unit::Count => "count",
            }
            .to_owned(),
            summary: format!("{}: {}", suspect.blame.short_function(), suspect_summary(suspect)),
            advice: suspect.advice.clone(),
        }
    }

    /// All suspects of a document, in its order.
    pub fn all(document: &Document) -> Vec<Sighting> {
        document.suspects.iter().map(Sighting::of).collect()
    }

    /// How sure it is; what a file of another version calls otherwise counts as low.
    pub fn confidence(&self) -> Confidence {
        match self.confidence.as_str() {
            "high" => Confidence::High,
            "medium" => Confidence::Medium,
            _ => Confidence::Low,
        }
    }
}
