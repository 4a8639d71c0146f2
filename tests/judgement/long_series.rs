//! Series of a thousand snapshots and more, made from a recorded one: judged as a short one is, in memory that does not
//! grow with their number.

use crate::support::{Run, gzip, pprof_leaks, read};
use pprof_leaks::input::proto;
use pprof_leaks::profile::SamplingRate;
use prost::Message;
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;

const ROUNDS: usize = 8;
const MINUTE: i64 = 60_000_000_000;
/// As if the recorded program had run so many times as long: enough that each snapshot differs from the one before.
const SCALE: f64 = 50.0;
/// What the statistics work on.
const MOST_KEPT: usize = 256;

/// The heap of `map-cache`, which leaks, at any time between its first and its last round.
struct Recorded {
    last: proto::Profile,
    /// For each sample of the last round the sampled objects, allocated and live, in every round.
    counts: Vec<[(i64, i64); ROUNDS]>,
}

type Key = (Vec<(String, i64)>, i64);

impl Recorded {
    fn new() -> Recorded {
        let rounds: Vec<proto::Profile> =
            (1..=ROUNDS).map(|round| read(&format!("map-cache/heap-{round:02}.pb.gz"))).collect();
        let tables: Vec<HashMap<Key, (i64, i64)>> = rounds.iter().map(counts_by_site).collect();
        let last = rounds.into_iter().next_back().expect("eight rounds");
        let of = |sample: &proto::Sample| {
            let key = key_of(&last, sample);
            std::array::from_fn(|round| tables[round].get(&key).copied().unwrap_or_default())
        };
        Recorded { counts: last.sample.iter().map(of).collect(), last }
    }

    /// The snapshot when `share` of the time has passed.
    fn at(&self, share: f64, time_nanos: i64) -> proto::Profile {
        let mut profile = proto::Profile { time_nanos, ..self.last.clone() };
        let position = share * (ROUNDS - 1) as f64;
        let round = (position as usize).min(ROUNDS - 2);
        let between =
            |a: i64, b: i64| (SCALE * (a as f64 + (b - a) as f64 * (position - round as f64))).round() as i64;
        let rate = SamplingRate(profile.period);
        for (sample, counts) in profile.sample.iter_mut().zip(&self.counts) {
            let (from, to) = (counts[round], counts[round + 1]);
            let size = sample.label.first().map_or(0, |label| label.num);
            let (alloc_objects, alloc_space) = rate.estimate(between(from.0, to.0), size);
            let (objects, space) = rate.estimate(between(from.1, to.1), size);
            sample.value = vec![alloc_objects, alloc_space, objects, space];
        }
        profile
    }

    /// Writes a series, a snapshot a minute, that starts afresh at each of `restarts`; no life is of one snapshot only.
    fn write(&self, folder: &Path, count: usize, restarts: &[usize]) {
        for index in 0..count {
            let begun = restarts.iter().copied().filter(|at| *at <= index).max().unwrap_or(0);
            let end = restarts.iter().copied().find(|at| *at > index).unwrap_or(count);
            let share = (index - begun) as f64 / (end - begun - 1) as f64;
            let profile = self.at(share, self.time(index));
            let path = folder.join(format!("heap-{index:05}.pb.gz"));
            std::fs::write(path, gzip(&profile.encode_to_vec())).expect("the test folder can be written");
        }
    }

    fn time(&self, index: usize) -> i64 {
        self.last.time_nanos + index as i64 * MINUTE
    }
}

fn counts_by_site(profile: &proto::Profile) -> HashMap<Key, (i64, i64)> {
    let rate = SamplingRate(profile.period);
    let mut counts = HashMap::new();
    for sample in &profile.sample {
        let key = key_of(profile, sample);
        let sum = counts.entry(key.clone()).or_insert((0, 0));
        sum.0 += rate.at(key.1).sampled_count(sample.value[1]);
        sum.1 += rate.at(key.1).sampled_count(sample.value[3]);
    }
    counts
}

fn key_of(profile: &proto::Profile, sample: &proto::Sample) -> Key {
    let stack = sample.location_id.iter().flat_map(|id| {
        let location = profile.location.iter().find(|l| l.id == *id).expect("a known location");
        location.line.iter().map(|line| {
            let function = profile.function.iter().find(|f| f.id == line.function_id).expect("known");
            (profile.string_table[function.name as usize].clone(), line.line)
        })
    });
    (stack.collect(), sample.label.first().map_or(0, |label| label.num))
}

/// A series in a folder of its own.
fn series(count: usize, restarts: &[usize]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    Recorded::new().write(folder.path(), count, restarts);
    folder
}

fn trend(folder: &Path, options: &[&str]) -> Run {
    let folder = folder.to_str().expect("UTF-8");
    pprof_leaks([&["trend", folder, "--format", "json"], options].concat())
}

/// When the snapshots of a kind that were judged were taken, in nanoseconds since the Unix epoch.
fn times(report: &Value, kind: &str) -> Vec<i64> {
    let all = || report["inputs"].as_array().expect("a list").iter();
    // Of the last life of the process.
    let latest = all().filter_map(|input| input["incarnation"].as_u64()).max();
    let inputs = all().filter(|input| input["kind"] == kind && input["incarnation"].as_u64() == latest);
    let time = |input: &Value| -> jiff::Timestamp {
        input["taken_at"].as_str().and_then(|text| text.parse().ok()).expect("a time")
    };
    inputs.map(|input| time(input).as_nanosecond() as i64).collect()
}

