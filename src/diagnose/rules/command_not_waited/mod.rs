//! Commands that were started and do not end.

use crate::diagnose::rule::Rule;

pub(super) const RULE: Rule = Rule::ROWS;

#[cfg(test)]
mod tests {
    use crate::diagnose::{Case, name_cause};

    #[test]
    fn a_command_is_told_by_the_goroutines_that_serve_it() {
        let poll = "internal/poll.runtime_pollWait";
        let copies = ["runtime.gopark", poll, "os.(*File).Read", "io.Copy", "os/exec.(*Cmd).Start.func2"];
        let cause = name_cause(&Case::waiting(&copies, None));
        assert_eq!(cause.entry.id, "command-not-waited");
        assert!(cause.advice.contains("Wait"));
        let waits =
            ["internal/syscall/unix.Waitid", "os.(*Process).Wait", "os/exec.(*Cmd).Wait", "main.deploy"];
        assert_eq!(name_cause(&Case::waiting(&waits, Some(3))).entry.id, "command-not-waited");
        // Who reads a pipe of its own is no command's.
        let reads = ["runtime.gopark", poll, "os.(*File).Read", "io.Copy", "main.follow"];
        assert_ne!(name_cause(&Case::waiting(&reads, Some(4))).entry.id, "command-not-waited");
    }
}
