//! Locks that are not given back.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::library_waits::in_library;
use crate::diagnose::rule::{Rule, Shown, shown};
use crate::diagnose::source_reading::quoted;
use crate::diagnose::symbols::{LOCK, READ_LOCK, WRITE_LOCK};
use crate::source::{Fact, FactKind};

pub(super) const RULE: Rule = Rule {
    waits: &[waits_for_a_lock],
    facts: &[left_locked],
    advice: &[("a wait inside a library", in_library), ("a read lock taken twice", readers_behind_writer)],
    ..Rule::ROWS
};

fn waits_for_a_lock(case: &Case<'_>) -> Option<Shown> {
    let what = match readers_behind_writer(case) {
        true => {
            "they wait to read behind a writer that waits as well: a reader that takes the lock again while it holds it \
             waits for ever then"
        }
        false => "they wait for a mutex that is not given back",
    };
    case.most_wait_in(&LOCK).then(|| shown(Certainty::High, what))?
}

/// Whether most of them wait for a read lock while somebody waits to write: who holds the lock to read and asks for it again
/// can never have it (sync.RWMutex).
fn readers_behind_writer(case: &Case<'_>) -> bool {
    // All functions that run are looked at, so the cheap question comes first.
    let writes =
        || case.running.is_some_and(|functions| functions.iter().any(|function| WRITE_LOCK.has(function)));
    case.most_wait_in(&READ_LOCK) && writes()
}

fn left_locked(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let FactKind::Calls { left_at: Some(line), .. } = &fact.kind else { return None };
    let what = || format!("{} takes the lock, and the return at line {line} leaves it locked", quoted(fact));
    (!case.waits.is_empty()).then(|| shown(Certainty::High, what()))?
}

#[cfg(test)]
mod tests {
    use crate::diagnose::{Case, name_cause};
    use std::collections::BTreeSet;

    #[test]
    fn a_read_lock_taken_twice_is_told_by_the_writer_between() {
        let stack = ["runtime.gopark", "sync.(*RWMutex).RLock", "main.total"];
        let writer = BTreeSet::from(["sync.(*RWMutex).Lock"]);
        let alone = name_cause(&Case::waiting(&stack, Some(2)));
        let behind = name_cause(&Case { running: Some(&writer), ..Case::waiting(&stack, Some(2)) });
        assert_eq!([alone.entry.id, behind.entry.id], ["goroutine-blocked-lock"; 2]);
        assert!(!alone.advice.contains("read lock once") && behind.advice.contains("read lock once"));
    }
}
