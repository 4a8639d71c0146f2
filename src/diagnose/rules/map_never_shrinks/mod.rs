//! Maps that stay as large as they once were.

use super::unbounded_map::full_tables;
use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{Rule, Shown, alone, shown};

pub(super) const RULE: Rule = Rule { memory: &[tables_without_entries], ..Rule::ROWS };

fn tables_without_entries(case: &Case<'_>) -> Option<Shown> {
    let tables = full_tables(case)?;
    let what = "the tables of a map stay while its entries are gone: a map does not become smaller";
    tables.entries_are_gone.then(|| shown(alone(case, Certainty::Medium), what))?
}
