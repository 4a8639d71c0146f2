//! Client connections that are idle and kept, by one Transport a request.

use super::http_body_not_closed::waits_for_body;
use crate::diagnose::Certainty;
use crate::diagnose::case::{Case, HeapSite};
use crate::diagnose::rule::{A_GOOD_PART, MOST, Rule, Shown, shown};
use crate::diagnose::symbols::{HTTP_CLIENT_READER, HTTP_CLIENT_WRITER, HTTP_DIALS};

pub(super) const RULE: Rule = Rule { waits: &[idle_connections], memory: &[dialled], ..Rule::ROWS };

fn idle_connections(case: &Case<'_>) -> Option<Shown> {
    let of_connection = |f: &str| HTTP_CLIENT_READER.has(f) || HTTP_CLIENT_WRITER.has(f);
    let are_idle = case.share_waiting(of_connection) > MOST && !case.waits.iter().any(waits_for_body);
    let what = "idle client connections accumulate: each has a reader and a writer, and one shared Transport would bound them";
    are_idle.then(|| shown(Certainty::Medium, what))?
}

/// Connections without their goroutines: which of the two causes it is only the goroutines tell.
fn dialled(case: &Case<'_>) -> Option<Shown> {
    let dials = |site: &&HeapSite<'_>| site.stack.iter().any(|function| HTTP_DIALS.has(function));
    let bytes: f64 = case.heap.iter().filter(dials).map(HeapSite::bytes).sum();
    let what =
        "the buffers of HTTP client connections accumulate; a goroutine profile of the same moment shows why";
    (case.waits.is_empty() && bytes >= A_GOOD_PART * case.heap_growth() && bytes > 0.0)
        .then(|| shown(Certainty::Low, what))?
}
