//! What each stage costs on made profiles of real sizes, and how that grows: `cargo bench`.
//!
//! Throughput is in bytes of inflated profile. `benches/compare` sets whole runs of the program beside other programs.

mod generator;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flate2::read::MultiGzDecoder;
use generator::{Service, Size};
use pprof_leaks::analysis::{Analysis, Follower, Options, compare};
use pprof_leaks::input::{Limits, parse};
use pprof_leaks::profile::{Heading, RawProfile};
use pprof_leaks::report::{
    Document, MarkdownOptions, TerminalOptions, build_document, dot, json, markdown, pprof, sarif, terminal,
};
use pprof_leaks::suspects::HeapMetric;
use std::hint::black_box;
use std::time::Duration;

fn snapshots(size: Size, count: usize) -> Vec<Vec<u8>> {
    let mut service = Service::new(size);
    (0..count).map(|_| service.snapshot()).collect()
}

fn inflate(bytes: &[u8]) -> u64 {
    std::io::copy(&mut MultiGzDecoder::new(bytes), &mut std::io::sink()).expect("made by the generator")
}

fn inflated(files: &[Vec<u8>]) -> Throughput {
    Throughput::Bytes(files.iter().map(|file| inflate(file)).sum())
}

fn load(bytes: &[u8]) -> RawProfile {
    parse(bytes, "made", &Limits::default()).expect("made by the generator")
}

fn diff(pair: &[Vec<u8>]) -> Analysis {
    let options = Options::default();
    compare(vec![load(&pair[0])], vec![load(&pair[1])], &options).expect("two heap profiles")
}

/// As the program does it: the headings of all first, then one snapshot after the other.
fn trend(files: &[Vec<u8>]) -> Analysis {
    let options = Options::default();
    let headings = files.iter().map(|file| Heading::of(&load(file))).collect();
    let mut follower = Follower::new(headings, &options).expect("snapshots of one kind");
    for index in follower.order() {
        follower.add(index, load(&files[index]));
    }
    follower.finish()
}

fn loading(c: &mut Criterion) {
    for size in Size::ALL {
        let files = snapshots(size, 1);
        let mut group = c.benchmark_group(size.name);
        group.throughput(inflated(&files)).sample_size(10).measurement_time(Duration::from_secs(3));
        group.bench_function("inflate alone", |b| b.iter(|| inflate(black_box(&files[0]))));
        group.bench_function("load", |b| b.iter(|| load(black_box(&files[0]))));
    }
}

fn diffs(c: &mut Criterion) {
    for size in Size::ALL {
        let pair = snapshots(size, 2);
        let mut group = c.benchmark_group(size.name);
        group.throughput(inflated(&pair)).sample_size(10).measurement_time(Duration::from_secs(3));
        group.bench_function("diff", |b| b.iter(|| diff(black_box(&pair))));
    }
}

fn trends(c: &mut Criterion) {
    let files = snapshots(Size::SMALL, 1000);
    for count in [100, 1000] {
        let files = &files[..count];
        let mut group = c.benchmark_group("trend");
        group.throughput(inflated(files)).sample_size(10).measurement_time(Duration::from_secs(5));
        group.bench_function(BenchmarkId::new("load one by one", count), |b| {
            b.iter(|| files.iter().map(|file| load(file).samples.len()).sum::<usize>());
        });
        group.bench_function(BenchmarkId::new("trend", count), |b| b.iter(|| trend(black_box(files))));
    }
}

/// A format's name and what writes it, giving its length.
type Format<'a> = (&'a str, &'a dyn Fn(&Document) -> usize);

/// Each format of a report.
fn reports(c: &mut Criterion) {
    let analysis = diff(&snapshots(Size::LARGE, 2));
    let document = || build_document(&analysis, HeapMetric::InuseSpace);
    let made = document();
    let options = TerminalOptions::default();
    let formats: [Format<'_>; 6] = [
        ("terminal", &|d| terminal(d, &options).len()),
        ("markdown", &|d| markdown(d, &MarkdownOptions::default()).len()),
        ("json", &|d| json(d).expect("every figure has a JSON form").len()),
        ("sarif", &|d| sarif(d).expect("every figure has a JSON form").len()),
        ("pprof", &|d| pprof(d).map_or(0, |bytes| bytes.len())),
        ("dot", &|d| dot(d).map_or(0, |text| text.len())),
    ];
    let mut group = c.benchmark_group("report");
    group.sample_size(20).measurement_time(Duration::from_secs(2));
    group.bench_function("document", |b| b.iter(document));
    for (name, format) in formats {
        group.bench_function(name, |b| b.iter(|| format(black_box(&made))));
    }
}

/// How the cost of a diff grows with the samples and with the depth of their stacks.
fn growth(c: &mut Criterion) {
    let mut run = |name: &str, of: &dyn Fn(usize) -> Size, steps: [usize; 4]| {
        let mut group = c.benchmark_group(name);
        group.sample_size(10).measurement_time(Duration::from_secs(2));
        for step in steps {
            let pair = snapshots(of(step), 2);
            group.throughput(inflated(&pair));
            group.bench_function(BenchmarkId::from_parameter(step), |b| b.iter(|| diff(black_box(&pair))));
        }
    };
    run("diff by samples", &|samples| Size { samples, ..Size::LARGE }, [10_000, 20_000, 40_000, 80_000]);
    run("diff by depth", &|depth| Size { depth, samples: 20_000, ..Size::LARGE }, [10, 20, 40, 80]);
}

criterion_group!(benches, loading, diffs, trends, reports, growth);
criterion_main!(benches);
