//! Costs grow with the work only: what is judged is made twice as large along each axis, and must not cost much more than twice the time.
//!
//! The CPU time of the thread counts, so that other programs do no harm, and of several runs the fastest.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

#[path = "support/mod.rs"]
mod support;

use pprof_leaks::input::{Limits, parse};
use pprof_leaks::pipeline::{Analysis, Incomparable, Options, compare, follow};
use pprof_leaks::profile::RawProfile;
use pprof_leaks::report::{
    Document, HtmlOptions, MarkdownOptions, TerminalOptions, build_document, dot, html, json, markdown,
    pprof, sarif, terminal,
};
use pprof_leaks::store::{Instance, Store};
use pprof_leaks::suspects::Criteria;
use pprof_leaks::watch::{Judge, JudgeOptions};
use std::hint::black_box;
use std::time::{Duration, Instant};
use support::{Profile, heaps, leaks};

/// Twice the work may take so many times the time: sorting and the processor's caches take their part.
const MOST: f64 = 2.6;
/// So many runs of each size; more where the first ones say too much.
const RUNS: usize = 3;
const MOST_RUNS: usize = 40;
/// The clock of a thread ticks every few milliseconds.
const TICK: Duration = Duration::from_millis(4);
/// Work is repeated until it takes so many ticks.
const LEAST_TICKS: u32 = 15;
/// The size of a full table of a map, of which causes are named by what stands beside it.
const TABLE: i64 = 9472;

/// The CPU time that this thread has taken so far.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells");
    let nanos = text.split(' ').next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanos.expect("a number"))
}

/// Holds the cost of `run` to the size of what `make` makes.
#[track_caller]
fn assert_linear<T>(axis: &str, size: usize, make: impl Fn(usize) -> T, run: impl Fn(&T)) {
    let inputs = [size, 2 * size].map(make);
    let cost = |input: &T, times: u32| {
        let begun = cpu();
        (0..times).for_each(|_| run(input));
        cpu() - begun
    };
    let mut times = 1;
    while cost(&inputs[0], times) < TICK * LEAST_TICKS {
        times *= 2;
    }
    let mut costs = [Duration::MAX; 2];
    let mut ratio = f64::MAX;
    for done in 1..=MOST_RUNS {
        // For as long each, so that neither is luckier than the other: the half of twice as many runs.
        costs[0] = costs[0].min(cost(&inputs[0], 2 * times) / 2);
        costs[1] = costs[1].min(cost(&inputs[1], times));
        ratio = costs[1].as_secs_f64() / costs[0].as_secs_f64();
        if done >= RUNS && ratio <= MOST {
            break;
        }
    }
    // A row of the table in docs/costs.md.
    let [one, twice] = costs.map(|cost| cost.as_secs_f64() * 1e3 / f64::from(times));
    println!("| {axis} | {size} | {one:.2} ms | {twice:.2} ms | {ratio:.2} |");
    assert!(ratio <= MOST, "{axis}: {size} take {:?}, twice as many {:?}", costs[0], costs[1]);
}

fn read(bytes: &[u8], name: &str) -> RawProfile {
    parse(bytes, name, &Limits::default()).expect("a profile")
}

/// Two snapshots given as bytes, judged.
fn judged([before, after]: &[Vec<Vec<u8>>; 2], options: &Options) -> Analysis {
    let all = |side: &[Vec<u8>]| side.iter().map(|bytes| read(bytes, "made")).collect();
    compare(all(before), all(after), options).expect("one kind on both sides")
}

fn judge(pair: &[Vec<Vec<u8>>; 2]) {
    black_box(build_document(&judged(pair, &Options::default())));
}

fn alone([before, after]: [Vec<u8>; 2]) -> [Vec<Vec<u8>>; 2] {
    [vec![before], vec![after]]
}

#[test]
fn sites_that_grow() {
    assert_linear("places that grow", 800, |n| alone(leaks(n, 9000)), judge);
}

