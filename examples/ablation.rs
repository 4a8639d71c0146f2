//! Counts the right reports over recordings whose sources are there, with everything and with each part of the diagnosis
//! left out in turn, and prints a table.
//!
//! A report is right about a leak if it names it with medium or high confidence, and by a cause that the truth accepts:
//! `cause` or one of `cause_without_source`, the same with source and without. Which suspects there are does not hang on
//! their causes, so these are named anew for each row. *Exact* is the share of these with the very `cause` of the truth, *surely
//! wrong* a leak that is found with another cause at high certainty.

mod truth;

use anyhow::{Context, Result};
use clap::Parser;
use pprof_leaks::analysis::causes_by;
use pprof_leaks::diagnose::{Certainty, RuleId, parts};
use pprof_leaks::input::{Fetcher, Limits, load};
use pprof_leaks::pipeline::{Analysis, Options, follow};
use pprof_leaks::report::{build_document, json};
use pprof_leaks::source::{Heuristic, Sources};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use truth::{Leak, recordings, report};

/// Each set of recordings: its folder, and that of the sources, where a recording has not its own.
const SETS: [(&str, Option<&str>); 18] = [
    ("", Some("programs")),
    ("services", None),
    ("hard", Some("hard/programs")),
    ("sealed", None),
    ("sealed2", Some("sealed2/programs/*")),
    ("sealed3", Some("sealed3/programs/*")),
    ("sealed4", Some("sealed4/programs/*")),
    ("sealed5", Some("sealed5/programs/*")),
    ("sealed6", Some("sealed6/programs/*")),
    ("sealed7", Some("sealed7/programs/*")),
    ("sealed8", Some("sealed8/programs/*")),
    ("sealed9", Some("sealed9/programs/*")),
    ("sealed10", Some("sealed10/programs/*")),
    ("sealed11", Some("sealed11/programs/*")),
    ("sealed12", Some("sealed12/programs/*")),
    ("sealed13", Some("sealed13/programs/*")),
    ("sealed14", None),
    ("sealed15", Some("sealed15/programs/*")),
];
/// The kinds of facts, as [`pprof_leaks::source::FactKind::name`] calls them.
const FACTS: [&str; 15] = [
    "MapEntry",
    "Appended",
    "Sent",
    "Stored",
    "PassedTo",
    "CapturedByGoroutine",
    "Sliced",
    "Deferred",
    "Started",
    "FinalizerSet",
    "Acquired",
    "WaitsToSend",
    "WaitsToReceive",
    "WaitsInSelect",
    "Calls",
];

#[derive(Parser)]
struct Args {
    /// Judge the first and the last round of each recording, instead of all
    #[arg(long)]
    pair: bool,
    /// Name the leaks that come out otherwise
    #[arg(long)]
    verbose: bool,
    /// Name what is not right with everything
    #[arg(long)]
    wrong: bool,
    /// Leave out all of these parts together, instead of each part in turn
    #[arg(long)]
    together: Vec<String>,
}

/// What one row of the table leaves out.
#[derive(Clone, Default)]
struct LeftOut {
    name: String,
    of_diagnosis: Vec<String>,
    of_reading: Vec<Heuristic>,
}

/// A judged recording.
struct Judged {
    name: String,
    analysis: Analysis,
    source: PathBuf,
    /// Its leaks that are found and have a cause, each with the place of the suspect.
    found: Vec<(Leak, usize)>,
}

