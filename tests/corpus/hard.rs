//! The hard kinds: leaks under waves of load and bursts, over several lives, spread over many places, beside churn, an hour long; and what
//! looks like them and is none.
//!
//! `cargo test --test corpus hard:: -- --nocapture` prints what was found. `cargo run --release --example accuracy -- --set hard` has the whole table.

use crate::corpus_support::{Recording, testdata};
use pprof_leaks::pipeline::Analysis;
use pprof_leaks::report::build_document;
use pprof_leaks::suspects::{Confidence, Verdict};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Lengths that are judged besides the whole series.
const SHORTER: [usize; 2] = [5, 8];
/// Of the leaks that profiles show, so many at least are found, over the whole series. Sampling hides one now and then.
const FOUND: f64 = 0.9;

/// Of the sealed sets: recordings whose leaks are found, and healthy ones that are quiet.
const STRANGERS: [(&str, &[&str]); 7] = [
    (
        "sealed2",
        &[
            "dnsgate",
            "etcdwatch",
            "baskets",
            "geotiles",
            "etcdkv",
            "clinicdb",
            "gridjobs",
            "batchpay",
            "alertmgr",
            "loyalty",
            "natsbroker",
        ],
    ),
    (
        "sealed3",
        &[
            "bgpglass",
            "caddyedge",
            "caddyshop",
            "feedmerge",
            "ftpgate",
            "influxmill",
            "jobq",
            "labelprint",
            "livefeed",
            "mqttrelay",
            "mtailshop",
            "paramdesk",
            "parcels",
            "pgdesk",
            "posters",
            "quotefan",
            "ratesd",
            "reportx",
            "smsgate",
            "tickerd",
            "tracehall",
            "wallboard",
        ],
    ),
    (
        "sealed8",
        &[
            "addrlookup",
            "clinicqueue",
            "filmsettle",
            "labsamples",
            "museumguide",
            "ridematch",
            "seedbank",
            "tramboard",
        ],
    ),
    (
        "sealed11",
        &[
            "buildcopies",
            "couponcheck",
            "deployhooks",
            "framemill",
            "linkpings",
            "lockerdesk",
            "lockerwatch",
            "manualdesk",
            "platepress",
            "pricegate",
            "pricepost",
            "shiftcall",
            "tapdesk",
            "tapmeter",
            "tillsettings",
            "tollhook",
            "trailcase",
        ],
    ),
    (
        "sealed13",
        &[
            "labelhouse",
            "labelpress",
            "noticepost",
            "seatmaps",
            "tariffquote",
            "trackerhub",
            "trackerpost",
            "valvecontrol",
        ],
    ),
    (
        "sealed14",
        &["migrationgate", "ovenlogs", "ovenpages", "parcelvans", "podflushed", "podpoints", "tillslost"],
    ),
    (
        "sealed15",
        &[
            "batchcounts",
            "cellarlist",
            "ferrydesk",
            "ferrypier",
            "newsdigest",
            "orderbus",
            "shopgate",
            "stopscreens",
            "vantunnel",
        ],
    ),
];

struct Row {
    recording: Recording,
    /// The analyses of the first so many snapshots, and of all.
    analyses: Vec<(usize, Analysis)>,
}

fn recording(folder: PathBuf) -> Recording {
    let truth = std::fs::read_to_string(folder.join("truth.toml")).expect("a truth");
    let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
    Recording { name, truth: toml::from_str(&truth).expect("a truth"), folder }
}

/// A recording, judged whole.
fn followed(recording: &Recording) -> Analysis {
    let snapshots = recording.snapshots();
    snapshots.follow(&(0..snapshots.count()).collect::<Vec<_>>(), false)
}

fn rows() -> Vec<Row> {
    let folder = testdata().join("hard");
    let entries =
        std::fs::read_dir(folder).expect("testdata/hard").map(|entry| entry.expect("an entry").path());
    let mut rows: Vec<Row> = entries
        .filter(|folder| folder.join("truth.toml").exists())
        .map(|folder| {
            let recording = recording(folder);
            let snapshots = recording.snapshots();
            let lengths =
                SHORTER.into_iter().filter(|length| *length < snapshots.count()).chain([snapshots.count()]);
            let analyses =
                lengths.map(|n| (n, snapshots.follow(&(0..n).collect::<Vec<_>>(), false))).collect();
            Row { recording, analyses }
        })
        .collect();
    rows.sort_by(|a, b| a.recording.name.cmp(&b.recording.name));
    rows
}

