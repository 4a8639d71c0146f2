//! The rules that only ask what most goroutines of a suspect wait in, a row each.

use super::case::Case;
use super::left_out::recogniser;
use super::rule::{MOST, Shown};
use super::symbols::{self, Symbols};
use super::{Certainty, RuleId};

/// More than a share of the goroutines have a function of a set on their stacks.
struct Waiting {
    id: RuleId,
    set: &'static Symbols,
    /// The share; [`MOST`] unless the suspect has other goroutines of the same leak.
    share: f64,
    certainty: Certainty,
    because: &'static str,
}

static WAITING: &[Waiting] = &[
    Waiting {
        id: RuleId::StreamNotEnded,
        set: &symbols::GRPC_STREAM,
        share: MOST,
        certainty: Certainty::High,
        because: "one goroutine waits beside each open gRPC stream (newClientStream) until its context is cancelled or it \
                  is read to its end",
    },
    Waiting {
        id: RuleId::TransactionNotEnded,
        set: &symbols::SQL_TRANSACTION,
        share: MOST,
        certainty: Certainty::High,
        because: "one goroutine waits beside each open transaction (awaitDone)",
    },
    Waiting {
        id: RuleId::SqlRowsNotClosed,
        set: &symbols::SQL_ROWS,
        share: MOST,
        certainty: Certainty::High,
        because: "one goroutine waits beside each open result set or transaction (awaitDone)",
    },
    Waiting {
        id: RuleId::SqlRowsNotClosed,
        set: &symbols::SQL_CONN,
        share: MOST,
        certainty: Certainty::Medium,
        because: "they wait for a connection of a *sql.DB: all that SetMaxOpenConns allows are in use, by queries or \
                  transactions that are not closed, or for too long",
    },
    Waiting {
        id: RuleId::SqlOpenPerRequest,
        set: &symbols::SQL_OPENER,
        share: MOST,
        certainty: Certainty::High,
        because: "each *sql.DB has one connectionOpener goroutine, and their number grows",
    },
    Waiting {
        id: RuleId::HttpNoTimeout,
        set: &symbols::HTTP_CALL,
        // The connections that they wait for are in the same suspect, two goroutines each.
        share: 0.3,
        certainty: Certainty::High,
        because: "they wait for the answer to an HTTP request that does not come, and nothing gives up",
    },
    Waiting {
        id: RuleId::ContextNotCancelled,
        set: &symbols::CONTEXT_WATCH,
        share: MOST,
        certainty: Certainty::High,
        because: "each watches a parent context on behalf of a child that is never cancelled",
    },
    Waiting {
        id: RuleId::ListenerNotRemoved,
        set: &symbols::SUBSCRIPTION,
        share: MOST,
        certainty: Certainty::High,
        because: "each serves a subscription that was not ended: `Unsubscribe`, `Cancel` or `Close` it on every path",
    },
    Waiting {
        id: RuleId::GoroutineCond,
        set: &symbols::COND,
        share: MOST,
        certainty: Certainty::High,
        because: "they wait in Cond.Wait, and nobody wakes them",
    },
    Waiting {
        id: RuleId::CommandNotWaited,
        set: &symbols::COMMAND,
        share: MOST,
        certainty: Certainty::Medium,
        because: "each serves a command (os/exec) that was started and has not ended, or waits for one: its stdin is open, or it \
                  runs on, and nobody ends it",
    },
    Waiting {
        id: RuleId::ListenerNotClosed,
        set: &symbols::ACCEPT,
        share: MOST,
        certainty: Certainty::Medium,
        because: "each waits for connections to a listener of its own: listeners or servers are opened and not closed",
    },
    Waiting {
        id: RuleId::PipeNotClosed,
        set: &symbols::PIPE_WRITE,
        share: MOST,
        certainty: Certainty::High,
        because: "they wait to write into an io.Pipe: whoever reads from it has stopped, and did not close it",
    },
    Waiting {
        id: RuleId::PipeNotClosed,
        set: &symbols::PIPE_READ,
        share: MOST,
        certainty: Certainty::High,
        because: "they wait to read from an io.Pipe: whoever writes to it has stopped, and did not close it",
    },
];

/// What the rows are called.
pub(super) fn parts() -> impl Iterator<Item = String> {
    WAITING.iter().enumerate().map(|(at, row)| recogniser(row.id, "waiting", at))
}

/// The rows that fit.
pub(super) fn recognise(case: &Case<'_>) -> impl Iterator<Item = (RuleId, Shown)> {
    let fit = move |row: &&Waiting| case.share_waiting(|function| row.set.has(function)) > row.share;
    let shown = |row: &Waiting| (row.id, Shown { certainty: row.certainty, because: row.because.to_owned() });
    let is_there = move |(at, row): &(usize, &Waiting)| !case.lacks_recogniser(row.id, "waiting", *at);
    WAITING.iter().enumerate().filter(is_there).map(|(_, row)| row).filter(fit).map(shown)
}
