//! The diagnosis: names the cause of a suspect from its evidence, with a confidence of its own, and says what to change.
//!
//! A rule is a folder in `rules`: a page of text (what it means, what looks like it, what to change), the recognisers,
//! which are pure functions from [`Case`], and the cases that they were tried with. Rules that only ask who waits, who
//! allocates or what is not given back are rows of three tables (`waiting_at`, `allocated_under`, `given_back`).
//! Names of library functions stand in [`symbols`] and nowhere else. `ranking` says which finding names the cause.

mod allocated_under;
mod case;
mod given_back;
mod left_out;
mod library_waits;
mod map_tables;
mod outlet;
mod page;
mod ranking;
mod rule;
mod rules;
mod source_reading;
pub mod symbols;
mod waiting_at;

pub use case::{Case, GoroutinesBeside, HeapSite, SizeGrowth, WaitSite};
pub(crate) use map_tables::may_be_table;
pub use outlet::Outlet;
pub use page::Entry;
pub(crate) use rules::DEFER_RECORD;
pub use rules::{RuleId, entries, entry, parts};

use left_out::Part;
use outlet::outlet;
use ranking::{Finding, order};

/// How sure the name of a cause is. Whether it is a leak at all is the suspect's confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// The evidence fits, and fits other causes too.
    #[default]
    Low,
    /// The evidence fits this better than anything else.
    Medium,
    /// The evidence shows it.
    High,
}

impl Certainty {
    /// The word used in reports and in the JSON schema.
    pub fn name(self) -> &'static str {
        match self {
            Certainty::Low => "low",
            Certainty::Medium => "medium",
            Certainty::High => "high",
        }
    }
}

/// The named cause of a suspect.
#[derive(Clone, Debug)]
pub struct Cause {
    /// What it is and what to do.
    pub entry: &'static Entry,
    /// What to change: the entry's advice, or what fits the case better.
    pub advice: &'static str,
    /// How sure the name is.
    pub certainty: Certainty,
    /// What led to it, a sentence each.
    pub because: Vec<String>,
    /// The next best name, where it is close.
    pub runner_up: Option<&'static Entry>,
    /// How memory leaves what keeps it, where that is known.
    pub outlet: Option<Outlet>,
}

impl Cause {
    /// A cause for which nothing speaks.
    pub fn unsure(rule: RuleId) -> Cause {
        let entry = rule.entry();
        let (certainty, advice) = (Certainty::Low, entry.advice);
        Cause { entry, advice, certainty, because: Vec::new(), runner_up: None, outlet: None }
    }

    /// Whether it only says what goroutines wait in, and not what was forgotten.
    pub fn is_general(&self) -> bool {
        RuleId::named(self.entry.id).is_some_and(RuleId::is_general)
    }
}

/// Names the cause of a suspect: the first finding by `ranking`.
pub fn name_cause(case: &Case<'_>) -> Cause {
    let reduced = (!case.without.is_empty()).then(|| case.reduced());
    let case = reduced.as_ref().unwrap_or(case);
    let mut findings: Vec<Finding> = rules::recognise(case);
    findings.retain(|finding| !case.lacks_named(finding.id.name()));
    for finding in &mut findings {
        let unverified = finding.id.entry().unverified;
        if unverified
            || (case.with_load && !case.lacks(Part::LoadLowersOthers) && finding.id != RuleId::GrowthWithLoad)
        {
            finding.certainty = Certainty::Low;
        }
    }
    order(&mut findings, case);
    let Some(best) = findings.first() else {
        let memory = case.waits.is_empty();
        return Cause::unsure(if memory { RuleId::UnknownGrowth } else { RuleId::GoroutineGrowing });
    };
    let close = |other: &&Finding| other.id != best.id && other.certainty == best.certainty;
    let runner_up = findings.iter().find(close).filter(|_| best.certainty < Certainty::High);
    let mut because: Vec<String> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.id == best.id) {
        if !because.contains(&finding.because) {
            because.push(finding.because.clone());
        }
    }
    Cause {
        entry: best.id.entry(),
        advice: best.id.advice(case),
        certainty: best.certainty,
        because,
        runner_up: runner_up.map(|finding| finding.id.entry()),
        outlet: outlet(best, case),
    }
}
