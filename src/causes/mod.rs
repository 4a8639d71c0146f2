//! The rule catalogue: names the cause of a suspect from its evidence, with a confidence of its own.
//!
//! A rule is a page of text in `catalogue/` (what it means, what looks like it, what to change) and a recogniser, a
//! pure function from [`Case`] to a finding. The surest finding names the cause; of equally sure ones the more
//! specific, which comes first in the lists below.

mod advice;
mod case;
mod catalogue;
mod heap;
mod libraries;
mod places;
mod references;
mod sourced;
mod tables;
mod waits;

pub use case::{Case, HeapSite, PileUp, SizeGrowth, WaitSite};
pub(crate) use heap::DEFER_RECORD;
pub(crate) use places::{BACKGROUND_READ, SERVE};
pub(crate) use tables::may_be_table;

pub use catalogue::{Entry, entries, entry};

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
}

impl Cause {
    /// A cause for which nothing speaks.
    pub fn unsure(entry: &'static Entry) -> Cause {
        let (certainty, advice) = (Certainty::Low, entry.advice);
        Cause { entry, advice, certainty, because: Vec::new(), runner_up: None }
    }
}

/// What a recogniser found.
#[derive(Clone, Debug, PartialEq)]
struct Finding {
    id: &'static str,
    certainty: Certainty,
    because: String,
}

/// A finding as the recognisers write it.
fn finding(id: &'static str, certainty: Certainty, because: impl Into<String>) -> Option<Finding> {
    Some(Finding { id, certainty, because: because.into() })
}

/// Names the cause of a suspect.
///
/// Goroutines that can never end are the cause of the memory they hold, so what they wait in comes before what is
/// allocated. Where source was read, it comes first of all.
pub fn name_cause(case: &Case<'_>) -> Cause {
    let mut findings: Vec<Finding> = Vec::new();
    // Where a value is kept that goroutines hold anyhow is a guess, and what they wait in comes before it.
    let (read, guessed): (Vec<Finding>, Vec<Finding>) = sourced::recognise(case)
        .into_iter()
        .partition(|finding| case.waits.is_empty() || finding.certainty > Certainty::Low);
    findings.extend(read);
    findings.extend(waits::recognise(case));
    findings.extend(guessed);
    findings.extend(heap::recognise(case));
    for finding in &mut findings {
        let unverified = entry(finding.id).is_some_and(|entry| entry.unverified);
        if unverified || (case.with_load && finding.id != "growth-with-load") {
            finding.certainty = Certainty::Low;
        }
    }
    // A stable sort: of equally sure findings the first stays first.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.certainty));
    let fallback = if case.waits.is_empty() { "unknown-growth" } else { "goroutine-growing" };
    let Some(best) = findings.first().cloned() else {
        let entry = entry(fallback).unwrap_or(&entries()[0]);
        return Cause::unsure(entry);
    };
    let close = |other: &&Finding| other.id != best.id && other.certainty == best.certainty;
    let runner_up = findings.iter().find(close).filter(|_| best.certainty < Certainty::High);
    let entry_of_best = entry(best.id).unwrap_or(&entries()[0]);
    Cause {
        entry: entry_of_best,
        advice: advice::advice(best.id, case).unwrap_or(entry_of_best.advice),
        certainty: best.certainty,
        because: findings.iter().filter(|f| f.id == best.id).map(|f| f.because.clone()).collect(),
        runner_up: runner_up.and_then(|finding| entry(finding.id)),
    }
}
