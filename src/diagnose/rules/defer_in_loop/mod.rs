//! Deferred calls of a loop, which are kept until the function returns.

use crate::diagnose::Certainty;
use crate::diagnose::case::{Case, agree};
use crate::diagnose::rule::{ENOUGH, Rule, Shown, shown};
use crate::diagnose::source_reading::quoted;
use crate::source::{Fact, FactKind, Released};

/// `sizeof(runtime._defer)` on 64-bit machines since Go 1.22.
pub(crate) const DEFER_RECORD: i64 = 48;

pub(super) const RULE: Rule =
    Rule { memory: &[records_accumulate], facts: &[deferred_in_a_loop], ..Rule::ROWS };

/// A deferred call in a loop makes a record on the heap each time; all are kept until the function returns, so the
/// function has to be running.
pub(super) fn records_accumulate(case: &Case<'_>) -> Option<Shown> {
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
        let what =
            format!("records of deferred calls (48 bytes each) accumulate at line {}{runs}", site.line);
        let certainty = match (mostly_kept, with_closure, case.running.is_some()) {
            (true, true, true) => Certainty::High,
            (true, true, false) | (true, false, true) => Certainty::Medium,
            _ => Certainty::Low,
        };
        return shown(certainty, what);
    }
    None
}

fn deferred_in_a_loop(fact: &Fact, _: &Case<'_>) -> Option<Shown> {
    let at = quoted(fact);
    match &fact.kind {
        FactKind::Deferred { call, in_loop: true } => shown(
            Certainty::High,
            format!(
                "{at} defers {call} in a loop: it runs when the function returns, not when the turn ends"
            ),
        ),
        FactKind::Acquired { released: Released::DeferredInLoop, .. } => {
            let what = format!("{at} is given back by a defer in a loop, so only when the function returns");
            shown(Certainty::High, what)
        }
        _ => None,
    }
}
