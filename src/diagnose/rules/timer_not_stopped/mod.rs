//! Timers and tickers that run on.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{Rule, Shown, shown};
use crate::diagnose::source_reading::{is_timer_channel, quoted};
use crate::source::{Fact, FactKind};

pub(super) const RULE: Rule = Rule { facts: &[waits_for_ticks], ..Rule::ROWS };

fn waits_for_ticks(fact: &Fact, _: &Case<'_>) -> Option<Shown> {
    let FactKind::WaitsToReceive { channel, .. } = &fact.kind else { return None };
    let what =
        || format!("{} waits for ticks that go on for ever, and nothing else ends the wait", quoted(fact));
    is_timer_channel(channel).then(|| shown(Certainty::High, what()))?
}
