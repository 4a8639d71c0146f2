//! A fleet judged: one instance says what `trend` says of it, many say what none shows alone, and what is damaged loses nothing else.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail loudly")]

use pprof_leaks::fleet::{
    EVIDENCE_VERSION, FleetOptions, FleetReport, NotPooled, Pool, Row, RowKind, each_evidence, fleet,
};
use pprof_leaks::input::{Fetcher, Limits, parse, survey};
use pprof_leaks::pipeline::{Options, Since, follow_found};
use pprof_leaks::profile::Kind;
use pprof_leaks::report::{Document, build_document};
use pprof_leaks::store::{Ending, Instance, Store};
use std::path::Path;
use std::time::Duration;

/// Puts the recording of a program into a store, as an instance of a job.
fn put(store: &Store, job: &str, instance: &str, program: &str) -> Instance {
    let who = Instance::new(job, instance).expect("a name");
    let mut files: Vec<_> = std::fs::read_dir(program).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let ending = match name.strip_suffix(".pb.gz") {
            Some(_) => Ending::Proto,
            // Dumps with ids and the heap as profile.proto: as `collect` asks for them.
            None if name.starts_with("goroutine-") && name.contains(".txt") => Ending::Text,
            None => continue,
        };
        if ending == Ending::Proto && name.starts_with("goroutine-") {
            continue;
        }
        let bytes = std::fs::read(&file).unwrap();
        let profile = parse(&bytes, &name, &Limits::default()).expect("a profile");
        let Some(time) = profile.taken_at.or_else(|| by_number(&name)) else { continue };
        let mut writing = store.begin(&who, profile.kind, ending).unwrap();
        writing.write(&bytes).unwrap();
        writing.commit(time.nanos).unwrap();
    }
    who
}

/// Texts carry no time: one of the heap snapshot with the same number.
fn by_number(name: &str) -> Option<pprof_leaks::profile::TakenAt> {
    let number: i64 = name.split(['-', '.']).nth(1)?.parse().ok()?;
    let nanos = 1_795_000_000_000_000_000 + number * 600_000_000_000;
    Some(pprof_leaks::profile::TakenAt { nanos, source: pprof_leaks::profile::TimeSource::FileName })
}

/// What `trend` says of the folder of an instance.
fn trend(store: &Store, who: &Instance) -> Document {
    let fetcher = Fetcher::new(&[], Duration::from_secs(1)).unwrap();
    let folder = store.folder(who).display().to_string();
    let limits = Limits::of_a_service();
    let found = survey(&[folder], &fetcher, &limits, &mut |_, _| {});
    let (analysis, _) = follow_found(found, Since::Ever, &Options::default(), &limits, &mut |_, _| {});
    build_document(&analysis.expect("comparable"))
}

fn judge(root: &Path) -> FleetReport {
    fleet(&[root.to_owned()], &FleetOptions::default(), &mut |_, _| {}).expect("a fleet").0
}

#[test]
fn of_one_instance_the_pool_says_what_trend_says() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let programs = [
        "map-cache",
        "map-cache-fixed",
        "two-leaks",
        "handler-two-leaks",
        "slice-append",
        "restart",
        "deploy",
        "blocked-send",
        "slow-leak",
        "warm-up",
        "sawtooth",
        "http-body",
    ];
    for program in programs {
        put(&store, program, "only:6060", &format!("testdata/{program}"));
    }
    let report = judge(folder.path());
    let mut leaks = 0;
    for program in programs {
        let document = trend(&store, &Instance::new(program, "only:6060").unwrap());
        let job = report.jobs.iter().find(|job| job.job == program).expect("judged");
        // The false discoveries of a fleet are bounded over all its services; each by itself is as it was.
        let says: Vec<_> =
            document.suspects.iter().map(|s| (&s.fingerprint, &s.blame.function, &s.cause.id)).collect();
        let pooled: Vec<_> = job
            .suspects
            .iter()
            .map(|s| (&s.fingerprint, &s.function, &s.cause.as_ref().expect("named").id))
            .collect();
        assert_eq!(pooled, says, "{program}");
        let alone = FleetReport::of(vec![job.clone()]);
        let words: Vec<_> = document.suspects.iter().map(|s| s.confidence).collect();
        if report.jobs.len() == 1 {
            assert_eq!(alone.jobs[0].verdict, document.verdict, "{program}");
        }
        leaks += usize::from(!words.is_empty());
    }
    assert!(leaks >= 8, "{leaks}");
}

