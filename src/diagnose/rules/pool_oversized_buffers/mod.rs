//! Buffers that a pool keeps however large they have become.

use crate::diagnose::Certainty;
use crate::diagnose::case::{Case, HeapSite};
use crate::diagnose::rule::{A_GOOD_PART, Rule, Shown, alone, shown};
use crate::diagnose::source_reading::{quoted, stored};
use crate::diagnose::symbols::POOL;
use crate::source::{Fact, FactKind};

pub(super) const RULE: Rule = Rule { memory: &[made_for_a_pool], facts: &[put_back], ..Rule::ROWS };

fn made_for_a_pool(case: &Case<'_>) -> Option<Shown> {
    let from_pool = |site: &&HeapSite<'_>| site.stack.iter().any(|function| POOL.has(function));
    let bytes: f64 = case.heap.iter().filter(from_pool).map(HeapSite::bytes).sum();
    let what =
        "the memory was made for a sync.Pool, which keeps what is put back however large it has become";
    (bytes >= A_GOOD_PART * case.heap_growth() && bytes > 0.0)
        .then(|| shown(alone(case, Certainty::Medium), what))?
}

fn put_back(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let FactKind::PassedTo { callee, receiver_type: Some(receiver), .. } = &fact.kind else { return None };
    let is_put = receiver.trim_start_matches('*') == "sync.Pool" && callee.rsplit('.').next() == Some("Put");
    is_put.then(|| shown(stored(case), format!("{} hands it to {callee}", quoted(fact))))?
}
