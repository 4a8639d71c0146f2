//! Advice that fits what was seen better than that of the rule's page.

use super::case::Case;
use super::libraries::is_of_expvar;
use super::places::{Place, waits_where};
use super::waits::{are_pulled, readers_behind_writer, reads_heads};
use crate::source::FactKind;

/// Of a wait that no own code is in.
const LIBRARY: &str = "The wait is inside a library. Close, stop or give back what your code got from it on every path \
                       (`defer`), read what it sends, and hand it a context or a timeout where it takes one.";

/// What to change instead of what the page of the rule says; `None` where that fits.
pub(super) fn advice(id: &str, case: &Case<'_>) -> Option<&'static str> {
    match (id, waits_where(case)) {
        ("goroutine-blocked-send" | "goroutine-blocked-receive" | "goroutine-blocked-select", place) => match place? {
            Place::PipeWrite => Some(
                "Let the side that reads from the `io.Pipe` end the writes when it gives up: `defer pr.Close()`, or \
                 `pr.CloseWithError(err)`, behind `io.Pipe()`, so that no early return leaves it open.",
            ),
            Place::PipeRead => Some(
                "Let the side that writes to the `io.Pipe` end the reads on every path: `pw.CloseWithError(err)`, which \
                 with a nil error tells the end.",
            ),
            Place::Library => Some(LIBRARY),
            Place::Command | Place::Accept | Place::GrpcStream => None,
        },
        ("file-not-closed", Some(Place::Command)) => Some(
            "Start commands with `exec.CommandContext`, close their stdin when all is written, and call `Wait` for each \
             that was started, on every path.",
        ),
        ("file-not-closed", Some(Place::Accept)) => Some(
            "Call `Close` or `Shutdown` for each server, and `Close` for each listener, when what it serves is over.",
        ),
        ("goroutine-cond" | "goroutine-waitgroup" | "goroutine-blocked-lock", Some(Place::Library)) => Some(LIBRARY),
        ("context-not-cancelled", Some(Place::GrpcStream)) => Some(
            "Open each stream with a context that can be cancelled, and cancel it (`defer cancel()`), or read until \
             `Recv` returns an error: closing the sending side is not enough.",
        ),
        ("sql-rows-not-closed", None) => Some(
            "Look for a `Query` without `rows.Close()`, a `Begin` without `Commit` or `Rollback`, and a `Conn` without \
             `Close`, on any path: who opened the connection need not be who keeps it. `SetMaxOpenConns` bounds them.",
        )
        .filter(|_| case.waits.is_empty() && !case.facts.iter().any(|fact| fact.kind.leaves_open())),
        ("context-not-cancelled", _) => Some(
            "Call `cancel()` at the end of each turn of the loop, or move its body into a function of its own with \
             `defer cancel()`: a `defer` in a loop that never ends is never run.",
        )
        .filter(|_| super::heap::contexts_of_a_loop(case).is_some()),
        ("goroutine-growing", _) if reads_heads(case) => Some(
            "Set `ReadHeaderTimeout` (and `ReadTimeout`, `IdleTimeout`) of the `http.Server`: without them a client that sends \
             half a request keeps its connection, its goroutine and its buffers for ever.",
        ),
        ("goroutine-growing", _) => Some(
            "Call the `stop` that `iter.Pull` returns on every path (`defer stop()`), also where the iterator is not read to \
             its end.",
        )
        .filter(|_| are_pulled(case)),
        ("goroutine-nil-channel", _) => Some(
            "Hand it a context that ends: one of `context.WithCancel`, or of the request. `context.Background()` and \
             `context.TODO()` never do, and their `Done()` is a nil channel.",
        )
        .filter(|_| waits_for_done(case)),
        ("goroutine-blocked-lock", _) => Some(
            "Take a read lock once: do not call what takes it again while it is held, for a writer that comes between waits \
             for the first and holds up the second. Give it back with `defer mu.RUnlock()` right behind `mu.RLock()`.",
        )
        .filter(|_| readers_behind_writer(case)),
        ("unbounded-map" | "unbounded-slice" | "unbounded-queue" | "unbounded-sync-map", _) => Some(
            "The source bounds it: see how much fits under the bound, and lower that if it is more than memory allows. If \
             it is not, this fills once and stays: later snapshots will show it.",
        )
        .filter(|_| is_bounded(case)),
        ("metric-cardinality", _) => Some(
            "Take keys whose values never repeat (user, request id, full path) out of the `expvar.Map`, or delete them \
             when they are over: it keeps each key that was ever added.",
        )
        .filter(|_| is_of_expvar(case)),
        _ => None,
    }
}

/// Whether goroutines wait for the end of a context.
fn waits_for_done(case: &Case<'_>) -> bool {
    case.facts.iter().any(|fact| match &fact.kind {
        FactKind::WaitsToReceive { channel, .. } => channel.expression.ends_with(".Done()"),
        _ => false,
    })
}

/// Whether the source bounds all that the value is put into.
fn is_bounded(case: &Case<'_>) -> bool {
    let mut containers = case.facts.iter().filter_map(|fact| fact.kind.container()).peekable();
    containers.peek().is_some() && containers.all(|container| container.bound.is_some())
}
