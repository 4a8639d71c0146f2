//! Time series of metrics, one for each set of labels.

use crate::diagnose::rule::{Rule, SOME};
use crate::diagnose::symbols::EXPVAR_MAP;

pub(super) const RULE: Rule = Rule {
    // Their keys, which other code makes, may be larger than they are, so some of them are enough.
    advice: &[("an expvar.Map", |case| case.sampled_under(|function| EXPVAR_MAP.has(function)) >= SOME)],
    ..Rule::ROWS
};

#[cfg(test)]
mod tests {
    use crate::diagnose::case::{HeapSite, SizeGrowth};
    use crate::diagnose::{Case, Cause, Certainty, name_cause};

    fn cause(stack: &[&'static str]) -> Cause {
        let kept = SizeGrowth::kept(4096, 2000.0, 16);
        name_cause(&Case::of_heap(vec![HeapSite::made(stack, Some(stack.len() - 1), &[kept])]))
    }

    #[test]
    fn time_series_are_told_by_who_allocates_them() {
        let expvar = cause(&["sync.(*Map).LoadOrStore", "expvar.(*Map).Add", "main.count"]);
        assert_eq!(expvar.entry.id, "metric-cardinality");
        assert!(expvar.advice.contains("expvar.Map"));
        let census = ["go.opencensus.io/stats/view.(*collector).addSample", "main.observe"];
        assert_eq!(
            (cause(&census).entry.id, cause(&census).certainty),
            ("metric-cardinality", Certainty::Low)
        );
        let labels = ["github.com/prometheus/client_golang/prometheus.MakeLabelPairs", "main.observe"];
        assert_eq!(cause(&labels).certainty, Certainty::Medium);
        // Those who expose them are no reason.
        let gathers = ["github.com/prometheus/client_golang/prometheus.(*Registry).Gather", "main.push"];
        assert_ne!(cause(&gathers).entry.id, "metric-cardinality");
    }
}
