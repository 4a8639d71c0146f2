//! A finalizer or cleanup that does not end, and holds up all others.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{Rule, Shown, alone, shown};

pub(super) const RULE: Rule = Rule { memory: &[stuck], ..Rule::ROWS };

fn stuck(case: &Case<'_>) -> Option<Shown> {
    let function = case.stuck_finalizer?;
    let what = format!("a finalizer or cleanup is stuck in {function}, and all others wait behind it");
    shown(alone(case, Certainty::Medium), what)
}
