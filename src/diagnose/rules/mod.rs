//! The list of rules, each of which is a folder here.

use super::case::Case;
use super::left_out::{Part, recogniser};
use super::page::{Entry, read};
use super::ranking::{Finding, ReadFrom};
use super::rule::{Rule, Shown};
use super::{allocated_under, given_back, waiting_at};
use std::sync::OnceLock;

pub(crate) use defer_in_loop::DEFER_RECORD;

/// The groups in which rules are listed for people, in their order: the four classic causes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Containers,
    References,
    Goroutines,
    Deferred,
    Http,
    GivenBack,
    Other,
    Unnamed,
}

impl Family {
    fn title(self) -> &'static str {
        match self {
            Family::Containers => "Containers that only grow",
            Family::References => "References that keep more than they need",
            Family::Goroutines => "Goroutines that never end",
            Family::Deferred => "Deferred calls that accumulate",
            Family::Http => "HTTP",
            Family::GivenBack => "Things that are never given back",
            Family::Other => "Other ways to keep memory",
            Family::Unnamed => "Where no cause can be named",
        }
    }
}

/// Makes the modules, the ids and the pages of all rules out of their list.
macro_rules! rules {
    ($($rule:ident = $id:literal in $module:ident: $family:ident;)*) => {
        $(mod $module;)*

        /// A rule. The most specific comes first.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RuleId {
            $(#[doc = concat!("`", $id, "`")] $rule,)*
        }

        impl RuleId {
            /// All rules.
            pub const ALL: &'static [RuleId] = &[$(RuleId::$rule),*];

            /// The stable id: `unbounded-map`.
            pub fn name(self) -> &'static str {
                match self { $(RuleId::$rule => $id,)* }
            }

            fn family(self) -> Family {
                match self { $(RuleId::$rule => Family::$family,)* }
            }

            fn rule(self) -> &'static Rule {
                match self { $(RuleId::$rule => &$module::RULE,)* }
            }

            fn page(self) -> &'static str {
                match self { $(RuleId::$rule => include_str!(concat!(stringify!($module), "/page.md")),)* }
            }
        }
    };
}

// The most specific first: what names one mistake before what names a kind of them, see `ranking`.
rules! {
    FinalizerCycle = "finalizer-cycle" in finalizer_cycle: Other;
    FinalizerStuck = "finalizer-stuck" in finalizer_stuck: Other;
    MetricCardinality = "metric-cardinality" in metric_cardinality: Other;
    DeferInLoop = "defer-in-loop" in defer_in_loop: Deferred;
    GoroutineNilChannel = "goroutine-nil-channel" in goroutine_nil_channel: Goroutines;
    TimerNotStopped = "timer-not-stopped" in timer_not_stopped: GivenBack;
    GrpcConnNotClosed = "grpc-conn-not-closed" in grpc_conn_not_closed: GivenBack;
    HttpBodyNotClosed = "http-body-not-closed" in http_body_not_closed: Http;
    HttpNoTimeout = "http-no-timeout" in http_no_timeout: Http;
    HttpTransportPerRequest = "http-transport-per-request" in http_transport_per_request: Http;
    StreamNotEnded = "stream-not-ended" in stream_not_ended: GivenBack;
    ContextNotCancelled = "context-not-cancelled" in context_not_cancelled: GivenBack;
    SqlOpenPerRequest = "sql-open-per-request" in sql_open_per_request: GivenBack;
    StatementNotClosed = "statement-not-closed" in statement_not_closed: GivenBack;
    TransactionNotEnded = "transaction-not-ended" in transaction_not_ended: GivenBack;
    SqlRowsNotClosed = "sql-rows-not-closed" in sql_rows_not_closed: GivenBack;
    CommandNotWaited = "command-not-waited" in command_not_waited: GivenBack;
    ListenerNotClosed = "listener-not-closed" in listener_not_closed: GivenBack;
    PipeNotClosed = "pipe-not-closed" in pipe_not_closed: GivenBack;
    ClientNotClosed = "client-not-closed" in client_not_closed: GivenBack;
    SpanNotEnded = "span-not-ended" in span_not_ended: GivenBack;
    ConnectionWithoutDeadline = "connection-without-deadline" in connection_without_deadline: GivenBack;
    FileNotClosed = "file-not-closed" in file_not_closed: GivenBack;
    IteratorNotStopped = "iterator-not-stopped" in iterator_not_stopped: GivenBack;
    PoolOversizedBuffers = "pool-oversized-buffers" in pool_oversized_buffers: Other;
    RetainedSubslice = "retained-subslice" in retained_subslice: References;
    RetainedSubstring = "retained-substring" in retained_substring: References;
    ListenerNotRemoved = "listener-not-removed" in listener_not_removed: Other;
    UnboundedQueue = "unbounded-queue" in unbounded_queue: Containers;
    UnboundedSyncMap = "unbounded-sync-map" in unbounded_sync_map: Containers;
    UnboundedMap = "unbounded-map" in unbounded_map: Containers;
    MapNeverShrinks = "map-never-shrinks" in map_never_shrinks: Other;
    UnboundedSlice = "unbounded-slice" in unbounded_slice: Containers;
    GoroutineBlockedLock = "goroutine-blocked-lock" in goroutine_blocked_lock: Goroutines;
    GoroutineWaitgroup = "goroutine-waitgroup" in goroutine_waitgroup: Goroutines;
    GoroutineCond = "goroutine-cond" in goroutine_cond: Goroutines;
    GoroutineBlockedSend = "goroutine-blocked-send" in goroutine_blocked_send: Goroutines;
    GoroutineBlockedReceive = "goroutine-blocked-receive" in goroutine_blocked_receive: Goroutines;
    GoroutineBlockedSelect = "goroutine-blocked-select" in goroutine_blocked_select: Goroutines;
    GoroutineGrowing = "goroutine-growing" in goroutine_growing: Goroutines;
    RetainedReference = "retained-reference" in retained_reference: References;
    GrowthWithLoad = "growth-with-load" in growth_with_load: Unnamed;
    UnknownGrowth = "unknown-growth" in unknown_growth: Unnamed;
}

