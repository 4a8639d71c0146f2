//! The document: everything a report says, resolved once. No renderer asks the model again.
//!
//! It is the JSON report as well: fields stand in the order, and under the names, that other programs depend on. Some of
//! them follow from others, so that whoever reads the report need not compute.

mod service;
mod site;
mod suspect;

pub use service::ServiceView;
pub use site::{Figures, FrameView, PassedOverView, SetAside, SiteView};
pub use suspect::{
    CallerView, CauseView, ChangeView, ExampleView, ExcerptView, Grown, JoinedView, LineView, RoutingView,
    SuspectKind, SuspectView,
};

use super::LedgerView;
use super::inert::inert;
use super::json::fields::{digest, fingerprint, id, known_sum, points, sum, text, time};
use crate::analysis::{Forecast, Life};
use crate::growth::Point;
use crate::profile::{Form, Kind, Notice, NoticeCode, TimeSource, Unit};
use crate::series::Snapshot;
use crate::suspects::{Confidence, Verdict};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// A report, ready to be rendered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The version of the format.
    pub schema_version: SchemaVersion,
    /// The one word.
    pub verdict: Verdict,
    /// The verdict in a sentence.
    #[serde(deserialize_with = "text")]
    pub headline: String,
    /// Between the snapshots, in hours, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
    /// What was compared.
    pub inputs: Vec<InputView>,
    /// The shown ones of `sample_totals`, by kind.
    #[serde(deserialize_with = "id")]
    pub totals: BTreeMap<String, ShownTotal>,
    /// The sums of whole snapshots, before anything was set aside.
    pub sample_totals: Vec<TotalView>,
    /// The suspects in order.
    pub suspects: Vec<SuspectView>,
    /// What else of the heap grew, and why it is no suspect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<PassedOverView>,
    /// Suspects that a baseline accepts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<AcceptedView>,
    /// When the live heap reaches the memory limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<ForecastView>,
    /// The lives of the process, where a series shows several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lives: Vec<LifeView>,
    /// What differs most where nothing could be judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unjudged: Vec<UnjudgedView>,
    /// Every site of every kind, if asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sites: Option<Vec<SiteView>>,
    /// Where the memory of the whole process went, if the snapshots tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<LedgerView>,
    /// The least leak of memory that would have been seen, if the heap could be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detectable: Option<DetectableView>,
    /// What a leak would have had to reach to be seen, as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub resolution: Option<String>,
    /// What the reader must know.
    pub warnings: Vec<Warning>,
    /// Which process it is about.
    #[serde(default, skip_serializing_if = "ServiceView::is_unknown")]
    pub service: ServiceView,
    /// How the report came about.
    pub provenance: Provenance,
}

/// The version of the JSON report, raised when a name changes its meaning; new names may come at any time, and readers
/// pass over those that they do not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SchemaVersion;

impl SchemaVersion {
    /// The version that is written, and the only one that is read.
    pub const NUMBER: u32 = 1;
}

impl Serialize for SchemaVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(SchemaVersion::NUMBER)
    }
}

impl<'de> Deserialize<'de> for SchemaVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SchemaVersion, D::Error> {
        match u32::deserialize(deserializer)? {
            SchemaVersion::NUMBER => Ok(SchemaVersion),
            other => Err(D::Error::custom(format!("schema_version {other} is not known"))),
        }
    }
}

/// How a report came about, so that a second person can check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The version of pprof-leaks that judged.
    #[serde(deserialize_with = "text")]
    pub version: String,
    /// The command line, without secrets and without what only concerns the form of the report.
    #[serde(deserialize_with = "text")]
    pub command: Option<String>,
}

