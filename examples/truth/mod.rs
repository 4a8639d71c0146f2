//! Recordings with their truth, and whether a report is right about it: one measure for all that is counted.

#![allow(dead_code, reason = "each example uses a part")]

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Ids that truths may name, and the more exact ones that were split from them later.
const SPLIT: [(&str, &[&str]); 7] = [
    ("goroutine-growing", &["iterator-not-stopped", "connection-without-deadline", "client-not-closed"]),
    ("file-not-closed", &["command-not-waited", "listener-not-closed", "connection-without-deadline"]),
    ("context-not-cancelled", &["stream-not-ended"]),
    ("sql-rows-not-closed", &["statement-not-closed", "transaction-not-ended"]),
    ("goroutine-blocked-send", &["pipe-not-closed"]),
    ("goroutine-blocked-receive", &["pipe-not-closed"]),
    ("goroutine-blocked-select", &["pipe-not-closed"]),
];

/// A `truth.toml`: as testdata/README.md says, or with `blame` and `rule` for one leak.
#[derive(Deserialize)]
struct Truth {
    leak: bool,
    #[serde(default)]
    leaks: Vec<Leak>,
    #[serde(default)]
    blame: String,
    #[serde(default)]
    rule: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Leak {
    pub(crate) function: String,
    pub(crate) also: Vec<String>,
    pub(crate) holds: Vec<String>,
    pub(crate) cause: String,
    pub(crate) cause_without_source: Vec<String>,
    /// `no` if the recording cannot show it, `hard` if it hardly does.
    pub(crate) visible: String,
    /// Instead of `function` and `also`: parts of names on the first stack, or "never " and what not to blame.
    #[serde(skip)]
    pub(crate) parts: Vec<String>,
}

pub(crate) struct Recording {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) leaks: Vec<Leak>,
}

pub(crate) struct Suspect {
    pub(crate) confidence: String,
    /// That it is a leak, by the report.
    pub(crate) probability: Option<f64>,
    pub(crate) cause: String,
    /// The blamed function, those joined to it, and where own code calls in.
    pub(crate) functions: Vec<String>,
    pub(crate) stack: Vec<String>,
}

/// The verdict, and the suspects by rank.
pub(crate) type Report = (String, Vec<Suspect>);

/// The recordings in the folders of a folder.
pub(crate) fn recordings(set: &Path) -> Result<Vec<Recording>> {
    let mut recordings = Vec::new();
    for entry in std::fs::read_dir(set).with_context(|| set.display().to_string())? {
        let folder = entry?.path();
        let Ok(truth) = std::fs::read_to_string(folder.join("truth.toml")) else { continue };
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let leaks = leaks(toml::from_str(&truth).with_context(|| name.clone())?);
        let inner = folder.join("recording");
        recordings.push(Recording { name, leaks, folder: if inner.exists() { inner } else { folder } });
    }
    Ok(recordings)
}

fn leaks(truth: Truth) -> Vec<Leak> {
    if !truth.leak || !truth.leaks.is_empty() {
        return truth.leaks;
    }
    let names = truth.blame.split(['|', ',']).map(str::trim).filter(|name| !name.is_empty());
    // What follows a NOT is what it must not be called. The id of a cause has a hyphen.
    let rule = truth.rule.split("NOT").next().unwrap_or_default();
    let words = rule.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let cause_without_source = words.filter(|word| word.contains('-')).map(str::to_owned).collect();
    vec![Leak { parts: names.map(plain).collect(), cause_without_source, ..Leak::default() }]
}

pub(crate) fn report(json: &Value) -> Report {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let function = |frame: &Value| plain(&text(&frame["function"]));
    let suspect = |suspect: &Value| {
        let mut functions = vec![function(&suspect["blame"])];
        functions.extend(list(&suspect["joined"]).iter().map(|other| function(&other["blame"])));
        for evidence in list(&suspect["evidence"]).iter().map(text) {
            // ... main.poll main.go:12 (83 %), main.ask main.go:40 (17 %)
            let places = evidence.strip_prefix("your code calls in from ").unwrap_or_default().split("), ");
            functions.extend(places.filter_map(|place| Some(plain(place.split_once(' ')?.0))));
        }
        Suspect {
            confidence: text(&suspect["confidence"]),
            probability: suspect["probability"].as_f64(),
            cause: text(&suspect["cause"]["id"]),
            functions,
            stack: list(&suspect["sites"][0]["stack"]).iter().map(function).collect(),
        }
    };
    // Recordings of minutes stand for longer ones: what they are too short for is not what is counted.
    let is_only_short = text(&json["headline"]).contains(" are too short to say that nothing leaks");
    let verdict = if is_only_short { "clean".to_owned() } else { text(&json["verdict"]) };
    (verdict, list(&json["suspects"]).iter().map(suspect).collect())
}

/// A function without the escapes of its path, and with `[...]` for all type arguments.
fn plain(function: &str) -> String {
    let function = function.replace("%2e", ".");
    match (function.find('['), function.rfind(']')) {
        (Some(from), Some(to)) if from < to => format!("{}[...]{}", &function[..from], &function[to + 1..]),
        _ => function,
    }
}

/// Whether a function is this one, or a closure in it. Entrances are printed without the path of their package.
fn is(function: &str, truth: &str) -> bool {
    let truth = plain(truth);
    let short = truth.rsplit('/').next().filter(|_| !function.contains('/'));
    let rest = function.strip_prefix(truth.as_str()).or_else(|| function.strip_prefix(short?));
    let closures = [".func", ".gowrap", ".deferwrap", "-range", "-fm"];
    rest.is_some_and(|rest| rest.is_empty() || closures.iter().any(|closure| rest.starts_with(closure)))
}

/// Whether a cause is the one of the truth, or was split from it.
fn covers(truth: &str, cause: &str) -> bool {
    truth == cause || SPLIT.iter().any(|(old, exact)| *old == truth && exact.contains(&cause))
}

impl Leak {
    /// Whether its truth says why it leaks.
    pub(crate) fn names_a_cause(&self) -> bool {
        self.parts.is_empty() || !self.cause_without_source.is_empty()
    }

    /// Whether a cause is the one of its truth, or one that profiles alone cannot tell from it.
    pub(crate) fn accepts(&self, cause: &str) -> bool {
        let mut causes = self.cause_without_source.iter().chain([&self.cause]);
        causes.any(|accepted| covers(accepted, cause))
    }
}

impl Suspect {
    pub(crate) fn is_in(&self, names: &[String]) -> bool {
        self.functions.iter().any(|function| names.iter().any(|name| is(function, name)))
    }

    pub(crate) fn names(&self, leak: &Leak) -> bool {
        let mut places = self.functions.iter().chain(&self.stack);
        let in_place = places.any(|function| leak.parts.iter().any(|part| function.contains(part)));
        let mut never = leak.parts.iter().filter_map(|part| part.strip_prefix("never "));
        (in_place && !never.any(|never| self.functions[0].contains(never)))
            || self.is_in(std::slice::from_ref(&leak.function))
            || self.is_in(&leak.also)
    }

    pub(crate) fn above_low(&self) -> bool {
        self.confidence != "low"
    }

    pub(crate) fn line(&self) -> String {
        format!("{} {} ({})", self.confidence, self.functions[0], self.cause)
    }
}
