//! Rules about source: what the statement at the position, and those the value flows to, do.

use super::case::Case;
use super::{Certainty, Finding, finding};
use crate::source::{Bound, Container, Fact, FactKind, Released, Scope};

/// Names of callbacks and of those who are told.
const LISTENERS: [&str; 9] =
    ["listener", "subscriber", "observer", "handler", "callback", "watcher", "hook", "subs", "waiters"];

pub(super) fn recognise(case: &Case<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = case.facts.iter().filter_map(|fact| of_fact(fact, case)).collect();
    if let Some(sliced) = sliced(case) {
        findings.push(sliced);
    }
    // What is acquired and never given back, or given back too late, explains where the value is kept; a part that
    // keeps the whole explains it better than the map the part is in.
    findings.sort_by_key(|finding| RANK.iter().position(|id| *id == finding.id).unwrap_or(RANK.len()));
    findings
}

/// The more specific first.
const RANK: [&str; 14] = [
    "finalizer-cycle",
    "defer-in-loop",
    "goroutine-nil-channel",
    "timer-not-stopped",
    "http-body-not-closed",
    "context-not-cancelled",
    "sql-rows-not-closed",
    "file-not-closed",
    "pool-oversized-buffers",
    "retained-subslice",
    "retained-substring",
    "listener-not-removed",
    "unbounded-queue",
    "unbounded-sync-map",
];

fn quoted(fact: &Fact) -> String {
    format!("{}:{} `{}`", fact.place.file, fact.place.line, fact.statement)
}

