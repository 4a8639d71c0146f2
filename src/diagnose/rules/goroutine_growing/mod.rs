//! Goroutines that pile up where no other rule fits.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{MOST, Rule, Shown, shown};
use crate::diagnose::source_reading::{is_pause, quoted};
use crate::diagnose::symbols::{
    HTTP_BACKGROUND_READ, HTTP_READS_HEAD, HTTP_SERVE, NETWORK_WAIT, PULLED, SLEEP,
};
use crate::source::{Fact, FactKind};

pub(super) const RULE: Rule = Rule {
    waits: &[iterators, served_connections, run_or_sleep],
    facts: &[waits_for_a_time],
    advice: &[("heads of requests", reads_heads), ("iterators", are_pulled)],
    ..Rule::ROWS
};

/// Whether most of them are iterators of `iter.Pull` that wait for the next value to be asked for.
fn are_pulled(case: &Case<'_>) -> bool {
    case.share_standing(|site| site.waits_in().is_some_and(|(_, function)| PULLED.has(function))) > MOST
}

fn iterators(case: &Case<'_>) -> Option<Shown> {
    let what = "each runs an iterator for iter.Pull that was neither read to its end nor stopped";
    are_pulled(case).then(|| shown(Certainty::High, what))?
}

/// Whether most of them serve connections of an HTTP server on which the head of a request has not come to its end.
fn reads_heads(case: &Case<'_>) -> bool {
    case.share_waiting(|function| HTTP_READS_HEAD.has(function)) > MOST
}

/// Connections of a server, whose number follows that of the peers, so never sure by themselves.
fn served_connections(case: &Case<'_>) -> Option<Shown> {
    if case.share_waiting(|function| HTTP_BACKGROUND_READ.has(function)) > MOST {
        let what =
            "each waits beside a handler of net/http that has not returned: see what the handlers wait for";
        return shown(Certainty::Low, what);
    }
    let are_served = case.share_waiting(|function| HTTP_SERVE.has(function)) > MOST
        && case.share_waiting(|function| NETWORK_WAIT.has(function)) > MOST;
    let what = match reads_heads(case) {
        true => {
            "they read the head of a request that does not come to its end: clients that are slow, or mean to be; \
             ReadHeaderTimeout of http.Server ends them"
        }
        false => "they serve connections that clients keep open: IdleTimeout of http.Server ends idle ones",
    };
    are_served.then(|| shown(Certainty::Low, what))?
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
    fn iterators_that_are_not_stopped_are_told_by_where_they_wait() {
        let stack =
            ["runtime.coroswitch", "iter.Pull[...].func1.1", "main.scan.func1", "iter.Pull[...].func1"];
        let cause = name_cause(&Case::waiting(&stack, Some(2)));
        assert_eq!((cause.entry.id, cause.certainty), ("goroutine-growing", Certainty::High));
        assert!(cause.advice.contains("defer stop()"), "{}", cause.advice);
        // What an iterator itself waits for is another matter.
        let stack = ["runtime.gopark", "runtime.chanrecv", "main.scan.func1", "iter.Pull[...].func1"];
        assert_eq!(name_cause(&Case::waiting(&stack, Some(2))).entry.id, "goroutine-blocked-receive");
    }
}
