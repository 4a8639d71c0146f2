//! What the user must know about the data besides the numbers: a stable code, one sentence, and what to do next.

use std::fmt;

/// Declares the codes: what each means, its name in Rust, and the name that is printed.
macro_rules! notice_codes {
    ($($(#[$meaning:meta])* $code:ident = $name:literal,)*) => {
        /// Why a number is missing, set aside or to be read with care. The names are stable: programs match on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum NoticeCode {
            $($(#[$meaning])* $code,)*
        }

        impl NoticeCode {
            /// Every code.
            pub const ALL: &[NoticeCode] = &[$(NoticeCode::$code),*];

            /// The code as printed and as in the JSON report.
            pub fn name(self) -> &'static str {
                match self {
                    $(NoticeCode::$code => $name,)*
                }
            }
        }
    };
}

notice_codes! {
    /// Both snapshots show the same garbage-collection cycle (S8).
    NoGcBetween = "no-gc-between",
    /// The process restarted between the snapshots (S13).
    Restart = "restart",
    /// The snapshots come from different builds (S13).
    DifferentBuild = "different-build",
    /// The snapshots come from two processes.
    TwoProcesses = "two-processes",
    /// `MemProfileRate` differs between the snapshots (S34).
    PeriodChanged = "period-changed",
    /// A `?seconds=N` difference was given as a snapshot (S10).
    DeltaProfile = "delta-profile",
    /// The first snapshot is younger than the second.
    SwappedOrder = "swapped-order",
    /// Both inputs are the same snapshot.
    SameSnapshot = "same-snapshot",
    /// A `debug=2` dump was cut at 64 MiB by the server (S24).
    TruncatedDump = "truncated-dump",
    /// Growth that the profiler itself caused was set aside (S9).
    ProfilerOverhead = "profiler-overhead",
    /// Live figures below zero (S12).
    NegativeInuse = "negative-inuse",
    /// Estimates without real sampled counts: merged, averaged or normalised (S3).
    MergedEstimates = "merged-estimates",
    /// The average of many processes, which no label tells apart.
    MergedProcesses = "merged-processes",
    /// No object sizes or no sampling period: another producer than Go.
    UnknownSampling = "unknown-sampling",
    /// No allocation counters, so retention is unknown.
    NoAllocCounters = "no-alloc-counters",
    /// When a snapshot was taken is not known, so there are no rates.
    NoTime = "no-time",
    /// When a snapshot was taken is known only from outside the profile.
    TimeFromOutside = "time-from-outside",
    /// When snapshots were taken is not known, and neither is their order; what stood in for it.
    OrderGuessed = "order-guessed",
    /// And that the guess may be wrong.
    OrderDoubtful = "order-doubtful",
    /// Stacks carry addresses but no names.
    NoSymbols = "no-symbols",
    /// Nothing of this kind was given on one of the two sides.
    OneSided = "one-sided",
    /// A folder held several snapshots of one kind, or several forms of one snapshot.
    ChosenInput = "chosen-input",
    /// An input could not be used; the others were.
    UnusableInput = "unusable-input",
    /// Sums that do not fit 64 bits were capped.
    Overflow = "overflow",
    /// Too little happened between the snapshots to judge.
    TooFewSamples = "too-few-samples",
    /// The snapshots are so close together that a leak could hardly show.
    TooShort = "too-short",
    /// The heap grew, but no site's growth stands out of the sampling noise.
    UnexplainedGrowth = "unexplained-growth",
    /// The heap grew, but by less than what was said to matter.
    BelowMinGrowth = "below-min-growth",
    /// Focus or ignore left nothing, or matched nothing.
    FilteredOut = "filtered-out",
    /// A series holds several lives of the process; growth is judged inside one.
    SeveralLives = "several-lives",
    /// The clock of the process was set back within a series.
    ClockSetBack = "clock-set-back",
    /// Snapshots that repeat others and were left out.
    RepeatedSnapshot = "repeated-snapshot",
    /// A long series, of which so many snapshots enter the statistics.
    ThinnedSeries = "thinned-series",
    /// The source of a suspect was not found.
    SourceNotFound = "source-not-found",
    /// The source of a suspect does not fit the profile.
    SourceDiffers = "source-differs",
    /// A baseline's entry that no longer accepts.
    BaselineExpired = "baseline-expired",
    /// A baseline's entry that matches no suspect.
    BaselineUnused = "baseline-unused",
    /// Paths carry no versions, so which code is the user's own is a guess.
    OwnCodeGuessed = "own-code-guessed",
    /// Rows of the tiny allocator's 16-byte blocks, which several owners share (S39).
    TinyAllocator = "tiny-allocator",
    /// The source in the working directory was read, as it is that of the program.
    SourceAtHand = "source-at-hand",
}

impl NoticeCode {
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
