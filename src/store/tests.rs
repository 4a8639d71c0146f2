//! The store as a whole: names, order, several writers, retention, leftovers.

use super::*;
use std::io::Read;
use std::time::Duration;

const NOW: i64 = 1_795_488_487_000_000_000;
const HOUR: i64 = 3_600_000_000_000;

fn shop() -> Instance {
    Instance::new("shop", "shop-1:6060").expect("a name")
}

fn put(store: &Store, kind: Kind, ending: Ending, nanos: i64, bytes: &[u8]) -> Stored {
    let mut writing = store.begin(&shop(), kind, ending).expect("a file");
    // In pieces, as they come from a network.
    for piece in bytes.chunks(1) {
        writing.write(piece).expect("room");
    }
    writing.commit(nanos).expect("room")
}

fn content(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).expect("it is there");
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).expect("gzip with its checksum");
    bytes
}

fn names(store: &Store) -> Vec<String> {
    let name =
        |entry: Entry| entry.path.strip_prefix(store.folder(&shop())).expect("inside").display().to_string();
    store.snapshots(&shop()).expect("listed").into_iter().map(name).collect()
}

#[test]
fn what_is_stored_can_be_opened_by_every_tool_and_is_named_by_its_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("deep/store")).expect("made");
    let stored = put(&store, Kind::Goroutine, Ending::Text, NOW, b"goroutine 1 [running]:\n");
    assert_eq!(content(&stored.path), b"goroutine 1 [running]:\n");
    assert_eq!(stored.bytes, stored.path.metadata().expect("there").len());
    let mut gzipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut gzipped, b"proto").expect("memory");
    let gzipped = gzipped.finish().expect("memory");
    let as_it_came = put(&store, Kind::Heap, Ending::Proto, NOW + 5_000_000, &gzipped);
    assert_eq!(std::fs::read(as_it_came.path).expect("there"), gzipped);
    for (bytes, time) in [(&b""[..], 1), (b"x", 2), (b"\x1f", 3)] {
        assert_eq!(content(&put(&store, Kind::Heap, Ending::Text, NOW - time * HOUR, bytes).path), bytes);
    }
    let found = names(&store);
    assert_eq!(found.len(), 5);
    assert_eq!(found.last().map(String::as_str), Some("goroutine/20261124T024807-000Z.txt.gz"));
    assert_eq!(store.instances().expect("listed"), [shop()]);
    assert!(store.verify(|_| Ok(())).expect("listed").unfinished == 0);
}

#[test]
fn no_snapshot_takes_the_place_of_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("made");
    std::thread::scope(|scope| {
        for writer in 0..4u8 {
            let store = &store;
            scope.spawn(move || {
                for _ in 0..10 {
                    put(store, Kind::Heap, Ending::Proto, NOW, &[writer]);
                }
            });
        }
    });
    let entries = store.snapshots(&shop()).expect("listed");
    assert_eq!(entries.len(), 40);
    let times: std::collections::BTreeSet<i64> = entries.iter().map(|entry| entry.nanos).collect();
    assert_eq!(times.len(), 40);
    let mut writers: Vec<u8> = entries.iter().flat_map(|entry| content(&entry.path)).collect();
    writers.sort_unstable();
    assert_eq!(writers, [[0; 10], [1; 10], [2; 10], [3; 10]].concat());
}

#[test]
fn what_is_given_up_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("made");
    let mut writing = store.begin(&shop(), Kind::Heap, Ending::Proto).expect("a file");
    writing.write(b"half of").expect("room");
    assert_eq!(store.verify(|_| Ok(())).expect("listed").unfinished, 1);
    assert_eq!(
        store.prune(&Retention::default(), NOW).expect("pruned").unfinished,
        0,
        "somebody writes to it"
    );
    drop(writing);
    assert_eq!(store.verify(|_| Ok(())).expect("listed").unfinished, 0);
    let left = store.folder(&shop()).join("heap/.unfinished-abc");
    std::fs::write(&left, b"half").expect("room");
    assert_eq!(store.prune(&Retention::default(), NOW).expect("pruned").unfinished, 0, "too young");
    let old = std::time::SystemTime::now() - Duration::from_secs(7200);
    std::fs::File::options().write(true).open(&left).and_then(|f| f.set_modified(old)).expect("its time");
    assert_eq!(store.prune(&Retention::default(), NOW).expect("pruned").unfinished, 1);
    assert!(!left.exists());
}

#[test]
fn snapshots_are_thinned_but_not_what_a_suspect_needs() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("made");
    let start = NOW - 20 * 24 * HOUR;
    let first = put(&store, Kind::Heap, Ending::Proto, start, b"x").path;
    for half_hour in 1..(20 * 24 * 2) {
        // Waiting for the disk each time would take long, and is not what this is about.
        let name = crate::profile::stamp(start + half_hour * HOUR / 2).expect("in range");
        std::fs::copy(&first, first.with_file_name(format!("{name}.pb.gz"))).expect("room");
    }
    let oldest = store.snapshots(&shop()).expect("listed")[1].path.clone();
    store.keep_evidence(&shop(), &[("id".to_owned(), vec![oldest.clone()])]).expect("written");
    // The suspect is seen again in other snapshots: those that it was reported on stay.
    store.keep_evidence(&shop(), &[("id".to_owned(), vec![])]).expect("written");
    let pruned = store.prune(&Retention::default(), NOW).expect("pruned");
    let left = store.snapshots(&shop()).expect("listed");
    assert_eq!(left.len(), 1 + 12 * 24 + 48 * 2 - 1, "one kept, one an hour for 12 days, all below 48 hours");
    assert_eq!(pruned.snapshots, 20 * 24 * 2 - left.len());
    assert_eq!(left[0].path, oldest);
    assert_eq!(store.prune(&Retention::default(), NOW).expect("pruned").snapshots, 0, "it is done");

    let one = left[0].bytes();
    let retention = Retention { bytes: Some(one * 10), ..Retention::default() };
    let pruned = store.prune(&retention, NOW).expect("pruned");
    let fewest = store.snapshots(&shop()).expect("listed");
    assert_eq!((fewest.len(), pruned.over), (10, false));
    assert_eq!(fewest[0].path, oldest, "evidence stays");
    assert_eq!(fewest[9], left[left.len() - 1], "and so does the latest");
    let pruned = store.prune(&Retention { bytes: Some(0), ..retention }, NOW).expect("pruned");
    assert!(pruned.over);
    assert_eq!(names(&store).len(), 2);
    store.keep_evidence(&shop(), &[]).expect("written");
    store.prune(&Retention { bytes: Some(0), ..retention }, NOW).expect("pruned");
    assert_eq!(names(&store).len(), 1);
}

