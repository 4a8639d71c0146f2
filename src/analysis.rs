//! The stages of an analysis between the series and the report, and what comes out: [`Analysis`].
//!
//! They are called in order by [`crate::pipeline`].

mod accept;
mod choose;
mod effect;
mod follower;
mod forecast;
mod guess;
mod inspection;
mod judging;
mod kinship;
mod ledger;
mod lives;
mod long_enough;
mod naming;
mod options;
mod order;
mod pace;
mod pair;
mod places;
mod remarks;
mod side_by_side;
mod taken;
mod verdict;

pub(crate) use accept::{Acceptance, accept};
pub use choose::latest_time;
pub(crate) use choose::share_times_of_rounds;
pub use effect::{Checked, Doubt, Effects, PartChange, effects, is_swapped};
pub(crate) use follower::Follower;
pub use forecast::Forecast;
pub(crate) use forecast::limit_reached;
pub(crate) use inspection::inspect;
pub use inspection::{
    Awaited, Churn, GoroutineGroup, Goroutines, Inspection, LockHolder, Memory, MemoryPlace, NOW, Named,
    NotOne, Place, Proof, Relation, SizeHeld, Wait, awaited,
};
pub(crate) use judging::{Judged, judge};
pub use kinship::{Difference, Kinship, kinship};
pub use ledger::{Change, Collector, Finding, Ledger, Moment, Part};
pub use lives::Life;
pub use naming::causes_by;
pub(crate) use naming::name_causes;
pub use options::Options;
pub(crate) use pair::pair;
pub use places::{LifeCounts, PlaceCounts};
pub(crate) use places::{least_share, places};
pub(crate) use side_by_side::{every_site, set_side_by_side};
pub(crate) use taken::Taken;
pub(crate) use verdict::{too_short, verdict};

use crate::clusters::Blame;
use crate::growth::Growth;
use crate::profile::{Kind, Notice, NoticeCode};
use crate::series::{Series, Window};
use crate::suspects::{Accepted, HeapJudgement, HeapMetric, Resolution, SiteGrowth, Suspect, Verdict};
use thiserror::Error;

/// File times closer than this, in nanoseconds, come from one copy or checkout.
const COPIED_AT_ONCE: i64 = 1_000_000_000;

/// Growth that is set side by side but not judged.
#[derive(Clone, Debug)]
pub struct Unjudged {
    /// The frame to open.
    pub blame: Blame,
    /// Its figures.
    pub growth: Growth,
}

/// What two sets of snapshots say.
#[derive(Debug)]
pub struct Analysis {
    /// The snapshots side by side.
    pub series: Series,
    /// The snapshots judged, a kind: those of one life of the process.
    pub windows: Vec<(Kind, Window)>,
    /// The lives of the process, in order; one unless it restarted or was deployed anew.
    pub lives: Vec<Life>,
    /// The heap column that is shown.
    pub metric: HeapMetric,
    /// Growth in bytes a day below which nothing matters.
    pub min_growth: f64,
    /// The one word.
    pub verdict: Verdict,
    /// The suspects, in the order of the report.
    pub suspects: Vec<Suspect>,
    /// Suspects that a baseline accepts, with its entry.
    pub accepted: Vec<(Suspect, Accepted)>,
    /// For kinds that could not be judged: the functions that differ most, largest difference first.
    pub unjudged: Vec<(Kind, Vec<Unjudged>)>,
    /// Every site, if that was asked for.
    pub sites: Vec<(Kind, Vec<SiteGrowth>)>,
    /// When the live heap reaches the memory limit, if one was given and the heap could be judged.
    pub forecast: Option<Forecast>,
    /// The judgement of the heap, if it could be judged.
    pub heap: Option<HeapJudgement>,
    /// The least leak of goroutines that would have been called, if they could be judged.
    pub goroutines: Option<Resolution>,
    /// Where the memory of the whole process went, if snapshots tell. It judges nothing.
    pub ledger: Option<Ledger>,
    /// What was counted at every place in every life, if that was asked for.
    pub places: Vec<LifeCounts>,
    /// What the user must know.
    pub notices: Vec<Notice>,
}

/// Why profiles cannot be compared at all.
#[derive(Debug, Error)]
pub enum Incomparable {
    /// No kind of profile is given on both sides.
    #[error(
        "nothing to compare: before is {before}, after is {after}. Give two profiles of one kind, both from \
         /debug/pprof/heap?gc=1 or both from /debug/pprof/goroutine"
    )]
    NoCommonKind {
        /// The kinds given first.
        before: String,
        /// The kinds given second.
        after: String,
    },
    /// A series of fewer than two snapshots.
    #[error(
        "a series needs at least two snapshots of one kind, and these were found: {found}. Take more from the same \
         process, a few minutes apart"
    )]
    TooShort {
        /// The kinds found.
        found: String,
    },
    /// None of the snapshots is as young as was asked for.
    #[error(
        "--since or --last leaves no snapshot; the latest of those given is older. Choose an earlier time"
    )]
    AllTooOld,
    /// There was not enough time.
    #[error("it took longer than was allowed; it is a profile with very many places that grow")]
    OutOfTime,
}

impl Analysis {
    /// Whether any of the notices forbids judging what it concerns.
    pub fn is_obstructed(&self) -> bool {
        self.notices.iter().any(|notice| notice.code.forbids_judgement())
    }

    /// The snapshots of a kind that are judged.
    pub fn window(&self, kind: Kind) -> Option<&Window> {
        self.windows.iter().find(|(of, _)| *of == kind).map(|(_, window)| window)
    }

    /// Whether the snapshots were taken at quiet points.
    pub fn is_in_rounds(&self) -> bool {
        self.windows.iter().any(|(_, window)| window.is_in_rounds())
    }

    /// The notices of a code.
    pub fn has_notice(&self, code: NoticeCode) -> bool {
        self.notices.iter().any(|notice| notice.code == code)
    }
}
