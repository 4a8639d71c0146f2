//! Listeners and servers that are opened and not closed.

use crate::diagnose::rule::Rule;

pub(super) const RULE: Rule = Rule::ROWS;

#[cfg(test)]
mod tests {
    use crate::diagnose::{Case, name_cause};

    #[test]
    fn a_listener_is_told_by_who_accepts() {
        let poll = "internal/poll.runtime_pollWait";
        let accepts = ["runtime.gopark", poll, "net.(*TCPListener).Accept", "net/http.(*Server).Serve"];
        let cause = name_cause(&Case::waiting(&accepts, None));
        assert_eq!(cause.entry.id, "listener-not-closed");
        assert!(cause.advice.contains("Shutdown"));
        // What was accepted is a connection.
        let reads = ["runtime.gopark", poll, "net.(*conn).Read", "main.serve"];
        assert_ne!(name_cause(&Case::waiting(&reads, Some(3))).entry.id, "listener-not-closed");
    }
}
