//! The rules that only ask what the memory of a suspect was allocated under, a row each.

use super::case::{Case, HeapSite};
use super::left_out::recogniser;
use super::rule::{A_GOOD_PART, SOME, Shown, alone, by_count};
use super::symbols::{self, Symbols};
use super::{Certainty, RuleId};

/// Sampled objects stay that were allocated in calls of a set of functions from own code.
struct Allocated {
    id: RuleId,
    set: &'static Symbols,
    /// Stacks that have one of these are left out: they are another rule's.
    apart_from: Option<&'static Symbols>,
    how_much: HowMuch,
    certainty: Sure,
    because: &'static str,
}

/// How much of a suspect has to be allocated there.
enum HowMuch {
    /// [`SOME`] sampled objects: whoever calls these functions makes nothing else.
    Some,
    /// These, and [`A_GOOD_PART`] of its bytes.
    AGoodPart,
}

/// How sure a row is.
enum Sure {
    /// Medium, and high from many sampled objects on.
    ByCount,
    /// Medium, where no goroutines explain it.
    Medium,
    /// Low: what it is allocated under fits other causes as well.
    Low,
}

static ALLOCATED: &[Allocated] = &[
    Allocated {
        id: RuleId::MetricCardinality,
        set: &symbols::PROMETHEUS,
        apart_from: None,
        how_much: HowMuch::AGoodPart,
        certainty: Sure::Medium,
        because: "what grows are the time series of metrics, one for each set of labels",
    },
    Allocated {
        id: RuleId::MetricCardinality,
        set: &symbols::TELEMETRY,
        apart_from: None,
        how_much: HowMuch::AGoodPart,
        certainty: Sure::Low,
        because: "what grows are the time series of metrics, one for each set of labels",
    },
    Allocated {
        id: RuleId::MetricCardinality,
        set: &symbols::EXPVAR_MAP,
        apart_from: None,
        how_much: HowMuch::Some,
        certainty: Sure::ByCount,
        because: "the entries of an expvar.Map accumulate, which are never taken out",
    },
    Allocated {
        id: RuleId::StatementNotClosed,
        set: &symbols::SQL_PREPARES,
        apart_from: None,
        how_much: HowMuch::AGoodPart,
        certainty: Sure::Medium,
        because: "prepared statements accumulate: each is kept until its `Close`, so prepare once or close each",
    },
    Allocated {
        id: RuleId::TransactionNotEnded,
        set: &symbols::BOLT_TRANSACTION,
        apart_from: None,
        how_much: HowMuch::AGoodPart,
        certainty: Sure::Medium,
        because: "transactions of bolt accumulate, which were neither committed nor rolled back",
    },
    Allocated {
        id: RuleId::SqlRowsNotClosed,
        set: &symbols::SQL_DIALS,
        apart_from: None,
        how_much: HowMuch::AGoodPart,
        certainty: Sure::Medium,
        because: "connections of a *sql.DB accumulate: one more is dialled only while all others are in use, so queries or \
                  transactions are not closed, here or elsewhere",
    },
    Allocated {
        id: RuleId::StreamNotEnded,
        set: &symbols::GRPC_OPENS_STREAM,
        apart_from: None,
        how_much: HowMuch::AGoodPart,
        certainty: Sure::Medium,
        because: "gRPC streams accumulate that are neither read to their end nor cancelled",
    },
    Allocated {
        id: RuleId::SpanNotEnded,
        set: &symbols::SPANS,
        apart_from: None,
        how_much: HowMuch::AGoodPart,
        certainty: Sure::Medium,
        because: "spans accumulate that were started and not ended, or not exported",
    },
    Allocated {
        id: RuleId::TimerNotStopped,
        set: &symbols::TIMERS,
        apart_from: Some(&symbols::CONTEXT_PACKAGE),
        how_much: HowMuch::Some,
        certainty: Sure::ByCount,
        because: "timers or tickers accumulate that are still running",
    },
    Allocated {
        id: RuleId::UnboundedSyncMap,
        set: &symbols::SYNC_MAP,
        apart_from: Some(&symbols::EXPVAR_MAP),
        how_much: HowMuch::Some,
        certainty: Sure::ByCount,
        because: "the nodes of a sync.Map accumulate with its entries",
    },
    Allocated {
        id: RuleId::UnboundedQueue,
        set: &symbols::LISTS,
        apart_from: None,
        how_much: HowMuch::Some,
        certainty: Sure::Medium,
        because: "the elements of a linked list or heap accumulate: more is put in than taken out",
    },
    Allocated {
        id: RuleId::RetainedSubstring,
        set: &symbols::CSV_RECORDS,
        apart_from: None,
        how_much: HowMuch::AGoodPart,
        certainty: Sure::Low,
        because: "the fields of a record of encoding/csv are parts of one string, and one that is kept keeps them all; clone it, \
                  unless all are needed",
    },
    Allocated {
        id: RuleId::RetainedSubstring,
        set: &symbols::HEADER_LINES,
        apart_from: None,
        how_much: HowMuch::AGoodPart,
        certainty: Sure::Low,
        because: "lines of the headers of requests stay: a name, path or token of each is kept, as the key of a map, a label or \
                  in a list; clone the part that is kept, and bound what keeps it",
    },
];

/// What the rows are called.
pub(super) fn parts() -> impl Iterator<Item = String> {
    ALLOCATED.iter().enumerate().map(|(at, row)| recogniser(row.id, "allocated", at))
}

/// The rows that fit.
pub(super) fn recognise(case: &Case<'_>) -> impl Iterator<Item = (RuleId, Shown)> {
    let all = case.heap_growth();
    ALLOCATED.iter().enumerate().filter_map(move |(at, row)| {
        if case.lacks_recogniser(row.id, "allocated", at) {
            return None;
        }
        let apart = |site: &HeapSite<'_>| row.apart_from.is_some_and(|others| site.calls(others));
        let sites = || case.heap.iter().filter(|site| site.calls(row.set) && !apart(site));
        let sampled = sites().map(HeapSite::sampled).fold(0, i64::saturating_add);
        let is_enough = match row.how_much {
            HowMuch::Some => true,
            HowMuch::AGoodPart => sites().map(HeapSite::bytes).sum::<f64>() >= A_GOOD_PART * all,
        };
        let certainty = match row.certainty {
            Sure::ByCount => alone(case, by_count(sampled)),
            Sure::Medium => alone(case, Certainty::Medium),
            Sure::Low => Certainty::Low,
        };
        let shown = || (row.id, Shown { certainty, because: row.because.to_owned() });
        (sampled >= SOME && is_enough).then(shown)
    })
}
