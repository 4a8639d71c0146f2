//! Waits for a Done that does not come.

use crate::diagnose::Certainty;
use crate::diagnose::case::{Case, WaitSite};
use crate::diagnose::library_waits::in_library;
use crate::diagnose::rule::{MOST, Rule, Shown, shown};
use crate::diagnose::symbols::{SINGLEFLIGHT, WAITGROUP};

pub(super) const RULE: Rule = Rule {
    waits: &[waits_for_others],
    advice: &[("a call that others share", shares_a_call), ("a wait inside a library", in_library)],
    ..Rule::ROWS
};

fn waits_for_others(case: &Case<'_>) -> Option<Shown> {
    let what = match shares_a_call(case) {
        true => "they wait for one call that they share (singleflight), and it does not return",
        false => "they wait in WaitGroup.Wait for a Done that does not come",
    };
    case.most_wait_in(&WAITGROUP).then(|| shown(Certainty::High, what))?
}

/// Whether most of them wait for one call that they share. Who makes it stands in the same function, but waits for something
/// else.
fn shares_a_call(case: &Case<'_>) -> bool {
    let waits = |site: &WaitSite<'_>| {
        site.stack.windows(2).any(|two| WAITGROUP.has(two[0]) && SINGLEFLIGHT.has(two[1]))
    };
    case.share_standing(waits) > MOST
}

#[cfg(test)]
mod tests {
    use crate::diagnose::{Case, name_cause};

    #[test]
    fn who_waits_for_a_shared_call_is_told_from_who_makes_it() {
        let group = "golang.org/x/sync/singleflight.(*Group).Do";
        let waits = ["runtime.gopark", "sync.(*WaitGroup).Wait", group, "main.price"];
        let cause = name_cause(&Case::waiting(&waits, Some(3)));
        assert_eq!(cause.entry.id, "goroutine-waitgroup");
        assert!(cause.because[0].contains("singleflight") && cause.advice.contains("deadline"));
        let makes = ["runtime.gopark", "sync.(*WaitGroup).Wait", "main.fetch", group, "main.price"];
        let cause = name_cause(&Case::waiting(&makes, Some(2)));
        assert!(!cause.because[0].contains("singleflight"), "{:?}", cause.because);
    }
}
