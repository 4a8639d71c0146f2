//! Files and connections that stay open.

use super::defer_in_loop::records_pile_up;
use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{MOST, Rule, SOME, Shown, alone, by_count, shown};
use crate::diagnose::symbols::{
    ACCEPT, COMMAND, HTTP_BACKGROUND_READ, HTTP_CLIENT_CONNECTION, HTTP_SERVE, NETWORK_WAIT, OPENS,
};

pub(super) const RULE: Rule = Rule {
    waits: &[network],
    memory: &[open_files],
    advice: &[
        ("commands", |case| case.share_waiting(|function| COMMAND.has(function)) > MOST),
        ("listeners", |case| case.share_waiting(|function| ACCEPT.has(function)) > MOST),
    ],
    ..Rule::ROWS
};

fn open_files(case: &Case<'_>) -> Option<Shown> {
    let sampled = case.sampled_under(|function| OPENS.has(function));
    // Deferred calls that pile up beside them are why.
    let certainty = if records_pile_up(case).is_some() { Certainty::Low } else { by_count(sampled) };
    (sampled >= SOME).then(|| shown(alone(case, certainty), "open files or connections pile up"))?
}

/// Connections, whose number follows that of the peers, so never sure by themselves.
fn network(case: &Case<'_>) -> Option<Shown> {
    let waiting = |named: &dyn Fn(&str) -> bool| case.share_waiting(named) > MOST;
    // Servers, clients, commands and listeners have rules of their own.
    let is_named = |f: &str| HTTP_CLIENT_CONNECTION.has(f) || COMMAND.has(f) || ACCEPT.has(f);
    let is_served = waiting(&|f| HTTP_BACKGROUND_READ.has(f)) || waiting(&|f| HTTP_SERVE.has(f));
    let what = "they wait for the network: connections that are neither closed nor given a deadline";
    (waiting(&|f| NETWORK_WAIT.has(f)) && !waiting(&is_named) && !is_served)
        .then(|| shown(Certainty::Low, what))?
}

#[cfg(test)]
mod tests {
    use crate::diagnose::{Case, name_cause};

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
}
