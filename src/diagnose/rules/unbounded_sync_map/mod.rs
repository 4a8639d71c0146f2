//! A sync.Map that only grows.

use crate::diagnose::case::Case;
use crate::diagnose::rule::{Rule, Shown};
use crate::diagnose::source_reading::handed;
use crate::source::Fact;

pub(super) const RULE: Rule = Rule { facts: &[put_in], ..Rule::ROWS };

fn put_in(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    const METHODS: [&str; 4] = ["Store", "LoadOrStore", "Swap", "CompareAndSwap"];
    handed(fact, case, |_, receiver, method| receiver == "sync.Map" && METHODS.contains(&method))
}
