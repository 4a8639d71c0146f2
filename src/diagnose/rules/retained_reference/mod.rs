//! Values that something refers to that lives long, where nothing tells what.

use crate::diagnose::Certainty;
use crate::diagnose::case::{Case, GoroutinesBeside, HeapSite};
use crate::diagnose::rule::{Rule, Shown, shown};
use crate::diagnose::source_reading::{quoted, stored, surest};
use crate::source::{Fact, FactKind};

/// So many places where goroutines accumulate are named.
const GROUPS_NAMED: usize = 3;
/// Where there are more objects of one size than this for each goroutine, a few idle connections do not hold them.
const MOST_EACH: f64 = 100.0;

pub(super) const RULE: Rule = Rule { hints: &[kept_by_something], facts: &[kept_in_a_field], ..Rule::ROWS };

/// What own code allocates and keeps: something that lives long refers to it, goroutines or others.
fn kept_by_something(case: &Case<'_>) -> Option<Shown> {
    let own: f64 = case.heap.iter().filter(|site| site.own.is_some()).map(HeapSite::bytes).sum();
    let kept = case.surely_kept || case.kept.is_some_and(|kept| kept > 0.25);
    (case.waits.is_empty() && kept && own > 0.5 * case.heap_growth())
        .then(|| shown(Certainty::Low, who_refers(case)))?
}

fn kept_in_a_field(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let FactKind::Stored { container, links_previous } = &fact.kind else { return None };
    let how = if *links_previous { ", and it refers to the one before" } else { "" };
    // Most of what is assigned to a field replaces what was there; only a chain is sure to grow.
    let certainty = if *links_previous { stored(case).min(surest(container, case)) } else { Certainty::Low };
    shown(certainty, format!("{} keeps it in {}{how}", quoted(fact), container.expression))
}

/// Who may refer to what is kept, as far as is known.
fn who_refers(case: &Case<'_>) -> String {
    // Of what is made here most may come and go.
    let what = match case.kept {
        Some(kept) if kept < 0.5 => "a part of what is allocated here stays",
        _ => "what is allocated here stays",
    };
    if case.running.is_none() {
        return format!(
            "{what}: something refers to it; whether goroutines do, a goroutine profile would show"
        );
    }
    if case.goroutines_beside.is_empty() {
        return format!("{what}, and no goroutine that accumulates holds it: something that lives long does");
    }
    let as_many = case.goroutines_beside.iter().find_map(|group| Some((group, group.as_many?)));
    if let Some((group, (objects, error))) = as_many {
        return format!(
            "{what}, and as many objects do as goroutines accumulate in {} ({objects:.0} ± {error:.0} and \
             {:.0}): these may be what holds it, so look at them first",
            group.function, group.gained
        );
    }
    let objects = case.heap.iter().flat_map(|site| &site.sizes).map(|size| size.objects).fold(0.0, f64::max);
    let may_hold: Vec<&GoroutinesBeside> =
        case.goroutines_beside.iter().filter(|group| objects <= MOST_EACH * group.gained).collect();
    if may_hold.is_empty() && case.more_goroutines_beside == 0 {
        return format!(
            "{what}, and the goroutines that accumulate are too few to hold it: something that lives long does"
        );
    }
    let named = may_hold.iter().take(GROUPS_NAMED);
    let named: Vec<String> =
        named.map(|group| format!("{} ({:.0} more)", group.function, group.gained)).collect();
    let unnamed = may_hold.len().saturating_sub(GROUPS_NAMED);
    let more = match unnamed + case.more_goroutines_beside {
        0 => String::new(),
        more => format!(" and {more} more places"),
    };
    format!("{what}; whether the goroutines that accumulate hold it is not known: {}{more}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::case::SizeGrowth;
    use std::collections::BTreeSet;

    #[test]
    fn that_no_goroutine_holds_it_is_said_only_where_none_accumulates() {
        let running = BTreeSet::new();
        let mut case = Case::new(Some(&running));
        assert!(who_refers(&case).contains("no goroutine that accumulates holds it"));
        let beside = |function: &str, as_many| GoroutinesBeside {
            function: function.to_owned(),
            gained: 353.0,
            as_many,
        };
        case.goroutines_beside =
            vec![beside("stream.From[...].func1", None), beside("stream.Map[...].func1", None)];
        let named = who_refers(&case);
        assert!(named.contains("is not known: stream.From[...].func1 (353 more), stream.Map"), "{named}");
        case.goroutines_beside[1].as_many = Some((331.4, 45.2));
        let named = who_refers(&case);
        assert!(named.contains("accumulate in stream.Map[...].func1 (331 ± 45 and 353)"), "{named}");
        case.goroutines_beside[1].as_many = None;
        let stack = ["main.read"];
        let kept = |objects| vec![HeapSite::made(&stack, Some(0), &[SizeGrowth::kept(4096, objects, 20)])];
        case.heap = kept(3000.0);
        assert!(who_refers(&case).contains("stream.From[...].func1 (353 more)"));
        case.heap = kept(300_000.0);
        assert!(who_refers(&case).contains("too few to hold it"), "{}", who_refers(&case));
        case.running = None;
        assert!(who_refers(&case).contains("a goroutine profile would show"));
    }
}