fn of_fact(fact: &Fact, case: &Case<'_>) -> Option<Finding> {
    let at = quoted(fact);
    // A goroutine that waits holds what it made; where that is stored besides does not matter then.
    let stored = if case.waits.is_empty() { Certainty::High } else { Certainty::Low };
    match &fact.kind {
        FactKind::FinalizerSet { cyclic: true } => finding(
            "finalizer-cycle",
            Certainty::High,
            format!("{at} sets a finalizer on a value that refers back to itself, so it is never collected"),
        ),
        FactKind::FinalizerSet { cyclic: false } => None,
        FactKind::Deferred { call, in_loop: true } => finding(
            "defer-in-loop",
            Certainty::High,
            format!(
                "{at} defers {call} in a loop: it runs when the function returns, not when the turn ends"
            ),
        ),
        FactKind::Acquired { callee, release, released } => acquired(&at, callee, release, *released, stored),
        // What has no room keeps nothing: it is handed over, or waits with its sender.
        FactKind::Sent(channel) if case.waits.is_empty() && channel.capacity.as_deref() == Some("0") => {
            finding(
                "goroutine-blocked-send",
                Certainty::Low,
                format!(
                    "{at} sends it to {}, which has no room: until somebody receives it, the sender waits and keeps it; a \
                 goroutine profile would tell",
                    channel.expression
                ),
            )
        }
        FactKind::Sent(channel) if case.waits.is_empty() => {
            let (sure, room) = match channel.capacity.as_deref() {
                // Whether it has room at all is not seen where it is made elsewhere.
                None => (Certainty::Medium, String::new()),
                Some(room) if most_objects(case) > room.parse().unwrap_or(f64::INFINITY) => (
                    Certainty::Low,
                    format!(", which has room for {room}, fewer than stay: look at who receives it"),
                ),
                Some(room) => (Certainty::High, format!(", which has room for {room}")),
            };
            finding("unbounded-queue", sure, format!("{at} sends it to {}{room}", channel.expression))
        }
        FactKind::MapEntry(container) => Some(kept(&at, container, "unbounded-map", stored)),
        FactKind::Appended { container, in_map } => {
            let id = match container.shrinks.is_empty() || *in_map {
                true => "unbounded-slice",
                false => "unbounded-queue",
            };
            Some(kept(&at, container, id, stored))
        }
        FactKind::Stored { container, links_previous } => {
            let how = if *links_previous { ", and it refers to the one before" } else { "" };
            // Most of what is assigned to a field replaces what was there; only a chain is sure to grow.
            let certainty = if *links_previous { stored.min(surest(container)) } else { Certainty::Low };
            finding(
                "retained-reference",
                certainty,
                format!("{at} keeps it in {}{how}{}", container.expression, ends(container)),
            )
        }
        FactKind::PassedTo { callee, receiver_type, container } => {
            passed(&at, callee, (receiver_type.as_deref(), container.as_ref()), stored)
        }
        FactKind::WaitsToReceive { channel, .. } if is_timer_channel(&channel.expression) => finding(
            "timer-not-stopped",
            Certainty::High,
            format!("{at} waits for ticks that go on for ever, and nothing else ends the wait"),
        ),
        FactKind::WaitsToReceive { channel, .. } if channel.expression.starts_with("time.After(") => finding(
            "goroutine-growing",
            Certainty::Medium,
            format!("{at} waits for a time to pass: more are started than end"),
        ),
        FactKind::WaitsInSelect { has_done, has_timeout, never_done, .. } if !case.waits.is_empty() => {
            let timer = if *has_timeout { "a timer and " } else { "" };
            let what = match (never_done, has_done) {
                (Some(place), _) => format!(
                    "waits for the end of a context that has none: it is context.Background() at {}:{}",
                    place.file, place.line
                ),
                (None, true) => format!(
                    "has {timer}a case that ends the wait, but it never comes: find out who should have cancelled the context \
                     or closed the channel"
                ),
                (None, false) => format!("has {timer}no case that ends the wait when the work is over"),
            };
            finding("goroutine-blocked-select", Certainty::Medium, format!("{at} {what}"))
        }
        FactKind::WaitsToSend(channel) | FactKind::WaitsToReceive { channel, .. } if channel.never_made => {
            finding(
                "goroutine-nil-channel",
                Certainty::Medium,
                format!("{at} waits on {}, which is never made", channel.expression),
            )
        }
        FactKind::Calls { left_at: Some(line), .. } if !case.waits.is_empty() => finding(
            "goroutine-blocked-lock",
            Certainty::High,
            format!("{at} takes the lock, and the return at line {line} leaves it locked"),
        ),
        FactKind::WaitsToSend(channel) if !case.waits.is_empty() => {
            let room = match channel.capacity.as_deref() {
                Some("0") => ", which has no room".to_owned(),
                Some(capacity) => format!(", which has room for {capacity}"),
                None => String::new(),
            };
            finding(
                "goroutine-blocked-send",
                Certainty::Medium,
                format!("{at} sends to {}{room}", channel.expression),
            )
        }
        FactKind::WaitsToReceive { channel, .. } if !case.waits.is_empty() && !channel.is_closed => finding(
            "goroutine-blocked-receive",
            Certainty::Medium,
            format!("{at} receives from {}, which nothing in its package closes", channel.expression),
        ),
        _ => None,
    }
}

/// By how many the objects of one size at one stack have grown, beyond chance: three standard errors.
fn most_objects(case: &Case<'_>) -> f64 {
    let sizes = case.heap.iter().flat_map(|site| &site.sizes);
    sizes.map(|size| size.objects - 3.0 * size.error).fold(0.0, f64::max)
}

/// `ticker.C` and what `time.Tick` returns.
fn is_timer_channel(expression: &str) -> bool {
    expression.ends_with(".C") || expression.starts_with("time.Tick(")
}

