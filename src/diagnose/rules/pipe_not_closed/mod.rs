//! Ends of an io.Pipe that the other side waits for.

use crate::diagnose::rule::Rule;
use crate::diagnose::symbols::{PIPE_READ, PIPE_WRITE};

pub(super) const RULE: Rule = Rule {
    advice: &[
        ("a pipe written to", |case| case.most_wait_in(&PIPE_WRITE)),
        ("a pipe read from", |case| case.most_wait_in(&PIPE_READ)),
    ],
    ..Rule::ROWS
};

#[cfg(test)]
mod tests {
    use crate::diagnose::{Case, Certainty, name_cause};

    #[test]
    fn each_side_gets_its_own_advice() {
        for (waits_in, calls, advice) in [
            ("io.(*pipe).write", "io.(*PipeWriter).Write", "pr.Close()"),
            ("io.(*pipe).read", "io.(*PipeReader).Read", "pw.CloseWithError"),
        ] {
            let stack = ["runtime.selectgo", waits_in, calls, "main.export"];
            let cause = name_cause(&Case::waiting(&stack, Some(3)));
            assert_eq!((cause.entry.id, cause.certainty), ("pipe-not-closed", Certainty::High));
            assert!(cause.because[0].contains("io.Pipe") && cause.advice.contains(advice));
        }
    }

    #[test]
    fn a_pipe_of_another_package_is_none() {
        let stack = ["runtime.selectgo", "net.(*pipe).read", "main.serve"];
        assert_eq!(name_cause(&Case::waiting(&stack, Some(2))).entry.id, "goroutine-blocked-select");
    }
}
