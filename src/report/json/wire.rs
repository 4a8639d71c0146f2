//! The wire types of the JSON report: what other programs depend on, apart from the document's own types.
//!
//! They are written and read. Fields marked as derived are for other programs, and passed over when a report is read.

use super::super::document::SetAside;
use super::words::Word;
use crate::clusters::Subject;
use crate::diagnose::Certainty;
use crate::growth;
use crate::profile::{Form, Kind, NoticeCode, Owner, TimeSource, Unit};
use crate::suspects::{Confidence, Verdict};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Time, value, standard error.
pub(super) type Points = Vec<(Option<String>, f64, f64)>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Report<'a> {
    pub(super) schema_version: u32,
    pub(super) verdict: Word<Verdict>,
    pub(super) headline: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hours: Option<f64>,
    pub(super) inputs: Vec<Input<'a>>,
    /// Derived: the shown ones of `sample_totals`.
    pub(super) totals: BTreeMap<Cow<'a, str>, Total>,
    pub(super) sample_totals: Vec<SampleTotal<'a>>,
    pub(super) suspects: Vec<Suspect<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) accepted: Vec<Accepted<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) forecast: Option<Forecast>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) lives: Vec<Life>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unjudged: Vec<Unjudged<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sites: Option<Vec<Site<'a>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ledger: Option<Ledger<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) resolution: Option<Cow<'a, str>>,
    pub(super) warnings: Vec<Warning<'a>>,
    pub(super) provenance: Provenance<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input<'a> {
    pub(super) source: Cow<'a, str>,
    pub(super) kind: Word<Kind>,
    pub(super) form: Word<Form>,
    pub(super) taken_at: Option<String>,
    pub(super) time_source: Option<Word<TimeSource>>,
    pub(super) incarnation: Option<u32>,
    pub(super) build_id: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Forecast {
    pub(super) limit: f64,
    pub(super) now: f64,
    pub(super) unit: Word<Unit>,
    pub(super) hours_ci95: Option<(f64, Option<f64>)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Life {
    pub(super) from: Option<String>,
    pub(super) until: Option<String>,
    pub(super) began: Option<Word<NoticeCode>>,
    pub(super) heap_first: Option<i128>,
    pub(super) heap_last: Option<i128>,
    pub(super) judged: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Total {
    pub(super) first: i128,
    pub(super) last: i128,
    pub(super) delta: i128,
    pub(super) unit: Word<Unit>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SampleTotal<'a> {
    pub(super) kind: Word<Kind>,
    pub(super) sample_type: Cow<'a, str>,
    pub(super) unit: Word<Unit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hours: Option<f64>,
    pub(super) first: i128,
    pub(super) last: i128,
    pub(super) delta: i128,
    pub(super) shown: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) points: Points,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Suspect<'a> {
    pub(super) fingerprint: Cow<'a, str>,
    pub(super) rank: usize,
    /// Derived: `both` where goroutines and memory are one suspect.
    pub(super) kind: Cow<'a, str>,
    pub(super) subject: Word<Subject>,
    pub(super) confidence: Word<Confidence>,
    pub(super) cause: Cause<'a>,
    pub(super) blame: Blame<'a>,
    pub(super) share: Option<f64>,
    /// Derived, but for the growth of the subject.
    pub(super) growth: Grown,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) history: Points,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<Source<'a>>,
    pub(super) callers: Vec<Caller<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) joined: Vec<Joined<'a>>,
    pub(super) sites: Vec<Site<'a>>,
    pub(super) evidence: Vec<Cow<'a, str>>,
    /// Whether each sentence of the evidence speaks for the suspect.
    pub(super) evidence_for: Vec<bool>,
    pub(super) advice: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cause<'a> {
    pub(super) id: Cow<'a, str>,
    pub(super) title: Cow<'a, str>,
    pub(super) confidence: Word<Certainty>,
    pub(super) because: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) runner_up: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) example: Option<Example<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source<'a> {
    pub(super) file: Cow<'a, str>,
    pub(super) first_line: u32,
    pub(super) statement: (u32, u32),
    pub(super) lines: Vec<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Accepted<'a> {
    pub(super) fingerprint: Cow<'a, str>,
    pub(super) blame: Blame<'a>,
    pub(super) confidence: Word<Confidence>,
    /// Derived.
    pub(super) delta: f64,
    /// Derived.
    pub(super) unit: Word<Unit>,
    pub(super) growth: Growth,
    pub(super) reason: Cow<'a, str>,
    pub(super) owner: Cow<'a, str>,
    pub(super) expires: Option<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Caller<'a> {
    pub(super) function: Cow<'a, str>,
    pub(super) file: Cow<'a, str>,
    pub(super) owner: Word<Owner>,
    pub(super) share: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Joined<'a> {
    pub(super) kind: Word<Subject>,
    pub(super) blame: Blame<'a>,
    pub(super) growth: Growth,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Blame<'a> {
    pub(super) function: Cow<'a, str>,
    pub(super) file: Cow<'a, str>,
    pub(super) line: u32,
    pub(super) owner: Word<Owner>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) moved_from: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grown {
    pub(super) heap: Option<Growth>,
    pub(super) goroutines: Option<Growth>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Growth {
    pub(super) first: f64,
    pub(super) last: f64,
    pub(super) delta: f64,
    pub(super) delta_ci95: [f64; 2],
    pub(super) delta_error: f64,
    pub(super) unit: Word<Unit>,
    pub(super) per_hour: Option<f64>,
    pub(super) ci95: Option<[f64; 2]>,
    /// The Theil-Sen slope an hour with its 95 % interval: value, low, high.
    pub(super) slope: Option<[f64; 3]>,
    pub(super) p_value: Option<f64>,
    pub(super) q_value: Option<f64>,
    pub(super) shape: Option<Word<growth::Shape>>,
    pub(super) retention: Option<f64>,
    pub(super) retention_ci95: Option<[f64; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) retention_lower_bound: Option<f64>,
    pub(super) points: Points,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Site<'a> {
    pub(super) kind: Word<Kind>,
    pub(super) stack: Vec<Frame<'a>>,
    pub(super) growth: Growth,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) set_aside: Option<Word<SetAside>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<Detail<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Detail<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) suspect: Option<Cow<'a, str>>,
    /// Size, and the four values of the first and the last snapshot.
    pub(super) sizes: Vec<(i64, [i64; 4], [i64; 4])>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) waits: Option<Waits<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Waits<'a> {
    pub(super) states: Vec<(Cow<'a, str>, u64)>,
    pub(super) longest_minutes: Option<u64>,
    pub(super) created_by: Vec<(Cow<'a, str>, u64)>,
    pub(super) leaked: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Frame<'a> {
    pub(super) function: Cow<'a, str>,
    pub(super) file: Cow<'a, str>,
    pub(super) line: u32,
    pub(super) owner: Word<Owner>,
    pub(super) inlined: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) moved_from: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unjudged<'a> {
    pub(super) title: Cow<'a, str>,
    pub(super) rows: Vec<UnjudgedRow<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnjudgedRow<'a> {
    pub(super) blame: Blame<'a>,
    /// Derived, as are the next three.
    pub(super) first: f64,
    pub(super) last: f64,
    pub(super) delta: f64,
    pub(super) unit: Word<Unit>,
    pub(super) growth: Growth,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ledger<'a> {
    pub(super) first: LedgerMoment<'a>,
    pub(super) last: LedgerMoment<'a>,
    pub(super) rows: Vec<LedgerRow<'a>>,
    pub(super) collector: Option<Collector>,
    pub(super) sentences: Vec<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LedgerMoment<'a> {
    pub(super) source: Cow<'a, str>,
    pub(super) time: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LedgerRow<'a> {
    pub(super) id: Cow<'a, str>,
    pub(super) label: Cow<'a, str>,
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) delta: i64,
    pub(super) unit: Word<Unit>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Collector {
    pub(super) collections: i64,
    pub(super) forced: Option<i64>,
    pub(super) per_minute: Option<f64>,
    pub(super) cpu_fraction: Option<f64>,
    pub(super) longest_pause_ns: Option<i64>,
    pub(super) median_pause_ns: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Warning<'a> {
    pub(super) code: Word<NoticeCode>,
    pub(super) message: Cow<'a, str>,
    pub(super) source: Option<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Example<'a> {
    pub(super) before: Cow<'a, str>,
    pub(super) after: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provenance<'a> {
    pub(super) version: Cow<'a, str>,
    pub(super) command: Option<Cow<'a, str>>,
}
