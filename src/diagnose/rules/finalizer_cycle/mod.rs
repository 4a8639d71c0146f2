//! Finalizers on values that refer back to themselves.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{Rule, Shown, shown};
use crate::diagnose::source_reading::quoted;
use crate::source::{Fact, FactKind};

pub(super) const RULE: Rule = Rule { facts: &[set_on_a_cycle], ..Rule::ROWS };

fn set_on_a_cycle(fact: &Fact, _: &Case<'_>) -> Option<Shown> {
    let FactKind::FinalizerSet { cyclic: true } = fact.kind else { return None };
    let at = quoted(fact);
    let what =
        format!("{at} sets a finalizer on a value that refers back to itself, so it is never collected");
    shown(Certainty::High, what)
}
