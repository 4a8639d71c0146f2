//! More work, and no leak as far as is seen.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{Rule, Shown, shown};

pub(super) const RULE: Rule = Rule { memory: &[with_load], ..Rule::ROWS };

fn with_load(case: &Case<'_>) -> Option<Shown> {
    if !case.with_load {
        return None;
    }
    let what = if case.waits.is_empty() {
        "more is allocated than before, and what is allocated lives no longer"
    } else {
        "the rest of the program allocates faster in the same measure"
    };
    shown(Certainty::Medium, what)
}
