//! A candidate: growth at one place that may be a leak, as it was judged on its own.

use super::{Confidence, Criteria, Evidence};
use crate::clusters::{Blame, Subject};
use crate::growth::{Growth, Slope};
use crate::judge::{Class, Posterior, policy};
use crate::series::{FunctionId, SiteId};

/// One leak, as far as one group of sites tells.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// What grows.
    pub subject: Subject,
    /// How sure it is.
    pub confidence: Confidence,
    /// The frame to open first.
    pub blame: Blame,
    /// Whether that is the user's own code.
    pub is_own: bool,
    /// The function that its id is made of.
    pub known_by: FunctionId,
    /// Growth in the shown sample type.
    pub growth: Growth,
    /// Growth by which suspects are ranked: live bytes, goroutines with what they are taken to hold.
    pub weight: f64,
    /// Growth of live memory in bytes; 0 for goroutines.
    pub live_growth: f64,
    /// What of it is never freed, in bytes an hour, if it is a leak of the heap of which a series shows so much.
    pub kept: Option<Slope>,
    /// Share of all growth of its kind, 0 to 1; `None` where nothing grew.
    pub share: Option<f64>,
    /// What speaks for it and against it, with the numbers.
    pub evidence: Vec<Evidence>,
    /// The stacks that carry the growth, largest first.
    pub sites: Vec<SiteGrowth>,
}

impl Candidate {
    /// What may have happened at its place, as far as it was weighed.
    pub fn posterior(&self) -> Option<&Posterior> {
        self.evidence.iter().find_map(Evidence::posterior)
    }

    /// Whether what grew there has most probably stopped.
    pub fn has_stopped(&self) -> bool {
        self.posterior().is_some_and(|posterior| posterior.best() == Class::Full)
    }

    /// How many more snapshots, as far apart, would make it high if it goes on so.
    pub fn more_snapshots(&self) -> Option<usize> {
        self.evidence.iter().find_map(|e| match e {
            Evidence::Probability { more, .. } => *more,
            _ => None,
        })
    }

    /// Takes back how many more snapshots would make it high.
    pub(crate) fn promise_nothing(&mut self) {
        for evidence in &mut self.evidence {
            if let Evidence::Probability { more, .. } = evidence {
                *more = None;
            }
        }
    }

    /// Whether it may well be a leak, and matters: such a place is not clean.
    pub fn is_undecided(&self) -> bool {
        let material = |e: &Evidence| matches!(e, Evidence::Material { held: true, .. });
        let capped =
            |e: &Evidence| matches!(e, Evidence::Offset { .. } | Evidence::TinyBlocks | Evidence::RuntimeOwn);
        let grew = |e: &Evidence| matches!(e, Evidence::Significance { q_value, .. } if *q_value <= Criteria::HIGH_Q);
        let of_pair = self.evidence.contains(&Evidence::TwoSnapshots) && self.evidence.iter().any(grew);
        (of_pair || self.posterior().is_some_and(|posterior| posterior.leak() >= policy::UNDECIDED))
            && self.evidence.iter().any(material)
            && !self.evidence.iter().any(capped)
    }

    /// Whether it would be surer if less growth mattered: it is below the threshold, and nothing else speaks against it.
    pub fn is_below_min_growth(&self) -> bool {
        let below = |e: &Evidence| matches!(e, Evidence::Material { held: false, per_day: Some(rate), min_growth, .. } if rate < min_growth);
        let capped = |e: &Evidence| {
            matches!(
                e,
                Evidence::Offset { .. }
                    | Evidence::TinyBlocks
                    | Evidence::RuntimeOwn
                    | Evidence::UncertainSampling
            )
        };
        self.posterior().is_some_and(|posterior| posterior.leak() >= policy::MEDIUM)
            && self.evidence.iter().any(below)
            && !self.evidence.iter().any(capped)
    }

    /// The most that is said of it because of what it is, and not because there is too little of it.
    pub fn limit(&self) -> Option<Confidence> {
        let of = |evidence: &Evidence| match evidence {
            Evidence::TinyBlocks
            | Evidence::RuntimeOwn
            | Evidence::Offset { .. }
            | Evidence::WithLoad
            | Evidence::LoadGrows
            | Evidence::PassingWait => Some(Confidence::Low),
            Evidence::NetworkWait => Some(self.confidence.min(Confidence::Medium)),
            Evidence::UncertainSampling | Evidence::BusyPlace | Evidence::Spread { .. } => {
                Some(Confidence::Medium)
            }
            _ => None,
        };
        self.evidence.iter().filter_map(of).min()
    }

    /// Whether the garbage collector proved it, whatever was counted.
    pub fn is_proved(&self) -> bool {
        self.evidence.iter().any(|evidence| matches!(evidence, Evidence::Proved(_)))
    }
}

/// One stack of a suspect.
#[derive(Clone, Debug)]
pub struct SiteGrowth {
    /// The site in its track.
    pub site: SiteId,
    /// Its growth in the shown sample type.
    pub growth: Growth,
}