#[test]
fn answers_that_are_no_profiles_are_set_aside_and_only_a_few_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("made");
    for time in 0..9 {
        let stored = put(&store, Kind::Heap, Ending::Proto, NOW + time * HOUR, b"<html>");
        store.reject(&shop(), &stored.path).expect("moved");
    }
    assert_eq!(names(&store), [""; 0]);
    let verified = store.verify(|_| Err("not looked at".to_owned())).expect("listed");
    assert_eq!((verified.snapshots, verified.rejected, verified.faults.len()), (0, 5, 0));
}

#[test]
fn a_store_that_cannot_be_written_is_told_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, b"").expect("room");
    let error = Store::open(&file.join("store")).expect_err("a file is no folder").to_string();
    assert!(error.contains("a store is a folder") || error.contains("Not a directory"), "{error}");
    assert!(Store::existing(&folder.path().join("missing")).is_err());
}

/// A store of an instance that is scraped no more, with a snapshot an hour of the last twenty.
fn idle() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("made");
    for hour in 0..20 {
        put(&store, Kind::Heap, Ending::Proto, NOW - hour * HOUR, b"x");
    }
    (folder, store)
}

fn removed(store: &Store, now: i64) -> (usize, bool) {
    let pruned = store.prune(&Retention::default(), now).expect("listed");
    assert_eq!(pruned.problems.len(), 0, "{:?}", pruned.problems);
    (pruned.snapshots, pruned.doubted)
}

/// A collector whose clock is thirty days ahead for a moment, and does not reach each instance: nothing of what was there goes.
#[test]
fn a_clock_that_leaps_ahead_ends_the_history_of_no_instance() {
    let (_folder, store) = idle();
    let later = NOW + 30 * 24 * HOUR;
    let other = Instance::new("shop", "shop-2:6060").expect("a name");
    let mut writing = store.begin(&other, Kind::Heap, Ending::Proto).expect("a file");
    writing.write(b"x").expect("room");
    writing.commit(later).expect("room");
    for leap in [later, NOW, later, later + 2 * HOUR, later + 30 * 24 * HOUR, NOW + HOUR, later + 25 * HOUR] {
        assert_eq!(removed(&store, leap), (0, leap > NOW + HOUR));
    }
}

/// The clock was right, and the store was not fed for two months.
#[test]
fn a_store_that_was_idle_is_thinned_a_day_later() {
    let (_folder, store) = idle();
    let later = NOW + 60 * 24 * HOUR;
    assert_eq!([removed(&store, later), removed(&store, later + 25 * HOUR)], [(0, true), (19, false)]);
    assert_eq!(removed(&store, later + 26 * HOUR), (0, false));
}

#[test]
fn a_store_that_is_fed_once_a_day_is_thinned_without_delay() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("made");
    for day in 0..20 {
        put(&store, Kind::Heap, Ending::Proto, NOW + day * 24 * HOUR, b"x");
    }
    // The first time, and after the note is lost.
    assert_eq!(removed(&store, NOW + 20 * 24 * HOUR), (7, false));
    std::fs::remove_file(folder.path().join(".clock.json")).expect("noted");
    assert_eq!(removed(&store, NOW + 21 * 24 * HOUR), (1, false));
}

#[cfg(unix)]
fn make_pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().expect("it runs").success());
}

/// Whoever can write to the store cannot make a collector wait for ever by what lies beside the snapshots.
#[cfg(unix)]
#[test]
fn a_note_that_is_a_pipe_is_none_and_is_written_anew() {
    let (folder, store) = idle();
    let note = store.folder(&shop()).join("collector.json");
    make_pipe(&note);
    make_pipe(&folder.path().join(".clock.json"));
    assert_eq!(store.note::<u32>(&shop(), "collector.json"), None);
    store.write_note(&shop(), "collector.json", &7).expect("written");
    assert_eq!(store.note(&shop(), "collector.json"), Some(7));
    assert_eq!(removed(&store, NOW), (0, false));
    assert!(folder.path().join(".clock.json").is_file());
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_neither_followed_nor_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("made");
    put(&store, Kind::Heap, Ending::Proto, NOW, b"x");
    let heap = store.folder(&shop()).join("heap");
    std::os::unix::fs::symlink("/etc/passwd", heap.join("20261124T024808-000Z.pb.gz")).expect("made");
    let pipe = heap.join("20261124T024809-000Z.pb.gz");
    make_pipe(&pipe);
    assert_eq!(names(&store).len(), 1);
    let verified =
        store.verify(|path| std::fs::read(path).map(|_| ()).map_err(|e| e.to_string())).expect("listed");
    assert_eq!((verified.snapshots, verified.others, verified.faults.len()), (1, 2, 2));
    assert!(verified.faults[0].problem.contains("no regular file"));
}
