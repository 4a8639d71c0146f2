//! Queues into which more is put than taken out.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{Rule, Shown, shown};
use crate::diagnose::source_reading::{kept, listens, quoted};
use crate::source::{Fact, FactKind};

pub(super) const RULE: Rule = Rule { facts: &[sent, appended_and_taken_out], ..Rule::ROWS };

/// What has no room keeps nothing: that is a sender who waits.
fn sent(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let FactKind::Sent(channel) = &fact.kind else { return None };
    if !case.waits.is_empty() {
        return None;
    }
    let (sure, room) = match channel.capacity.as_deref() {
        Some("0") => return None,
        // Whether it has room at all is not seen where it is made elsewhere.
        None => (Certainty::Medium, String::new()),
        // More stay than it has room for: whoever receives them keeps them.
        Some(room) if most_objects(case) > room.parse().unwrap_or(f64::INFINITY) => return None,
        Some(room) => (Certainty::High, format!(", which has room for {room}")),
    };
    shown(sure, format!("{} sends it to {}{room}", quoted(fact), channel.expression))
}

/// By how many the objects of one size at one stack have grown, beyond chance: three standard errors.
fn most_objects(case: &Case<'_>) -> f64 {
    let sizes = case.heap.iter().flat_map(|site| &site.sizes);
    sizes.map(|size| size.objects - 3.0 * size.error).fold(0.0, f64::max)
}

fn appended_and_taken_out(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let FactKind::Appended { container, in_map } = &fact.kind else { return None };
    let is_queue = !container.shrinks.is_empty() && !in_map && !listens(container, case);
    is_queue.then(|| kept(fact, container, case))?
}

#[cfg(test)]
mod tests {
    use crate::diagnose::case::{HeapSite, SizeGrowth};
    use crate::diagnose::source_reading::made::fact;
    use crate::diagnose::{Case, Certainty, name_cause};
    use crate::source::{Channel, FactKind};

    fn sent(capacity: Option<&str>) -> FactKind {
        let capacity = capacity.map(str::to_owned);
        FactKind::Sent(Channel {
            expression: "out".to_owned(),
            capacity,
            is_closed: false,
            never_made: false,
        })
    }

    #[test]
    fn a_channel_without_room_is_no_queue() {
        let named = |capacity: Option<&str>| {
            let cause = name_cause(&Case { facts: vec![fact(sent(capacity))], ..Case::new(None) });
            (cause.entry.id, cause.certainty)
        };
        assert_eq!(named(Some("9")), ("unbounded-queue", Certainty::High));
        assert_eq!(named(None), ("unbounded-queue", Certainty::Medium));
        assert_eq!(named(Some("0")), ("goroutine-blocked-send", Certainty::Low));
    }

    #[test]
    fn a_channel_keeps_no_more_than_it_has_room_for() {
        let sure = |objects: f64, room: &str| {
            let stack = HeapSite::made(&["p.f"], Some(0), &[SizeGrowth::kept(64, objects, 40)]);
            let facts = vec![fact(sent(Some(room)))];
            let cause = name_cause(&Case { facts, ..Case::of_heap(vec![stack]) });
            (cause.entry.id, cause.certainty)
        };
        assert_ne!(sure(9000.0, "64").0, "unbounded-queue");
        assert_eq!(sure(9000.0, "100000").1, Certainty::High);
        // By chance, or by a constant whose value is not known here.
        assert_eq!(sure(80.0, "64").1, Certainty::High);
        assert_eq!(sure(9000.0, "room").1, Certainty::High);
    }
}