impl Row {
    fn whole(&self) -> &Analysis {
        &self.analyses.last().expect("the whole series").1
    }

    /// How sure it is of the leak.
    fn confidence(&self, analysis: &Analysis) -> Option<Confidence> {
        let name = |suspect: &pprof_leaks::suspects::Candidate| {
            pprof_leaks::profile::display_function(&analysis.series.names.info(suspect.blame.function).name)
        };
        let names = |suspect: &&pprof_leaks::suspects::Suspect| {
            suspect.members().any(|member| self.recording.accepts(&name(member)))
        };
        analysis.suspects.iter().filter(names).map(|suspect| suspect.confidence).max()
    }
}

#[test]
fn leaks_of_the_hard_kinds_are_found_and_what_only_looks_like_them_is_not() {
    let (mut visible, mut found, mut broken, mut clean) = (0, 0, Vec::new(), Vec::new());
    for row in rows() {
        let (name, truth) = (&row.recording.name, &row.recording.truth);
        for (length, analysis) in &row.analyses {
            let surest = analysis.suspects.iter().map(|suspect| suspect.confidence).max();
            let sure = row.confidence(analysis);
            println!(
                "{name}, {length} snapshots: {:?}, the leak {sure:?}, surest {surest:?}",
                analysis.verdict
            );
            if truth.leak {
                continue;
            }
            let is_whole = *length == row.analyses.last().expect("the whole series").0;
            if is_whole && surest > Some(Confidence::Low) {
                broken.push(format!("{name} has a suspect at {surest:?}"));
            }
        }
        if truth.leak && truth.visible.as_deref() == Some("yes") {
            visible += 1;
            let is_found = row.confidence(row.whole()) >= Some(Confidence::Medium);
            found += usize::from(is_found);
            if !is_found && row.whole().verdict == Verdict::Clean {
                clean.push(name.clone());
            }
        }
    }
    println!("{found} of {visible} leaks that profiles show are found");
    assert!(broken.is_empty(), "{broken:#?}");
    // What comes and goes there falls back by chance before the end; the report says that its 35 s are too short to say that nothing leaks.
    assert_eq!(clean, ["deploy-leak"]);
    assert!(found as f64 >= FOUND * visible as f64, "{found} of {visible}");
}

/// More snapshots of the same process do not make a true leak less sure: what was high once is never below medium, and what profiles
/// show is named in the end if it was named before. A probability near one half may fall below it for a snapshot or two.
#[test]
fn a_leak_that_was_sure_stays_named() {
    let (mut lost, mut unnamed) = (BTreeSet::new(), Vec::new());
    for row in rows().iter().filter(|row| row.recording.truth.leak) {
        let snapshots = row.recording.snapshots();
        let (mut surest, mut last) = (None, None);
        for length in (SHORTER[0]..=snapshots.count()).rev().step_by(2).collect::<Vec<_>>().into_iter().rev()
        {
            last = row.confidence(&snapshots.follow(&(0..length).collect::<Vec<_>>(), false));
            if surest == Some(Confidence::High) && last < Some(Confidence::Medium) {
                println!("{}: not from {length} snapshots", row.recording.name);
                lost.insert(row.recording.name.clone());
            }
            surest = surest.max(last);
        }
        let is_visible = row.recording.truth.visible.as_deref() == Some("yes");
        if is_visible && surest >= Some(Confidence::Medium) && last < Some(Confidence::Medium) {
            unnamed.push(row.recording.name.clone());
        }
    }
    // Those of its goroutines that end come and go in waves; by 61 of its 63 snapshots the end of a crest looks like a store that fills.
    assert!(lost.iter().all(|name| name == "long-goroutines"), "{lost:?}");
    // What is kept there among as much that comes and goes is level for the last five of ten snapshots by chance.
    assert_eq!(unnamed, ["deploy-leak"]);
}

