//! Pools of connections that are opened again and again.

use crate::diagnose::rule::Rule;

pub(super) const RULE: Rule = Rule::ROWS;
