//! Callbacks and subscriptions that are never taken out.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::left_out::Part;
use crate::diagnose::rule::{Rule, Shown, alone, shown};
use crate::diagnose::source_reading::{handed, kept, listens};
use crate::profile::{is_remote, package_of};
use crate::source::{Fact, FactKind};

/// What the names of functions begin with that take something in until it is taken out again.
const REGISTERS: [&str; 14] = [
    "subscribe",
    "queuesubscribe",
    "listen",
    "addobserver",
    "addlistener",
    "addhandler",
    "addcallback",
    "addhook",
    "addfunc",
    "addjob",
    "addeventhandler",
    "onevent",
    "onchange",
    "onconfigchange",
];

pub(super) const RULE: Rule =
    Rule { memory: &[registered], facts: &[kept_in_a_list, handed_to_a_register], ..Rule::ROWS };

/// Whether a function takes something in until it is taken out again, by its name.
fn registers(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    REGISTERS.iter().any(|register| name.starts_with(register))
}

fn registered(case: &Case<'_>) -> Option<Shown> {
    let named = |function: &&str| {
        let name = function.rsplit('.').next().unwrap_or(function);
        !case.lacks(Part::NamesOfRegisters) && registers(name)
    };
    let site = case.heap.iter().max_by(|a, b| a.bytes().total_cmp(&b.bytes()))?;
    // Own code that registers, or what it calls of a library.
    let own = site.own?;
    let is_library = |function: &&&str| is_remote(package_of(function));
    let called = site.stack[..own].iter().filter(is_library).find(|function| named(function));
    let name = called.or_else(|| site.stack.get(own).filter(|function| named(function)))?;
    shown(alone(case, Certainty::Low), format!("{name} registers something that stays"))
}

/// A value that is handed to what registers it, as in `clock.AddJob(spec, plan)`.
fn handed_to_a_register(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let named = !case.lacks(Part::NamesOfRegisters);
    let shown = named.then(|| handed(fact, case, |_, _, method| registers(method)))??;
    // Its name alone says that it keeps it.
    Some(Shown { certainty: shown.certainty.min(Certainty::Medium), ..shown })
}

fn kept_in_a_list(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let (FactKind::MapEntry(container) | FactKind::Appended { container, .. }) = &fact.kind else {
        return None;
    };
    listens(container, case).then(|| kept(fact, container, case))?
}

#[cfg(test)]
mod tests {
    use crate::diagnose::case::{HeapSite, SizeGrowth};
    use crate::diagnose::source_reading::made::fact;
    use crate::diagnose::{Case, Certainty, name_cause};
    use crate::source::FactKind;

    #[test]
    fn what_a_library_takes_in_is_registered() {
        let named = |stack: &[&'static str]| {
            let kept = SizeGrowth::kept(96, 20_000.0, 12);
            name_cause(&Case::of_heap(vec![HeapSite::made(stack, Some(stack.len() - 1), &[kept])])).entry.id
        };
        assert_eq!(named(&["github.com/robfig/cron.(*Cron).AddFunc", "main.save"]), "listener-not-removed");
        assert_eq!(named(&["main.(*hub).subscribe"]), "listener-not-removed");
        assert_eq!(named(&["github.com/robfig/cron.(*Cron).Start", "main.save"]), "retained-reference");
    }

    #[test]
    fn what_is_handed_to_a_clock_is_registered() {
        let named = |callee: &str| {
            let receiver_type = Some("*cron.Cron".to_owned());
            let passed = FactKind::PassedTo { callee: callee.to_owned(), receiver_type, container: None };
            let cause = name_cause(&Case { facts: vec![fact(passed)], ..Case::new(None) });
            (cause.entry.id, cause.certainty)
        };
        assert_eq!(named("b.clock.AddJob"), ("listener-not-removed", Certainty::Medium));
        assert_ne!(named("b.clock.Start").0, "listener-not-removed");
    }

    #[test]
    fn who_serves_a_subscription_tells_that_it_was_not_ended() {
        let serves = ["sync.(*Cond).Wait", "github.com/nats-io/nats%2ego.(*Conn).waitForMsgs"];
        assert_eq!(name_cause(&Case::waiting(&serves, None)).entry.id, "listener-not-removed");
        let waits = ["sync.(*Cond).Wait", "github.com/nats-io/nats%2ego.(*Conn).other"];
        assert_eq!(name_cause(&Case::waiting(&waits, None)).entry.id, "goroutine-cond");
    }
}
