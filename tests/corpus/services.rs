//! Services as different engineers write them, of several packages and called over HTTP: one leak, or none, in each. Their
//! recordings were first judged before any rule had seen them; docs/accuracy.md says how that went.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]
#![cfg(feature = "source")]

use crate::corpus_support::{Recording, Truth, testdata};
use pprof_leaks::diagnose::Certainty;
use pprof_leaks::pipeline::Analysis;
use pprof_leaks::suspects::Confidence;

/// How a service is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Look {
    /// All snapshots, or the first and the last.
    Series,
    Pair,
}

/// The least share that comes out whole and right, of a series and of two snapshots.
const RIGHT: [(Look, f64); 2] = [(Look::Series, 0.91), (Look::Pair, 0.88)];

fn services() -> Vec<Recording> {
    let root = testdata().join("services");
    let mut services: Vec<Recording> = std::fs::read_dir(&root)
        .expect("the services are there")
        .filter_map(|entry| {
            let folder = entry.ok()?.path();
            let truth = std::fs::read_to_string(folder.join("truth.toml")).ok()?;
            let truth: Truth = toml::from_str(&truth).expect("the truth is well-formed");
            let name = folder.file_name()?.to_string_lossy().into_owned();
            Some(Recording { name, truth, folder: folder.join("recording") })
        })
        .collect();
    services.sort_by(|a, b| a.name.cmp(&b.name));
    services
}

fn judge(service: &Recording, look: Look, with_source: bool) -> Analysis {
    let snapshots = service.snapshots();
    let rounds: Vec<usize> = match look {
        Look::Series => (0..snapshots.count()).collect(),
        Look::Pair => vec![0, snapshots.count() - 1],
    };
    let folder = service.folder.parent().filter(|_| with_source);
    snapshots.follow_source(&rounds, folder)
}

/// What is not right about a report: its suspects above low have to be the leaks, each blamed on the right function,
/// with the right cause.
fn faults(service: &Recording, analysis: &Analysis, with_source: bool) -> Vec<String> {
    let mut faults = Vec::new();
    let function = |blame: pprof_leaks::clusters::Blame| &analysis.series.names.info(blame.function).name;
    let mut above_low: Vec<_> =
        analysis.suspects.iter().filter(|suspect| suspect.confidence > Confidence::Low).collect();
    for leak in &service.truth.leaks {
        let Some(at) = above_low.iter().position(|suspect| leak.accepts(function(suspect.blame))) else {
            faults.push(format!("{} is not blamed", leak.function));
            continue;
        };
        let cause = above_low.remove(at).cause.clone();
        let id = cause.entry.id;
        let is_right =
            leak.cause == id || (!with_source && leak.cause_without_source.iter().any(|other| other == id));
        if !is_right {
            let surely = if cause.certainty == Certainty::High { "surely " } else { "" };
            faults.push(format!("{surely}{id}, not {}", leak.cause));
        }
    }
    faults.extend(above_low.iter().map(|suspect| format!("{} leaks not", function(suspect.blame))));
    faults
}

#[test]
fn services_of_several_packages_are_judged_rightly() {
    let services = services();
    assert!(services.len() >= 50);
    for (look, least) in RIGHT {
        for with_source in [false, true] {
            let judged: Vec<(&str, Vec<String>)> = services
                .iter()
                .map(|service| {
                    let analysis = judge(service, look, with_source);
                    (service.name.as_str(), faults(service, &analysis, with_source))
                })
                .collect();
            let wrong: Vec<_> = judged.iter().filter(|(_, faults)| !faults.is_empty()).collect();
            let right = judged.len() - wrong.len();
            let source = if with_source { "with" } else { "without" };
            println!("{look:?}, {source} source: {right} of {} are right; {wrong:#?}", judged.len());
            assert!(right as f64 >= least * judged.len() as f64, "{look:?}, {source} source: {wrong:#?}");
            let surely_wrong = wrong.iter().flat_map(|(_, f)| f).find(|fault| fault.starts_with("surely"));
            assert_eq!(surely_wrong, None, "{look:?}, {source} source: {wrong:#?}");
        }
    }
}
