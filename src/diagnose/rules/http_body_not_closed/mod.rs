//! Bodies of HTTP responses that are neither read to their end nor closed.

use crate::diagnose::Certainty;
use crate::diagnose::case::{Case, WaitSite};
use crate::diagnose::rule::{MOST, Rule, Shown, shown};
use crate::diagnose::symbols::HTTP_CLIENT_READER;

/// Two writers and readers stand in one suspect; only the readers tell.
const READERS: f64 = 0.3;

pub(super) const RULE: Rule = Rule { waits: &[open_bodies], ..Rule::ROWS };

/// The reader of an HTTP/1 connection that waits, in a select of its own, for the body to be read and closed. An idle
/// connection's reader waits for the network instead.
pub(super) fn waits_for_body(site: &WaitSite<'_>) -> bool {
    site.waits_in().is_some_and(|(_, function)| HTTP_CLIENT_READER.has(function))
}

fn open_bodies(case: &Case<'_>) -> Option<Shown> {
    let is_reader = |function: &str| HTTP_CLIENT_READER.has(function);
    let (open, all) = (case.share_standing(waits_for_body), case.share_waiting(is_reader));
    let what =
        "readers of client connections wait in a select for a response body to be read to its end and closed";
    (all > READERS && open > MOST * all).then(|| shown(Certainty::High, what))?
}
