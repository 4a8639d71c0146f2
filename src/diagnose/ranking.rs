//! Which of several findings names the cause of a suspect.

use super::case::Case;
use super::left_out::Part;
use super::{Certainty, RuleId};
use std::cmp::Reverse;

/// What a finding was read from, the most telling first.
///
/// Source says what the code does. Goroutines that can never end are the cause of the memory they hold, so what they wait
/// in comes before what is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ReadFrom {
    /// The source behind the suspect.
    Source,
    /// What goroutines wait in.
    Waits,
    /// What was allocated, in which sizes, by whose call.
    Memory,
    /// What was allocated beside it.
    Hint,
}

/// What a recogniser found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    pub(super) id: RuleId,
    pub(super) read_from: ReadFrom,
    pub(super) certainty: Certainty,
    pub(super) because: String,
}

/// Puts the finding first that names the cause: the surest; of equally sure ones that of the most telling evidence; of
/// these the most specific, with which the list of rules begins; and of these the first that was found.
pub(super) fn order(findings: &mut [Finding], case: &Case<'_>) {
    let telling = |finding: &Finding| (!case.lacks(Part::EvidenceRanked)).then_some(finding.read_from);
    let specific = |finding: &Finding| (!case.lacks(Part::SpecificFirst)).then_some(finding.id);
    findings.sort_by_key(|finding| (Reverse(finding.certainty), telling(finding), specific(finding)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certainty_comes_first_then_evidence_then_what_is_specific() {
        use Certainty::{High, Low, Medium};
        use RuleId::{DeferInLoop, FileNotClosed, GoroutineBlockedSend, UnboundedMap, UnboundedSlice};
        let found = |id, read_from, certainty| Finding { id, read_from, certainty, because: String::new() };
        let mut findings = vec![
            found(UnboundedMap, ReadFrom::Hint, Medium),
            found(FileNotClosed, ReadFrom::Memory, Medium),
            found(DeferInLoop, ReadFrom::Memory, Medium),
            found(GoroutineBlockedSend, ReadFrom::Waits, Medium),
            found(UnboundedSlice, ReadFrom::Source, Medium),
            found(UnboundedMap, ReadFrom::Source, Medium),
            found(FileNotClosed, ReadFrom::Source, Low),
            found(UnboundedMap, ReadFrom::Memory, High),
        ];
        order(&mut findings, &Case::new(None));
        let ids: Vec<RuleId> = findings.iter().map(|finding| finding.id).collect();
        assert_eq!(
            ids,
            [
                UnboundedMap,
                UnboundedMap,
                UnboundedSlice,
                GoroutineBlockedSend,
                DeferInLoop,
                FileNotClosed,
                UnboundedMap,
                FileNotClosed
            ]
        );
    }
}
