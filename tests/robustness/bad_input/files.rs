//! Files that are no profile, not the right one, or not whole.

use crate::support::{Profile, command, finish, gzip, heap_pair, plain, pprof_leaks, recording};
use std::path::Path;
use std::process::Stdio;

const GOOD: &str = "testdata/map-cache/heap-01.pb.gz";

/// Hands over a bad file first and second, each time with `-o`, which must not come to be.
pub(super) fn refused(name: &str, bytes: &[u8], parts: &[&str]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("the temporary folder can be written");
    refused_path(&path, parts);
}

fn refused_path(path: &Path, parts: &[&str]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let report = folder.path().join("report.md");
    let (path, out) = (path.to_str().expect("UTF-8"), report.to_str().expect("UTF-8"));
    for sides in [[path, GOOD], [GOOD, path]] {
        let run = pprof_leaks(["diff", sides[0], sides[1], "-o", out, "--format", "markdown"]);
        let line = run.refusal(parts);
        assert!(line.contains(path), "the file is named: {line}");
        assert_eq!(folder.path().read_dir().expect("a folder").count(), 0, "no report, whole or in part");
    }
}

#[test]
fn what_people_hand_over_by_mistake_is_named_with_what_to_do() {
    for (name, bytes, parts) in [
        ("empty.pb.gz", &b""[..], ["is empty", "Fetch the profile again"]),
        ("blank.txt", b"\n  \n", ["is empty", "Fetch the profile again"]),
        ("login.html", b"<!DOCTYPE html>\n<html><title>Sign in</title>", ["HTML", "-H 'Authorization: ...'"]),
        ("error.json", b"{\"error\":\"unauthorized\"}", ["JSON", "/debug/pprof/heap?gc=1"]),
        ("heap.pb.gz", b"404 page not found\n", ["404 page not found", "/debug/pprof/"]),
        ("leak.pb.gz", b"Unknown profile\n", ["Unknown profile", "Go 1.26"]),
        ("notes.md", b"# Incident 4711\n", ["# Incident 4711", "/debug/pprof/heap?gc=1"]),
        ("app", b"\x7fELF\x02\x01\x01\0\0\0", ["program", "/debug/pprof/heap?gc=1"]),
        ("all.zip", b"PK\x03\x04\x14\0\0\0", ["archive", "Unpack it"]),
        ("trace.out", b"go 1.27 trace\0\0\0\x01", ["execution trace", "/debug/pprof/heap?gc=1"]),
        ("heap.zst", &[0x28, 0xb5, 0x2f, 0xfd, 0, 0], ["zstd", "zstd -d"]),
        ("mutex.txt", b"--- mutex:\ncycles/second=1\n", ["lock contention", "/debug/pprof/heap?gc=1"]),
        ("cpu.prof", &[0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0], ["CPU profile", "heap?gc=1"]),
    ] {
        refused(name, bytes, &parts);
        if !bytes.is_empty() {
            refused(name, &gzip(bytes), &parts);
        }
    }
}

#[test]
fn profiles_that_tell_of_no_leak_are_named() {
    for (path, parts) in [
        ("elsewhere/go1.27-served/cpu.pb.gz", ["a CPU profile", "/debug/pprof/heap?gc=1"]),
        ("elsewhere/go1.27-served/mutex.pb.gz", ["a mutex or block profile", "/debug/pprof/heap?gc=1"]),
        ("elsewhere/go1.27-served/threadcreate.pb.gz", ["thread creation", "/debug/pprof/heap?gc=1"]),
        ("elsewhere/go1.27-served/threadcreate.txt", ["thread creation", "/debug/pprof/heap?gc=1"]),
        ("elsewhere/jemalloc/tickets.heap", ["jemalloc", "jeprof"]),
    ] {
        refused_path(&recording(path), &parts);
    }
    let mut tasks = Profile::of(&[("latency", "nanoseconds"), ("requests", "count")]);
    tasks.sample(&["main.main"], &[1, 2]);
    refused("tasks.pb.gz", &tasks.gzipped(), &["a profile of latency, requests", "inuse_space"]);
    let mut dead = Profile::of(&[("alloc_objects", "count"), ("alloc_space", "bytes")]);
    dead.sample(&["main.main"], &[1, 2]);
    refused("dead.pb.gz", &dead.gzipped(), &["alloc_objects, alloc_space", "inuse_space"]);
}

#[test]
fn gzip_cut_at_any_place_is_refused() {
    let whole = std::fs::read(recording("map-cache/heap-08.pb.gz")).expect("the recording is there");
    let lengths = [3, 4, 9, 10, 11, 12, 50, 200, 1000, whole.len() / 2, whole.len() - 9, whole.len() - 1];
    for length in lengths {
        refused("cut.pb.gz", &whole[..length], &["gzip", "cut short", "again"]);
    }
}

