//! Rules about memory: what was allocated, in which sizes, by whose call.

use super::case::{Case, HeapSite, SizeGrowth};
use super::libraries::{expvar, http_connections, is_expvar_map, metrics, sql_connections, sql_statements};
use super::references::{listener, reference, subslice, substring};
use super::tables::{map, map_beside, map_near, split_tables};
use super::{Certainty, Finding, finding};
use crate::profile::display_function;

/// Below so many sampled objects no count says anything (docs/statistics.md: one sample stands for 512 KiB).
pub(super) const ENOUGH: i64 = 10;
/// So many sampled objects below a function that only this cause calls are no accident.
pub(super) const SOME: i64 = 2;
/// A cause explains a suspect if this share of its bytes shows it.
pub(super) const A_GOOD_PART: f64 = 0.3;
/// `sizeof(runtime._defer)` on 64-bit machines since Go 1.22.
pub(crate) const DEFER_RECORD: i64 = 48;
pub(super) fn recognise(case: &Case<'_>) -> Vec<Finding> {
    if case.heap.is_empty() {
        return Vec::new();
    }
    const RULES: [fn(&Case<'_>) -> Option<Finding>; 22] = [
        growth_with_load,
        finalizer_stuck,
        metrics,
        expvar,
        sql_statements,
        sql_connections,
        context,
        timer,
        defer_in_loop,
        file,
        sync_map,
        pool,
        map,
        map_beside,
        split_tables,
        queue,
        slice,
        http_connections,
        subslice,
        substring,
        listener,
        map_near,
    ];
    let mut findings: Vec<Finding> = RULES.iter().filter_map(|rule| rule(case)).collect();
    findings.extend(reference(case));
    findings
}

/// A rule that speaks about memory alone is less sure where goroutines that wait explain it as well.
pub(super) fn alone(case: &Case<'_>, certainty: Certainty) -> Certainty {
    if case.waits.is_empty() { certainty } else { Certainty::Low }
}

fn growth_with_load(case: &Case<'_>) -> Option<Finding> {
    case.with_load.then(|| {
        let what = if case.waits.is_empty() {
            "more is allocated than before, and what is allocated lives no longer"
        } else {
            "the rest of the program allocates faster in the same measure"
        };
        finding("growth-with-load", Certainty::Medium, what)
    })?
}

fn finalizer_stuck(case: &Case<'_>) -> Option<Finding> {
    let function = case.stuck_finalizer?;
    let what = format!("a finalizer or cleanup is stuck in {function}, and all others wait behind it");
    finding("finalizer-stuck", alone(case, Certainty::Medium), what)
}

fn context(case: &Case<'_>) -> Option<Finding> {
    let makes = |function: &str| {
        function.starts_with("context.With") && function != "context.WithValue"
            || function.starts_with("context.withCancel")
            || function.starts_with("context.newCancelCtx")
            || function.starts_with("context.(*cancelCtx).")
    };
    let sampled = case.sampled_under(makes);
    let certainty = if sampled >= ENOUGH { Certainty::High } else { Certainty::Medium };
    (sampled >= SOME).then(|| {
        let mut what =
            "contexts that can be cancelled pile up: a parent keeps each until it is cancelled".to_owned();
        if let Some(function) = contexts_of_a_loop(case) {
            what += &format!(
                "; {} makes them in a loop that still runs, where a `defer cancel()` is not reached",
                display_function(function)
            );
        }
        finding("context-not-cancelled", alone(case, certainty), what)
    })?
}

/// The function that makes all contexts which pile up, if it is the outermost own function of a goroutine that is still
/// running: it makes them in a loop.
pub(super) fn contexts_of_a_loop<'a>(case: &Case<'a>) -> Option<&'a str> {
    let makes = |site: &&HeapSite<'_>| site.called().iter().any(|f| f.starts_with("context.With"));
    let mut functions = case.heap.iter().filter(makes).map(|site| {
        let own = site.own?;
        let is_outermost = site.stack[own + 1..].iter().all(|function| function.starts_with("runtime."));
        Some(site.stack[own]).filter(|_| is_outermost)
    });
    let first = functions.next()??;
    let is_running = case.running.is_some_and(|running| running.contains(first));
    (is_running && functions.all(|function| function == Some(first))).then_some(first)
}