fn acquired(at: &str, callee: &str, release: &str, released: Released, stored: Certainty) -> Option<Finding> {
    let name = callee.rsplit('.').next().unwrap_or(callee);
    if released == Released::DeferredInLoop {
        let what = format!("{at} is given back by a defer in a loop, so only when the function returns");
        return finding("defer-in-loop", Certainty::High, what);
    }
    let (sure, missing) = match released {
        Released::Never => (Certainty::High, format!("needs a {release} that is not there")),
        Released::NotAlways { line } => {
            (Certainty::Medium, format!("needs a {release}, and line {line} leaves before it"))
        }
        Released::Here | Released::DeferredInLoop | Released::Elsewhere => return None,
    };
    let id = match release {
        "cancel" | "stop" => "context-not-cancelled",
        "Stop" => "timer-not-stopped",
        "Body.Close" => "http-body-not-closed",
        "Close" if ["Query", "QueryContext", "Prepare", "PrepareContext"].contains(&name) => {
            "sql-rows-not-closed"
        }
        "Commit" | "Rollback" => "sql-rows-not-closed",
        "Close" if callee == "sql.Open" => "sql-open-per-request",
        "Close" => "file-not-closed",
        _ => return None,
    };
    // Since Go 1.23 a ticker that nothing refers to is collected though it was not stopped.
    let certainty = if id == "timer-not-stopped" { stored.min(Certainty::Medium) } else { sure };
    finding(id, certainty, format!("{at} {missing}"))
}

/// Kept in a container: those of callbacks and channels are lists of listeners.
fn kept(at: &str, container: &Container, id: &'static str, certainty: Certainty) -> Finding {
    let declared = container.declared.as_deref().unwrap_or_default();
    let element = declared.rsplit(']').next().unwrap_or(declared).trim_start_matches(['*', '(']);
    let name = container.expression.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let of_functions = element.starts_with("func(") || declared.contains("]func(");
    let of_channels = element.starts_with("chan ") || declared.contains("]chan ");
    let listens = of_functions || of_channels || LISTENERS.iter().any(|listener| name.contains(listener));
    let id = if listens { "listener-not-removed" } else { id };
    let declared = if declared.is_empty() { String::new() } else { format!(" ({declared})") };
    let because = format!("{at} keeps it in {}{declared}{}", container.expression, limits(container));
    Finding { id, certainty: certainty.min(surest(container)), because }
}

/// How sure a container can be what keeps the memory, for what the source shows.
fn surest(container: &Container) -> Certainty {
    match container {
        Container { bound: Some(_), .. } | Container { owner: Some(_), .. } => Certainty::Low,
        // What takes out may do so well. A parameter is another's container, and a variable ends with its function.
        Container { scope: Scope::Parameter | Scope::Local, .. } => Certainty::Medium,
        Container { shrinks, .. } if !shrinks.is_empty() => Certainty::Medium,
        _ => Certainty::High,
    }
}

/// What the source shows that bounds a container, ends it, or takes out of it.
fn limits(container: &Container) -> String {
    let ends = ends(container);
    match container.shrinks.first() {
        _ if !ends.is_empty() => ends,
        None => ", and nothing in its package takes anything out of it".to_owned(),
        Some(place) => format!(
            "; {}:{} takes out of it; whether enough, the source does not tell",
            place.file, place.line
        ),
    }
}

/// What the source shows that bounds a container or ends it.
fn ends(container: &Container) -> String {
    if let Some(bound) = &container.bound {
        let bound = match bound {
            Bound::Array => "an array, which holds no more than its type says".to_owned(),
            Bound::Keys(keys) => format!("which has no more entries than {keys} has values"),
            Bound::Size { condition, line } => format!("which `{condition}` at line {line} bounds"),
            Bound::LeastRecent(place) => format!(
                "half of a cache that gives up what was used least: {}:{} takes out of it",
                place.file, place.line
            ),
        };
        return format!(", {bound}");
    }
    if let Some(owner) = &container.owner {
        let many = match &owner.taken_at {
            Some(place) => format!(
                "{} ({}) holds many, and {}:{} takes them out",
                owner.held_by, owner.declared, place.file, place.line
            ),
            None => format!("there are many, linked by {}", owner.held_by),
        };
        return format!(
            "; it goes with its {}, of which {many}: what else refers to them, the source does not tell",
            owner.name
        );
    }
    String::new()
}

