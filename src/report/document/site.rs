//! What grows, as a document has it: frames, stacks, and the figures of their growth.

use super::super::detail::SiteDetail;
use super::super::inert::short;
use super::super::json::fields::{points, text};
use crate::growth::{Growth, Point, Shape};
use crate::profile::{Kind, Owner, Unit, display_function};
use serde::{Deserialize, Serialize};

/// The growth of something, with its unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// The first value.
    pub first: f64,
    /// The last value.
    pub last: f64,
    /// The last less the first.
    pub delta: f64,
    /// The 95 % interval of `delta`.
    pub delta_ci95: [f64; 2],
    /// The standard error of `delta`.
    pub delta_error: f64,
    /// The unit of all values.
    pub unit: Unit,
    /// Growth an hour, from end to end, if times are known.
    pub per_hour: Option<f64>,
    /// The 95 % interval of `per_hour`.
    pub ci95: Option<[f64; 2]>,
    /// The Theil-Sen slope an hour with its 95 % interval: value, low, high.
    pub slope: Option<[f64; 3]>,
    /// The probability of as much growth by chance, if it was tested.
    pub p_value: Option<f64>,
    /// The false-discovery rate of calling it growth, if it was tested.
    pub q_value: Option<f64>,
    /// The shape over a series long enough to tell.
    pub shape: Option<Shape>,
    /// How much of what was allocated stayed, if allocations were counted.
    pub retention: Option<f64>,
    /// The 95 % interval of `retention`.
    pub retention_ci95: Option<[f64; 2]>,
    /// The one-sided 95 % bound of `retention`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_lower_bound: Option<f64>,
    /// The values in order of time.
    #[serde(with = "points")]
    pub points: Vec<Point>,
}

/// A place of the heap that grew and is no suspect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassedOverView {
    /// The place.
    pub blame: FrameView,
    /// By how many live bytes it grew.
    pub delta: f64,
    /// Whether it grew and then stopped, rather than being churn.
    pub stopped: bool,
    /// Why it is no suspect, in a few words.
    #[serde(deserialize_with = "text")]
    pub why: String,
}

/// The figures of no growth.
pub(super) static NO_GROWTH: Figures = Figures {
    first: 0.0,
    last: 0.0,
    delta: 0.0,
    delta_ci95: [0.0; 2],
    delta_error: 0.0,
    unit: Unit::Count,
    per_hour: None,
    ci95: None,
    slope: None,
    p_value: None,
    q_value: None,
    shape: None,
    retention: None,
    retention_ci95: None,
    retention_lower_bound: None,
    points: Vec::new(),
};

impl Figures {
    /// The figures of a growth.
    pub fn of(unit: Unit, growth: Growth) -> Figures {
        let (low, high) = growth.delta_interval();
        Figures {
            first: growth.first(),
            last: growth.last(),
            delta: growth.delta(),
            delta_ci95: [low, high],
            delta_error: growth.delta_error,
            unit,
            per_hour: growth.per_hour(),
            ci95: growth.per_hour_interval().map(|(low, high)| [low, high]),
            slope: growth.slope.map(|slope| [slope.per_hour, slope.low, slope.high]),
            p_value: growth.p_value,
            q_value: growth.q_value,
            shape: growth.shape,
            retention: growth.retention.map(|r| r.value),
            retention_ci95: growth.retention.map(|r| [r.low, r.high]),
            retention_lower_bound: growth.retention.map(|r| r.lower_bound),
            points: growth.points,
        }
    }

    /// The span of time, in hours; `None` where times are unknown or do not advance.
    pub fn hours(&self) -> Option<f64> {
        let (first, last) = (self.points.first()?.time?, self.points.last()?.time?);
        (last > first).then(|| last.saturating_sub(first) as f64 / 3.6e12)
    }
}

/// A place in the code: a frame of a stack, or where something is to blame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameView {
    /// The full name, type arguments folded.
    #[serde(deserialize_with = "text")]
    pub function: String,
    /// The source file, empty if unknown.
    #[serde(deserialize_with = "text")]
    pub file: String,
    /// The line, 0 if unknown.
    pub line: u32,
    /// Whose code it is.
    pub owner: Owner,
    /// Of a frame on a stack: whether it is inlined into its caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inlined: Option<bool>,
    /// The line in the first snapshot, where it was another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<u32>,
}

/// One stack with its growth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteView {
    /// Which kind it is of.
    pub kind: Kind,
    /// Frames, leaf first.
    pub stack: Vec<FrameView>,
    /// Its growth.
    #[serde(rename = "growth")]
    pub figures: Figures,
    /// Why it is left out of the judgement, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<SetAside>,
    /// What a full report tells besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<SiteDetail>,
}

impl SiteView {
    /// Whether the reader asked for it; what focus or ignore leaves out is set aside.
    pub(in crate::report) fn is_asked_for(&self) -> bool {
        self.set_aside != Some(SetAside::Filtered)
    }
}

/// Why a site takes no part in the judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetAside {
    /// The profiler itself allocated it.
    Profiler,
    /// Focus or ignore leaves it out.
    Filtered,
}

impl SetAside {
    /// The word used in the JSON report.
    pub fn name(self) -> &'static str {
        match self {
            SetAside::Profiler => "profiler",
            SetAside::Filtered => "filtered",
        }
    }
}

impl FrameView {
    /// The function as a person says it, without the folders of its import path.
    pub fn short_function(&self) -> String {
        short(&display_function(&self.function))
    }

    /// `file.go:12`, with the last segment of the path only; empty if unknown.
    pub fn short_position(&self) -> String {
        self.position_of(&self.short_file())
    }

    /// Function and short position: `main.(*cache).add cache.go:12`.
    pub fn place(&self) -> String {
        match self.short_position() {
            position if position.is_empty() => self.short_function(),
            position => format!("{} {position}", self.short_function()),
        }
    }

    /// `file.go`; empty if unknown.
    pub fn short_file(&self) -> String {
        short(self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file))
    }

    /// `path/file.go:12`; empty if unknown.
    pub fn position(&self) -> String {
        self.position_of(&self.file)
    }

    fn position_of(&self, file: &str) -> String {
        match (file, self.line, self.moved_from) {
            ("", _, _) => String::new(),
            (file, 0, _) => file.to_owned(),
            (file, line, None) => format!("{file}:{line}"),
            (file, line, Some(from)) => format!("{file}:{line} (was :{from})"),
        }
    }
}
