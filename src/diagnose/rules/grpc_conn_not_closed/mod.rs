//! Client connections of gRPC that nobody closes.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{Rule, Shown, shown};
use crate::diagnose::symbols::{GRPC_CONNECTION, GRPC_READER};

pub(super) const RULE: Rule = Rule { waits: &[connections], ..Rule::ROWS };

fn connections(case: &Case<'_>) -> Option<Shown> {
    // A stream's receiver waits in the transport too; readers of connections tell that these accumulate.
    let are_connections =
        case.most_wait_in(&GRPC_CONNECTION) && case.share_waiting(|function| GRPC_READER.has(function)) > 0.0;
    let what = "they run beside gRPC client connections: each has a reader and others of its own, and their number grows";
    are_connections.then(|| shown(Certainty::High, what))?
}

#[cfg(test)]
mod tests {
    use crate::diagnose::{Case, Certainty, WaitSite, name_cause};

    #[test]
    fn connections_are_told_by_their_readers() {
        let site = |function: &'static str| WaitSite {
            stack: vec!["runtime.gopark", function],
            own: None,
            count: 500.0,
        };
        let waits = vec![
            site("google.golang.org/grpc.(*addrConn).resetTransport"),
            site("google.golang.org/grpc.(*ccBalancerWrapper).watcher"),
            site("google.golang.org/grpc/internal/transport.(*http2Client).reader"),
        ];
        let mut case = Case { waits, ..Case::new(None) };
        let cause = name_cause(&case);
        assert_eq!((cause.entry.id, cause.certainty), ("grpc-conn-not-closed", Certainty::High));
        case.waits.truncate(2);
        assert_eq!(name_cause(&case).entry.id, "goroutine-growing");
    }
}
