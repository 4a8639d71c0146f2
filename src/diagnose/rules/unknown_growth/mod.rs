//! Memory that grows where no other rule fits.

use crate::diagnose::rule::Rule;

pub(super) const RULE: Rule = Rule::ROWS;