fn passed(
    at: &str,
    callee: &str,
    (receiver, container): (Option<&str>, Option<&Container>),
    stored: Certainty,
) -> Option<Finding> {
    let method = callee.rsplit('.').next().unwrap_or(callee);
    let receiver = receiver.unwrap_or_default().trim_start_matches('*');
    let (limits, sure) = match container {
        Some(container) => (limits(container), stored.min(surest(container))),
        None => (String::new(), stored),
    };
    let what = format!("{at} hands it to {callee}{limits}");
    match (receiver, method) {
        ("sync.Map", "Store" | "LoadOrStore" | "Swap" | "CompareAndSwap") => {
            finding("unbounded-sync-map", sure, what)
        }
        ("sync.Pool", "Put") => {
            finding("pool-oversized-buffers", stored, format!("{at} hands it to {callee}"))
        }
        ("list.List", "PushBack" | "PushFront" | "InsertBefore" | "InsertAfter") => {
            finding("unbounded-queue", sure, what)
        }
        _ if callee == "heap.Push" => finding("unbounded-queue", sure, what),
        _ => None,
    }
}

/// A part of a value that is kept keeps all of it.
///
/// Goroutines that wait keep what is on their stacks; no copy would end their wait.
fn sliced(case: &Case<'_>) -> Option<Finding> {
    if !case.waits.is_empty() {
        return None;
    }
    let keeps = |fact: &&Fact| {
        matches!(
            fact.kind,
            FactKind::MapEntry(_)
                | FactKind::Appended { .. }
                | FactKind::Stored { .. }
                | FactKind::Sent(_)
                | FactKind::PassedTo { .. }
        )
    };
    let (at, fact) =
        case.facts.iter().enumerate().find(|(_, fact)| matches!(fact.kind, FactKind::Sliced { .. }))?;
    let FactKind::Sliced { of, is_string } = &fact.kind else { return None };
    let kept = case.facts[at..].iter().find(keeps)?;
    let (id, copy) = match is_string {
        true => ("retained-substring", "strings.Clone"),
        false => ("retained-subslice", "bytes.Clone or slices.Clone"),
    };
    let whole = of.as_deref().map_or("the whole".to_owned(), |of| format!("all that {of} returned"));
    // So many parts and no more are kept where that has a bound.
    let bounded = kept.kind.container();
    let bounded = bounded.filter(|container| container.bound.is_some() || container.owner.is_some());
    let what = format!(
        "{} takes a part, which {} keeps{}, and with it {whole}; {copy} keeps the part alone",
        quoted(fact),
        quoted(kept),
        bounded.map_or(String::new(), |container| format!(
            " in {}{}",
            container.expression,
            limits(container)
        ))
    );
    finding(id, if bounded.is_none() { Certainty::High } else { Certainty::Low }, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::case::{HeapSite, SizeGrowth, WaitSite};
    use crate::source::{Channel, Owner, Place};

    fn container() -> Container {
        Container {
            expression: "t.log".to_owned(),
            scope: Scope::Field,
            declared: Some("[]string".to_owned()),
            shrinks: Vec::new(),
            bound: None,
            owner: None,
        }
    }

    fn fact(kind: FactKind) -> Fact {
        Fact { place: place(3), statement: "s".to_owned(), kind }
    }

    fn place(line: u32) -> Place {
        Place { file: "p.go".to_owned(), line }
    }

    fn named(facts: Vec<Fact>) -> Vec<Finding> {
        recognise(&Case { facts, ..Case::new(None) })
    }

    fn appended(container: Container) -> Finding {
        named(vec![fact(FactKind::Appended { container, in_map: false })]).remove(0)
    }

    #[test]
    fn what_bounds_a_container_or_takes_out_of_it_ends_certainty() {
        let sure = appended(container());
        assert_eq!((sure.id, sure.certainty), ("unbounded-slice", Certainty::High));
        let taken = appended(Container { shrinks: vec![place(9)], ..container() });
        assert_eq!(taken.certainty, Certainty::Medium);
        assert!(taken.because.ends_with("p.go:9 takes out of it; whether enough, the source does not tell"));
        let size = Bound::Size { condition: "len(t.log) < 9".to_owned(), line: 4 };
        let bounds = [Bound::Array, Bound::Keys("id % 7".to_owned()), size, Bound::LeastRecent(place(9))];
        for bound in bounds {
            let bounded = appended(Container { bound: Some(bound.clone()), ..container() });
            assert_eq!(bounded.certainty, Certainty::Low, "{bound:?}");
            assert!(!bounded.because.contains("nothing in its package"), "{}", bounded.because);
        }
        let owner = Owner {
            name: "Upload".to_owned(),
            held_by: "live".to_owned(),
            declared: "map[int]*Upload".to_owned(),
            taken_at: Some(place(9)),
        };
        let owned = appended(Container { owner: Some(owner), ..container() });
        assert_eq!(owned.certainty, Certainty::Low);
        assert!(owned.because.contains("it goes with its Upload"), "{}", owned.because);
    }

    #[test]
    fn parts_are_no_cause_of_goroutines_nor_sure_where_they_are_few() {
        let part = || fact(FactKind::Sliced { of: None, is_string: true });
        let kept = |bound| fact(FactKind::MapEntry(Container { bound, ..container() }));
        let certainty = |findings: &[Finding]| {
            findings.iter().find(|finding| finding.id == "retained-substring").map(|found| found.certainty)
        };
        assert_eq!(certainty(&named(vec![part(), kept(None)])), Some(Certainty::High));
        let few = Some(Bound::Keys("id % 7".to_owned()));
        assert_eq!(certainty(&named(vec![part(), kept(few)])), Some(Certainty::Low));
        let waits = vec![WaitSite { stack: vec!["p.f"], own: None, count: 9.0 }];
        let case = Case { waits, facts: vec![part(), kept(None)], ..Case::new(None) };
        assert_eq!(certainty(&recognise(&case)), None);
    }

    #[test]
    fn a_channel_without_room_is_no_queue() {
        let sent = |capacity: Option<&str>| {
            let capacity = capacity.map(str::to_owned);
            let channel =
                Channel { expression: "out".to_owned(), capacity, is_closed: false, never_made: false };
            let found = named(vec![fact(FactKind::Sent(channel))]).remove(0);
            (found.id, found.certainty)
        };
        assert_eq!(sent(Some("9")), ("unbounded-queue", Certainty::High));
        assert_eq!(sent(None), ("unbounded-queue", Certainty::Medium));
        assert_eq!(sent(Some("0")), ("goroutine-blocked-send", Certainty::Low));
    }

    #[test]
    fn a_channel_keeps_no_more_than_it_has_room_for() {
        let sure = |objects: f64, room: &str| {
            let stack = HeapSite::made(&["p.f"], Some(0), &[SizeGrowth::kept(64, objects, 40)]);
            let channel = Channel {
                expression: "out".to_owned(),
                capacity: Some(room.to_owned()),
                is_closed: false,
                never_made: false,
            };
            let facts = vec![fact(FactKind::Sent(channel))];
            recognise(&Case { facts, ..Case::of_heap(vec![stack]) }).remove(0).certainty
        };
        assert_eq!(sure(9000.0, "64"), Certainty::Low);
        assert_eq!(sure(9000.0, "100000"), Certainty::High);
        // By chance, or by a constant whose value is not known here.
        assert_eq!(sure(80.0, "64"), Certainty::High);
        assert_eq!(sure(9000.0, "room"), Certainty::High);
    }
}
