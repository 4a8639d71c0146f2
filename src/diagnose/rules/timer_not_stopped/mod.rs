//! Timers and tickers that run on.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{Rule, SOME, Shown, shown};
use crate::diagnose::source_reading::{is_timer_channel, quoted};
use crate::diagnose::symbols::AFTER_FUNC;
use crate::source::{Fact, FactKind};

pub(super) const RULE: Rule = Rule {
    facts: &[waits_for_ticks],
    // What the function keeps may be much larger than its timer, so some timers are enough.
    advice: &[("a function that waits for its time", |case| {
        case.sampled_under(|function| AFTER_FUNC.has(function)) >= SOME
            || case.facts.iter().any(is_after_func)
    })],
    ..Rule::ROWS
};

/// Whether source starts a timer that nobody stops.
fn is_after_func(fact: &Fact) -> bool {
    matches!(&fact.kind, FactKind::Acquired { callee, .. } if callee == "time.AfterFunc")
        && fact.kind.leaves_open()
}

fn waits_for_ticks(fact: &Fact, _: &Case<'_>) -> Option<Shown> {
    let FactKind::WaitsToReceive { channel, .. } = &fact.kind else { return None };
    let what =
        || format!("{} waits for ticks that go on for ever, and nothing else ends the wait", quoted(fact));
    is_timer_channel(channel).then(|| shown(Certainty::High, what()))?
}

#[cfg(test)]
mod tests {
    use crate::diagnose::case::{HeapSite, SizeGrowth};
    use crate::diagnose::{Case, name_cause};

    #[test]
    fn a_function_that_waits_for_its_time_gets_its_own_advice() {
        for (made_by, advice) in [("time.AfterFunc", "timer.Stop()"), ("time.NewTicker", "ticker.Stop()")] {
            let stack = ["time.newTimer", made_by, "main.lend"];
            let kept = SizeGrowth::kept(4096, 2000.0, 16);
            let cause = name_cause(&Case::of_heap(vec![HeapSite::made(&stack, Some(2), &[kept])]));
            assert_eq!(cause.entry.id, "timer-not-stopped");
            assert!(cause.advice.contains(advice), "{}", cause.advice);
        }
    }
}
