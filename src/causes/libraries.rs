//! Rules about memory that libraries allocate for what own code got from them and keeps: metrics and connections.

use super::case::{Case, HeapSite};
use super::heap::{A_GOOD_PART, ENOUGH, SOME, alone};
use super::{Certainty, Finding, finding};

pub(super) fn metrics(case: &Case<'_>) -> Option<Finding> {
    // Shown by real recordings of prometheus/client_golang.
    let of_prometheus = |function: &str| {
        function.contains("client_golang/prometheus.MakeLabelPairs")
            || function.contains("prometheus.(*metricMap).getOrCreateMetric")
    };
    // Known from reading alone.
    const TELEMETRY: [&str; 6] = [
        "go.opentelemetry.io/otel/attribute.",
        "go.opentelemetry.io/otel/sdk/metric/internal",
        "go.opencensus.io/stats/view.",
        "go.opencensus.io/tag.",
        "rcrowley/go-metrics.(*StandardRegistry).",
        "/go-metrics.(*Metrics).",
    ];
    let of_telemetry = |function: &str| TELEMETRY.iter().any(|of| function.contains(of));
    let shown = |of: &dyn Fn(&str) -> bool| {
        case.sampled_under(of) >= SOME && case.bytes_under(of) >= A_GOOD_PART * case.heap_growth()
    };
    let certainty = match (shown(&of_prometheus), shown(&of_telemetry)) {
        (true, _) => alone(case, Certainty::Medium),
        (false, true) => Certainty::Low,
        (false, false) => return None,
    };
    finding(
        "metric-cardinality",
        certainty,
        "what grows are the time series of metrics, one for each set of labels",
    )
}

pub(super) fn is_expvar_map(function: &str) -> bool {
    function.starts_with("expvar.(*Map).")
}

/// Whether the entries of an expvar.Map pile up. Their keys, which other code makes, may be larger than they are.
pub(super) fn is_of_expvar(case: &Case<'_>) -> bool {
    case.sampled_under(is_expvar_map) >= SOME
}

pub(super) fn expvar(case: &Case<'_>) -> Option<Finding> {
    let sure = case.sampled_under(is_expvar_map) >= ENOUGH;
    let certainty = if sure { Certainty::High } else { Certainty::Medium };
    is_of_expvar(case).then(|| {
        let what = "the entries of an expvar.Map pile up, which are never taken out";
        finding("metric-cardinality", alone(case, certainty), what)
    })?
}

/// Connections that a pool of database/sql dialled and keeps. It dials only while none is free.
pub(super) fn sql_connections(case: &Case<'_>) -> Option<Finding> {
    let dials = |function: &str| {
        ["database/sql.(*DB).conn", "database/sql.(*DB).openNewConnection"].contains(&function)
    };
    (case.sampled_under(dials) >= SOME && case.bytes_under(dials) >= A_GOOD_PART * case.heap_growth()).then(|| {
        let what = "connections of a *sql.DB pile up: one more is dialled only while all others are in use, so queries or \
                    transactions are not closed, here or elsewhere";
        finding("sql-rows-not-closed", alone(case, Certainty::Medium), what)
    })?
}

/// Statements that were prepared and not closed: the driver and the server keep each as long as its connection.
pub(super) fn sql_statements(case: &Case<'_>) -> Option<Finding> {
    const PREPARE: [&str; 4] = [
        "database/sql.(*DB).Prepare",
        "database/sql.(*Conn).Prepare",
        "database/sql.(*Tx).Prepare",
        "database/sql.(*Tx).Stmt",
    ];
    let prepares = |function: &str| PREPARE.iter().any(|of| function.starts_with(of));
    let is_most = case.bytes_under(prepares) >= A_GOOD_PART * case.heap_growth();
    (case.sampled_under(prepares) >= SOME && is_most).then(|| {
        let what =
            "prepared statements pile up: each is kept until its `Close`, so prepare once or close each";
        finding("sql-rows-not-closed", alone(case, Certainty::Medium), what)
    })?
}

/// Connections without their goroutines: which of the two causes it is only the goroutines tell.
pub(super) fn http_connections(case: &Case<'_>) -> Option<Finding> {
    let dials = |function: &str| function == "net/http.(*Transport).dialConn";
    let bytes: f64 =
        case.heap.iter().filter(|site| site.stack.iter().any(|f| dials(f))).map(HeapSite::bytes).sum();
    (case.waits.is_empty() && bytes >= A_GOOD_PART * case.heap_growth() && bytes > 0.0).then(|| {
        let what = "the buffers of HTTP client connections pile up; a goroutine profile of the same moment tells why";
        finding("http-transport-per-request", Certainty::Low, what)
    })?
}

#[cfg(test)]
mod tests {
    use super::super::case::SizeGrowth;
    use super::super::name_cause;
    use super::*;

    #[test]
    fn pooled_connections_and_metrics_are_told_by_who_allocates() {
        let sizes = [SizeGrowth::kept(4096, 2000.0, 16)];
        let cause = |stack: &[&'static str], own| {
            name_cause(&Case::of_heap(vec![HeapSite::made(stack, Some(own), &sizes)]))
        };
        let dialled = cause(
            &[
                "bufio.NewReaderSize",
                "github.com/lib/pq.(*Connector).open",
                "database/sql.(*DB).conn",
                "main.list",
            ],
            3,
        );
        assert_eq!(dialled.entry.id, "sql-rows-not-closed");
        assert!(dialled.advice.contains("need not be who keeps it"));
        let expvar = cause(&["sync.(*Map).LoadOrStore", "expvar.(*Map).Add", "main.count"], 2);
        assert_eq!(expvar.entry.id, "metric-cardinality");
        assert!(expvar.advice.contains("expvar.Map"));
        let prepared =
            ["github.com/lib/pq.(*conn).prepareTo", "database/sql.(*DB).PrepareContext", "main.list"];
        let cause_of_prepared = cause(&prepared, 2);
        assert_eq!(cause_of_prepared.entry.id, "sql-rows-not-closed");
        assert!(cause_of_prepared.because[0].contains("prepared statements"));
        let census = ["go.opencensus.io/stats/view.(*collector).addSample", "main.observe"];
        assert_eq!(cause(&census, 1).entry.id, "metric-cardinality");
        let labels = ["github.com/prometheus/client_golang/prometheus.MakeLabelPairs", "main.observe"];
        assert_eq!(cause(&labels, 1).certainty, Certainty::Medium);
    }
}
