//! How suspects are reported: to whom, from which confidence on, and how often.

use super::receiver::{Patience, Receiver};
use super::state::Rules;
use crate::suspects::Confidence;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How suspects are reported.
#[derive(Clone, Debug)]
pub struct AlertOptions {
    /// Where the memory of what was reported is kept.
    pub folder: PathBuf,
    /// Where report files go.
    pub reports: PathBuf,
    /// Who is notified.
    pub receivers: Vec<Receiver>,
    /// The least confidence of a suspect that is reported; default high.
    pub at_least: Confidence,
    /// One of less than high confidence is reported only when the judgement covers so much of a life of its process; default 30 min. A cache
    /// that warms up after a deploy looks like a leak for a while.
    pub unsure_after: Duration,
    /// And when it lasts while so many times as much of that life is seen; default 1.25.
    pub lasting: f64,
    /// Where the reports are reached in a browser, for the links in alerts; default none, and they name the file.
    pub external_url: Option<String>,
    /// How many times larger a suspect has to be to be reported again; default 2.
    pub factor: f64,
    /// How many judgements in a row have to miss a suspect before it is reported gone; default 3.
    pub absences: u32,
    /// The time from round to round.
    pub interval: Duration,
    /// Undelivered messages that are kept, of all receivers together. Default 1000: some megabytes.
    pub most_waiting: usize,
    /// How long and how often receivers are asked.
    pub patience: Patience,
}

impl AlertOptions {
    /// The defaults for a store: everything below its folder, nobody notified.
    pub fn in_store(store: &Path, interval: Duration) -> AlertOptions {
        let Rules { at_least, unsure_after, lasting, factor, absences } = Rules::default();
        AlertOptions {
            folder: store.join("alerts"),
            reports: store.join("reports"),
            receivers: Vec::new(),
            at_least,
            unsure_after: Duration::from_secs(unsure_after),
            lasting,
            external_url: None,
            factor,
            absences,
            interval,
            most_waiting: 1000,
            patience: Patience::default(),
        }
    }
}
