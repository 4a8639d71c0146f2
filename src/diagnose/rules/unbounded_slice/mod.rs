//! Slices and buffers that only grow.

use crate::diagnose::Certainty;
use crate::diagnose::case::{Case, HeapSite};
use crate::diagnose::rule::{Rule, Shown, alone, shown};
use crate::diagnose::source_reading::{kept, listens};
use crate::diagnose::symbols::BUFFERS;
use crate::source::{Fact, FactKind};

pub(super) const RULE: Rule = Rule { memory: &[replaced_by_larger], facts: &[appended], ..Rule::ROWS };

fn replaced_by_larger(case: &Case<'_>) -> Option<Shown> {
    let grows = |function: &&str| BUFFERS.has(function);
    let is_container =
        |site: &&HeapSite<'_>| site.climbs && (site.is_direct() || site.called().iter().any(grows));
    if let Some(site) = case.heap.iter().find(is_container) {
        let what =
            format!("at line {} one slice or buffer was replaced by bigger and bigger ones", site.line);
        return shown(alone(case, Certainty::Medium), what);
    }
    let what = "live objects became larger and larger, as slices do that are appended to";
    case.containers_grow.then(|| shown(alone(case, Certainty::Low), what))?
}

fn appended(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let FactKind::Appended { container, in_map } = &fact.kind else { return None };
    let only_grows = container.shrinks.is_empty() || *in_map;
    let mut shown = (only_grows && !listens(container, case)).then(|| kept(fact, container, case))??;
    if *in_map {
        // A limit on each list would not bound a map that gets new keys.
        shown.because.push_str("; each key has a list of its own, which stays until the key is deleted");
    }
    Some(shown)
}

#[cfg(test)]
mod tests {
    use crate::diagnose::source_reading::made::{container, fact, place};
    use crate::diagnose::{Case, Cause, Certainty, name_cause};
    use crate::source::{Container, FactKind};

    fn appended(container: Container) -> Cause {
        named(FactKind::Appended { container, in_map: false })
    }

    fn named(kind: FactKind) -> Cause {
        name_cause(&Case { facts: vec![fact(kind)], ..Case::new(None) })
    }

    #[test]
    fn of_a_list_a_key_the_keys_have_to_go_as_well() {
        let cause = named(FactKind::Appended { container: container(), in_map: true });
        assert_eq!(cause.entry.id, "unbounded-slice");
        assert!(cause.because[0].ends_with("until the key is deleted"), "{:?}", cause.because);
    }

    #[test]
    fn what_takes_out_of_it_ends_certainty() {
        let sure = appended(container());
        assert_eq!((sure.entry.id, sure.certainty), ("unbounded-slice", Certainty::High));
        let taken = appended(Container { shrinks: vec![place(9)], ..container() });
        assert_eq!((taken.entry.id, taken.certainty), ("unbounded-queue", Certainty::Medium));
        let says = "p.go:9 takes out of it; whether enough, the source does not say";
        assert!(taken.because[0].ends_with(says));
    }
}
