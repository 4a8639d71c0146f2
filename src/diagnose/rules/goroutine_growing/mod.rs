//! Goroutines that accumulate where no other rule fits.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{MOST, Rule, Shown, shown};
use crate::diagnose::source_reading::{is_pause, quoted};
use crate::diagnose::symbols::{HTTP_BACKGROUND_READ, SLEEP};
use crate::source::{Fact, FactKind};

pub(super) const RULE: Rule =
    Rule { waits: &[beside_handlers, run_or_sleep], facts: &[waits_for_a_time], ..Rule::ROWS };

fn beside_handlers(case: &Case<'_>) -> Option<Shown> {
    let what =
        "each waits beside a handler of net/http that has not returned: see what the handlers wait for";
    case.most_wait_in(&HTTP_BACKGROUND_READ).then(|| shown(Certainty::Low, what))?
}

fn run_or_sleep(case: &Case<'_>) -> Option<Shown> {
    let own_end = |state: &str| ["sleep", "running", "runnable", "syscall"].contains(&state);
    let asleep = case.share_waiting(|function| SLEEP.has(function)).max(case.share_in_state(own_end));
    (asleep > MOST).then(|| shown(Certainty::Medium, "they run or sleep; more are started than end"))?
}

fn waits_for_a_time(fact: &Fact, _: &Case<'_>) -> Option<Shown> {
    let FactKind::WaitsToReceive { channel, .. } = &fact.kind else { return None };
    let what = || format!("{} waits for a time to pass: more are started than end", quoted(fact));
    is_pause(channel).then(|| shown(Certainty::Medium, what()))?
}

#[cfg(test)]
mod tests {
    use crate::diagnose::{Case, Certainty, name_cause};

    #[test]
    fn who_sleeps_or_waits_beside_a_handler_only_accumulates() {
        let named = |stack: &[&'static str]| {
            let cause = name_cause(&Case::waiting(stack, Some(1)));
            (cause.entry.id, cause.certainty)
        };
        assert_eq!(named(&["time.Sleep", "main.poll"]), ("goroutine-growing", Certainty::Medium));
        assert_eq!(named(&["main.compute", "main.run"]), ("goroutine-growing", Certainty::Low));
        // Who waits for a lock has a name.
        assert_eq!(named(&["sync.(*Mutex).Lock", "main.poll"]).0, "goroutine-blocked-lock");
    }
}
