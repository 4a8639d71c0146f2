//! What each stage costs, on recorded and on made profiles of real sizes, and how that grows: `cargo bench`.
//!
//! Throughput is in bytes of inflated profile. `benches/compare` sets whole runs of the program beside other programs.
//! What is refused is not measured: a bench that gets no answer ends the run.

mod generator;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use flate2::read::MultiGzDecoder;
use generator::{Service, Shape};
use pprof_leaks::input::{self, Fetcher, Limits, survey};
use pprof_leaks::judge::policy::LEAST_SHARE;
use pprof_leaks::judge::{Births, Observation, weigh};
use pprof_leaks::pipeline::{Analysis, Options, Since, compare, follow_found};
use pprof_leaks::profile::RawProfile;
use pprof_leaks::report::{
    Document, HtmlOptions, MarkdownOptions, TerminalOptions, build_document, dot, html, json, markdown,
    pprof, read_json, sarif, terminal,
};
use std::fs::File;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// Files of snapshots.
struct Snapshots {
    files: Vec<String>,
    /// The bytes of each after inflating.
    inflated: Vec<u64>,
    /// Where made ones are, for as long as they are wanted.
    _folder: Option<TempDir>,
}

impl Snapshots {
    /// Those of a made service.
    fn made(shape: Shape, count: usize) -> Snapshots {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut service = Service::new(shape);
        let files = (0..count).map(|number| {
            let path = folder.path().join(format!("heap-{number:04}.pb.gz"));
            std::fs::write(&path, service.snapshot()).expect("the folder can be written");
            path.display().to_string()
        });
        let files = files.collect();
        Snapshots { _folder: Some(folder), ..Snapshots::of(files) }
    }

    /// The heap profiles of a recorded service.
    fn recorded(name: &str) -> Snapshots {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
        let file = |number: usize| folder.join(format!("heap-{number:02}.pb.gz")).display().to_string();
        Snapshots::of((1..=8).map(file).collect())
    }

    fn of(files: Vec<String>) -> Snapshots {
        let inflated = files.iter().map(|file| inflate(file)).collect();
        Snapshots { files, inflated, _folder: None }
    }

    /// The first and the last.
    fn pair(&self) -> [&str; 2] {
        [&self.files[0], &self.files[self.files.len() - 1]]
    }

    fn bytes(&self, count: usize) -> Throughput {
        Throughput::Bytes(self.inflated[..count].iter().sum())
    }

    fn bytes_of_pair(&self) -> Throughput {
        Throughput::Bytes(self.inflated[0] + self.inflated[self.inflated.len() - 1])
    }
}

fn inflate(file: &str) -> u64 {
    let mut reader = MultiGzDecoder::new(File::open(file).expect("it was just written"));
    std::io::copy(&mut reader, &mut std::io::sink()).expect("intact gzip")
}

fn fetcher() -> Fetcher {
    Fetcher::plain(Duration::from_secs(1))
}

/// As the program reads one side of a comparison.
fn load(file: &str) -> Vec<RawProfile> {
    let loaded = input::load(file, &fetcher(), &Limits::default());
    assert!(loaded.failures.is_empty() && !loaded.profiles.is_empty(), "{file}: {:?}", loaded.failures);
    loaded.profiles
}

/// As the program does it: both sides read at once.
fn diff([before, after]: [&str; 2], options: &Options) -> Analysis {
    let (before, after) = std::thread::scope(|scope| {
        let before = scope.spawn(|| load(before));
        let after = load(after);
        (before.join().expect("a profile is read"), after)
    });
    let analysis = compare(before, after, options).expect("two heap profiles");
    assert!(!analysis.is_obstructed(), "nothing was judged: {:?}", analysis.notices);
    analysis
}

/// As the program does it: the headings of all first, then one snapshot after the other.
fn trend(files: &[String]) -> Analysis {
    let (options, limits) = (Options::default(), Limits::default());
    let found = survey(files, &fetcher(), &limits, &mut |_, _| {});
    let (analysis, unusable) = follow_found(found, Since::Ever, &options, &limits, &mut |_, _| {});
    let analysis = analysis.expect("snapshots of one kind");
    assert!(unusable.is_empty(), "{unusable:?}");
    assert!(!analysis.is_obstructed(), "nothing was judged: {:?}", analysis.notices);
    analysis
}

/// Each shape: inflating alone, reading, comparing.
fn shapes(c: &mut Criterion) {
    let measure = |c: &mut Criterion, name: &str, made: &Snapshots| {
        let mut group = c.benchmark_group(name);
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
        group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
        group.throughput(made.bytes(1));
        group.bench_function("inflate alone", |b| b.iter(|| inflate(black_box(&made.files[0]))));
        group.bench_function("load", |b| b.iter(|| load(black_box(&made.files[0]))));
        group.throughput(made.bytes_of_pair());
        group.bench_function("diff", |b| b.iter(|| diff(black_box(made.pair()), &Options::default())));
    };
    measure(c, "recorded", &Snapshots::recorded("two-leaks"));
    for shape in Shape::ALL {
        measure(c, shape.name, &Snapshots::made(shape, 2));
    }
}