/// One snapshot that was compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputView {
    /// The input as the user named it.
    #[serde(deserialize_with = "text")]
    pub source: String,
    /// What was profiled.
    pub kind: Kind,
    /// The form of the file.
    pub form: Form,
    /// When it was taken, nanoseconds since the Unix epoch.
    #[serde(with = "time")]
    pub taken_at: Option<i64>,
    /// How that is known.
    pub time_source: Option<TimeSource>,
    /// The life of the process it belongs to, counted from 1; `None` if the lives cannot be distinguished.
    pub incarnation: Option<u32>,
    /// The build it came from.
    #[serde(deserialize_with = "text")]
    pub build_id: Option<String>,
    /// SHA-256 of its bytes in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "digest")]
    pub sha256: Option<String>,
}

/// The sum of the value column that is shown of a kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownTotal {
    /// In the first snapshot.
    #[serde(deserialize_with = "sum")]
    pub first: i128,
    /// In the last snapshot.
    #[serde(deserialize_with = "sum")]
    pub last: i128,
    /// The last less the first.
    #[serde(deserialize_with = "sum")]
    pub delta: i128,
    /// Its unit.
    pub unit: Unit,
}

/// The sum of one value column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TotalView {
    /// Which kind it is of.
    pub kind: Kind,
    /// The column.
    #[serde(deserialize_with = "text")]
    pub sample_type: String,
    /// Its unit.
    pub unit: Unit,
    /// Between the snapshots of its kind, in hours, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
    /// In the first snapshot.
    #[serde(deserialize_with = "sum")]
    pub first: i128,
    /// In the last snapshot.
    #[serde(deserialize_with = "sum")]
    pub last: i128,
    /// The last less the first.
    #[serde(deserialize_with = "sum")]
    pub delta: i128,
    /// Whether it is the column shown at the top.
    pub shown: bool,
    /// Of a shown column in a series: its sum in every snapshot, those of other lives as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "points")]
    pub points: Vec<Point>,
}

/// A suspect that a baseline accepts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AcceptedView {
    /// Its stable id.
    #[serde(deserialize_with = "fingerprint")]
    pub fingerprint: String,
    /// Where it is.
    pub blame: FrameView,
    /// How sure it is.
    pub confidence: Confidence,
    /// That of its growth.
    pub delta: f64,
    /// That of its growth.
    pub unit: Unit,
    /// Its growth.
    #[serde(rename = "growth")]
    pub figures: Figures,
    /// Why it is accepted.
    #[serde(deserialize_with = "text")]
    pub reason: String,
    /// Who answers for that.
    #[serde(deserialize_with = "text")]
    pub owner: String,
    /// The last day on which it is.
    #[serde(deserialize_with = "text")]
    pub expires: Option<String>,
}

/// The least leak of memory that would have been seen at a place where little comes and goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DetectableView {
    /// Over the time looked at.
    pub bytes: f64,
    /// The same an hour, if the times are known.
    pub per_hour: Option<f64>,
}

/// When the live heap reaches a memory limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForecastView {
    /// The limit.
    pub limit: f64,
    /// What is live in the last snapshot.
    pub now: f64,
    /// The unit of both.
    pub unit: Unit,
    /// From the last snapshot on, in hours: the earliest time, and the latest if there is one. `None` if the heap does
    /// not grow, or nothing is known of its pace.
    pub hours_ci95: Option<(f64, Option<f64>)>,
}

impl From<Forecast> for ForecastView {
    fn from(forecast: Forecast) -> ForecastView {
        ForecastView {
            limit: forecast.limit,
            now: forecast.now,
            unit: Unit::Bytes,
            hours_ci95: forecast.time.map(|time| (time.earliest_hours, time.latest_hours)),
        }
    }
}

/// One life of the process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LifeView {
    /// When its first snapshot was taken, nanoseconds since the Unix epoch.
    #[serde(with = "time")]
    pub from: Option<i64>,
    /// When its last one was.
    #[serde(with = "time")]
    pub until: Option<i64>,
    /// How it began, where that was seen.
    pub began: Option<NoticeCode>,
    /// Live bytes in its first heap snapshot.
    #[serde(deserialize_with = "known_sum")]
    pub heap_first: Option<i128>,
    /// Live bytes in its last one.
    #[serde(deserialize_with = "known_sum")]
    pub heap_last: Option<i128>,
    /// Whether it is the one that was judged.
    pub judged: bool,
}

