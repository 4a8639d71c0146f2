//! Files and connections that stay open.

use super::connection_without_deadline::waits_in_poll;
use super::defer_in_loop::records_accumulate;
use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{Rule, SOME, Shown, alone, by_count, shown};
use crate::diagnose::symbols::OPENS;

pub(super) const RULE: Rule = Rule { waits: &[network], memory: &[open_files], ..Rule::ROWS };

fn open_files(case: &Case<'_>) -> Option<Shown> {
    let sampled = case.sampled_under(|function| OPENS.has(function));
    // Deferred calls that accumulate beside them are why.
    let certainty = if records_accumulate(case).is_some() { Certainty::Low } else { by_count(sampled) };
    (sampled >= SOME).then(|| shown(alone(case, certainty), "open files or connections accumulate"))?
}

/// A connection that nobody closes looks like one whose peer is silent.
fn network(case: &Case<'_>) -> Option<Shown> {
    let what = "they wait for the network or a file: connections or files that nobody closes";
    waits_in_poll(case).then(|| shown(Certainty::Low, what))?
}

#[cfg(test)]
mod tests {
    use crate::diagnose::case::{HeapSite, SizeGrowth};
    use crate::diagnose::{Case, name_cause};

    #[test]
    fn files_are_told_by_who_opens_them() {
        let named = |stack: &[&'static str]| {
            let kept = SizeGrowth::kept(152, 4000.0, 12);
            name_cause(&Case::of_heap(vec![HeapSite::made(stack, Some(stack.len() - 1), &[kept])])).entry.id
        };
        assert_eq!(named(&["os.newFile", "os.OpenFile", "os.Open", "main.load"]), "file-not-closed");
        assert_eq!(named(&["bufio.NewReaderSize", "main.load"]), "retained-reference");
        let watch = ["internal/poll.runtime_pollWait", "os.(*File).Read", "main.watch"];
        assert_eq!(name_cause(&Case::waiting(&watch, Some(2))).entry.id, "file-not-closed");
    }
}
