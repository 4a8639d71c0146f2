//! The wire types of the JSON report: what other programs depend on, apart from the document's own types.

use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
pub(super) struct Report<'a> {
    pub(super) schema_version: u32,
    pub(super) verdict: &'static str,
    pub(super) headline: &'a str,
    pub(super) inputs: Vec<Input<'a>>,
    pub(super) totals: BTreeMap<&'static str, Total>,
    pub(super) sample_totals: Vec<SampleTotal<'a>>,
    pub(super) suspects: Vec<Suspect<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) accepted: Vec<Accepted<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) forecast: Option<Forecast>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) lives: Vec<Life>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) unjudged: Vec<Unjudged<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sites: Option<Vec<Site<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ledger: Option<Ledger<'a>>,
    pub(super) warnings: Vec<Warning<'a>>,
}

#[derive(Serialize)]
pub(super) struct Input<'a> {
    pub(super) source: &'a str,
    pub(super) kind: &'static str,
    pub(super) form: &'static str,
    pub(super) taken_at: Option<String>,
    pub(super) time_source: Option<&'static str>,
    pub(super) incarnation: Option<u32>,
    pub(super) build_id: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Forecast {
    pub(super) limit: f64,
    pub(super) now: f64,
    pub(super) unit: &'static str,
    pub(super) hours_ci95: Option<(f64, Option<f64>)>,
}

#[derive(Serialize)]
pub(super) struct Life {
    pub(super) from: Option<String>,
    pub(super) until: Option<String>,
    pub(super) began: Option<&'static str>,
    pub(super) heap_first: Option<i128>,
    pub(super) heap_last: Option<i128>,
    pub(super) judged: bool,
}

#[derive(Serialize)]
pub(super) struct Total {
    pub(super) first: i128,
    pub(super) last: i128,
    pub(super) delta: i128,
    pub(super) unit: &'static str,
}

#[derive(Serialize)]
pub(super) struct SampleTotal<'a> {
    pub(super) kind: &'static str,
    pub(super) sample_type: &'a str,
    pub(super) unit: &'static str,
    pub(super) first: i128,
    pub(super) last: i128,
    pub(super) delta: i128,
}

#[derive(Serialize)]
pub(super) struct Suspect<'a> {
    pub(super) fingerprint: &'a str,
    pub(super) rank: usize,
    pub(super) kind: &'static str,
    pub(super) confidence: &'static str,
    pub(super) cause: Cause<'a>,
    pub(super) blame: Blame<'a>,
    pub(super) share: Option<f64>,
    pub(super) growth: Grown,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<Source<'a>>,
    pub(super) callers: Vec<Caller<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) joined: Vec<Joined<'a>>,
    pub(super) sites: Vec<Site<'a>>,
    pub(super) evidence: Vec<&'a str>,
    pub(super) advice: &'static str,
}

#[derive(Serialize)]
pub(super) struct Cause<'a> {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) confidence: &'static str,
    pub(super) because: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) runner_up: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    pub(super) first_line: u32,
    pub(super) statement: (u32, u32),
    pub(super) lines: &'a [String],
}

#[derive(Serialize)]
pub(super) struct Accepted<'a> {
    pub(super) fingerprint: &'a str,
    pub(super) blame: Blame<'a>,
    pub(super) confidence: &'static str,
    pub(super) delta: f64,
    pub(super) unit: &'static str,
    pub(super) reason: &'a str,
    pub(super) owner: &'a str,
    pub(super) expires: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Caller<'a> {
    pub(super) function: &'a str,
    pub(super) share: f64,
}

#[derive(Serialize)]
pub(super) struct Joined<'a> {
    pub(super) kind: &'static str,
    pub(super) blame: Blame<'a>,
    pub(super) growth: Growth,
}

#[derive(Serialize)]
pub(super) struct Blame<'a> {
    pub(super) function: &'a str,
    pub(super) file: &'a str,
    pub(super) line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) moved_from: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct Grown {
    pub(super) heap: Option<Growth>,
    pub(super) goroutines: Option<Growth>,
}

#[derive(Serialize)]
pub(super) struct Growth {
    pub(super) first: f64,
    pub(super) last: f64,
    pub(super) delta: f64,
    pub(super) delta_ci95: [f64; 2],
    pub(super) unit: &'static str,
    pub(super) per_hour: Option<f64>,
    pub(super) ci95: Option<[f64; 2]>,
    /// The Theil-Sen slope an hour with its 95 % interval: value, low, high.
    pub(super) slope: Option<[f64; 3]>,
    pub(super) p_value: Option<f64>,
    pub(super) q_value: Option<f64>,
    pub(super) shape: Option<&'static str>,
    pub(super) retention: Option<f64>,
    pub(super) retention_ci95: Option<[f64; 2]>,
    pub(super) points: Vec<(Option<String>, f64, f64)>,
}

#[derive(Serialize)]
pub(super) struct Site<'a> {
    pub(super) kind: &'static str,
    pub(super) stack: Vec<Frame<'a>>,
    pub(super) growth: Growth,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) set_aside: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Frame<'a> {
    pub(super) function: &'a str,
    pub(super) file: &'a str,
    pub(super) line: u32,
    pub(super) inlined: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) moved_from: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct Unjudged<'a> {
    pub(super) title: &'a str,
    pub(super) rows: Vec<UnjudgedRow<'a>>,
}

#[derive(Serialize)]
pub(super) struct UnjudgedRow<'a> {
    pub(super) blame: Blame<'a>,
    pub(super) first: f64,
    pub(super) last: f64,
    pub(super) delta: f64,
    pub(super) unit: &'static str,
}

#[derive(Serialize)]
pub(super) struct Ledger<'a> {
    pub(super) first: LedgerMoment<'a>,
    pub(super) last: LedgerMoment<'a>,
    pub(super) rows: Vec<LedgerRow<'a>>,
    pub(super) collector: Option<Collector>,
    pub(super) sentences: &'a [String],
}

#[derive(Serialize)]
pub(super) struct LedgerMoment<'a> {
    pub(super) source: &'a str,
    pub(super) time: Option<String>,
}

#[derive(Serialize)]
pub(super) struct LedgerRow<'a> {
    pub(super) id: &'a str,
    pub(super) label: &'a str,
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) delta: i64,
    pub(super) unit: &'static str,
}

#[derive(Serialize)]
pub(super) struct Collector {
    pub(super) collections: i64,
    pub(super) forced: Option<i64>,
    pub(super) per_minute: Option<f64>,
    pub(super) cpu_fraction: Option<f64>,
    pub(super) longest_pause_ns: Option<i64>,
    pub(super) median_pause_ns: Option<i64>,
}

#[derive(Serialize)]
pub(super) struct Warning<'a> {
    pub(super) code: &'static str,
    pub(super) message: &'a str,
    pub(super) source: Option<&'a str>,
}