/// Services and real servers of authors who had not read the code; docs/accuracy.md has what came out when they were first judged.
#[test]
fn what_strangers_recorded_is_judged_right() {
    let (mut broken, mut missed) = (Vec::new(), Vec::new());
    let mut causes = Vec::new();
    for (set, name) in STRANGERS.iter().flat_map(|(set, names)| names.iter().map(move |name| (set, *name))) {
        let recording = recording(testdata().join(set).join(name));
        let analysis = followed(&recording);
        let sure: Vec<_> =
            analysis.suspects.iter().filter(|suspect| suspect.confidence >= Confidence::Medium).collect();
        let name_of =
            |function| pprof_leaks::profile::display_function(&analysis.series.names.info(function).name);
        if recording.truth.leak
            && !sure.iter().any(|s| {
                s.members().any(|m| recording.accepts(&analysis.series.names.info(m.blame.function).name))
            })
        {
            missed.push(name);
        }
        if !recording.truth.leak && !sure.is_empty() {
            broken.push(name);
        }
        causes.extend(sure.iter().map(|s| (name, name_of(s.blame.function), s.cause.entry.id)));
    }
    println!("{causes:#?}");
    assert!(broken.is_empty() && missed.is_empty(), "{broken:?} {missed:?}");
    // The watch streams are one leak, three goroutines each; the answers that are kept and the peers that idle are two.
    let of = |name: &str| causes.iter().filter(|(of, _, _)| *of == name).collect::<Vec<_>>();
    assert_eq!(of("etcdwatch").len(), 1);
    let functions: Vec<&str> = of("dnsgate").iter().map(|(_, function, _)| function.as_str()).collect();
    assert_eq!(functions, ["resolve.(*Resolver).ServeDNS", "dns.(*Server).serveTCPConn"]);
    assert_eq!(of("loyalty")[0].2, "metric-cardinality");
    // Each stream of bgpglass has four goroutines, each viewer of livefeed three; in quotefan who waits for the group is
    // the victim of the call that hangs.
    let goroutines = |name: &str| {
        let is_of =
            |id: &str| ["goroutine", "stream", "connection", "http"].iter().any(|of| id.starts_with(of));
        let of = of(name).into_iter().filter(|(_, _, id)| is_of(id));
        of.map(|(_, function, id)| (function.as_str(), *id)).collect::<Vec<_>>()
    };
    assert_eq!(goroutines("bgpglass").len(), 1);
    assert_eq!(goroutines("livefeed"), [("feed.(*viewer).read", "connection-without-deadline")]);
    // Three goroutines for each session, and four for each tunnel, of which one reads by way of another package.
    assert_eq!(goroutines("trackerhub"), [("session.(*Session).readLoop", "connection-without-deadline")]);
    assert_eq!(goroutines("tillslost").len(), 1);
    assert_eq!(goroutines("quotefan")[0], ("carrier.(*Carriers).Price", "http-no-timeout"));
    // Two leaks of one handler, whose requests the server keeps with either.
    let ids: BTreeSet<&str> = of("tracehall").iter().map(|(_, _, id)| *id).collect();
    assert_eq!(ids, BTreeSet::from(["context-not-cancelled", "span-not-ended"]));
}

/// A unary call of gRPC ends the stream that it opens, so it is not where those were opened that stay.
#[test]
fn a_unary_call_is_not_where_streams_that_stay_were_opened() {
    let recording = recording(testdata().join("sealed15/ferrydesk"));
    let analysis = followed(&recording);
    let name = |function| analysis.series.names.info(function).name.as_str();
    let first = &analysis.suspects[0];
    assert!(name(first.lead.blame.function).starts_with("google.golang.org/grpc.newClientStream.func"));
    let callers: Vec<&str> = first.entrances.iter().map(|entrance| name(entrance.caller.function)).collect();
    assert!(!callers.iter().any(|caller| caller.ends_with("Timetable")), "{callers:?}");
}

/// Who has what goroutines wait for is named with the cause: the lock, or the call that they share.
#[test]
fn who_keeps_others_waiting_is_named() {
    let because = |folder: &str| {
        let analysis = followed(&recording(testdata().join(folder)));
        build_document(&analysis).suspects[0].cause.because.join("; ")
    };
    let held = because("sealed3/tickerd");
    assert!(held.contains("probably held by one of 2 goroutines at market.(*Market).Publish"), "{held}");
    assert!(held.contains("waits for the network in net.(*netFD).Write"), "{held}");
    let left = because("mutex");
    assert!(left.contains("no goroutine of the last snapshot is past that lock"), "{left}");
    let shared = because("sealed2/pricewall");
    assert!(shared.contains("the call is made by one of 6 goroutines at price.(*Desk).fetch"), "{shared}");
}
