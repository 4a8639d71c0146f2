//! Requests that nothing gives up on.

use crate::diagnose::rule::Rule;

pub(super) const RULE: Rule = Rule::ROWS;