fn timer(case: &Case<'_>) -> Option<Finding> {
    let makes = |function: &str| {
        ["time.NewTicker", "time.NewTimer", "time.newTimer", "time.AfterFunc", "time.After", "time.Tick"]
            .contains(&function)
    };
    let of_context =
        |site: &&HeapSite<'_>| site.called().iter().any(|function| function.starts_with("context."));
    let sites = case.heap.iter().filter(|site| !of_context(site));
    let making = sites.filter(|s| s.called().iter().any(|f| makes(f)));
    let sampled = making.map(HeapSite::sampled).fold(0, i64::saturating_add);
    let certainty = if sampled >= ENOUGH { Certainty::High } else { Certainty::Medium };
    (sampled >= SOME).then(|| {
        finding(
            "timer-not-stopped",
            alone(case, certainty),
            "timers or tickers pile up that are still running",
        )
    })?
}

/// A deferred call in a loop makes a record on the heap each time; all are kept until the function returns, so the
/// function has to be running.
fn defer_in_loop(case: &Case<'_>) -> Option<Finding> {
    for site in case.heap.iter().filter(|site| site.is_direct()) {
        let function = site.stack[0];
        let records = site.sizes.iter().find(|size| size.size == DEFER_RECORD && size.sampled >= ENOUGH);
        let Some(records) = records else { continue };
        // The records are freed when the function returns, so one that does not run has left none.
        if case.running.is_some_and(|running| !running.contains(function)) {
            continue;
        }
        let mostly_kept = records.freed.saturating_mul(4) <= records.allocated;
        let same_line = case.heap.iter().filter(|other| other.is_direct() && other.stack[0] == function);
        let with_closure = same_line
            .filter(|other| other.line == site.line)
            .flat_map(|other| &other.sizes)
            .any(|size| (8..=64).contains(&size.size) && size.size != DEFER_RECORD && agree(size, records));
        let runs =
            if case.running.is_some() { format!(", and {function} is still running") } else { String::new() };
        let what = format!("records of deferred calls (48 bytes each) pile up at line {}{runs}", site.line);
        let certainty = match (mostly_kept, with_closure, case.running.is_some()) {
            (true, true, true) => Certainty::High,
            (true, true, false) | (true, false, true) => Certainty::Medium,
            _ => Certainty::Low,
        };
        return finding("defer-in-loop", certainty, what);
    }
    None
}

/// Whether two counts are equal within two standard errors of their difference, and known well enough to say so.
pub(super) fn agree(a: &SizeGrowth, b: &SizeGrowth) -> bool {
    let error = a.error.hypot(b.error);
    a.objects > 0.0 && (a.objects - b.objects).abs() <= 2.0 * error && a.error <= 0.5 * a.objects
}

fn file(case: &Case<'_>) -> Option<Finding> {
    let opens = |function: &str| {
        ["os.newFile", "net.newFD", "internal/poll.(*FD).Init", "os.newUnixDirent"].contains(&function)
    };
    let sampled = case.sampled_under(opens);
    // Deferred calls that pile up beside them are why.
    let certainty = match defer_in_loop(case) {
        Some(_) => Certainty::Low,
        None if sampled >= ENOUGH => Certainty::High,
        None => Certainty::Medium,
    };
    (sampled >= SOME)
        .then(|| finding("file-not-closed", alone(case, certainty), "open files or connections pile up"))?
}

