//! Where goroutines wait that do not wait in own code: inside a library, whose waits no case of a select can be added to.

use super::Certainty;
use super::case::{Case, WaitSite};
use super::rule::{MOST, Shown};
use super::symbols::{self, Symbols};
use crate::profile::display_function;

/// Where goroutines wait, if not in own code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// For a command, a listener or a pipe, or beside a stream, which have rules of their own.
    Known,
    /// Elsewhere in a library or the standard library.
    Library,
}

/// Where most of the goroutines wait, if that is not in own code.
pub(super) fn waits_where(case: &Case<'_>) -> Option<Place> {
    let known: [&Symbols; 5] = [
        &symbols::PIPE_WRITE,
        &symbols::PIPE_READ,
        &symbols::COMMAND,
        &symbols::ACCEPT,
        &symbols::GRPC_STREAM,
    ];
    if known.iter().any(|set| case.most_wait_in(set)) {
        return Some(Place::Known);
    }
    (case.share_standing(|site| library_wait(site).is_some()) > MOST).then_some(Place::Library)
}

/// Whether most of them wait inside a library.
pub(super) fn in_library(case: &Case<'_>) -> bool {
    waits_where(case) == Some(Place::Library)
}

/// The function that a goroutine waits in, if that is not own code.
fn library_wait<'a>(site: &WaitSite<'a>) -> Option<&'a str> {
    // Who takes a lock or waits for others does so in package sync, and waits all the same.
    let waits =
        |function: &str| ["runtime.", "sync.", "internal/sync."].iter().any(|of| function.starts_with(of));
    let (at, function) = site.stack.iter().copied().enumerate().find(|(_, function)| !waits(function))?;
    (site.own != Some(at)).then_some(function)
}

/// Why they wait, if that is no guess.
const PROVED: &str = ", and the garbage collector proved that nothing can wake them";

/// An operation on channels that goroutines wait in.
pub(super) struct Blocked {
    /// The runtime's functions, where they are shown.
    pub(super) frames: &'static Symbols,
    /// The state of a dump.
    pub(super) state: &'static str,
}

impl Blocked {
    /// Whether most of them wait in it, in the words of `how`, and in own code `why` as far as that is known.
    pub(super) fn shown(&self, case: &Case<'_>, how: &str, why: &str) -> Option<Shown> {
        let by_frame = case.share_waiting(|function| self.frames.has(function));
        let by_state = case.share_in_state(|state| state == self.state);
        // Without a dump's state a nil channel looks like any other, and what a library waits for is its own affair.
        let is_sure = by_state > MOST && !in_library(case);
        let certainty = if is_sure { Certainty::High } else { Certainty::Medium };
        let why = if case.proved { PROVED } else { why };
        let because = || where_it_waits(case, how).unwrap_or_else(|| format!("they wait {how}{why}"));
        (by_frame.max(by_state) > MOST).then(|| Shown { certainty, because: because() })
    }
}

/// How they wait outside of own code. More is not known: whoever should end the wait may come late, seldom or never.
fn where_it_waits(case: &Case<'_>, how: &str) -> Option<String> {
    waits_where(case)?;
    let most = case.waits.iter().max_by(|a, b| a.count.total_cmp(&b.count));
    let Some((site, function)) = most.and_then(|site| Some((site, library_wait(site)?))) else {
        return Some(format!("they wait {how}"));
    };
    let caller = site.own.and_then(|own| site.stack.get(own));
    let called = caller.map_or(String::new(), |caller| format!(", called by {}", display_function(caller)));
    let function = display_function(function);
    Some(format!("they wait {how} inside {function}{called}: the library decides what ends it"))
}

#[cfg(test)]
mod tests {
    use super::super::name_cause;
    use super::*;

    #[test]
    fn a_wait_in_a_library_gets_advice_for_its_caller() {
        let own = Case::waiting(&["runtime.gopark", "runtime.selectgo", "main.(*hub).run"], Some(2));
        let cause = name_cause(&own);
        assert_eq!((cause.entry.id, waits_where(&own)), ("goroutine-blocked-select", None));
        assert_eq!(cause.advice, cause.entry.advice);
        assert_eq!(cause.because, ["they wait in a select, and more come than go"]);

        let pool = "github.com/gomodule/redigo/redis.(*Pool).waitVacantConn";
        let cause = name_cause(&Case::waiting(
            &["runtime.gopark", "runtime.selectgo", pool, "main.(*store).load"],
            Some(3),
        ));
        assert_eq!(cause.entry.id, "goroutine-blocked-select");
        assert!(
            cause.because[0].contains("inside redis.(*Pool).waitVacantConn, called by main.(*store).load")
        );
        assert!(cause.advice.starts_with("The wait is inside a library."), "{}", cause.advice);
    }
}