impl RuleId {
    /// What it is and what to do.
    pub fn entry(self) -> &'static Entry {
        static PAGES: OnceLock<Vec<Entry>> = OnceLock::new();
        let read_all = || {
            let page = |rule: &RuleId| {
                let (family, page) = (rule.family().title(), rule.page());
                // A test reads all pages, so none of another form is ever shown.
                read(*rule, family, page).unwrap_or_else(|_| Entry::unreadable(*rule, family, page))
            };
            RuleId::ALL.iter().map(page).collect()
        };
        &PAGES.get_or_init(read_all)[self as usize]
    }

    /// The rule of an id.
    pub(super) fn named(id: &str) -> Option<RuleId> {
        RuleId::ALL.iter().copied().find(|rule| rule.name() == id)
    }

    /// Whether it only says what goroutines wait in, and not what was forgotten.
    pub(super) fn is_general(self) -> bool {
        matches!(self.family(), Family::Goroutines | Family::Unnamed)
    }

    /// What to change: what its page says, or has for a special case.
    pub(super) fn advice(self, case: &Case<'_>) -> &'static str {
        let entry = self.entry();
        let special = self.rule().advice.iter().find(|(_, fits)| fits(case));
        special.and_then(|(name, _)| entry.advice_for(name)).unwrap_or(entry.advice)
    }
}

/// All rules as they are listed for people, by family.
pub fn entries() -> &'static [&'static Entry] {
    static ENTRIES: OnceLock<Vec<&'static Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        let mut rules = RuleId::ALL.to_vec();
        rules.sort_by_key(|rule| rule.family());
        rules.into_iter().map(RuleId::entry).collect()
    })
}

/// The rule of an id.
pub fn entry(id: &str) -> Option<&'static Entry> {
    RuleId::named(id).map(RuleId::entry)
}

/// Whatever a diagnosis can leave out but rules as a whole and kinds of facts.
pub fn parts() -> Vec<String> {
    let of = |id: &'static RuleId| {
        let rule = id.rule();
        let lists = [
            ("waits", rule.waits.len()),
            ("memory", rule.memory.len()),
            ("hints", rule.hints.len()),
            ("facts", rule.facts.len()),
            ("source", rule.source.len()),
        ];
        lists.into_iter().flat_map(move |(list, count)| (0..count).map(move |at| recogniser(*id, list, at)))
    };
    let rows = waiting_at::parts().chain(allocated_under::parts()).chain(given_back::parts());
    let others = Part::ALL.iter().map(|part| part.name().to_owned());
    RuleId::ALL.iter().flat_map(of).chain(rows).chain(others).collect()
}

