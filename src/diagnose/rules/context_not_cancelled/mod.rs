//! Contexts that nobody cancels.

use crate::diagnose::case::{Case, HeapSite};
use crate::diagnose::rule::{MOST, Rule, SOME, Shown, alone, by_count, shown};
use crate::diagnose::symbols::{CONTEXT_CALLS, CONTEXTS, GRPC_STREAM};
use crate::profile::display_function;

pub(super) const RULE: Rule = Rule {
    memory: &[pile_up],
    advice: &[
        ("gRPC streams", |case| case.share_waiting(|function| GRPC_STREAM.has(function)) > MOST),
        ("a loop that never ends", |case| made_in_a_loop(case).is_some()),
    ],
    ..Rule::ROWS
};

fn pile_up(case: &Case<'_>) -> Option<Shown> {
    let sampled = case.sampled_under(|function| CONTEXTS.has(function));
    if sampled < SOME {
        return None;
    }
    let mut what =
        "contexts that can be cancelled pile up: a parent keeps each until it is cancelled".to_owned();
    if let Some(function) = made_in_a_loop(case) {
        what += &format!(
            "; {} makes them in a loop that still runs, where a `defer cancel()` is not reached",
            display_function(function)
        );
    }
    shown(alone(case, by_count(sampled)), what)
}

/// The function that makes all contexts which pile up, if it is the outermost own function of a goroutine that is still
/// running: it makes them in a loop.
fn made_in_a_loop<'a>(case: &Case<'a>) -> Option<&'a str> {
    let makes = |site: &&HeapSite<'_>| site.called().iter().any(|function| CONTEXT_CALLS.has(function));
    let mut functions = case.heap.iter().filter(makes).map(|site| {
        let own = site.own?;
        let is_outermost = site.stack[own + 1..].iter().all(|function| function.starts_with("runtime."));
        Some(site.stack[own]).filter(|_| is_outermost)
    });
    let first = functions.next()??;
    let is_running = case.running.is_some_and(|running| running.contains(first));
    (is_running && functions.all(|function| function == Some(first))).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::case::SizeGrowth;
    use crate::diagnose::name_cause;
    use std::collections::BTreeSet;

    #[test]
    fn a_loop_that_never_ends_runs_no_deferred_cancel() {
        let running = BTreeSet::from(["main.(*worker).run"]);
        let stack = ["context.withCancel", "context.WithCancel", "main.(*worker).run"];
        let case = Case {
            heap: vec![HeapSite::made(&stack, Some(2), &[SizeGrowth::kept(80, 9000.0, 12)])],
            ..Case::new(Some(&running))
        };
        assert_eq!(made_in_a_loop(&case), Some("main.(*worker).run"));
        let cause = name_cause(&case);
        assert_eq!(cause.entry.id, "context-not-cancelled");
        assert!(cause.advice.contains("never run"), "{}", cause.advice);
        let handler =
            ["context.withCancel", "context.WithCancel", "main.(*worker).run", "net/http.(*conn).serve"];
        let case = Case {
            heap: vec![HeapSite::made(&handler, Some(2), &[SizeGrowth::kept(80, 9000.0, 12)])],
            ..case
        };
        assert_eq!(made_in_a_loop(&case), None);
    }

    #[test]
    fn a_stream_is_told_by_the_goroutine_beside_it() {
        let stack = ["runtime.selectgo", "google.golang.org/grpc.newClientStream.func5"];
        let cause = name_cause(&Case::waiting(&stack, None));
        assert_eq!(cause.entry.id, "context-not-cancelled");
        assert!(cause.because[0].contains("stream") && cause.advice.contains("cancel"));
    }
}
