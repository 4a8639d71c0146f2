//! Receivers to whom nothing comes.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::library_waits::{Blocked, in_library};
use crate::diagnose::rule::{Rule, Shown, shown};
use crate::diagnose::source_reading::{is_done, is_pause, is_timer_channel, quoted};
use crate::diagnose::symbols::CHANNEL_RECEIVE;
use crate::source::{Fact, FactKind};

const RECEIVE: Blocked = Blocked { frames: &CHANNEL_RECEIVE, state: "chan receive" };

pub(super) const RULE: Rule = Rule {
    waits: &[waits_to_receive],
    facts: &[receives],
    advice: &[("a wait inside a library", in_library)],
    ..Rule::ROWS
};

fn waits_to_receive(case: &Case<'_>) -> Option<Shown> {
    // Who waits for the end of a context does as it should, and whoever does not cancel it is another rule's.
    let waits_for_done = |fact: &Fact| matches!(&fact.kind, FactKind::WaitsToReceive { channel, .. } if is_done(channel) && !channel.never_made);
    if case.facts.iter().any(waits_for_done) {
        return None;
    }
    RECEIVE.shown(
        case,
        "to receive from a channel",
        " on which nobody sends, or too seldom, and that nobody closes",
    )
}

fn receives(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let FactKind::WaitsToReceive { channel, .. } = &fact.kind else { return None };
    let is_other = channel.never_made
        || channel.is_closed
        || is_timer_channel(channel)
        || is_pause(channel)
        || is_done(channel);
    let what = || {
        format!("{} receives from {}, which nothing in its package closes", quoted(fact), channel.expression)
    };
    (!case.waits.is_empty() && !is_other).then(|| shown(Certainty::Medium, what()))?
}
