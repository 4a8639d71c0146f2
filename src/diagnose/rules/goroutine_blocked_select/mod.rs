//! Selects that nothing ends.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::library_waits::{Blocked, in_library};
use crate::diagnose::rule::{Rule, Shown, shown};
use crate::diagnose::source_reading::quoted;
use crate::diagnose::symbols::SELECT as SELECTGO;
use crate::source::{Fact, FactKind};

const SELECT: Blocked = Blocked { frames: &SELECTGO, state: "select" };

pub(super) const RULE: Rule = Rule {
    waits: &[waits_in_a_select],
    facts: &[selects],
    advice: &[("a wait inside a library", in_library)],
    ..Rule::ROWS
};

fn waits_in_a_select(case: &Case<'_>) -> Option<Shown> {
    let ticks = |fact: &Fact| matches!(fact.kind, FactKind::WaitsInSelect { has_timeout: true, .. });
    let how = if case.facts.iter().any(ticks) { "in a select, timers aside" } else { "in a select" };
    SELECT.shown(case, how, ", and more come than go")
}

fn selects(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let FactKind::WaitsInSelect { never_done: Some(place), .. } = &fact.kind else { return None };
    let what = format!(
        "{} waits for the end of a context that has none: it is context.Background() at {}:{}",
        quoted(fact),
        place.file,
        place.line
    );
    (!case.waits.is_empty()).then(|| shown(Certainty::Medium, what))?
}
