//! What the user must know about the data besides the numbers: a stable code, one sentence, and what to do next.

use std::fmt;

/// Why a number is missing, set aside or to be read with care. The names are stable: programs match on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeCode {
    /// Both snapshots show the same garbage-collection cycle (S8).
    NoGcBetween,
    /// The process restarted between the snapshots (S13).
    Restart,
    /// The snapshots come from different builds (S13).
    DifferentBuild,
    /// The snapshots come from two processes.
    TwoProcesses,
    /// `MemProfileRate` differs between the snapshots (S34).
    PeriodChanged,
    /// A `?seconds=N` difference was given as a snapshot (S10).
    DeltaProfile,
    /// The first snapshot is younger than the second.
    SwappedOrder,
    /// Both inputs are the same snapshot.
    SameSnapshot,
    /// A `debug=2` dump was cut at 64 MiB by the server (S24).
    TruncatedDump,
    /// Growth that the profiler itself caused was set aside (S9).
    ProfilerOverhead,
    /// Live figures below zero (S12).
    NegativeInuse,
    /// Estimates without real sampled counts: merged, averaged or normalised (S3).
    MergedEstimates,
    /// No object sizes or no sampling period: another producer than Go.
    UnknownSampling,
    /// No allocation counters, so retention is unknown.
    NoAllocCounters,
    /// When a snapshot was taken is not known, so there are no rates.
    NoTime,
    /// When a snapshot was taken is known only from outside the profile.
    TimeFromOutside,
    /// Stacks carry addresses but no names.
    NoSymbols,
    /// Nothing of this kind was given on one of the two sides.
    OneSided,
    /// A folder held several snapshots of one kind, or several forms of one snapshot.
    ChosenInput,
    /// An input could not be used; the others were.
    UnusableInput,
    /// Sums that do not fit 64 bits were capped.
    Overflow,
    /// Too little happened between the snapshots to judge.
    TooFewSamples,
    /// The heap grew, but no site's growth stands out of the sampling noise.
    UnexplainedGrowth,
    /// Focus or ignore left nothing, or matched nothing.
    FilteredOut,
    /// A series holds several lives of the process; growth is judged inside one.
    SeveralLives,
    /// The clock of the process was set back within a series.
    ClockSetBack,
    /// Snapshots that repeat others and were left out.
    RepeatedSnapshot,
    /// A long series, of which so many snapshots enter the statistics.
    ThinnedSeries,
    /// The source of a suspect was not found.
    SourceNotFound,
    /// The source of a suspect does not fit the profile.
    SourceDiffers,
    /// A baseline's entry that no longer accepts.
    BaselineExpired,
    /// A baseline's entry that matches no suspect.
    BaselineUnused,
    /// Rows of the tiny allocator's 16-byte blocks, which several owners share (S39).
    TinyAllocator,
}

impl NoticeCode {
    /// The code as printed and as in the JSON report.
    pub fn name(self) -> &'static str {
        match self {
            NoticeCode::NoGcBetween => "no-gc-between",
            NoticeCode::Restart => "restart",
            NoticeCode::DifferentBuild => "different-build",
            NoticeCode::TwoProcesses => "two-processes",
            NoticeCode::PeriodChanged => "period-changed",
            NoticeCode::DeltaProfile => "delta-profile",
            NoticeCode::SwappedOrder => "swapped-order",
            NoticeCode::SameSnapshot => "same-snapshot",
            NoticeCode::TruncatedDump => "truncated-dump",
            NoticeCode::ProfilerOverhead => "profiler-overhead",
            NoticeCode::NegativeInuse => "negative-inuse",
            NoticeCode::MergedEstimates => "merged-estimates",
            NoticeCode::UnknownSampling => "unknown-sampling",
            NoticeCode::NoAllocCounters => "no-alloc-counters",
            NoticeCode::NoTime => "no-time",
            NoticeCode::TimeFromOutside => "time-from-outside",
            NoticeCode::NoSymbols => "no-symbols",
            NoticeCode::OneSided => "one-sided",
            NoticeCode::ChosenInput => "chosen-input",
            NoticeCode::UnusableInput => "unusable-input",
            NoticeCode::Overflow => "overflow",
            NoticeCode::TooFewSamples => "too-few-samples",
            NoticeCode::UnexplainedGrowth => "unexplained-growth",
            NoticeCode::FilteredOut => "filtered-out",
            NoticeCode::SeveralLives => "several-lives",
            NoticeCode::ClockSetBack => "clock-set-back",
            NoticeCode::RepeatedSnapshot => "repeated-snapshot",
            NoticeCode::ThinnedSeries => "thinned-series",
            NoticeCode::SourceNotFound => "source-not-found",
            NoticeCode::SourceDiffers => "source-differs",
            NoticeCode::BaselineExpired => "baseline-expired",
            NoticeCode::BaselineUnused => "baseline-unused",
            NoticeCode::TinyAllocator => "tiny-allocator",
        }
    }

    /// Whether the two snapshots cannot be judged against each other at all.
    pub fn forbids_judgement(self) -> bool {
        matches!(
            self,
            NoticeCode::NoGcBetween
                | NoticeCode::Restart
                | NoticeCode::DifferentBuild
                | NoticeCode::TwoProcesses
                | NoticeCode::PeriodChanged
                | NoticeCode::DeltaProfile
                | NoticeCode::SwappedOrder
                | NoticeCode::SameSnapshot
        )
    }
}

/// One thing the user must know, with advice in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Which thing.
    pub code: NoticeCode,
    /// One or two sentences: what is so, and what to do next.
    pub message: String,
    /// The input it concerns, where it concerns one.
    pub source: Option<String>,
}

impl Notice {
    /// A notice about the run as a whole.
    pub fn new(code: NoticeCode, message: impl Into<String>) -> Notice {
        Notice { code, message: message.into(), source: None }
    }

    /// A notice about one input.
    pub fn about(code: NoticeCode, source: impl Into<String>, message: impl Into<String>) -> Notice {
        Notice { code, message: message.into(), source: Some(source.into()) }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => write!(f, "{source}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}