impl From<&Life> for LifeView {
    fn from(life: &Life) -> LifeView {
        LifeView {
            from: life.from,
            until: life.until,
            began: life.began,
            heap_first: life.heap.map(|(first, _)| first),
            heap_last: life.heap.map(|(_, last)| last),
            judged: life.judged,
        }
    }
}

/// What differs most between snapshots that could not be judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnjudgedView {
    /// What it is a table of.
    #[serde(deserialize_with = "text")]
    pub title: String,
    /// Its rows.
    pub rows: Vec<RowView>,
}

/// A row of a table that judges nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowView {
    /// The frame.
    #[serde(rename = "blame")]
    pub frame: FrameView,
    /// The first value of its figures.
    pub first: f64,
    /// The last one.
    pub last: f64,
    /// The last less the first.
    pub delta: f64,
    /// The unit of all.
    pub unit: Unit,
    /// Its figures.
    #[serde(rename = "growth")]
    pub figures: Figures,
}

/// One thing the reader must know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// Which.
    pub code: NoticeCode,
    /// The sentence.
    #[serde(deserialize_with = "text")]
    pub message: String,
    /// The input it concerns.
    #[serde(deserialize_with = "text")]
    pub source: Option<String>,
}

impl InputView {
    /// A snapshot of a kind, without the life that it belongs to.
    pub(super) fn of(kind: Kind, snapshot: &Snapshot) -> InputView {
        let hexadecimal = |digest: &[u8; 32]| digest.iter().map(|byte| format!("{byte:02x}")).collect();
        InputView {
            source: inert(&snapshot.source),
            kind,
            form: snapshot.form,
            taken_at: snapshot.taken_at.map(|time| time.nanos),
            time_source: snapshot.taken_at.map(|time| time.source),
            incarnation: None,
            build_id: snapshot.build_id.as_deref().map(inert),
            sha256: snapshot.sha256.as_ref().map(hexadecimal),
        }
    }
}

impl From<&Notice> for Warning {
    fn from(notice: &Notice) -> Warning {
        let source = notice.source.as_deref().map(inert);
        Warning { code: notice.code, message: inert(&notice.message), source }
    }
}

impl Provenance {
    /// By this version, before the command line is known.
    pub(super) fn of_this_version() -> Provenance {
        Provenance { version: env!("CARGO_PKG_VERSION").to_owned(), command: None }
    }
}

impl Document {
    /// What would have been seen, where the headline does not say it all.
    pub fn further_resolution(&self) -> Option<&str> {
        let resolution = self.resolution.as_deref()?;
        (self.verdict != Verdict::Clean || resolution.contains("; of goroutines")).then_some(resolution)
    }

    /// What the reader must know, as far as the headline does not say it.
    pub fn further_warnings(&self) -> impl Iterator<Item = &Warning> {
        let is_news = |warning: &&Warning| !self.headline.contains(warning.message.trim_end_matches('.'));
        self.warnings.iter().filter(is_news)
    }

    /// Whether the reader is shown something of this sort.
    pub fn has_warning(&self, code: NoticeCode) -> bool {
        self.warnings.iter().any(|warning| warning.code == code)
    }

    /// Every site; of a report that was saved without them, those of its suspects.
    pub(in crate::report) fn known_sites(&self) -> Vec<&SiteView> {
        match &self.sites {
            Some(sites) => sites.iter().collect(),
            None => self.suspects.iter().flat_map(|suspect| &suspect.sites).collect(),
        }
    }

    /// The sums that are shown at the top.
    pub fn shown_totals(&self) -> impl Iterator<Item = &TotalView> {
        self.sample_totals.iter().filter(|total| total.shown)
    }
}