/// What all rules find, in no order that matters but for facts of the source, which stay as they were read.
pub(super) fn recognise(case: &Case<'_>) -> Vec<Finding> {
    fn there<T>(
        case: &Case<'_>,
        id: RuleId,
        list: &str,
        recognisers: &'static [T],
    ) -> impl Iterator<Item = &'static T> {
        let is_there = move |at: usize| !case.lacks_recogniser(id, list, at);
        recognisers.iter().enumerate().filter(move |(at, _)| is_there(*at)).map(|(_, recognise)| recognise)
    }
    let mut findings = Vec::new();
    let mut found = |id: RuleId, read_from: ReadFrom, shown: Option<Shown>| {
        let finding = |Shown { certainty, because }| Finding { id, read_from, certainty, because };
        findings.extend(shown.map(finding));
    };
    for fact in &case.facts {
        // Goroutines that wait hold what they made, so where that is kept besides says no more than what was allocated.
        let is_held = fact.kind.keeps() && !case.waits.is_empty();
        let read_from = if is_held { ReadFrom::Memory } else { ReadFrom::Source };
        for id in RuleId::ALL {
            there(case, *id, "facts", id.rule().facts)
                .for_each(|recognise| found(*id, read_from, recognise(fact, case)));
        }
        given_back::recognise(fact, case)
            .into_iter()
            .for_each(|(id, shown)| found(id, read_from, Some(shown)));
    }
    for id in RuleId::ALL {
        there(case, *id, "source", id.rule().source)
            .for_each(|recognise| found(*id, ReadFrom::Source, recognise(case)));
    }
    if !case.waits.is_empty() {
        waiting_at::recognise(case).for_each(|(id, shown)| found(id, ReadFrom::Waits, Some(shown)));
        for id in RuleId::ALL {
            there(case, *id, "waits", id.rule().waits)
                .for_each(|recognise| found(*id, ReadFrom::Waits, recognise(case)));
        }
    }
    if !case.heap.is_empty() {
        allocated_under::recognise(case).for_each(|(id, shown)| found(id, ReadFrom::Memory, Some(shown)));
        for id in RuleId::ALL {
            there(case, *id, "memory", id.rule().memory)
                .for_each(|recognise| found(*id, ReadFrom::Memory, recognise(case)));
            there(case, *id, "hints", id.rule().hints)
                .for_each(|recognise| found(*id, ReadFrom::Hint, recognise(case)));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_page_is_well_formed() {
        let problem =
            |rule: &RuleId| read(*rule, "", rule.page()).err().map(|p| format!("{}: {p}", rule.name()));
        let problems: Vec<String> = RuleId::ALL.iter().filter_map(problem).collect();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        assert_eq!(entries().len(), RuleId::ALL.len());
    }

    #[test]
    fn every_folder_is_a_rule_and_has_its_name() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src/diagnose/rules");
        let entries =
            std::fs::read_dir(root).expect("the folder is there").map(|entry| entry.expect("readable"));
        let folders: BTreeSet<String> = entries
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().replace('_', "-"))
            .collect();
        let ids: BTreeSet<String> = RuleId::ALL.iter().map(|rule| rule.name().to_owned()).collect();
        assert_eq!(folders, ids);
        assert_eq!(RuleId::ALL.len(), ids.len());
    }

    #[test]
    fn what_pages_advise_for_special_cases_is_asked_for() {
        for rule in RuleId::ALL {
            let asked: Vec<&str> = rule.rule().advice.iter().map(|(name, _)| *name).collect();
            let written: Vec<&str> = rule.entry().special.iter().map(|(name, _)| *name).collect();
            assert_eq!(asked, written, "{}", rule.name());
        }
    }

    #[test]
    fn titles_and_advice_fit_into_reports() {
        for entry in entries() {
            let id = entry.id;
            assert!((10..=60).contains(&entry.title.chars().count()), "{id}: {}", entry.title);
            assert!(!entry.title.ends_with('.'), "{id}: {}", entry.title);
            for advice in entry.special.iter().map(|(_, advice)| *advice).chain([entry.advice]) {
                assert!((60..=330).contains(&advice.chars().count()), "{id}: {}", advice.chars().count());
                assert!(advice.ends_with('.') && !advice.contains('\n'), "{id}: {advice}");
            }
            assert!(entry.before != entry.after, "{id}");
            let widest = entry.page.lines().map(|line| line.chars().count()).max().unwrap_or_default();
            assert!(widest <= 122, "{id}: a line of {widest}");
        }
    }

    #[test]
    fn every_rule_was_shown_by_a_program() {
        let unverified: Vec<&str> =
            entries().iter().filter(|entry| entry.unverified).map(|entry| entry.id).collect();
        assert!(unverified.is_empty(), "{unverified:?}");
    }
}
