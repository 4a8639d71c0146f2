//! The JSON that receivers get: alerts of Alertmanager's API v2, and the body of a webhook.

use super::sighting::{Sighting, Target};
use super::state::{News, Open};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The name of the alert, which routes and silences match.
const ALERT_NAME: &str = "PprofLeakSuspect";
/// The longest value of a label, in characters. Real names are shorter; longer ones are cut.
pub(super) const LONGEST_LABEL: usize = 200;

/// A label's value, at most [`LONGEST_LABEL`] characters.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(LONGEST_LABEL).collect()
}

/// The labels of an alert. They are its identity, so what changes each round has no place here.
pub(super) fn labels(target: &Target, sighting: &Sighting) -> Value {
    let mut labels = Map::new();
    let mut set = |name: &str, value: &str| {
        // Alertmanager takes an empty value for no label at all.
        if !value.is_empty() {
            labels.insert(name.to_owned(), Value::String(cut(value)));
        }
    };
    for (name, value) in &target.labels {
        if is_label_name(name) {
            set(name, value);
        }
    }
    set("alertname", ALERT_NAME);
    set("job", &target.job);
    set("instance", &target.instance);
    set("fingerprint", &sighting.fingerprint);
    set("cause", &sighting.cause);
    set("confidence", &sighting.confidence);
    set("function", &sighting.function);
    Value::Object(labels)
}

/// Prometheus' form of a label's name; those with two underscores in front are its own.
fn is_label_name(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts_well && !name.starts_with("__") && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// An open suspect as an alert that fires until `ends_at`, unless it is sent again before; `report` is where its report is.
pub(super) fn firing(target: &Target, open: &Open, report: Option<&str>, ends_at: &str) -> Value {
    let mut alert = json!({
        "labels": labels(target, &open.latest),
        "annotations": annotations(&open.latest, report),
        "startsAt": open.since,
        "endsAt": ends_at,
    });
    // Alertmanager shows it as the link to the source of the alert.
    if let Some(url) = report.filter(|report| report.starts_with("http")) {
        alert["generatorURL"] = Value::String(url.to_owned());
    }
    alert
}

/// The end of an alert.
pub(super) fn ended(target: &Target, sighting: &Sighting, since: &str, now: &str) -> Value {
    json!({
        "labels": labels(target, sighting),
        "annotations": annotations(sighting, None),
        "startsAt": since,
        "endsAt": now,
    })
}

fn annotations(sighting: &Sighting, report: Option<&str>) -> Value {
    let mut annotations = Map::new();
    let texts = [
        ("summary", Some(sighting.summary.as_str())),
        ("advice", Some(sighting.advice.as_str())),
        ("position", Some(sighting.position.as_str())),
        ("report", report),
    ];
    for (name, text) in texts {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            annotations.insert(name.to_owned(), Value::String(text.to_owned()));
        }
    }
    Value::Object(annotations)
}

/// The body of a webhook: one piece of news. The names are kept; new ones may be added.
#[derive(Serialize)]
struct Webhook<'a> {
    schema_version: u32,
    /// The same when a message is sent twice, which happens if the process ends before it knows of the delivery.
    id: String,
    event: super::state::NewsKind,
    at: &'a str,
    since: &'a str,
    target: &'a Target,
    suspect: &'a Sighting,
    report: Option<&'a str>,
}

/// One piece of news as a webhook gets it.
pub(super) fn webhook(news: &News, report: Option<&str>, now: &str) -> Value {
    let body = Webhook {
        schema_version: 1,
        id: format!("{}-{}-{}-{now}", news.target.job, news.target.instance, news.sighting.fingerprint),
        event: news.kind,
        at: now,
        since: &news.since,
        target: &news.target,
        suspect: &news.sighting,
        report,
    };
    // Strings and numbers only: this cannot fail.
    serde_json::to_value(body).unwrap_or_default()
}