#[test]
fn an_inflated_profile_cut_at_any_place_is_refused_or_reported_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("cut.pb");
    let path = path.to_str().expect("UTF-8");
    let whole = plain(&heap_pair("main.leak")[1].gzipped());
    for length in 1..whole.len() {
        std::fs::write(path, &whole[..length]).expect("can be written");
        let run = pprof_leaks(["diff", path, path]);
        // A cut between two fields leaves a smaller profile, which no reader can tell from a whole one.
        if run.status == 2 {
            run.refusal(&["cut.pb"]);
        } else {
            assert_eq!((run.status, run.stderr.as_str()), (0, ""), "cut after {length} bytes");
        }
    }
}

#[test]
fn damaged_gzip_is_refused() {
    let whole = std::fs::read(recording("map-cache/heap-08.pb.gz")).expect("the recording is there");
    let mut flipped = whole.clone();
    let end = flipped.len();
    flipped[end - 6] ^= 1;
    refused("flipped.pb.gz", &flipped, &["gzip", "damaged", "again"]);
    let mut trailing = whole;
    trailing.extend(b"\nHTTP/1.1 200 OK\n");
    refused("trailing.pb.gz", &trailing, &["after the gzip data", "again"]);
}

#[test]
fn zeros_after_the_gzip_data_are_padding() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("padded.pb.gz");
    let mut padded = std::fs::read(recording("map-cache/heap-08.pb.gz")).expect("the recording is there");
    padded.resize(padded.len().next_multiple_of(10240), 0);
    std::fs::write(&path, padded).expect("can be written");
    let run = pprof_leaks(["diff", GOOD, path.to_str().expect("UTF-8"), "--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(run.json()["verdict"], "suspicious");
}

#[test]
fn random_bytes_are_refused() {
    // xorshift64*, so that every run sees the same bytes.
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d) as u8
    };
    for length in [1, 2, 7, 100, 1000, 10_000] {
        for _ in 0..10 {
            let bytes: Vec<u8> = (0..length).map(|_| random()).collect();
            refused("random.bin", &bytes, &[]);
            refused("random.bin", &gzip(&bytes), &[]);
        }
    }
}

#[test]
fn files_that_cannot_be_read_are_told_with_the_reason() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    refused_path(&folder.path().join("missing.pb.gz"), &["there is no such file", "check the path"]);
    refused_path(Path::new("/dev/null"), &["is empty"]);
    #[cfg(unix)]
    {
        let link = folder.path().join("link.pb.gz");
        std::os::unix::fs::symlink("gone.pb.gz", &link).expect("a link");
        refused_path(&link, &["there is no such file"]);
        let below = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml/heap.pb.gz");
        refused_path(&below, &["cannot be read", "not a folder"]);
    }
    let run = pprof_leaks(["diff", "", GOOD]);
    run.refusal(&["no name", "file, folder or URL"]);
    let run = pprof_leaks(["diff", "ftp://ann:s3cret@app/heap", GOOD]);
    assert!(!run.refusal(&["ftp://app/heap", "http"]).contains("s3cret"));
}

#[test]
fn profiles_joined_into_one_file_are_refused() {
    let [before, after] = heap_pair("main.leak");
    let joined = [before.gzipped(), after.gzipped()].concat();
    refused("joined.pb.gz", &joined, &["several profiles joined", "each file by itself"]);
    refused("joined.pb", &plain(&joined), &["several profiles joined", "each file by itself"]);
    // Without times, as other producers write them, the ids tell.
    let [mut before, mut after] = heap_pair("main.leak");
    (before.proto.time_nanos, after.proto.time_nanos) = (0, 0);
    refused("joined.pb.gz", &[before.gzipped(), after.gzipped()].concat(), &["several profiles joined"]);
}

#[test]
fn standard_input_is_read_once() {
    pprof_leaks(["diff", "-", "-"]).refusal(&["only one", "standard input"]);
    let from_file = |path: &str, args: [&str; 5]| {
        let file = std::fs::File::open(recording(path)).expect("the recording is there");
        finish(command().args(args).stdin(Stdio::from(file)))
    };
    let run = from_file("map-cache/heap-08.pb.gz", ["diff", GOOD, "-", "--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let report = run.json();
    assert_eq!(report["inputs"][1]["source"], "standard input");
    assert_eq!(report["verdict"], "suspicious");
    let run = from_file("elsewhere/go1.27-served/cpu.pb.gz", ["diff", "-", GOOD, "--format", "json"]);
    run.refusal(&["standard input", "CPU profile"]);
    finish(command().args(["diff", "-", GOOD]).stdin(Stdio::null())).refusal(&["standard input", "is empty"]);
}

/// As in `pprof-leaks diff <(curl ...) <(curl ...)`.
#[test]
#[cfg(unix)]
fn pipes_are_read_like_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::copy(recording("map-cache/heap-08.pb.gz"), pipe)
    });
    let run = pprof_leaks(["diff", GOOD, pipe.to_str().expect("UTF-8"), "--format", "json"]);
    writer.join().expect("no panic").expect("the binary reads it all");
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(run.json()["verdict"], "suspicious");
}
