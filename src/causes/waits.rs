//! Rules about goroutines that wait: what their stacks and states say.

use super::case::{Case, WaitSite};
use super::places::{
    BACKGROUND_READ, MOST, SERVE, accepts, blocked_where, is_of_connection, is_of_stream, of_grpc,
    serves_command,
};
use super::{Certainty, Finding, finding};
use crate::source::{Fact, FactKind};

pub(super) fn recognise(case: &Case<'_>) -> Vec<Finding> {
    if case.waits.is_empty() {
        return Vec::new();
    }
    const RULES: [fn(&Case<'_>) -> Option<Finding>; 19] = [
        grpc,
        grpc_stream,
        sql_rows,
        sql_pool,
        sql_open,
        http_body,
        http_no_timeout,
        http_transport,
        context,
        nil_channel,
        lock,
        waitgroup,
        cond,
        iterator,
        command,
        listener,
        network,
        blocked,
        running,
    ];
    RULES.iter().filter_map(|rule| rule(case)).collect()
}

fn is(name: &'static str) -> impl Fn(&str) -> bool {
    move |function| function == name
}

fn grpc(case: &Case<'_>) -> Option<Finding> {
    // A stream's receiver waits in the transport too; readers of connections tell that these pile up.
    let reads = |function: &str| {
        of_grpc(function).is_some_and(|name| name.starts_with("/internal/transport.(*http2Client).reader"))
    };
    (case.share_waiting(is_of_connection) > MOST && case.share_waiting(reads) > 0.0).then(|| {
        finding(
            "grpc-conn-not-closed",
            Certainty::High,
            "they run beside gRPC client connections: each has a reader and others of its own, and their number grows",
        )
    })?
}

fn grpc_stream(case: &Case<'_>) -> Option<Finding> {
    (case.share_waiting(is_of_stream) > MOST).then(|| {
        finding(
            "context-not-cancelled",
            Certainty::High,
            "one goroutine waits beside each open gRPC stream (newClientStream) until its context is cancelled or it is read \
             to its end",
        )
    })?
}

/// Who waits for a connection of a pool that is in use as a whole.
fn sql_pool(case: &Case<'_>) -> Option<Finding> {
    (case.share_waiting(is("database/sql.(*DB).conn")) > MOST).then(|| {
        finding(
            "sql-rows-not-closed",
            Certainty::Medium,
            "they wait for a connection of a *sql.DB: all that SetMaxOpenConns allows are in use, by queries or transactions \
             that are not closed, or for too long",
        )
    })?
}

/// Whether most of them are iterators of `iter.Pull` that wait for the next value to be asked for.
pub(super) fn are_pulled(case: &Case<'_>) -> bool {
    let of_pull = |function: &str| ["iter.Pull[", "iter.Pull2["].iter().any(|of| function.starts_with(of));
    case.share_standing(|site| site.waits_in().is_some_and(|(_, function)| of_pull(function))) > MOST
}

fn iterator(case: &Case<'_>) -> Option<Finding> {
    are_pulled(case).then(|| {
        finding(
            "goroutine-growing",
            Certainty::High,
            "each runs an iterator for iter.Pull that was neither read to its end nor stopped",
        )
    })?
}

fn command(case: &Case<'_>) -> Option<Finding> {
    (case.share_waiting(serves_command) > MOST).then(|| {
        finding(
            "file-not-closed",
            Certainty::Medium,
            "each serves a command (os/exec) that was started and has not ended: its stdin is open, or it runs on, and nobody \
             ends it",
        )
    })?
}

fn listener(case: &Case<'_>) -> Option<Finding> {
    (case.share_waiting(accepts) > MOST).then(|| {
        finding(
            "file-not-closed",
            Certainty::Medium,
            "each waits for connections to a listener of its own: listeners or servers are opened and not closed",
        )
    })?
}

fn sql_rows(case: &Case<'_>) -> Option<Finding> {
    let waits = |function: &str| {
        ["database/sql.(*Rows).awaitDone", "database/sql.(*Tx).awaitDone"].contains(&function)
    };
    (case.share_waiting(waits) > MOST).then(|| {
        finding(
            "sql-rows-not-closed",
            Certainty::High,
            "one goroutine waits beside each open result set or transaction (awaitDone)",
        )
    })?
}

fn sql_open(case: &Case<'_>) -> Option<Finding> {
    (case.share_waiting(is("database/sql.(*DB).connectionOpener")) > MOST).then(|| {
        finding(
            "sql-open-per-request",
            Certainty::High,
            "each *sql.DB has one connectionOpener goroutine, and their number grows",
        )
    })?
}

/// The reader of an HTTP/1 connection that waits, in a select of its own, for the body to be read and closed. An idle
/// connection's reader waits for the network instead.
fn waits_for_body(site: &WaitSite<'_>) -> bool {
    site.waits_in().is_some_and(|(_, function)| function == "net/http.(*persistConn).readLoop")
}

fn http_body(case: &Case<'_>) -> Option<Finding> {
    let with: f64 = case.waits.iter().filter(|site| waits_for_body(site)).map(|site| site.count).sum();
    let readers = |site: &&WaitSite<'_>| site.stack.contains(&"net/http.(*persistConn).readLoop");
    let all: f64 = case.waits.iter().filter(readers).map(|site| site.count).sum();
    // Two writers and readers stand in one suspect; only the readers tell.
    (all > 0.0 && with > MOST * all && case.share_waiting(is("net/http.(*persistConn).readLoop")) > 0.3).then(|| {
        finding(
            "http-body-not-closed",
            Certainty::High,
            "readers of client connections wait in a select for a response body to be read to its end and closed",
        )
    })?
}

fn http_no_timeout(case: &Case<'_>) -> Option<Finding> {
    let calls = |function: &str| {
        function == "net/http.(*persistConn).roundTrip"
            || function.ends_with("(*http2ClientConn).RoundTrip")
            || function.ends_with("(*http2clientStream).doRequest")
            || function.ends_with("http2.(*ClientConn).roundTrip")
            || function.ends_with("http2.(*clientStream).doRequest")
    };
    (case.share_waiting(calls) > 0.3).then(|| {
        finding(
            "http-no-timeout",
            Certainty::High,
            "they wait for the answer to an HTTP request that does not come, and nothing gives up",
        )
    })?
}

fn http_transport(case: &Case<'_>) -> Option<Finding> {
    let of_connection = |function: &str| {
        ["net/http.(*persistConn).readLoop", "net/http.(*persistConn).writeLoop"].contains(&function)
    };
    (case.share_waiting(of_connection) > MOST && !case.waits.iter().any(waits_for_body)).then(|| {
        finding(
            "http-transport-per-request",
            Certainty::Medium,
            "idle client connections pile up: each has a reader and a writer, and one shared Transport would bound them",
        )
    })?
}

fn context(case: &Case<'_>) -> Option<Finding> {
    // A function of its own until Go 1.20.
    let watches = |function: &str| {
        function.starts_with("context.(*cancelCtx).propagateCancel.func")
            || function.starts_with("context.propagateCancel.func")
    };
    (case.share_waiting(watches) > MOST).then(|| {
        finding(
            "context-not-cancelled",
            Certainty::High,
            "each watches a parent context on behalf of a child that is never cancelled",
        )
    })?
}

fn nil_channel(case: &Case<'_>) -> Option<Finding> {
    let never = |state: &str| state.contains("(nil chan)") || state == "select (no cases)";
    if case.share_in_state(never) > MOST {
        let what =
            "the dump says that they wait on a nil channel or in an empty select, which nothing can end";
        return finding("goroutine-nil-channel", Certainty::High, what);
    }
    (case.share_waiting(is("runtime.block")) > MOST).then(|| {
        finding(
            "goroutine-nil-channel",
            Certainty::High,
            "they wait in an empty select, which nothing can end",
        )
    })?
}

fn lock(case: &Case<'_>) -> Option<Finding> {
    let locks = |function: &str| {
        [
            "sync.(*Mutex).lockSlow",
            "internal/sync.(*Mutex).lockSlow",
            // Which did all by itself until Go 1.12.
            "sync.(*Mutex).Lock",
            "sync.(*RWMutex).Lock",
            "sync.(*RWMutex).RLock",
        ]
        .contains(&function)
            || function.starts_with("sync.runtime_SemacquireRWMutex")
            || function == "sync.runtime_SemacquireMutex"
            || function == "internal/sync.runtime_SemacquireMutex"
    };
    (case.share_waiting(locks) > MOST).then(|| {
        let what = match readers_behind_writer(case) {
            true => {
                "they wait to read behind a writer that waits as well: a reader that takes the lock again while it holds it \
                 waits for ever then"
            }
            false => "they wait for a mutex that is not given back",
        };
        finding("goroutine-blocked-lock", Certainty::High, what)
    })?
}

/// Whether most of them wait for a read lock while somebody waits to write: who holds the lock to read and asks for it again
/// can never have it (sync.RWMutex).
pub(super) fn readers_behind_writer(case: &Case<'_>) -> bool {
    let writes = case.running.is_some_and(|functions| functions.contains("sync.(*RWMutex).Lock"));
    writes && case.share_waiting(is("sync.(*RWMutex).RLock")) > MOST
}

fn waitgroup(case: &Case<'_>) -> Option<Finding> {
    (case.share_waiting(is("sync.(*WaitGroup).Wait")) > MOST).then(|| {
        finding(
            "goroutine-waitgroup",
            Certainty::High,
            "they wait in WaitGroup.Wait for a Done that does not come",
        )
    })?
}

fn cond(case: &Case<'_>) -> Option<Finding> {
    (case.share_waiting(is("sync.(*Cond).Wait")) > MOST).then(|| {
        finding("goroutine-cond", Certainty::High, "they wait in Cond.Wait, and nobody wakes them")
    })?
}

/// Whether most of them serve connections of an HTTP server on which the head of a request has not come to its end.
pub(super) fn reads_heads(case: &Case<'_>) -> bool {
    case.share_waiting(is("net/http.(*conn).readRequest")) > MOST
}

/// A connection whose number follows that of the peers, so never sure by itself.
fn network(case: &Case<'_>) -> Option<Finding> {
    if case.share_waiting(is(BACKGROUND_READ)) > MOST {
        let what =
            "each waits beside a handler of net/http that has not returned: see what the handlers wait for";
        return finding("goroutine-growing", Certainty::Low, what);
    }
    if case.share_waiting(is(SERVE)) > MOST && case.share_waiting(is("internal/poll.runtime_pollWait")) > MOST
    {
        let what = match reads_heads(case) {
            true => {
                "they read the head of a request that does not come to its end: clients that are slow, or mean to be; \
                 ReadHeaderTimeout of http.Server ends them"
            }
            false => {
                "they serve connections that clients keep open: IdleTimeout of http.Server ends idle ones"
            }
        };
        return finding("goroutine-growing", Certainty::Low, what);
    }
    let client = |function: &str| function.starts_with("net/http.(*persistConn).");
    let waits = |function: &str| function == "internal/poll.runtime_pollWait";
    // Commands and listeners have rules of their own.
    let named = |function: &str| client(function) || serves_command(function) || accepts(function);
    (case.share_waiting(waits) > MOST && case.share_waiting(named) <= MOST).then(|| {
        let what = "they wait for the network: connections that are neither closed nor given a deadline";
        finding("file-not-closed", Certainty::Low, what)
    })?
}

/// What goroutines wait in, by the runtime's frames where they are shown and else by the state of the dump.
fn blocked(case: &Case<'_>) -> Option<Finding> {
    let kinds: [(&'static str, [&str; 3], &str, &str); 3] = [
        (
            "goroutine-blocked-send",
            ["runtime.chansend1", "runtime.chansend", "runtime.selectnbsend"],
            "chan send",
            "to send on a channel",
        ),
        (
            "goroutine-blocked-receive",
            ["runtime.chanrecv1", "runtime.chanrecv2", "runtime.chanrecv"],
            "chan receive",
            "to receive from a channel",
        ),
        (
            "goroutine-blocked-select",
            ["runtime.selectgo", "runtime.selectgo", "runtime.selectgo"],
            "select",
            "in a select",
        ),
    ];
    let ticks = |fact: &Fact| matches!(fact.kind, FactKind::WaitsInSelect { has_timeout: true, .. });
    let is_woken = case.facts.iter().any(ticks);
    kinds.into_iter().find_map(|(id, frames, state, how)| {
        let how = if is_woken && state == "select" { "in a select, timers aside" } else { how };
        let by_frame = case.share_waiting(|function| frames.contains(&function));
        let by_state = case.share_in_state(|s| s == state);
        // Without a dump's state a nil channel looks like any other.
        let certainty = if by_state > MOST { Certainty::High } else { Certainty::Medium };
        (by_frame.max(by_state) > MOST).then(|| finding(id, certainty, blocked_where(case, id, how)))?
    })
}

fn running(case: &Case<'_>) -> Option<Finding> {
    let own_end = |state: &str| ["sleep", "running", "runnable", "syscall"].contains(&state);
    let sleeps = case.share_waiting(is("time.Sleep")).max(case.share_in_state(own_end));
    (sleeps > MOST).then(|| {
        finding("goroutine-growing", Certainty::Medium, "they run or sleep; more are started than end")
    })?
}

#[cfg(test)]
mod tests {
    use super::super::name_cause;
    use super::*;

    #[test]
    fn commands_and_listeners_are_no_mere_connections() {
        let poll = "internal/poll.runtime_pollWait";
        for (stack, says, advice) in [
            (
                vec!["runtime.gopark", poll, "os.(*File).Read", "io.Copy", "os/exec.(*Cmd).Start.func2"],
                "command",
                "Wait",
            ),
            (
                vec!["runtime.gopark", poll, "net.(*TCPListener).Accept", "net/http.(*Server).Serve"],
                "listener",
                "Shutdown",
            ),
            (vec!["runtime.gopark", poll, "net.(*conn).Read", "main.read"], "network", "deadlines"),
        ] {
            let cause = name_cause(&Case::waiting(&stack, None));
            assert_eq!(cause.entry.id, "file-not-closed");
            assert!(cause.because[0].contains(says) && cause.advice.contains(advice), "{cause:?}");
        }
    }

    #[test]
    fn iterators_that_are_not_stopped_are_told_by_where_they_wait() {
        let stack =
            ["runtime.coroswitch", "iter.Pull[...].func1.1", "main.scan.func1", "iter.Pull[...].func1"];
        let cause = name_cause(&Case::waiting(&stack, Some(2)));
        assert_eq!((cause.entry.id, cause.certainty), ("goroutine-growing", Certainty::High));
        assert!(cause.advice.contains("defer stop()"), "{}", cause.advice);
        // What an iterator itself waits for is another matter.
        let stack = ["runtime.gopark", "runtime.chanrecv", "main.scan.func1", "iter.Pull[...].func1"];
        assert_eq!(name_cause(&Case::waiting(&stack, Some(2))).entry.id, "goroutine-blocked-receive");
    }

    #[test]
    fn a_read_lock_taken_twice_is_told_by_the_writer_between() {
        let stack = ["runtime.gopark", "sync.(*RWMutex).RLock", "main.total"];
        let writer = std::collections::BTreeSet::from(["sync.(*RWMutex).Lock"]);
        let alone = name_cause(&Case::waiting(&stack, Some(2)));
        let behind = name_cause(&Case { running: Some(&writer), ..Case::waiting(&stack, Some(2)) });
        assert_eq!([alone.entry.id, behind.entry.id], ["goroutine-blocked-lock"; 2]);
        assert!(!alone.advice.contains("read lock once") && behind.advice.contains("read lock once"));
    }

    #[test]
    fn grpc_is_told_by_its_readers_or_its_streams() {
        let site = |stack: Vec<&'static str>, count| WaitSite { stack, own: None, count };
        let waits = vec![
            site(vec!["runtime.gopark", "google.golang.org/grpc.(*addrConn).resetTransport"], 500.0),
            site(vec!["runtime.gopark", "google.golang.org/grpc.(*ccBalancerWrapper).watcher"], 500.0),
            site(
                vec!["runtime.gopark", "google.golang.org/grpc/internal/transport.(*http2Client).reader"],
                500.0,
            ),
        ];
        let mut case = Case { waits, ..Case::new(None) };
        let cause = name_cause(&case);
        assert_eq!((cause.entry.id, cause.certainty), ("grpc-conn-not-closed", Certainty::High));
        case.waits.truncate(2);
        assert_eq!(name_cause(&case).entry.id, "goroutine-growing");
        case.waits =
            vec![site(vec!["runtime.selectgo", "google.golang.org/grpc.newClientStream.func5"], 500.0)];
        let cause = name_cause(&case);
        assert_eq!(cause.entry.id, "context-not-cancelled");
        assert!(cause.because[0].contains("stream") && cause.advice.contains("cancel"));
    }
}
