//! How much memory whole runs take: no more than three times the two largest inputs after inflating, and 64 MiB; in a series what
//! is kept of each row, and what is kept of each place that grows.
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "the benches use more of it")]
#[path = "../benches/generator/mod.rs"]
mod generator;
#[path = "support/mod.rs"]
mod support;

use flate2::read::MultiGzDecoder;
use generator::{Service, Shape};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const MIB: u64 = 1 << 20;
/// What a series keeps of a row in a snapshot: the sampled counts, from which its four columns can be computed again.
const CELL: u64 = 8;
/// What is kept of a place that grows until the report is written, in each format: its evidence, its stacks and its curve.
const GROWING: [(&str, u64); 3] = [("terminal", 16 << 10), ("json", 32 << 10), ("html", 40 << 10)];

/// Writes snapshots of a service, and gives their files and the size of the largest after inflating.
fn snapshots(folder: &Path, shape: Shape, count: usize) -> (Vec<PathBuf>, u64) {
    let mut service = Service::new(shape);
    let mut largest = 0;
    let write = |number: usize| {
        let bytes = service.snapshot();
        let inflated = std::io::copy(&mut MultiGzDecoder::new(bytes.as_slice()), &mut std::io::sink());
        largest = largest.max(inflated.expect("gzip"));
        let path = folder.join(format!("heap-{number:03}.pb.gz"));
        std::fs::write(&path, bytes).expect("the folder can be written");
        path
    };
    let files = (0..count).map(write).collect();
    (files, largest)
}

/// The peak resident memory of a run in bytes. The kernel keeps the peak, so looking now and then misses nothing but what
/// comes in the last millisecond.
fn peak(arguments: &[&Path], command: &[&str]) -> u64 {
    let mut run = Command::new(env!("CARGO_BIN_EXE_pprof-leaks"))
        .args(command)
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let status = format!("/proc/{}/status", run.id());
    let mut peak = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|n| n.parse().ok());
        peak = peak.max(kibibytes.unwrap_or(0u64) * 1024);
        if let Some(status) = run.try_wait().expect("our own child") {
            assert!(status.success(), "{status}");
            assert!(peak > MIB, "the peak was never seen");
            return peak;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Holds a peak to its bound, and prints a row of the table in docs/costs.md.
#[track_caller]
fn assert_within(command: &str, of: &str, peak: u64, bound: u64) {
    println!("| `{command}` | {of} | {} MiB | {} MiB |", peak / MIB, bound / MIB);
    assert!(peak <= bound, "{command} of {of}: {} MiB of {} MiB", peak / MIB, bound / MIB);
}

#[test]
fn a_diff_takes_no_more_than_three_times_its_inputs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (files, inflated) = snapshots(folder.path(), Shape { samples: 120_000, ..Shape::LARGE }, 2);
    let (peak, bound) = (peak(&[&files[0], &files[1]], &["diff"]), 3 * 2 * inflated + 64 * MIB);
    assert_within("diff", &format!("2 snapshots of {} MiB", inflated / MIB), peak, bound);
}

#[test]
fn a_trend_takes_no_more_but_for_the_cells_of_its_rows() {
    const ROWS: u64 = 8000;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (_, inflated) = snapshots(folder.path(), Shape { samples: ROWS as usize, ..Shape::SMALL }, 100);
    let cells = 100 * ROWS * CELL;
    let (peak, bound) = (peak(&[folder.path()], &["trend"]), 3 * 2 * inflated + 64 * MIB + cells);
    assert_within("trend", &format!("100 snapshots of {} KiB, {ROWS} rows", inflated / 1024), peak, bound);
}

#[test]
fn each_place_that_grows_takes_its_evidence_more() {
    const PLACES: u64 = 6000;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pair = support::leaks(PLACES as usize, 9000);
    let inflated: u64 = pair.iter().map(|bytes| support::plain(bytes).len() as u64).sum();
    let files = ["before", "after"].map(|name| folder.path().join(format!("{name}.pb.gz")));
    for (file, bytes) in files.iter().zip(pair) {
        std::fs::write(file, bytes).expect("the folder can be written");
    }
    for (format, each) in GROWING {
        let peak = peak(&[&files[0], &files[1]], &["diff", "--format", format]);
        let bound = 3 * inflated + 64 * MIB + PLACES * each;
        assert_within(
            &format!("diff --format {format}"),
            &format!("{PLACES} places, all growing"),
            peak,
            bound,
        );
    }
}