#[test]
fn of_one_service_with_one_instance_words_and_verdict_are_those_of_trend() {
    for program in ["map-cache", "two-leaks", "deploy", "warm-up", "handler-two-leaks", "map-cache-fixed"] {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let who = put(&store, "shop", "only:6060", &format!("testdata/{program}"));
        let (report, document) = (judge(folder.path()), trend(&store, &who));
        assert_eq!(report.jobs[0].verdict, document.verdict, "{program}");
        let words: Vec<_> = document.suspects.iter().map(|s| s.confidence).collect();
        let pooled: Vec<_> = report.jobs[0].suspects.iter().map(|s| s.confidence).collect();
        assert_eq!(pooled, words, "{program}");
    }
}

#[test]
fn what_did_not_change_is_not_judged_again_and_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let who = put(&store, "shop", "a:6060", "testdata/map-cache");
    put(&store, "shop", "b:6060", "testdata/map-cache");
    let run = || fleet(&[folder.path().to_owned()], &FleetOptions::default(), &mut |_, _| {}).unwrap();
    let (first, work) = run();
    assert_eq!((work.instances, work.known), (2, 0));
    let (again, work) = run();
    assert_eq!((work.instances, work.known), (2, 2));
    assert_eq!(again, first);
    // A damaged cache is made anew, and so is that of an instance with a new snapshot.
    let cache = store.folder(&who).join("evidence.cache");
    let half = std::fs::read(&cache).unwrap();
    std::fs::write(&cache, &half[..half.len() / 2]).unwrap();
    let (again, work) = run();
    assert_eq!((work.known, &again), (1, &first));
    let snapshot = &store.snapshots(&who).unwrap()[0];
    let bytes = std::fs::read(&snapshot.path).unwrap();
    std::fs::write(&snapshot.path, bytes).unwrap();
    assert_eq!(run().1.known, 1, "its time is another one");
}

#[test]
fn what_is_damaged_is_counted_and_loses_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let who = put(&store, "shop", "a:6060", "testdata/map-cache");
    put(&store, "shop", "b:6060", "testdata/map-cache");
    // Half-written, foreign, and an instance with nothing in it.
    let heap = store.folder(&who).join(Kind::Heap.name());
    let whole = std::fs::read(&store.snapshots(&who).unwrap()[0].path).unwrap();
    std::fs::write(heap.join("20991124T024807-123Z.pb.gz"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(heap.join("20991124T024807-124Z.pb.gz"), "no profile").unwrap();
    std::fs::write(heap.join("README"), "a note").unwrap();
    std::fs::create_dir_all(folder.path().join("shop").join("c:6060").join("heap")).unwrap();
    let report = judge(folder.path());
    let job = &report.jobs[0];
    assert_eq!((job.instances, job.unjudged_count), (2, 1));
    assert!(job.unjudged[0].why.contains("no snapshots"), "{:?}", job.unjudged);
    assert!(
        job.notes[0].starts_with("2 files could not be used, the first of them: shop/a:6060/heap/"),
        "{:?}",
        job.notes
    );
    assert_eq!(job.suspects[0].function, "main.(*sessionCache).open");
    assert!(report.is_partial());
}

fn rows(root: &Path) -> Vec<Row> {
    let mut rows = Vec::new();
    each_evidence(&[root.to_owned()], &FleetOptions::default(), &mut |_, _| {}, &mut |more| {
        rows.extend(more)
    })
    .unwrap();
    rows
}

#[test]
fn rows_go_through_json_and_nothing_of_another_version_or_order_is_pooled() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    put(&store, "shop", "a:6060", "testdata/map-cache");
    put(&store, "shop", "b:6060", "testdata/slow-leak");
    let rows = rows(folder.path());
    assert_eq!(rows[0].row, RowKind::Instance);
    let mut pool = Pool::new(10.0 * 1024.0 * 1024.0);
    for row in &rows {
        let text = serde_json::to_string(row).unwrap();
        let back: Row = serde_json::from_str(&text).unwrap();
        assert_eq!(&back, row);
        assert!(pool.add(&back).expect("in order").is_none());
    }
    let answer = pool.finish().expect("a job");
    assert_eq!(FleetReport::of(vec![answer]), judge(folder.path()));

    let mut pool = Pool::new(0.0);
    let old = Row { version: EVIDENCE_VERSION - 1, ..rows[0].clone() };
    assert!(matches!(pool.add(&old), Err(NotPooled::Version(_))));
    pool.add(&rows[0]).unwrap();
    pool.add(&rows[1]).unwrap();
    assert!(matches!(pool.add(&rows[1]), Err(NotPooled::Unsorted(..))));
    let mut pool = Pool::new(0.0);
    assert!(matches!(pool.add(&rows[1]), Err(NotPooled::Broken { .. })));
}

