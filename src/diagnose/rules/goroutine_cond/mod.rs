//! Waits for a Cond that nobody wakes.

use crate::diagnose::library_waits::in_library;
use crate::diagnose::rule::Rule;

pub(super) const RULE: Rule = Rule { advice: &[("a wait inside a library", in_library)], ..Rule::ROWS };