fn sync_map(case: &Case<'_>) -> Option<Finding> {
    let of_map = |function: &str| function.starts_with("sync.(*Map).");
    let node = |function: &str| {
        function.starts_with("internal/sync.newIndirectNode")
            || function.starts_with("internal/sync.newEntryNode")
            || function.starts_with("internal/sync.(*HashTrieMap")
            || function.starts_with("sync.newIndirectNode")
            || function.starts_with("sync.newEntryNode")
            || function.starts_with("sync.(*HashTrieMap")
            || function.starts_with("sync.newEntry")
            || function.starts_with("sync.(*Map).dirtyLocked")
    };
    let is_here = |site: &&HeapSite<'_>| {
        let called = site.called();
        called.iter().any(|f| of_map(f) || node(f)) && !called.iter().any(|f| is_expvar_map(f))
    };
    let sampled = case.heap.iter().filter(is_here).map(HeapSite::sampled).fold(0, i64::saturating_add);
    let certainty = if sampled >= ENOUGH { Certainty::High } else { Certainty::Medium };
    (sampled >= SOME).then(|| {
        finding(
            "unbounded-sync-map",
            alone(case, certainty),
            "the nodes of a sync.Map pile up with its entries",
        )
    })?
}

fn pool(case: &Case<'_>) -> Option<Finding> {
    let from_pool = |site: &&HeapSite<'_>| site.stack.contains(&"sync.(*Pool).Get");
    let bytes: f64 = case.heap.iter().filter(from_pool).map(HeapSite::bytes).sum();
    (bytes >= A_GOOD_PART * case.heap_growth() && bytes > 0.0).then(|| {
        let what =
            "the memory was made for a sync.Pool, which keeps what is put back however large it has become";
        finding("pool-oversized-buffers", alone(case, Certainty::Medium), what)
    })?
}

fn queue(case: &Case<'_>) -> Option<Finding> {
    let adds = |function: &str| {
        function.starts_with("container/list.(*List).") || function.starts_with("container/heap.Push")
    };
    (case.sampled_under(adds) >= SOME).then(|| {
        let what = "the elements of a linked list or heap pile up: more is put in than taken out";
        finding("unbounded-queue", alone(case, Certainty::Medium), what)
    })?
}

fn slice(case: &Case<'_>) -> Option<Finding> {
    let grows = |function: &&str| {
        ["bytes.growSlice", "slices.Grow[...]", "slices.Insert[...]", "bytes.(*Buffer).grow"]
            .contains(function)
    };
    let is_container =
        |site: &&HeapSite<'_>| site.climbs && (site.is_direct() || site.called().iter().any(grows));
    if let Some(site) = case.heap.iter().find(is_container) {
        let what =
            format!("at line {} one slice or buffer was replaced by bigger and bigger ones", site.line);
        return finding("unbounded-slice", alone(case, Certainty::Medium), what);
    }
    case.containers_grow.then(|| {
        let what = "live objects became larger and larger, as slices do that are appended to";
        finding("unbounded-slice", alone(case, Certainty::Low), what)
    })?
}

#[cfg(test)]
mod tests {
    use super::super::name_cause;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_loop_that_never_ends_runs_no_deferred_cancel() {
        let running = BTreeSet::from(["main.(*worker).run"]);
        let stack = ["context.withCancel", "context.WithCancel", "main.(*worker).run"];
        let case = Case {
            heap: vec![HeapSite::made(&stack, Some(2), &[SizeGrowth::kept(80, 9000.0, 12)])],
            ..Case::new(Some(&running))
        };
        assert_eq!(contexts_of_a_loop(&case), Some("main.(*worker).run"));
        let cause = name_cause(&case);
        assert_eq!(cause.entry.id, "context-not-cancelled");
        assert!(cause.advice.contains("never run"), "{}", cause.advice);
        let handler =
            ["context.withCancel", "context.WithCancel", "main.(*worker).run", "net/http.(*conn).serve"];
        let case = Case {
            heap: vec![HeapSite::made(&handler, Some(2), &[SizeGrowth::kept(80, 9000.0, 12)])],
            ..case
        };
        assert_eq!(contexts_of_a_loop(&case), None);
    }
}
