//! What other producers and tools make of Go's profiles: deltas of allocations, differences, addresses without names, and
//! snapshots of two programs in one folder.

use crate::support::{edited, pprof_leaks, read};
use pprof_leaks::input::proto;
use serde_json::Value;
use std::collections::HashMap;
use tempfile::TempDir;

const MINUTE: i64 = 60_000_000_000;

/// A folder with these files.
fn folder(files: &[(String, Vec<u8>)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("can be written");
    }
    folder
}

fn trend(folder: &TempDir) -> Value {
    let run = pprof_leaks(["trend", folder.path().to_str().expect("UTF-8"), "--format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.json()
}

fn warning<'a>(report: &'a Value, code: &str) -> Option<&'a str> {
    let warnings = report["warnings"].as_array().expect("a list");
    warnings.iter().find(|warning| warning["code"] == code)?["message"].as_str()
}

/// The stack and the size of a sample, by names.
fn key(profile: &proto::Profile, sample: &proto::Sample) -> String {
    let text = |index: i64| profile.string_table[index as usize].as_str();
    let mut key = format!("{:?}", sample.label.iter().map(|label| label.num).collect::<Vec<_>>());
    for id in &sample.location_id {
        let location = profile.location.iter().find(|location| location.id == *id).expect("is there");
        for line in &location.line {
            let function = profile.function.iter().find(|f| f.id == line.function_id).expect("is there");
            key.push_str(&format!(" {}:{}", text(function.name), line.line));
        }
    }
    key
}

/// As Datadog's profiler and godeltaprof send them: allocations less those of the profile before, and samples that are
/// nothing but that left out.
fn with_deltas(program: &str) -> TempDir {
    let mut before: HashMap<String, [i64; 2]> = HashMap::new();
    let files: Vec<_> = (1..=8)
        .map(|round| {
            let bytes = edited(&format!("{program}/heap-0{round}.pb.gz"), |profile| {
                let whole = profile.clone();
                profile.duration_nanos = MINUTE;
                for sample in &mut profile.sample {
                    let now = [sample.value[0], sample.value[1]];
                    let [objects, bytes] = before.insert(key(&whole, sample), now).unwrap_or_default();
                    // Some stacks are in a profile twice, and their counts are truncated each.
                    (sample.value[0], sample.value[1]) = ((now[0] - objects).max(0), (now[1] - bytes).max(0));
                }
                profile.sample.retain(|sample| sample.value.iter().any(|value| *value != 0));
            });
            (format!("heap-0{round}.pb.gz"), bytes)
        })
        .collect();
    folder(&files)
}

#[test]
fn of_deltas_of_allocations_what_is_live_is_judged() {
    let report = trend(&with_deltas("map-cache"));
    let suspect = &report["suspects"][0];
    assert_eq!(suspect["blame"]["function"], "main.(*sessionCache).open", "{report:#}");
    assert!(
        ["leak", "suspicious"].contains(&report["verdict"].as_str().expect("a word")),
        "{}",
        report["headline"]
    );
    let counters = warning(&report, "no-alloc-counters").expect("a warning");
    assert!(counters.contains("Datadog") && counters.contains("godeltaprof"), "{counters}");
}

#[test]
fn a_difference_of_two_profiles_is_called_one() {
    let last = read("map-cache/heap-08.pb.gz");
    // With -diff_base the base's own rows stay, below zero; with -base a place that gave memory back has less than nothing
    // alive, and its allocations rose.
    for columns in [0..4, 2..4] {
        let less = edited("map-cache/heap-01.pb.gz", |profile| {
            profile.time_nanos = last.time_nanos + MINUTE;
            for sample in &mut profile.sample {
                sample.value[columns.clone()].iter_mut().for_each(|value| *value = -*value);
            }
        });
        let whole = std::fs::read(crate::support::recording("map-cache/heap-08.pb.gz")).expect("a recording");
        let folder = folder(&[("1.pb.gz".into(), whole), ("2.pb.gz".into(), less)]);
        let paths = ["1.pb.gz", "2.pb.gz"].map(|name| folder.path().join(name));
        let run = pprof_leaks(["diff", "--format=json"].map(Into::into).iter().chain(&paths));
        let report = run.json();
        assert_eq!(report["verdict"], "inconclusive");
        let said = warning(&report, "delta-profile").expect("a warning");
        assert!(said.contains("negative values") && said.contains("-diff_base"), "{said}");
        assert_eq!(warning(&report, "restart"), None);
    }
}

/// The recording of a round without names, its program loaded elsewhere.
fn without_names(round: usize, start: u64) -> (String, Vec<u8>) {
    let bytes = edited(&format!("map-cache/heap-0{round}.pb.gz"), |profile| {
        let file = profile.string_table.len() as i64;
        profile.string_table.push("/usr/bin/shop".to_owned());
        let old = profile.mapping[0].memory_start;
        let mapping = &mut profile.mapping[0];
        let length = 1 << 32;
        (mapping.memory_start, mapping.memory_limit, mapping.filename) = (start, start + length, file);
        for location in &mut profile.location {
            location.mapping_id = profile.mapping[0].id;
            location.line.clear();
            location.address = location.address - old + start;
        }
    });
    (format!("heap-0{round}.pb.gz"), bytes)
}