fn codes(report: &Value) -> Vec<&str> {
    let warnings = report["warnings"].as_array().expect("a list");
    warnings.iter().filter_map(|warning| warning["code"].as_str()).collect()
}

/// Peak memory of a run in KiB, and its report.
#[cfg(target_os = "linux")]
fn peak_memory(folder: &Path) -> (u64, Value) {
    let report = folder.join(".report.json");
    let mut child = crate::support::command()
        .args(["trend", folder.to_str().expect("UTF-8"), "--format", "json", "-o"])
        .arg(&report)
        .spawn()
        .expect("the binary starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        // The kernel keeps the peak itself, so nothing but the very last moment can be missed.
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(kib.unwrap_or(0));
        if let Some(status) = child.try_wait().expect("a child of this test") {
            assert!(status.success());
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let report = std::fs::read_to_string(report).expect("the report was written");
    (peak, serde_json::from_str(&report).expect("JSON"))
}

#[cfg(target_os = "linux")]
#[test]
fn three_thousand_snapshots_need_no_more_memory_than_a_thousand_and_say_the_same() {
    // The middle of three runs: which thread is ahead makes a difference of a few per cent from run to run.
    let [(small, a), (large, b)] = [1000, 3000].map(|count| {
        let folder = series(count, &[]);
        let mut runs = [(); 3].map(|()| peak_memory(folder.path()));
        runs.sort_by_key(|(peak, _)| *peak);
        let [_, middle, _] = runs;
        middle
    });
    println!("peak memory: {small} KiB for 1,000 snapshots, {large} KiB for 3,000");
    assert!(small > 0 && large as f64 <= small as f64 * 1.1, "{small} KiB and {large} KiB");
    assert!(large as f64 >= small as f64 * 0.9, "{small} KiB and {large} KiB");
    for report in [&a, &b] {
        assert_eq!(report["verdict"], "leak");
        assert_eq!(report["suspects"][0]["blame"]["function"], "main.(*sessionCache).open");
        assert_eq!(report["suspects"][0]["confidence"], "high");
        assert!(codes(report).contains(&"thinned-series"), "{:?}", codes(report));
    }
}

#[test]
fn what_is_kept_is_spread_evenly_and_holds_the_first_and_the_last() {
    let recorded = Recorded::new();
    for count in [MOST_KEPT, MOST_KEPT + 1, 700] {
        let report = trend(series(count, &[]).path(), &[]).json();
        let times = times(&report, "heap");
        assert_eq!(times.len(), MOST_KEPT);
        assert_eq!((times[0], times[MOST_KEPT - 1]), (recorded.time(0), recorded.time(count - 1)));
        let fair = (times[MOST_KEPT - 1] - times[0]) / (MOST_KEPT as i64 - 1);
        let widest = times.windows(2).map(|pair| pair[1] - pair[0]).max().expect("many");
        assert!(widest <= 2 * fair.max(MINUTE), "{count}: a gap of {widest} ns, {fair} ns on average");
        assert_eq!(codes(&report).contains(&"thinned-series"), count > MOST_KEPT);
    }
}

#[test]
fn restarts_are_found_among_all_snapshots_and_the_last_life_is_judged_from_its_first_on() {
    let recorded = Recorded::new();
    let folder = series(900, &[301, 303, 306, 460]);
    // Goroutine profiles do not show restarts themselves; the heap does it for them.
    let mut goroutines = read("map-cache/goroutine-08.pb.gz");
    for index in 0..900 {
        goroutines.time_nanos = recorded.time(index) + 1;
        let path = folder.path().join(format!("goroutine-{index:05}.pb.gz"));
        std::fs::write(path, gzip(&goroutines.encode_to_vec())).expect("the test folder can be written");
    }
    let report = trend(folder.path(), &[]).json();
    let said = report["warnings"].to_string();
    assert!(said.contains("show 5 lives"), "{said}");
    for (kind, after) in [("heap", 0), ("goroutine", 1)] {
        let times = times(&report, kind);
        let expected = (recorded.time(460) + after, recorded.time(899) + after);
        assert_eq!((times[0], times[times.len() - 1]), expected, "{kind}");
        // The lives that are not judged give way to the one that is.
        assert!(times.len() > 240, "{} {kind} snapshots of the last life are left", times.len());
    }
    assert_eq!(report["verdict"], "leak");
}

#[test]
fn too_many_inputs_are_refused_before_any_is_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for index in 0..11 {
        std::fs::write(folder.path().join(format!("heap-{index}.pb.gz")), b"").expect("can be written");
    }
    let name = folder.path().to_str().expect("UTF-8");
    trend(folder.path(), &["--max-inputs", "10"]).refusal(&[name, "passes 10", "--max-inputs"]);
    let run = trend(folder.path(), &["--max-inputs", "11"]);
    run.refusal(&["the input is empty", "10 more files"]);
}