/// Series, beside loading the same files one by one; and how their cost grows with the number of snapshots.
fn trends(c: &mut Criterion) {
    let measure = |c: &mut Criterion, name: &str, made: &Snapshots, counts: &[usize]| {
        let mut group = c.benchmark_group(name);
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
        group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
        for count in counts {
            let files = &made.files[..*count];
            group.throughput(made.bytes(*count));
            group.bench_function(BenchmarkId::new("load one by one", count), |b| {
                b.iter(|| files.iter().map(|file| load(file)[0].samples.len()).sum::<usize>());
            });
            group.bench_function(BenchmarkId::new("trend", count), |b| b.iter(|| trend(black_box(files))));
        }
    };
    measure(c, "recorded series", &Snapshots::recorded("two-leaks"), &[8]);
    measure(c, "series", &Snapshots::made(Shape::SMALL, 1000), &[100, 200, 400, 1000]);
}

/// A format's name and what writes it, giving its length.
type Format<'a> = (&'a str, &'a dyn Fn(&Document) -> usize);

/// Each format of a report.
fn reports(c: &mut Criterion) {
    let analysis =
        |full| diff(Snapshots::made(Shape::LARGE, 2).pair(), &Options { full, ..Options::default() });
    let (analysis, full) = (analysis(false), analysis(true));
    let options = TerminalOptions::default();
    // Those that show every site get a report that has them, as from the command line.
    let of_suspects: [Format<'_>; 4] = [
        ("terminal", &|d| terminal(d, &options).len()),
        ("markdown", &|d| markdown(d, &MarkdownOptions::default()).len()),
        ("json", &|d| json(d).expect("every figure has a JSON form").len()),
        ("sarif", &|d| sarif(d).expect("every figure has a JSON form").len()),
    ];
    let of_all_sites: [Format<'_>; 4] = [
        ("html", &|d| html(d, &HtmlOptions::default()).expect("it can be rendered").len()),
        ("pprof", &|d| pprof(d).len()),
        ("dot", &|d| dot(d).len()),
        ("json --full", &|d| json(d).expect("every figure has a JSON form").len()),
    ];
    let mut group = c.benchmark_group("report");
    group.sample_size(10).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2));
    for (name, analysis, formats) in [("", &analysis, of_suspects), (" --full", &full, of_all_sites)] {
        group.bench_function(format!("document{name}"), |b| b.iter(|| build_document(black_box(analysis))));
        let made = build_document(analysis);
        for (name, format) in formats {
            group.bench_function(name, |b| b.iter(|| format(black_box(&made))));
        }
    }
    let saved = json(&build_document(&full)).expect("every figure has a JSON form");
    group.bench_function("read json --full", |b| {
        b.iter(|| read_json(black_box(&saved)).expect("a report just written"));
    });
}

/// How the cost of a diff grows with the samples and with the depth of their stacks.
fn growth(c: &mut Criterion) {
    let mut run = |name: &str, of: &dyn Fn(usize) -> Shape, steps: [usize; 4]| {
        let mut group = c.benchmark_group(name);
        group.sample_size(10).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2));
        for step in steps {
            let made = Snapshots::made(of(step), 2);
            group.throughput(made.bytes_of_pair());
            group.bench_function(BenchmarkId::from_parameter(step), |b| {
                b.iter(|| diff(black_box(made.pair()), &Options::default()));
            });
        }
    };
    run("diff by samples", &|samples| Shape { samples, ..Shape::LARGE }, [10_000, 20_000, 40_000, 80_000]);
    run("diff by depth", &|depth| Shape { depth, samples: 20_000, ..Shape::LARGE }, [10, 20, 40, 80]);
}

/// What it costs to weigh one place that has to be looked at in full, by the intervals between its snapshots.
fn weighing(c: &mut Criterion) {
    let mut group = c.benchmark_group("weigh by intervals");
    group.sample_size(10).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2));
    for intervals in [1, 4, 7, 15, 24] {
        let swinging = |least: usize, shift: usize| -> Vec<f64> {
            (0..intervals).map(|i| (least + (i + shift) % 3) as f64).collect()
        };
        let seen = Observation {
            start: 6.0,
            births: swinging(4, 0),
            deaths: swinging(3, 1),
            gaps: vec![1.0; intervals],
            born_before: None,
            births_are: Births::All,
        };
        group.bench_function(BenchmarkId::from_parameter(intervals), |b| {
            b.iter(|| weigh(black_box(&seen), LEAST_SHARE, f64::NEG_INFINITY));
        });
    }
}

criterion_group!(benches, shapes, trends, reports, growth, weighing);
criterion_main!(benches);
