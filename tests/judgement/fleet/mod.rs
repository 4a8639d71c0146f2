//! A fleet judged: one instance says what `trend` says of it, many say what none shows alone, and what is damaged loses nothing else.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail loudly")]

mod answers;
mod builds;

use pprof_leaks::clusters::Subject;
use pprof_leaks::fleet::{
    EVIDENCE_VERSION, FleetOptions, FleetReport, NotAFleet, NotPooled, Pool, Row, RowKind, ShownBy,
    each_evidence, fleet,
};
use pprof_leaks::input::{Fetcher, Limits, parse, survey};
use pprof_leaks::pipeline::{Options, Since, follow_found};
use pprof_leaks::profile::Kind;
use pprof_leaks::report::{Document, build_document};
use pprof_leaks::store::{Ending, Instance, Store};
use pprof_leaks::suspects::{Confidence, Verdict};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
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
    let fetcher = Fetcher::plain(Duration::from_secs(1));
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
        leaks += usize::from(!says.is_empty());
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
    each_evidence::<NotAFleet>(&[root.to_owned()], &FleetOptions::default(), &mut |_, _| {}, &mut |more| {
        rows.extend(more);
        Ok(())
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
    let only = FleetOptions { job: Some(regex::Regex::new("^s").unwrap()), ..options.clone() };
    assert!(snapshots.add("blog/z:6060/heap/20261124T024807-123Z.pb.gz", b"", &only).is_empty());
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

/// Runs the program, and gives its exit status and what it printed.
fn run(args: &[&str], input: Vec<u8>) -> (Option<i32>, Vec<u8>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pprof-leaks"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    (output.status.code(), output.stdout, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_steps_print_the_same_bytes_as_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    put(&store, "shop", "a:6060", "testdata/map-cache");
    put(&store, "shop", "b:6060", "testdata/map-cache");
    put(&store, "blog", "a:6060", "testdata/map-cache-fixed");
    let place = folder.path().display().to_string();
    let at_once = run(&["fleet", &place, "--format", "json"], Vec::new());
    assert_eq!(at_once.0, Some(0), "{}", at_once.2);
    let rows = run(&["fleet", "evidence", &place], Vec::new());
    let answers = run(&["fleet", "pool"], rows.1.clone());
    let report = run(&["fleet", "report", "-", "--format", "json"], answers.1.clone());
    assert_eq!(report.1, at_once.1, "{}", report.2);
    let text = String::from_utf8(run(&["fleet", "report", "-"], answers.1).1).unwrap();
    assert!(text.contains("main.(*sessionCache).open") && text.contains("in 2 of 2 instances"), "{text}");
    assert_eq!(run(&["fleet", &place, "--fail-on", "medium"], Vec::new()).0, Some(1));

    // What is no evidence fails with one line that says where.
    let (status, out, error) = run(&["fleet", "pool"], b"{\"version\": 0}\n".to_vec());
    assert_eq!((status, out.len(), error.lines().count()), (Some(2), 0, 1), "{error}");
    assert!(error.contains("line 1") && error.contains("version 0"), "{error}");
    let (status, _, error) = run(&["fleet", "pool"], b"no row\n".to_vec());
    assert!(status == Some(2) && error.contains("this is no row of evidence"), "{error}");
    let half = rows.1[..rows.1.len() / 2].to_vec();
    assert_eq!(run(&["fleet", "pool"], half).0, Some(2), "cut in the middle of a row");
    let (status, _, error) = run(&["fleet", &place, "--job", "none"], Vec::new());
    assert!(status == Some(2) && error.contains("of a service that matches `none`"), "{error}");
}

/// A made instance: at each place so many objects come an hour and live for two, and at `ill` of them some stay.
fn made(dice: &mut fastrand::Rng, instance: usize, build: &str, ill: &[(usize, f64)]) -> Vec<Row> {
    const HOURS: usize = 24;
    const PLACES: usize = 30;
    let name = format!("pod-{instance:04}");
    let row =
        |kind: RowKind| Row { instance: name.clone(), job: "shop".into(), ..Row::of("shop", &name, kind) };
    let day = if build == "new" { HOURS as i64 } else { 0 };
    let hour = |hour: usize| Some(1_795_000_000_000_000_000 + (day + hour as i64) * 3_600_000_000_000);
    let mut rows = vec![
        Row {
            facts: Some(r#"{"verdict":"clean","headline":""}"#.into()),
            from: hour(0),
            until: hour(HOURS),
            snapshots: Some(HOURS as u32 + 1),
            ..row(RowKind::Instance)
        },
        Row {
            kind: Some(Subject::Heap),
            life: Some(0),
            build: Some(build.into()),
            from: hour(0),
            until: hour(HOURS),
            snapshots: Some(HOURS as u32 + 1),
            gaps: Some(vec![1.0; HOURS]),
            sharing: Some(PLACES as f64),
            certain: Some(true),
            ..row(RowKind::Life)
        },
    ];
    for place in 0..PLACES {
        let kept = ill.iter().find(|(ill, _)| *ill == place).map_or(0.0, |(_, kept)| *kept);
        let (mut births, mut deaths) = (vec![0u32; HOURS], vec![0u32; HOURS]);
        for (at, born) in births.iter_mut().enumerate() {
            while dice.f64() < 0.1 {
                *born += 1;
                let mut dies = at;
                while dice.f64() < 0.6 {
                    dies += 1;
                }
                if dies < HOURS {
                    deaths[dies] += 1;
                }
            }
            *born += u32::from(dice.f64() < kept);
        }
        let id = format!("{place:016x}");
        rows.push(Row {
            kind: Some(Subject::Heap),
            life: Some(0),
            id: Some(id),
            function: Some(format!("main.place{place}")),
            file: Some("main.go".into()),
            line: Some(place as u32 + 1),
            runtime: Some(false),
            start: Some(0),
            born_before: Some(0.0),
            births: Some(births),
            deaths: Some(deaths),
            births_are: Some("all".into()),
            each: Some(524_288.0),
            ..row(RowKind::Function)
        });
    }
    (0..).zip(&mut rows).for_each(|(seq, row)| row.seq = seq);
    rows
}

fn pooled(rows: impl Iterator<Item = Vec<Row>>) -> FleetReport {
    let mut pool = Pool::new(10.0 * 1024.0 * 1024.0);
    for row in rows.flatten() {
        pool.add(&row).expect("in order");
    }
    FleetReport::of(pool.finish().into_iter().collect())
}

#[test]
fn what_no_instance_shows_shows_in_all_together_and_health_stays_health() {
    let mut dice = fastrand::Rng::with_seed(11);
    // Four sampled objects a day stay in each: nothing to one process.
    let leaking = pooled((0..150).map(|i| made(&mut dice, i, "old", &[(7, 4.0 / 24.0)])));
    let [job] = leaking.jobs.as_slice() else { panic!("one job") };
    let mut sure = job.suspects.iter().filter(|suspect| suspect.confidence > Confidence::Low);
    let (Some(suspect), None) = (sure.next(), sure.next()) else { panic!("one suspect: {:?}", job.suspects) };
    assert_eq!((suspect.function.as_str(), suspect.confidence), ("main.place7", Confidence::High));
    assert_eq!((suspect.shown_by, suspect.affected, suspect.alone), (ShownBy::Together, None, 0));
    let an_hour = 4.0 / 24.0 * 524_288.0;
    assert!((suspect.per_hour_each / an_hour - 1.0).abs() < 0.3, "{} {an_hour}", suspect.per_hour_each);
    let healthy = pooled((0..150).map(|i| made(&mut dice, i, "old", &[])));
    assert!(healthy.jobs[0].suspects.iter().all(|suspect| suspect.confidence < Confidence::Medium));
    assert_eq!(healthy.jobs[0].verdict, Verdict::Clean);
}

#[test]
fn the_overview_of_a_store_says_what_all_processes_of_a_job_say_together() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    for instance in ["a", "b", "c"] {
        put(&store, "shop", instance, "testdata/map-cache");
    }
    put(&store, "mail", "one", "testdata/map-cache-fixed");
    let root = store.root().display().to_string();
    let overview = |more: &[&str]| {
        let (status, out, problems) = run(&[&[root.as_str()], more].concat(), Vec::new());
        assert_eq!((status, problems.as_str()), (Some(0), ""));
        String::from_utf8(out).unwrap()
    };
    let text = overview(&[]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("shop: 3 judged (3 suspicious)"), "{text}");
    assert!(text.contains("all together: main.(*sessionCache).open"), "{text}");
    // Of one process its own row says it.
    let of_mail = text.split("mail: 1 judged").nth(1).and_then(|rest| rest.split("shop: 3").next());
    assert!(of_mail.is_some_and(|line| !line.contains("all together")), "{text}");
    let page = folder.path().join("all.html");
    overview(&["-o", &page.display().to_string()]);
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.contains("href=\"all.reports/services.html#j1\""), "{text}");
    assert!(folder.path().join("all.reports/services.html").is_file());
}
