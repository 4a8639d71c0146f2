//! Iterators of iter.Pull that wait to be asked for the next value.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{MOST, Rule, Shown, shown};
use crate::diagnose::symbols::PULLED;

pub(super) const RULE: Rule = Rule { waits: &[wait_to_be_asked], ..Rule::ROWS };

fn wait_to_be_asked(case: &Case<'_>) -> Option<Shown> {
    let are_pulled =
        case.share_standing(|site| site.waits_in().is_some_and(|(_, function)| PULLED.has(function)));
    let what = "each runs an iterator for iter.Pull that was neither read to its end nor stopped";
    (are_pulled > MOST).then(|| shown(Certainty::High, what))?
}

#[cfg(test)]
mod tests {
    use crate::diagnose::{Case, Certainty, name_cause};

    #[test]
    fn iterators_that_are_not_stopped_are_told_by_where_they_wait() {
        let stack =
            ["runtime.coroswitch", "iter.Pull[...].func1.1", "main.scan.func1", "iter.Pull[...].func1"];
        let cause = name_cause(&Case::waiting(&stack, Some(2)));
        assert_eq!((cause.entry.id, cause.certainty), ("iterator-not-stopped", Certainty::High));
        assert!(cause.advice.contains("defer stop()"), "{}", cause.advice);
        // What an iterator itself waits for is another matter.
        let stack = ["runtime.gopark", "runtime.chanrecv", "main.scan.func1", "iter.Pull[...].func1"];
        assert_eq!(name_cause(&Case::waiting(&stack, Some(2))).entry.id, "goroutine-blocked-receive");
    }
}
