//! The rules about what source acquires and does not give back, a row each.

use super::case::Case;
use super::left_out::recogniser;
use super::rule::{Shown, alone};
use super::source_reading::quoted;
use super::{Certainty, RuleId};
use crate::source::{Fact, FactKind, Released};

/// A call whose result has to be given back.
struct GivenBack {
    id: RuleId,
    /// What gives it back.
    release: &'static str,
    /// The calls, as written, with or without what stands in front of the dot; empty for all.
    calls: &'static [&'static str],
    /// How sure it is at most where no goroutines explain what is kept; `None`: as sure with them.
    at_most: Option<Certainty>,
}

/// The first that fits counts.
static GIVEN_BACK: &[GivenBack] = &[
    row(RuleId::ContextNotCancelled, "cancel", &[]),
    row(RuleId::ContextNotCancelled, "stop", &[]),
    // Since Go 1.23 a ticker that nothing refers to is collected though it was not stopped.
    GivenBack { at_most: Some(Certainty::Medium), ..row(RuleId::TimerNotStopped, "Stop", &[]) },
    row(RuleId::HttpBodyNotClosed, "Body.Close", &[]),
    row(RuleId::SqlRowsNotClosed, "Close", &["Query", "QueryContext"]),
    // No goroutine waits for a statement.
    GivenBack {
        at_most: Some(Certainty::High),
        ..row(RuleId::StatementNotClosed, "Close", &["Prepare", "PrepareContext"])
    },
    row(RuleId::TransactionNotEnded, "Commit", &[]),
    row(RuleId::TransactionNotEnded, "Rollback", &[]),
    row(RuleId::SqlOpenPerRequest, "Close", &["sql.Open"]),
    row(RuleId::FileNotClosed, "Close", &[]),
];

const fn row(id: RuleId, release: &'static str, calls: &'static [&'static str]) -> GivenBack {
    GivenBack { id, release, calls, at_most: None }
}

/// What the rows are called.
pub(super) fn parts() -> impl Iterator<Item = String> {
    GIVEN_BACK.iter().enumerate().map(|(at, row)| recogniser(row.id, "given back", at))
}

/// The row that fits, if the value is not given back, or not always.
pub(super) fn recognise(fact: &Fact, case: &Case<'_>) -> Option<(RuleId, Shown)> {
    let FactKind::Acquired { callee, release, released } = &fact.kind else { return None };
    let at = quoted(fact);
    let (sure, because) = match released {
        Released::Never => (Certainty::High, format!("{at} needs a {release} that is not there")),
        Released::NotAlways { line } => {
            (Certainty::Medium, format!("{at} needs a {release}, and line {line} leaves before it"))
        }
        Released::Here | Released::DeferredInLoop | Released::Elsewhere => return None,
    };
    let name = callee.rsplit('.').next().unwrap_or(callee);
    let is_call = |row: &GivenBack| {
        row.calls.is_empty() || row.calls.iter().any(|call| call == callee || *call == name)
    };
    let row = {
        let fits = |(at, row): &(usize, &GivenBack)| {
            row.release == *release && is_call(row) && !case.lacks_recogniser(row.id, "given back", *at)
        };
        GIVEN_BACK.iter().enumerate().find(fits)?.1
    };
    let certainty = row.at_most.map_or(sure, |most| sure.min(alone(case, most)));
    Some((row.id, Shown { certainty, because }))
}