#[test]
fn sites_that_grow_in_the_sizes_of_tables() {
    assert_linear("places that grow, of a size of map tables", 800, |n| alone(leaks(n, TABLE)), judge);
}

#[test]
fn a_judgement_without_time_ends_soon_and_gives_no_answer() {
    let [before, after] = alone(leaks(2000, TABLE)).map(|side| read(&side[0], "made"));
    let cost = |options: &Options| {
        let begun = cpu();
        let analysis = compare(vec![before.clone()], vec![after.clone()], options);
        (analysis.is_ok(), matches!(analysis, Err(Incomparable::OutOfTime)), cpu() - begun)
    };
    let (is_whole, _, whole) = cost(&Options::default());
    let criteria = Criteria { until: Some(Instant::now()), ..Criteria::default() };
    let (_, is_out_of_time, cut) = cost(&Options { criteria, ..Options::default() });
    assert!(is_whole && is_out_of_time);
    assert!(cut < whole / 4, "{cut:?} of {whole:?}");
}

#[test]
fn sizes_at_one_place() {
    let rows = |n: usize| -> Vec<_> {
        let stack = || vec!["example.com/app.place".to_owned(), "main.main".to_owned()];
        (0..n).map(|i| (stack(), 16 * (i as i64 + 1), [5, 9])).collect()
    };
    assert_linear("sizes at a place", 2000, |n| alone(heaps(&rows(n))), judge);
}

/// Forty functions that leak, below so many callers.
fn deep(depth: usize) -> [Vec<u8>; 2] {
    let stack = |i: usize| {
        let callers = (0..depth).map(|level| format!("example.com/app.level{level}"));
        std::iter::once(format!("example.com/app.leak{i}")).chain(callers).collect()
    };
    heaps(&(0..40).map(|i| (stack(i), 9000, [5, 60])).collect::<Vec<_>>())
}

#[test]
fn depth() {
    assert_linear("depth of stacks", 500, |n| alone(deep(n)), judge);
}

#[test]
fn labels() {
    let goroutines = |n: usize| {
        [1, 2].map(|count| {
            let mut profile = Profile::goroutines();
            profile.at(600 * count);
            for i in 0..n {
                let (key, text) = (profile.string("request"), profile.string(&format!("{i:08}")));
                let sample = profile.sample(&["runtime.gopark", "example.com/app.wait"], &[count]);
                let label = pprof_leaks::input::proto::Label { key, str: text, ..Default::default() };
                sample.label.push(label);
            }
            profile.gzipped()
        })
    };
    assert_linear("sets of labels", 8000, |n| alone(goroutines(n)), judge);
}

/// A dump of so many goroutines that wait at some places.
fn dump(count: usize, places: usize) -> Vec<u8> {
    let one = |i: usize| {
        let place = i % places;
        format!(
            "goroutine {} [chan receive, 7 minutes]:\nexample.com/app.wait{place}(...)\n\t/app/wait.go:{}\n\
             created by example.com/app.start{place} in goroutine 1\n\t/app/start.go:{}\n\n",
            i + 10,
            place + 5,
            place + 7
        )
    };
    (0..count).map(one).collect::<String>().into_bytes()
}

#[test]
fn goroutines() {
    let pair = |n: usize| alone([dump(n / 2, 20), dump(n, 20)]);
    assert_linear("goroutines", 4000, pair, judge);
}

#[test]
fn sites_that_grow_in_the_heap_beside_goroutines_that_accumulate() {
    let both = |n: usize| {
        let [before, after] = leaks(n, 9000);
        [vec![before, dump(n, n)], vec![after, dump(12 * n, n)]]
    };
    assert_linear("places that grow, beside goroutines", 600, both, judge);
}

