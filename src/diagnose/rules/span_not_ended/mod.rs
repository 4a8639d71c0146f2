//! Spans of traces that are started and not ended.

use crate::diagnose::rule::Rule;

pub(super) const RULE: Rule = Rule::ROWS;

#[cfg(test)]
mod tests {
    use crate::diagnose::case::{HeapSite, SizeGrowth};
    use crate::diagnose::{Case, Certainty, name_cause};

    #[test]
    fn spans_are_told_by_who_starts_them() {
        let stack = ["go.opentelemetry.io/otel/sdk/trace.(*tracer).newSpan", "main.load"];
        let site = HeapSite::made(&stack, Some(1), &[SizeGrowth::kept(512, 9000.0, 12)]);
        let cause = name_cause(&Case::of_heap(vec![site]));
        assert_eq!((cause.entry.id, cause.certainty), ("span-not-ended", Certainty::Medium));
    }
}
