//! What the user chooses of a judgement: from when on growth matters, and which column is shown.

use super::Evidence;
use crate::clusters::Variance;
use crate::series::{Cell, Window};
use std::time::Instant;

/// A column of a heap profile, as shown; the judgement is always on live memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeapMetric {
    /// Bytes live.
    #[default]
    InuseSpace,
    /// Objects live.
    InuseObjects,
    /// Bytes allocated since the start.
    AllocSpace,
    /// Objects allocated since the start.
    AllocObjects,
}

impl HeapMetric {
    /// All of them, in the order Go writes them.
    pub const ALL: [HeapMetric; 4] =
        [HeapMetric::AllocObjects, HeapMetric::AllocSpace, HeapMetric::InuseObjects, HeapMetric::InuseSpace];

    /// Go's name for the column.
    pub fn name(self) -> &'static str {
        match self {
            HeapMetric::InuseSpace => "inuse_space",
            HeapMetric::InuseObjects => "inuse_objects",
            HeapMetric::AllocSpace => "alloc_space",
            HeapMetric::AllocObjects => "alloc_objects",
        }
    }

    /// Whether it counts bytes rather than objects.
    pub fn is_bytes(self) -> bool {
        matches!(self, HeapMetric::InuseSpace | HeapMetric::AllocSpace)
    }

    /// The standard error of its values. Counters of all allocations have one too, but it is not followed.
    pub(super) fn error(self, variance: Variance) -> f64 {
        match self {
            HeapMetric::InuseSpace => variance.bytes.sqrt(),
            HeapMetric::InuseObjects => variance.objects.sqrt(),
            HeapMetric::AllocSpace | HeapMetric::AllocObjects => 0.0,
        }
    }

    /// Its value in a cell.
    pub fn of(self, cell: &Cell) -> i64 {
        match self {
            HeapMetric::InuseSpace => cell.inuse_space,
            HeapMetric::InuseObjects => cell.inuse_objects,
            HeapMetric::AllocSpace => cell.alloc_space,
            HeapMetric::AllocObjects => cell.alloc_objects,
        }
    }
}

/// Thresholds of the judgement.
#[derive(Clone, Copy, Debug)]
pub struct Criteria {
    /// Growth in bytes a day below which a suspect is not material. Default 10 MiB: what a service of half a
    /// gigabyte survives for a month.
    pub min_growth: f64,
    /// Which column is shown.
    pub metric: HeapMetric,
    /// Whether to say what a leak would have to be to show where much comes and goes, for which some are planted there. That takes as long
    /// as all the rest of a judgement.
    pub plants: bool,
    /// The leak in bytes an hour that has to be ruled out before anything is called clean. By default [`Criteria::FASTEST_MISSED`],
    /// or what `min_growth` comes to where that is more.
    pub must_detect: Option<f64>,
    /// When whoever asks has no more time: soon after, the judgement ends unfinished, and is not to be used. Default never.
    pub until: Option<Instant>,
}

impl Default for Criteria {
    fn default() -> Criteria {
        Criteria {
            min_growth: 10.0 * 1024.0 * 1024.0,
            metric: HeapMetric::default(),
            plants: false,
            must_detect: None,
            until: None,
        }
    }
}

impl Criteria {
    /// Nothing is called clean where a leak of so many bytes an hour could have been missed: it fills a container of half a gigabyte,
    /// a common size, before anybody looks again. A look of two minutes rules it out, one of half a minute does not.
    pub const FASTEST_MISSED: f64 = (512u64 << 20) as f64;
    /// Whether there is no more time. Asked in every loop that a large input makes long.
    pub(crate) fn is_out_of_time(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// The false-discovery rate up to which a suspect can be of medium confidence, and is named at all.
    pub const MEDIUM_Q: f64 = 0.05;
    /// The false-discovery rate up to which a suspect can be of high confidence.
    pub const HIGH_Q: f64 = 0.01;
    /// The share of its kind's growth below which a suspect is not material: no one fixes a hundredth first.
    pub const MIN_SHARE: f64 = 0.01;

    /// The leak in bytes an hour that has to be ruled out.
    pub fn fastest_missed(&self) -> f64 {
        self.must_detect.unwrap_or_else(|| Self::FASTEST_MISSED.max(self.min_growth / 24.0))
    }

    pub(super) fn material(&self, bytes: f64, share: Option<f64>, window: &Window) -> Evidence {
        let per_day = window.days().map(|days| bytes / days);
        let enough = per_day.is_none_or(|rate| rate >= self.min_growth);
        let held = enough && share.is_none_or(|share| share >= Self::MIN_SHARE);
        Evidence::Material { held, per_day, share, min_growth: self.min_growth }
    }
}
