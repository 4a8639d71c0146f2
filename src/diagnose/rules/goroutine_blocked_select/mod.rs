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
    advice: &[("a wait inside a library", in_library), ("a wait for a context", waits_for_a_context)],
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

/// One of the cases is the end of a context already.
fn waits_for_a_context(case: &Case<'_>) -> bool {
    let waits = |fact: &Fact| matches!(fact.kind, FactKind::WaitsInSelect { context: Some(_), .. });
    case.facts.iter().any(waits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::name_cause;
    use crate::diagnose::source_reading::made::fact;

    #[test]
    fn a_select_that_has_a_case_for_a_context_needs_none() {
        let stack = ["runtime.gopark", "runtime.selectgo", "main.(*hub).remind"];
        let advice = |context: Option<&str>| {
            let context = context.map(str::to_owned);
            let kind = FactKind::WaitsInSelect { cases: 2, has_timeout: false, context, never_done: None };
            let case = Case { facts: vec![fact(kind)], ..Case::waiting(&stack, Some(2)) };
            let cause = name_cause(&case);
            assert_eq!(cause.entry.id, "goroutine-blocked-select");
            cause.advice
        };
        assert!(advice(None).contains("Add a case"));
        assert!(!advice(Some("ctx")).contains("Add a case") && advice(Some("ctx")).contains("cancel"));
    }
}