#[test]
fn addresses_are_matched_by_their_offset_in_the_file() {
    let report = trend(&folder(&[
        without_names(1, 0x55d0_0000_0000),
        without_names(4, 0x5600_1234_5000),
        without_names(8, 0x5571_0000_1000),
    ]));
    let blame = report["suspects"][0]["blame"]["function"].as_str().expect("a name");
    assert!(blame.starts_with("shop+0x"), "{blame}");
    assert_eq!(report["verdict"], "suspicious", "as with names: {}", report["headline"]);
}

#[test]
fn two_programs_are_told_by_their_files_and_by_their_functions() {
    let blocked = read("blocked-goroutine/goroutine-08.pb.gz");
    // Without build ids, which would show as much.
    let at = |time: i64| {
        move |profile: &mut proto::Profile| {
            profile.time_nanos = time;
            profile.mapping.iter_mut().for_each(|mapping| mapping.build_id = 0);
        }
    };
    let by_file = folder(&[
        ("1.pb.gz".into(), edited("map-cache/goroutine-01.pb.gz", at(blocked.time_nanos - MINUTE))),
        ("2.pb.gz".into(), edited("blocked-goroutine/goroutine-08.pb.gz", at(blocked.time_nanos))),
    ]);
    let dump = |package: &str, count: u64| {
        let one = |id: u64| {
            let functions = ["a", "b", "c", "d", "e", "f"];
            let calls =
                functions.map(|f| format!("example.com/{package}.{f}()\n\t/src/{package}/{f}.go:7 +0x1\n"));
            let calls = calls.concat();
            format!(
                "goroutine {id} [select]:\n{calls}created by main.main in goroutine 1\n\t/src/main.go:9 +0x1\n\n"
            )
        };
        (10..10 + count).map(one).collect::<String>().into_bytes()
    };
    let by_function = folder(&[("1.txt".into(), dump("shop", 4)), ("2.txt".into(), dump("mail", 400))]);
    for (folder, names, why) in [
        (by_file, ["1.pb.gz", "2.pb.gz"], "map-cache and blocked-goroutine"),
        (by_function, ["1.txt", "2.txt"], "no function of their own in common"),
    ] {
        let paths = names.map(|name| folder.path().join(name));
        let report = pprof_leaks(["diff", "--format=json"].map(Into::into).iter().chain(&paths)).json();
        assert_eq!(report["verdict"], "inconclusive", "{report:#}");
        let said = warning(&report, "two-processes").expect("a warning");
        assert!(said.contains("two programs") && said.contains(why), "{said}");
        assert_eq!(trend(&folder)["verdict"], "inconclusive");
    }
    let same = folder(&[("1.txt".into(), dump("shop", 4)), ("2.txt".into(), dump("shop", 400))]);
    assert_eq!(warning(&trend(&same), "two-processes"), None);
}

/// A goroutine text in which so many wait with one stack, beside the main goroutine.
fn waiting(count: u64, stack: &str) -> Vec<u8> {
    let all = count + 1;
    format!(
        "goroutine profile: total {all}\n\
         {count} @ 0x42b8ea 0x42b99e 0x43b2d6 0x4c2d1e 0x457a81\n{stack}\n\
         1 @ 0x42b8ea 0x40a1f3 0x401a2c 0x42b4a4 0x457a81\n\
         #\t0x401a2b\tmain.main+0x4b\t/home/shop/src/shop/main.go:30\n\
         #\t0x42b4a3\truntime.main+0x213\t/usr/local/go/src/runtime/proc.go:185\n"
    )
    .into()
}

#[test]
fn waits_of_old_versions_of_go_are_named_as_those_of_today() {
    for (version, stack, cause) in [
        (
            "Go 1.8",
            "#\t0x4c2d1d\tcontext.propagateCancel.func1+0x12d\t/usr/local/go/src/context/context.go:261\n",
            "context-not-cancelled",
        ),
        (
            "Go 1.7",
            "#\t0x457d63\tsync.runtime_Semacquire+0x33\t/usr/local/go/src/runtime/sema.go:47\n\
             #\t0x45f0b0\tsync.(*Mutex).Lock+0xd0\t/usr/local/go/src/sync/mutex.go:87\n\
             #\t0x4c2d1d\tmain.(*stock).take+0x3d\t/home/shop/src/shop/stock.go:21\n",
            "goroutine-blocked-lock",
        ),
    ] {
        let report =
            trend(&folder(&[("1.txt".into(), waiting(3, stack)), ("2.txt".into(), waiting(300, stack))]));
        assert_eq!(report["suspects"][0]["cause"]["id"], cause, "{version}: {}", report["headline"]);
    }
}
