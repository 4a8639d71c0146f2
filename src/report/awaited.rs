//! Who has what the goroutines of a suspect wait for, in a sentence: the lock, or the call that they share.

use super::inert::inert;
use super::inspection::{HolderView, held_by};
use super::resolver::Resolver;
use crate::analysis::{Analysis, Awaited, LockHolder, Relation, awaited};
use crate::diagnose::RuleId;
use crate::suspects::Suspect;

/// Who has it, if the cause of a suspect is that they wait for that. Nothing is said of a lock to read that nobody seems to hold: who
/// has it and asks for it again stands where the others wait.
pub(super) fn holder(resolver: &Resolver<'_>, suspect: &Suspect, analysis: &Analysis) -> Option<String> {
    let waits_for = [RuleId::GoroutineBlockedLock, RuleId::GoroutineWaitgroup];
    if !waits_for.iter().any(|rule| rule.name() == suspect.cause.entry.id) {
        return None;
    }
    let who = |holder: &LockHolder| held_by(&HolderView::of(holder, resolver));
    let sentence = match awaited(suspect, analysis)? {
        Awaited::Lock { holder: Some(holder), .. } => {
            let sure = if holder.relation == Relation::SameFunction { "probably" } else { "perhaps" };
            format!("{sure} held by {}", who(&holder))
        }
        Awaited::Lock { is_shared: true, .. } => return None,
        Awaited::Lock { .. } => {
            "no goroutine of the last snapshot is past that lock: it was left locked on return, or is held elsewhere"
                .to_owned()
        }
        Awaited::Call(caller) => format!("the call is made by {}", who(&caller)),
    };
    Some(inert(&sentence))
}