#[test]
fn the_json_follows_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    put(&store, "shop", "a:6060", "testdata/map-cache");
    put(&store, "shop", "b:6060", "testdata/deploy");
    put(&store, "blog", "a:6060", "testdata/warm-up");
    let schema = serde_json::from_str(pprof_leaks::fleet::FLEET_SCHEMA).unwrap();
    let schema = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let report: serde_json::Value = serde_json::from_str(&judge(folder.path()).json().unwrap()).unwrap();
    let problems: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(problems.is_empty(), "{problems:?}");
}

#[cfg(feature = "fleet")]
#[test]
fn through_arrow_the_answers_are_the_same() {
    use pprof_leaks::fleet::Snapshots;
    use pprof_leaks::fleet::arrow::{NotArrow, RowWriter, each_row};
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let options = FleetOptions { limits: Limits::of_a_service(), ..FleetOptions::default() };
    let whos = [
        put(&store, "blog", "a:6060", "testdata/warm-up"),
        put(&store, "shop", "a:6060", "testdata/map-cache"),
        put(&store, "shop", "b:6060", "testdata/deploy"),
    ];
    // Snapshots that an engine has read, from wherever the store lies for it.
    let mut snapshots = Snapshots::default();
    let mut stream = Vec::new();
    let mut out = RowWriter::new(&mut stream).unwrap();
    for who in &whos {
        let mut entries = store.snapshots(who).unwrap();
        entries.reverse();
        for entry in entries {
            let path = entry.path.strip_prefix(folder.path()).unwrap();
            let bytes = std::fs::read(&entry.path).unwrap();
            out.write(&snapshots.add(&format!("s3a://bucket/store/{}", path.display()), &bytes, &options))
                .unwrap();
        }
    }
    assert!(snapshots.add("s3a://bucket/other/file.txt", b"", &options).is_empty());
    assert_eq!(snapshots.strange().len(), 1);
    out.write(&snapshots.finish(&options)).unwrap();
    out.finish().unwrap();
    let (mut pool, mut jobs) = (Pool::new(10.0 * 1024.0 * 1024.0), Vec::new());
    each_row(stream.as_slice(), |row| -> Result<(), NotArrow> {
        jobs.extend(pool.add(&row).expect("in order"));
        Ok(())
    })
    .unwrap();
    jobs.extend(pool.finish());
    assert_eq!(FleetReport::of(jobs).json().unwrap(), judge(folder.path()).json().unwrap());
    assert!(each_row(&stream[..100], |_| -> Result<(), NotArrow> { Ok(()) }).is_err(), "half of it");
}
