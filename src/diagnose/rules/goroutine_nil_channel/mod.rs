//! Channels that were never made.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{MOST, Rule, Shown, shown};
use crate::diagnose::source_reading::{is_done, quoted};
use crate::diagnose::symbols::EMPTY_SELECT;
use crate::source::{Channel, Fact, FactKind};

pub(super) const RULE: Rule = Rule {
    waits: &[waits_for_nothing],
    facts: &[never_made],
    advice: &[("the end of a context", waits_for_done)],
    ..Rule::ROWS
};

fn waits_for_nothing(case: &Case<'_>) -> Option<Shown> {
    let never = |state: &str| state.contains("(nil chan)") || state == "select (no cases)";
    if case.share_in_state(never) > MOST {
        let what =
            "the dump says that they wait on a nil channel or in an empty select, which nothing can end";
        return shown(Certainty::High, what);
    }
    let is_empty_select = case.most_wait_in(&EMPTY_SELECT);
    is_empty_select.then(|| shown(Certainty::High, "they wait in an empty select, which nothing can end"))?
}

/// The channel that a goroutine waits on and that nothing makes.
fn unmade(fact: &Fact) -> Option<&Channel> {
    match &fact.kind {
        FactKind::WaitsToSend(channel) | FactKind::WaitsToReceive { channel, .. } => {
            Some(channel).filter(|channel| channel.never_made)
        }
        _ => None,
    }
}

fn never_made(fact: &Fact, _: &Case<'_>) -> Option<Shown> {
    let channel = unmade(fact)?;
    let what = format!("{} waits on {}, which is never made", quoted(fact), channel.expression);
    shown(Certainty::Medium, what)
}

/// Whether goroutines wait for the end of a context.
fn waits_for_done(case: &Case<'_>) -> bool {
    case.facts.iter().any(|fact| match &fact.kind {
        FactKind::WaitsToReceive { channel, .. } => is_done(channel),
        _ => false,
    })
}
