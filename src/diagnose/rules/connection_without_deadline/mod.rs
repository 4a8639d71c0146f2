//! Connections whose other side says nothing any more.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{MOST, Rule, Shown, shown};
use crate::diagnose::symbols::{
    ACCEPT, COMMAND, FILE, HTTP_BACKGROUND_READ, HTTP_CLIENT_CONNECTION, HTTP_HANDLER, HTTP_READS_HEAD,
    HTTP_SERVE, HTTP2_SERVE, NETWORK_WAIT,
};

pub(super) const RULE: Rule = Rule {
    waits: &[silent_peers, idle_connections],
    advice: &[
        ("heads of requests", |case| case.most_wait_in(&HTTP_SERVE) && case.most_wait_in(&HTTP_READS_HEAD)),
        ("idle connections", |case| {
            case.most_wait_in(&HTTP2_SERVE)
                || case.most_wait_in(&HTTP_SERVE) && !case.most_wait_in(&HTTP_HANDLER)
        }),
    ],
    ..Rule::ROWS
};

/// Whether most of them wait for the network or a file, and not as what has a rule of its own: a client, a command, a listener, or the
/// reader beside a handler.
pub(super) fn waits_in_poll(case: &Case<'_>) -> bool {
    let has_a_rule = |f: &str| {
        [&HTTP_CLIENT_CONNECTION, &COMMAND, &ACCEPT, &HTTP_BACKGROUND_READ].iter().any(|set| set.has(f))
    };
    case.most_wait_in(&NETWORK_WAIT) && case.share_waiting(has_a_rule) <= MOST
}

/// Connections of HTTP/2 have goroutines of their own, which wait for what is to be done and for the next frame; handlers run in
/// others. They stay as long as the client likes, however little comes.
fn idle_connections(case: &Case<'_>) -> Option<Shown> {
    case.most_wait_in(&HTTP2_SERVE).then(|| {
        shown(
            Certainty::Medium,
            "they serve connections of HTTP/2 that clients keep open: IdleTimeout of http.Server ends idle ones",
        )
    })?
}

/// The number of connections follows that of the peers, so they are never sure by themselves.
fn silent_peers(case: &Case<'_>) -> Option<Shown> {
    let what = match (
        case.most_wait_in(&HTTP_SERVE),
        case.most_wait_in(&HTTP_READS_HEAD),
        case.most_wait_in(&HTTP_HANDLER),
    ) {
        (true, true, _) => {
            "they read the head of a request that does not come to its end: clients that are slow, or mean to be; \
             ReadHeaderTimeout of http.Server ends them"
        }
        (true, false, false) => {
            "they serve connections that clients keep open: IdleTimeout of http.Server ends idle ones"
        }
        _ => "they wait for the network: connections that are neither closed nor given a deadline",
    };
    // What comes from a file, as a watch of the file system, has no peer.
    (waits_in_poll(case) && !case.most_wait_in(&FILE)).then(|| shown(Certainty::Low, what))?
}

#[cfg(test)]
mod tests {
    use crate::diagnose::source_reading::made;
    use crate::diagnose::{Case, name_cause};
    use crate::source::FactKind;

    #[test]
    fn servers_are_told_apart_by_where_they_read() {
        let poll = "internal/poll.runtime_pollWait";
        let serve = "net/http.(*conn).serve";
        for (stack, advice) in [
            (vec![poll, "net.(*conn).Read", "main.read"], "SetReadDeadline"),
            (vec![poll, "net.(*conn).Read", "net/http.(*conn).readRequest", serve], "ReadHeaderTimeout"),
            (vec![poll, "net.(*conn).Read", "bufio.(*Reader).Peek", serve], "IdleTimeout"),
            (vec![poll, "main.upload", "net/http.serverHandler.ServeHTTP", serve], "SetReadDeadline"),
        ] {
            let cause = name_cause(&Case::waiting(&stack, None));
            assert_eq!(cause.entry.id, "connection-without-deadline", "{stack:?}");
            assert!(cause.advice.contains(advice), "{}", cause.advice);
            assert_eq!(cause.runner_up.map(|entry| entry.id), Some("file-not-closed"));
        }
    }

    #[test]
    fn what_a_connection_keeps_of_what_it_read_is_not_why_it_stays() {
        let stack = ["internal/poll.runtime_pollWait", "net.(*conn).Read", "main.(*peer).read"];
        let container = made::container();
        let kept = made::fact(FactKind::Stored { container, links_previous: false });
        let cause = name_cause(&Case { facts: vec![kept], ..Case::waiting(&stack, Some(2)) });
        assert_eq!(cause.entry.id, "connection-without-deadline", "{:?}", cause.because);
    }

    #[test]
    fn connections_of_http2_are_kept_open_by_clients() {
        let select = ["runtime.gopark", "runtime.selectgo"];
        for stack in [
            vec![
                "net/http.(*http2serverConn).serve",
                "net/http.(*http2Server).ServeConn",
                "net/http.(*conn).serve",
            ],
            vec![
                "internal/poll.runtime_pollWait",
                "net.(*conn).Read",
                "net/http.(*http2serverConn).readFrames",
            ],
            vec!["golang.org/x/net/http2.(*serverConn).serve"],
            vec!["net/http/internal/http2.(*serverConn).serve"],
        ] {
            let stacks = [stack.clone(), [select.as_slice(), &stack].concat()];
            for stack in stacks {
                let cause = name_cause(&Case::waiting(&stack, None));
                assert_eq!(cause.entry.id, "connection-without-deadline", "{stack:?}");
                assert!(cause.advice.contains("IdleTimeout"), "{}", cause.advice);
            }
        }
        let handler = ["runtime.chanrecv1", "main.upload", "net/http.(*http2serverConn).runHandler"];
        assert_eq!(name_cause(&Case::waiting(&handler, Some(1))).entry.id, "goroutine-blocked-receive");
    }

    #[test]
    fn who_reads_beside_a_handler_is_no_silent_peer() {
        let stack = ["internal/poll.runtime_pollWait", "net/http.(*connReader).backgroundRead"];
        assert_eq!(name_cause(&Case::waiting(&stack, None)).entry.id, "goroutine-growing");
    }
}
