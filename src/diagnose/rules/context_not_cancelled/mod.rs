//! Contexts that nobody cancels.

use crate::diagnose::Certainty;
use crate::diagnose::case::{Case, HeapSite};
use crate::diagnose::rule::{Rule, SOME, Shown, alone, by_count, shown};
use crate::diagnose::source_reading::{is_done, quoted};
use crate::diagnose::symbols::{CONTEXT_CALLS, CONTEXTS, GRPC_OPENS_STREAM};
use crate::profile::display_function;
use crate::source::{Fact, FactKind, Released};

pub(super) const RULE: Rule = Rule {
    memory: &[accumulate],
    facts: &[waits_for_done],
    advice: &[
        ("a loop that never ends", |case| made_in_a_loop(case).is_some()),
        ("a function that does not return", |case| case.facts.iter().any(is_cancelled_here)),
    ],
    ..Rule::ROWS
};

fn accumulate(case: &Case<'_>) -> Option<Shown> {
    // Those of streams are another rule's.
    let made = |site: &&HeapSite<'_>| site.calls(&CONTEXTS) && !site.calls(&GRPC_OPENS_STREAM);
    let sampled = case.heap.iter().filter(made).map(HeapSite::sampled).fold(0, i64::saturating_add);
    if sampled < SOME {
        return None;
    }
    let mut what =
        "contexts that can be cancelled accumulate: a parent keeps each until it is cancelled".to_owned();
    if let Some(function) = made_in_a_loop(case) {
        what += &format!(
            "; {} makes them in a loop that still runs, where a `defer cancel()` is not reached",
            display_function(function)
        );
    }
    shown(alone(case, by_count(sampled)), what)
}

/// What waits for the end of a context and nothing else waits for its `cancel`.
fn waits_for_done(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let FactKind::WaitsToReceive { channel, .. } = &fact.kind else { return None };
    let what = || format!("{} waits for the end of a context that nobody cancels", quoted(fact));
    (!case.waits.is_empty() && is_done(channel) && !channel.never_made)
        .then(|| shown(Certainty::Medium, what()))?
}

/// Whether the function that made a context cancels it: then it has not come so far.
fn is_cancelled_here(fact: &Fact) -> bool {
    matches!(fact.kind, FactKind::Acquired { release: "cancel", released: Released::Here, .. })
}

/// The function that makes all contexts which accumulate, if it is the outermost own function of a goroutine that is still
/// running: it makes them in a loop.
fn made_in_a_loop<'a>(case: &Case<'a>) -> Option<&'a str> {
    let makes = |site: &&HeapSite<'_>| site.calls(&CONTEXT_CALLS);
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
    use crate::diagnose::source_reading::made::fact;
    use crate::source::Channel;
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
    fn a_context_whose_cancel_is_deferred_stays_with_a_function_that_does_not_return() {
        let advice = |released| {
            let acquired =
                FactKind::Acquired { callee: "context.WithCancel".to_owned(), release: "cancel", released };
            let stack = ["context.withCancel", "context.WithCancel", "main.handle", "net/http.(*conn).serve"];
            let heap = vec![HeapSite::made(&stack, Some(2), &[SizeGrowth::kept(80, 9000.0, 12)])];
            let cause = name_cause(&Case { heap, facts: vec![fact(acquired)], ..Case::new(None) });
            assert_eq!(cause.entry.id, "context-not-cancelled");
            cause.advice
        };
        assert!(advice(Released::Here).contains("has not returned"));
        assert!(advice(Released::Never).starts_with("Call the `cancel`"));
    }

    #[test]
    fn who_waits_for_the_end_of_a_context_waits_for_its_cancel() {
        let channel = |never_made| Channel {
            expression: "ctx.Done()".to_owned(),
            capacity: None,
            is_closed: false,
            never_made,
        };
        let waits = |never_made, states: &[(&'static str, u64)]| {
            let fact = fact(FactKind::WaitsToReceive { channel: channel(never_made), ranged: false });
            let stack = ["runtime.gopark", "runtime.chanrecv1", "main.(*session).run"];
            let case = Case { facts: vec![fact], states: states.to_vec(), ..Case::waiting(&stack, Some(2)) };
            name_cause(&case).entry.id
        };
        assert_eq!(waits(false, &[]), "context-not-cancelled");
        // A dump's state is surer of the receive, and says no more.
        assert_eq!(waits(false, &[("chan receive", 100)]), "context-not-cancelled");
        assert_eq!(waits(true, &[]), "goroutine-nil-channel");
    }
}