#[test]
fn snapshots_of_a_series() {
    let series = |n: usize| -> Vec<Vec<u8>> {
        let snapshot = |number: usize| {
            let mut profile = Profile::heap();
            profile.at(600 * number as i64);
            for i in 0..60 {
                let function = format!("example.com/app.leak{i}");
                let live = 5 + (number * i / 20) as i64;
                profile.row(&[&function, "main.main"], 9000, live + number as i64, live);
            }
            profile.gzipped()
        };
        (0..n).map(snapshot).collect()
    };
    assert_linear("snapshots", 40, series, |series| {
        let profiles = series.iter().enumerate().map(|(i, bytes)| read(bytes, &i.to_string())).collect();
        black_box(build_document(&follow(profiles, &Options::default()).expect("a series")));
    });
}

/// What `watch` remembers spares it to read old files; to list them is what is left.
#[test]
fn files_of_an_instance() {
    let instance = Instance::new("shop", "a:6060").expect("a name");
    let stored = |n: usize| {
        let folder = tempfile::tempdir().expect("a folder");
        let heap = folder.path().join("shop/a:6060/heap");
        std::fs::create_dir_all(&heap).expect("made");
        let mut first = None;
        for second in 0..n as i64 {
            let time = jiff::Timestamp::from_second(1_767_225_600 + 20 * second).expect("a time");
            let path = heap.join(format!("{}.pb.gz", time.strftime("%Y%m%dT%H%M%S-000Z")));
            // Their contents do not matter, but that there is one for each.
            match &first {
                None => {
                    let [bytes, _] = leaks(20, 9000);
                    std::fs::write(&path, bytes).expect("written");
                    first = Some(path);
                }
                Some(first) => std::fs::hard_link(first, &path).expect("linked"),
            }
        }
        let store = Store::existing(folder.path()).expect("a store");
        (folder, store)
    };
    let judges = std::cell::RefCell::new(std::collections::BTreeMap::new());
    assert_linear("files of an instance", 3000, stored, |(folder, store)| {
        let mut judges = judges.borrow_mut();
        let new = || {
            let mut judge = Judge::new(JudgeOptions::default());
            // It is the later rounds that count.
            let _ = judge.judge(store, &instance);
            judge
        };
        let judge = judges.entry(folder.path().to_owned()).or_insert_with(new);
        for _ in 0..5 {
            let _ = black_box(judge.judge(store, &instance));
        }
    });
}

type Render = fn(&Document) -> usize;

fn formats() -> [(&'static str, Render); 8] {
    [
        ("terminal", |d| terminal(d, &TerminalOptions::default()).len()),
        ("details", |d| terminal(d, &TerminalOptions { details: true, ..TerminalOptions::default() }).len()),
        ("markdown", |d| markdown(d, &MarkdownOptions::default()).len()),
        ("html", |d| html(d, &HtmlOptions::default()).expect("a page").len()),
        ("json", |d| json(d).expect("a report").len()),
        ("sarif", |d| sarif(d).expect("a log").len()),
        ("pprof", |d| pprof(d).len()),
        ("dot", |d| dot(d).len()),
    ]
}

/// Holds the cost of each format to the size of its document.
fn assert_each_format_is_linear(axis: &str, size: usize, document: impl Fn(usize) -> Document) {
    let documents = std::cell::RefCell::new(std::collections::BTreeMap::new());
    for (format, render) in formats() {
        let made = |n: usize| {
            documents.borrow_mut().entry(n).or_insert_with(|| std::rc::Rc::new(document(n))).clone()
        };
        assert_linear(&format!("{axis}, {format}"), size, made, |document| {
            black_box(render(document));
        });
    }
}

/// A pair with all that a report may say of it.
fn reported(pair: [Vec<u8>; 2]) -> Document {
    build_document(&judged(&alone(pair), &Options { full: true, ..Options::default() }))
}

#[test]
fn suspects_in_each_format() {
    assert_each_format_is_linear("suspects", 400, |n| {
        let document = reported(leaks(n, 9000));
        assert_eq!(document.suspects.len(), n);
        document
    });
}

#[test]
fn depth_in_each_format() {
    assert_each_format_is_linear("depth", 400, |n| reported(deep(n)));
}
