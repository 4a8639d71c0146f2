//! Rules about memory: what was allocated, in which sizes, by whose call.

use super::case::{Case, HeapSite, SizeGrowth};
use super::{Certainty, Finding, finding};
use crate::clusters::{TABLE_SIZES, may_be_entries};

/// Below so many sampled objects no count says anything (statistics.md: one sample stands for 512 KiB).
const ENOUGH: i64 = 10;
/// A single size that carries this share of the growth.
const MOST_OF_IT: f64 = 0.8;
/// So many sampled objects below a function that only this cause calls are no accident.
const SOME: i64 = 2;
/// From this mean size on, a buffer that was read is worth keeping a part of by mistake.
const LARGE: f64 = 1024.0;
/// A cause explains a suspect if this share of its bytes shows it.
const A_GOOD_PART: f64 = 0.3;
/// `sizeof(runtime._defer)` on 64-bit machines since Go 1.22.
pub(crate) const DEFER_RECORD: i64 = 48;
pub(super) fn recognise(case: &Case<'_>) -> Vec<Finding> {
    if case.heap.is_empty() {
        return Vec::new();
    }
    const RULES: [fn(&Case<'_>) -> Option<Finding>; 18] = [
        growth_with_load,
        finalizer_stuck,
        metrics,
        context,
        timer,
        defer_in_loop,
        file,
        sync_map,
        pool,
        map,
        map_beside,
        split_tables,
        queue,
        slice,
        http_connections,
        subslice,
        substring,
        listener,
    ];
    let mut findings: Vec<Finding> = RULES.iter().filter_map(|rule| rule(case)).collect();
    findings.extend(reference(case));
    findings
}

/// A rule that speaks about memory alone is less sure where goroutines that wait explain it as well.
fn alone(case: &Case<'_>, certainty: Certainty) -> Certainty {
    if case.waits.is_empty() { certainty } else { Certainty::Low }
}

fn growth_with_load(case: &Case<'_>) -> Option<Finding> {
    case.with_load.then(|| {
        let what = if case.waits.is_empty() {
            "more is allocated than before, and what is allocated lives no longer"
        } else {
            "the rest of the program allocates faster in the same measure"
        };
        finding("growth-with-load", Certainty::Medium, what)
    })?
}

fn finalizer_stuck(case: &Case<'_>) -> Option<Finding> {
    let function = case.stuck_finalizer?;
    let what = format!("a finalizer or cleanup is stuck in {function}, and all others wait behind it");
    finding("finalizer-stuck", alone(case, Certainty::Medium), what)
}

fn metrics(case: &Case<'_>) -> Option<Finding> {
    let of_metrics = |function: &str| {
        function.contains("client_golang/prometheus.MakeLabelPairs")
            || function.contains("prometheus.(*metricMap).getOrCreateMetric")
            || function.contains("go.opentelemetry.io/otel/attribute.")
            || function.contains("go.opentelemetry.io/otel/sdk/metric/internal")
    };
    (case.sampled_under(of_metrics) >= SOME
        && case.bytes_under(of_metrics) >= A_GOOD_PART * case.heap_growth())
    .then(|| finding("metric-cardinality", Certainty::Low, "what grows are the labels of metrics"))?
}

fn context(case: &Case<'_>) -> Option<Finding> {
    let makes = |function: &str| {
        function.starts_with("context.With") && function != "context.WithValue"
            || function.starts_with("context.withCancel")
            || function.starts_with("context.newCancelCtx")
            || function.starts_with("context.(*cancelCtx).")
    };
    let sampled = case.sampled_under(makes);
    let certainty = if sampled >= ENOUGH { Certainty::High } else { Certainty::Medium };
    (sampled >= SOME).then(|| {
        let what = "contexts that can be cancelled pile up: a parent keeps each until it is cancelled";
        finding("context-not-cancelled", alone(case, certainty), what)
    })?
}

fn timer(case: &Case<'_>) -> Option<Finding> {
    let makes = |function: &str| {
        ["time.NewTicker", "time.NewTimer", "time.newTimer", "time.AfterFunc", "time.After", "time.Tick"]
            .contains(&function)
    };
    let of_context =
        |site: &&HeapSite<'_>| site.called().iter().any(|function| function.starts_with("context."));
    let sites = case.heap.iter().filter(|site| !of_context(site));
    let making = sites.filter(|s| s.called().iter().any(|f| makes(f)));
    let sampled = making.map(HeapSite::sampled).fold(0, i64::saturating_add);
    let certainty = if sampled >= ENOUGH { Certainty::High } else { Certainty::Medium };
    (sampled >= SOME).then(|| {
        finding(
            "timer-not-stopped",
            alone(case, certainty),
            "timers or tickers pile up that are still running",
        )
    })?
}

/// A deferred call in a loop makes a record on the heap each time; all are kept until the function returns, so the
/// function has to be running.
fn defer_in_loop(case: &Case<'_>) -> Option<Finding> {
    for site in case.heap.iter().filter(|site| site.is_direct()) {
        let function = site.stack[0];
        let records = site.sizes.iter().find(|size| size.size == DEFER_RECORD && size.sampled >= ENOUGH);
        let Some(records) = records else { continue };
        // The records are freed when the function returns, so one that does not run has left none.
        if case.running.is_some_and(|running| !running.contains(function)) {
            continue;
        }
        let mostly_kept = records.freed.saturating_mul(4) <= records.allocated;
        let same_line = case.heap.iter().filter(|other| other.is_direct() && other.stack[0] == function);
        let with_closure = same_line
            .filter(|other| other.line == site.line)
            .flat_map(|other| &other.sizes)
            .any(|size| (8..=64).contains(&size.size) && size.size != DEFER_RECORD && agree(size, records));
        let runs =
            if case.running.is_some() { format!(", and {function} is still running") } else { String::new() };
        let what = format!("records of deferred calls (48 bytes each) pile up at line {}{runs}", site.line);
        let certainty = match (mostly_kept, with_closure, case.running.is_some()) {
            (true, true, true) => Certainty::High,
            (true, true, false) | (true, false, true) => Certainty::Medium,
            _ => Certainty::Low,
        };
        return finding("defer-in-loop", certainty, what);
    }
    None
}

/// Whether two counts are equal within two standard errors of their difference, and known well enough to say so.
fn agree(a: &SizeGrowth, b: &SizeGrowth) -> bool {
    let error = a.error.hypot(b.error);
    a.objects > 0.0 && (a.objects - b.objects).abs() <= 2.0 * error && a.error <= 0.5 * a.objects
}

fn file(case: &Case<'_>) -> Option<Finding> {
    let opens = |function: &str| {
        ["os.newFile", "net.newFD", "internal/poll.(*FD).Init", "os.newUnixDirent"].contains(&function)
    };
    let sampled = case.sampled_under(opens);
    // Deferred calls that pile up beside them are why.
    let certainty = match defer_in_loop(case) {
        Some(_) => Certainty::Low,
        None if sampled >= ENOUGH => Certainty::High,
        None => Certainty::Medium,
    };
    (sampled >= SOME)
        .then(|| finding("file-not-closed", alone(case, certainty), "open files or connections pile up"))?
}

fn sync_map(case: &Case<'_>) -> Option<Finding> {
    let of_map = |function: &str| function.starts_with("sync.(*Map).");
    let node = |function: &str| {
        function.starts_with("internal/sync.newIndirectNode")
            || function.starts_with("internal/sync.newEntryNode")
            || function.starts_with("internal/sync.(*HashTrieMap")
            || function.starts_with("sync.newIndirectNode")
            || function.starts_with("sync.newEntryNode")
            || function.starts_with("sync.(*HashTrieMap")
            || function.starts_with("sync.newEntry")
            || function.starts_with("sync.(*Map).dirtyLocked")
    };
    let sampled = case.sampled_under(|function| of_map(function) || node(function));
    let certainty = if sampled >= ENOUGH { Certainty::High } else { Certainty::Medium };
    (sampled >= SOME).then(|| {
        finding(
            "unbounded-sync-map",
            alone(case, certainty),
            "the nodes of a sync.Map pile up with its entries",
        )
    })?
}

fn pool(case: &Case<'_>) -> Option<Finding> {
    let from_pool = |site: &&HeapSite<'_>| site.stack.contains(&"sync.(*Pool).Get");
    let bytes: f64 = case.heap.iter().filter(from_pool).map(HeapSite::bytes).sum();
    (bytes >= A_GOOD_PART * case.heap_growth() && bytes > 0.0).then(|| {
        let what =
            "the memory was made for a sync.Pool, which keeps what is put back however large it has become";
        finding("pool-oversized-buffers", alone(case, Certainty::Medium), what)
    })?
}

/// Full tables of a map at a line of own code. Their sizes are those of other objects too, so the entries beside
/// them, or tables that were freed as they were split, have to bear them out.
fn map(case: &Case<'_>) -> Option<Finding> {
    let is_table = |size: &&SizeGrowth| TABLE_SIZES.contains(&size.size);
    let direct = || case.heap.iter().filter(|site| site.is_direct());
    let tables: Vec<SizeGrowth> =
        direct().flat_map(|site| site.sizes.iter().filter(is_table).copied()).collect();
    let of = |get: fn(&SizeGrowth) -> f64| tables.iter().map(get).sum::<f64>();
    let (objects, bytes) = (of(|size| size.objects), of(|size| size.bytes));
    let sum = |get: fn(&SizeGrowth) -> i64| tables.iter().map(get).fold(0, i64::saturating_add);
    if sum(|size| size.sampled) < SOME || bytes <= 0.0 {
        return None;
    }
    let others = || case.heap.iter().flat_map(|site| site.sizes.iter().filter(|size| !is_table(size)));
    if others().map(|size| size.bytes).sum::<f64>() < -0.5 * bytes {
        let what = "the tables of a map stay while its entries are gone: a map does not become smaller";
        return finding("map-never-shrinks", alone(case, Certainty::Medium), what);
    }
    let entries = others().any(|size| are_entries(size, objects));
    let (freed, allocated) = (sum(|size| size.freed), sum(|size| size.allocated));
    let splits = allocated >= ENOUGH && freed.saturating_mul(5) >= allocated;
    if entries {
        let what = "full tables of a map pile up with about as many entries as they hold";
        return finding("unbounded-map", alone(case, Certainty::High), what);
    }
    (splits && bytes >= A_GOOD_PART * case.heap_growth()).then(|| {
        let what =
            "full tables of a map pile up, and are freed as they are split: a set, or a map of small values";
        finding("unbounded-map", alone(case, Certainty::Medium), what)
    })?
}

/// Whether as many objects of a size were gained as so many tables hold entries.
fn are_entries(size: &SizeGrowth, tables: f64) -> bool {
    size.sampled >= ENOUGH && may_be_entries(size.objects, tables)
}

/// Values made here and put into a map elsewhere, as by the method of a cache: its tables pile up with them.
fn map_beside(case: &Case<'_>) -> Option<Finding> {
    let sizes = || case.heap.iter().flat_map(|site| &site.sizes);
    let tables = case.tables_beside.iter().find(|site| {
        let objects = site.sizes.iter().map(|size| size.objects).sum::<f64>();
        site.sampled() >= SOME && sizes().any(|size| are_entries(size, objects))
    })?;
    let what = format!(
        "full tables of a map pile up in {} at line {}, with about as many entries as objects are kept here",
        tables.stack[tables.own?], tables.line
    );
    finding("unbounded-map", alone(case, Certainty::Medium), what)
}

/// A map that only grows allocates two tables for each that it splits and frees, so half of them are freed, neither
/// more nor less. Tables with larger slots have sizes that buffers have as well; that half is what tells them.
fn split_tables(case: &Case<'_>) -> Option<Finding> {
    for site in case.heap.iter().filter(|site| site.is_direct()) {
        for size in site.sizes.iter().filter(|size| is_large_table(size.size)) {
            let (freed, allocated) = (size.freed as f64, size.allocated as f64);
            let is_half = (freed - allocated / 2.0).abs() <= allocated.sqrt();
            let is_most = size.bytes >= MOST_OF_IT * case.heap_growth() && size.bytes > 0.0;
            if size.allocated >= 2 * ENOUGH && is_half && is_most {
                let what = format!(
                    "objects of {} bytes, as full tables of a map have, pile up at line {}, and half of those allocated are \
                     freed, as when tables are split",
                    size.size, site.line
                );
                return finding("unbounded-map", alone(case, Certainty::Medium), what);
            }
        }
    }
    None
}

/// Whether a full table can have this size, for slots of 32 to 256 bytes: beyond 32 KiB sizes are rounded to pages of
/// 8 KiB, and keys and values of more than 128 bytes are kept elsewhere.
fn is_large_table(size: i64) -> bool {
    (32..=256).step_by(8).any(|slot: i64| (128 * (8 + 8 * slot) + 8191) / 8192 * 8192 == size)
}

fn queue(case: &Case<'_>) -> Option<Finding> {
    let adds = |function: &str| {
        function.starts_with("container/list.(*List).") || function.starts_with("container/heap.Push")
    };
    (case.sampled_under(adds) >= SOME).then(|| {
        let what = "the elements of a linked list or heap pile up: more is put in than taken out";
        finding("unbounded-queue", alone(case, Certainty::Medium), what)
    })?
}

fn slice(case: &Case<'_>) -> Option<Finding> {
    let grows = |function: &&str| {
        ["bytes.growSlice", "slices.Grow[...]", "slices.Insert[...]", "bytes.(*Buffer).grow"]
            .contains(function)
    };
    let is_container =
        |site: &&HeapSite<'_>| site.climbs && (site.is_direct() || site.called().iter().any(grows));
    if let Some(site) = case.heap.iter().find(is_container) {
        let what =
            format!("at line {} one slice or buffer was replaced by bigger and bigger ones", site.line);
        return finding("unbounded-slice", alone(case, Certainty::Medium), what);
    }
    case.containers_grow.then(|| {
        let what = "live objects became larger and larger, as slices do that are appended to";
        finding("unbounded-slice", alone(case, Certainty::Low), what)
    })?
}

/// Connections without their goroutines: which of the two causes it is only the goroutines tell.
fn http_connections(case: &Case<'_>) -> Option<Finding> {
    let dials = |function: &str| function == "net/http.(*Transport).dialConn";
    let bytes: f64 =
        case.heap.iter().filter(|site| site.stack.iter().any(|f| dials(f))).map(HeapSite::bytes).sum();
    (case.waits.is_empty() && bytes >= A_GOOD_PART * case.heap_growth() && bytes > 0.0).then(|| {
        let what = "the buffers of HTTP client connections pile up; a goroutine profile of the same moment tells why";
        finding("http-transport-per-request", Certainty::Low, what)
    })?
}

/// The mean size in bytes of what grew at stacks that call a function for which `test` holds, if that is a good part.
fn mean_size(case: &Case<'_>, test: impl Fn(&str) -> bool) -> Option<f64> {
    let matching = || {
        let under = |site: &&HeapSite<'_>| site.called().iter().any(|function| test(function));
        case.heap.iter().filter(under).flat_map(|site| &site.sizes).filter(|size| size.bytes > 0.0)
    };
    let (bytes, objects) =
        (matching().map(|s| s.bytes).sum::<f64>(), matching().map(|s| s.objects).sum::<f64>());
    (objects > 0.0 && bytes >= A_GOOD_PART * case.heap_growth()).then_some(bytes / objects)
}

fn subslice(case: &Case<'_>) -> Option<Finding> {
    let reads = |function: &str| {
        [
            "os.ReadFile",
            "os.readFileContents",
            "io.ReadAll",
            "io/ioutil.ReadAll",
            "io/ioutil.ReadFile",
            "bytes.growSlice",
            "bytes.(*Buffer).ReadFrom",
            "bufio.(*Scanner).Scan",
            "bufio.(*Reader).ReadBytes",
            "encoding/json.(*Decoder).refill",
        ]
        .contains(&function)
    };
    (mean_size(case, reads)? >= LARGE && !case.containers_grow).then(|| {
        let what = "whole buffers that were read stay; if only a part of each is needed, copy that part";
        finding("retained-subslice", alone(case, Certainty::Low), what)
    })?
}

fn substring(case: &Case<'_>) -> Option<Finding> {
    let builds = |function: &str| {
        function.starts_with("strings.(*Builder).") || function == "bufio.(*Reader).ReadString"
    };
    (mean_size(case, builds)? >= LARGE).then(|| {
        let what = "large strings stay; if only a part of each is needed, clone that part";
        finding("retained-substring", alone(case, Certainty::Low), what)
    })?
}

fn listener(case: &Case<'_>) -> Option<Finding> {
    let named = |function: &&str| {
        let name = function.rsplit('.').next().unwrap_or(function).to_ascii_lowercase();
        ["subscribe", "listen", "addobserver", "addlistener", "addhandler", "addcallback", "onevent"]
            .iter()
            .any(|n| name.starts_with(n))
    };
    let site = case.heap.iter().max_by(|a, b| a.bytes().total_cmp(&b.bytes()))?;
    let own = site.own?;
    let name = site.stack.get(own).filter(|function| named(function))?;
    finding(
        "listener-not-removed",
        alone(case, Certainty::Low),
        format!("{name} registers something that stays"),
    )
}

/// What own code allocates and keeps, with no goroutine that holds it: something that lives long refers to it.
fn reference(case: &Case<'_>) -> Option<Finding> {
    let own: f64 = case.heap.iter().filter(|site| site.own.is_some()).map(HeapSite::bytes).sum();
    let kept = case.kept.is_some_and(|kept| kept > 0.25);
    (case.waits.is_empty() && kept && own > 0.5 * case.heap_growth()).then(|| {
        let what = match case.running {
            Some(_) => "what is allocated here stays, and no goroutine that piles up holds it: something that lives long does",
            None => "what is allocated here stays: something refers to it; whether goroutines do, a goroutine profile would tell",
        };
        finding("retained-reference", Certainty::Low, what)
    })?
}