/// How the leaks of one row come out.
#[derive(Clone, Default, PartialEq)]
struct Count {
    right: BTreeSet<String>,
    exact: BTreeSet<String>,
    surely_wrong: BTreeSet<String>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let rows = match args.together.as_slice() {
        [] => rows(),
        together => vec![all_of(together)],
    };
    let full = std::iter::once(LeftOut { name: "nothing".to_owned(), ..LeftOut::default() });
    let rows: Vec<LeftOut> = full.chain(rows).collect();
    let judged = judge_all(args.pair)?;
    let leaks: usize = judged.iter().map(|one| one.found.len()).sum();
    println!("{leaks} leaks are found, in {} recordings\n", judged.len());
    if args.wrong {
        print_wrong(&judged)?;
    }
    let counts = count_all(&judged, &rows)?;
    println!(
        "| left out | right with source | without | change | exact with source | without | surely wrong with source | without |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let full = &counts[0];
    for (row, count) in rows.iter().zip(&counts) {
        let change = |at: usize| count[at].right.len() as i64 - full[at].right.len() as i64;
        println!(
            "| {} | {} | {} | {:+} / {:+} | {} | {} | {} | {} |",
            row.name,
            count[1].right.len(),
            count[0].right.len(),
            change(1),
            change(0),
            count[1].exact.len(),
            count[0].exact.len(),
            count[1].surely_wrong.len(),
            count[0].surely_wrong.len()
        );
        for (at, how) in ["without", "with"].iter().enumerate().filter(|_| args.verbose) {
            for name in full[at].right.difference(&count[at].right) {
                println!("  - {how} source no longer right: {name}");
            }
            for name in count[at].right.difference(&full[at].right) {
                println!("  - {how} source right now: {name}");
            }
            for name in full[at].exact.difference(&count[at].exact) {
                println!("  - {how} source no longer exact: {name}");
            }
            for name in count[at].exact.difference(&full[at].exact) {
                println!("  - {how} source exact now: {name}");
            }
            for name in count[at].surely_wrong.difference(&full[at].surely_wrong) {
                println!("  - {how} source surely wrong: {name}");
            }
        }
    }
    Ok(())
}

/// All rows but the first.
fn rows() -> Vec<LeftOut> {
    let rules = RuleId::ALL.iter().map(|rule| rule.name().to_owned());
    let facts = FACTS.iter().map(|fact| (*fact).to_owned());
    let of_diagnosis = facts.chain(rules).chain(parts());
    let diagnosis = of_diagnosis.map(|part| all_of(&[part]));
    let reading = Heuristic::ALL.iter().map(|heuristic| all_of(&[format!("reading: {heuristic:?}")]));
    diagnosis.chain(reading).collect()
}

fn all_of(parts: &[String]) -> LeftOut {
    let is_named = |heuristic: &&Heuristic| parts.contains(&format!("reading: {heuristic:?}"));
    LeftOut {
        name: parts.join(", "),
        of_reading: Heuristic::ALL.iter().filter(is_named).copied().collect(),
        of_diagnosis: parts.to_vec(),
    }
}

fn judge_all(pair: bool) -> Result<Vec<Judged>> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let fetcher = Fetcher::plain(Duration::from_secs(1));
    let mut judged = Vec::new();
    for (set, sources) in SETS {
        let mut all = recordings(&testdata.join(set))?;
        all.sort_by(|a, b| a.name.cmp(&b.name));
        for recording in all.into_iter().filter(|recording| !recording.leaks.is_empty()) {
            let own = testdata.join(set).join(&recording.name);
            let source = sources.map_or(own, |folder| testdata.join(folder.replace('*', &recording.name)));
            if !source.is_dir() {
                continue;
            }
            let mut profiles =
                load(&recording.folder.to_string_lossy(), &fetcher, &Limits::default()).profiles;
            if pair {
                let round = |source: &str| {
                    let name = source.rsplit('/').next().unwrap_or_default();
                    let stem = name.split('.').next().unwrap_or_default();
                    stem.rsplit_once('-').map_or(stem, |(_, round)| round).to_owned()
                };
                let heaps =
                    profiles.iter().filter(|profile| profile.kind == pprof_leaks::profile::Kind::Heap);
                let rounds: BTreeSet<String> = heaps.map(|profile| round(&profile.source)).collect();
                let ends = [rounds.first().cloned(), rounds.last().cloned()];
                profiles.retain(|profile| ends.contains(&Some(round(&profile.source))));
            }
            let analysis = follow(profiles, &Options::default()).with_context(|| recording.name.clone())?;
            let text = json(&build_document(&analysis))?;
            let (_, suspects) = report(&serde_json::from_str(&text)?);
            let suspect = |leak: &Leak| suspects.iter().position(|s| s.above_low() && s.names(leak));
            let leaks =
                recording.leaks.into_iter().filter(|leak| leak.visible != "no" && leak.names_a_cause());
            let found = leaks.filter_map(|leak| Some((suspect(&leak)?, leak))).map(|(at, leak)| (leak, at));
            let name = format!("{set}/{}", recording.name);
            judged.push(Judged { name, source, found: found.collect(), analysis });
        }
    }
    Ok(judged)
}

fn print_wrong(judged: &[Judged]) -> Result<()> {
    for one in judged {
        let sources = Arc::new(Mutex::new(Sources::open(std::slice::from_ref(&one.source), None)?));
        for source in [None, Some(sources)] {
            let how = if source.is_some() { "with" } else { "without" };
            let causes = causes_by(&one.analysis, &Options { source, ..Options::default() });
            for (leak, suspect) in one.found.iter().filter(|(leak, at)| !leak.accepts(causes[*at].entry.id)) {
                let cause = &causes[*suspect];
                let (id, certainty) = (cause.entry.id, cause.certainty.name());
                println!(
                    "{} {how} source: {id} ({certainty}), not {} {:?}: {:?}",
                    one.name, leak.cause, leak.cause_without_source, cause.because
                );
            }
        }
    }
    Ok(())
}

/// Without source and with it, for each row.
fn count_all(judged: &[Judged], rows: &[LeftOut]) -> Result<Vec<[Count; 2]>> {
    let counts = Mutex::new(vec![[Count::default(), Count::default()]; rows.len()]);
    let next = Mutex::new(judged.iter());
    let work = || -> Result<()> {
        while let Some(one) = next.lock().ok().and_then(|mut next| next.next()) {
            let sources = Arc::new(Mutex::new(Sources::open(std::slice::from_ref(&one.source), None)?));
            for (at, row) in rows.iter().enumerate() {
                for with in [false, true] {
                    if let Ok(mut sources) = sources.lock() {
                        sources.leave_out(&row.of_reading);
                    }
                    let source = with.then(|| Arc::clone(&sources));
                    let options = Options { source, without: row.of_diagnosis.clone(), ..Options::default() };
                    let causes = causes_by(&one.analysis, &options);
                    for (leak, suspect) in &one.found {
                        let (id, certainty) = (causes[*suspect].entry.id, causes[*suspect].certainty);
                        let name = format!("{} {}{}", one.name, leak.function, leak.parts.join("|"));
                        let Ok(mut counts) = counts.lock() else { continue };
                        let count = &mut counts[at][usize::from(with)];
                        if leak.cause == id {
                            count.exact.insert(name.clone());
                        }
                        if leak.accepts(id) {
                            count.right.insert(name);
                        } else if certainty == Certainty::High {
                            count.surely_wrong.insert(name);
                        }
                    }
                }
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| anyhow::bail!("a thread failed")))
    })?;
    Ok(counts.into_inner().unwrap_or_default())
}
