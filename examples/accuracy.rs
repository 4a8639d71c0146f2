//! Scores a binary of pprof-leaks over recordings whose leaks are known, and prints tables with Wilson 95 % intervals.
//!
//! Every recording is judged with all of its rounds, with the first few only (`trend`), and with the first and the last
//! (`diff`). A recording with fewer rounds than a cut asks for is judged with what it has. Nothing reads the source, so
//! a cause is right if it is the one of the truth or one that profiles alone cannot tell from it. A run that fails
//! counts as an error, and as a miss. Suspects are false if they name neither a leak nor what one holds.

mod truth;

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use jiff::civil::DateTime;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use truth::{Leak, Recording, Report, Suspect, recordings, report};

const SETS: [&str; 18] = [
    "corpus", "services", "hard", "sealed", "sealed2", "sealed3", "sealed4", "sealed5", "sealed6", "sealed7",
    "sealed8", "sealed9", "sealed10", "sealed11", "sealed12", "sealed13", "sealed14", "sealed15",
];
const CUTS: [&str; 5] = ["all", "8", "5", "4", "2"];
/// The bounds of the probabilities that are counted together.
const PROBABILITIES: [f64; 8] = [0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9];
const COLUMNS: &str = "leaks found | first names a leak | false high | false medium | called clean | cause right \
    | healthy quiet | healthy clean | invisible: called leak | errors";

#[derive(Parser)]
struct Args {
    /// The binary to score (default: the release build)
    #[arg(long)]
    binary: Option<PathBuf>,
    /// A set of recordings (default: all that there are, unless --extra is given)
    #[arg(long, value_parser = SETS)]
    set: Vec<String>,
    /// The first so many rounds, or all; 2 is the first and the last one
    #[arg(long, value_parser = parse_cut, default_values = CUTS)]
    cut: Vec<String>,
    /// Another folder of recordings, a set of its own
    #[arg(long)]
    extra: Vec<PathBuf>,
    /// At the end how often suspects of a stated probability leak, over all sets
    #[arg(long)]
    calibration: bool,
    /// After each table a line for everything that is not as it should be
    #[arg(long)]
    verbose: bool,
}

/// In each column, so many of so many.
#[derive(Default)]
struct Tally(BTreeMap<&'static str, (usize, usize)>);

fn main() -> Result<()> {
    let args = Args::parse();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let binary = args.binary.unwrap_or_else(|| target.join("release/pprof-leaks"));
    Command::new(&binary).arg("--version").output().with_context(|| binary.display().to_string())?;

    let all = args.set.is_empty() && args.extra.is_empty();
    let mut sets = Vec::new();
    for set in SETS {
        let folder = root.join("testdata").join(if set == "corpus" { "" } else { set });
        if (all || args.set.iter().any(|name| name == set)) && folder.exists() {
            sets.push((set.to_owned(), folder));
        }
    }
    for folder in args.extra {
        sets.push((folder.file_name().unwrap_or_default().to_string_lossy().into_owned(), folder));
    }
    let columns: Vec<&str> = COLUMNS.split(" | ").collect();
    let mut calibration = Calibration::default();
    for (set, folder) in sets {
        let recordings = recordings(&folder)?;
        println!("## {set}\n\n| cut | {COLUMNS} |\n| ---{} |", " | ---".repeat(columns.len()));
        let mut notes = Vec::new();
        for cut in &args.cut {
            let mut tally = Tally::default();
            for (recording, report) in judge_all(&binary, &recordings, cut) {
                let place = format!("{set}/{} cut {cut}", recording.name);
                report.iter().for_each(|(_, suspects)| calibration.add(recording, suspects, cut));
                tally.add(recording, report, &place, &mut notes);
            }
            let row: Vec<String> = columns.iter().map(|column| tally.share(column)).collect();
            println!("| {cut} | {} |", row.join(" | "));
        }
        println!();
        if args.verbose && !notes.is_empty() {
            println!("- {}\n", notes.join("\n- "));
        }
    }
    if args.calibration {
        calibration.print(&args.cut);
    }
    Ok(())
}

fn parse_cut(text: &str) -> Result<String> {
    ensure!(
        CUTS.contains(&text) || text.parse::<usize>().is_ok_and(|rounds| rounds > 1),
        "{text}: no number of rounds"
    );
    Ok(text.to_owned())
}

/// How many suspects of a stated probability leak, by the bin of that and the cut.
#[derive(Default)]
struct Calibration(BTreeMap<(usize, String), (usize, usize)>);

impl Calibration {
    fn add(&mut self, recording: &Recording, suspects: &[Suspect], cut: &str) {
        for (suspect, probability) in suspects.iter().filter_map(|s| Some((s, s.probability?))) {
            let bin = PROBABILITIES.iter().rposition(|from| probability >= *from).unwrap_or(0);
            let (n, of) = self.0.entry((bin, cut.to_owned())).or_default();
            *n += usize::from(is_true(recording, suspect));
            *of += 1;
        }
    }

    fn print(&self, cuts: &[String]) {
        println!(
            "## Stated and true\n\n| stated | {} |\n| ---{} |",
            cuts.join(" | "),
            " | ---".repeat(cuts.len())
        );
        for (bin, from) in PROBABILITIES.iter().enumerate().rev() {
            let to = PROBABILITIES.get(bin + 1).unwrap_or(&1.0);
            let share = |cut: &String| {
                let (n, of) = self.0.get(&(bin, cut.clone())).copied().unwrap_or_default();
                format!("{n} of {of}")
            };
            let row: Vec<String> = cuts.iter().map(share).collect();
            println!("| {:.0} to {:.0} % | {} |", 100.0 * from, 100.0 * to, row.join(" | "));
        }
    }
}

/// Whether a suspect names a leak, or what one holds.
fn is_true(recording: &Recording, suspect: &Suspect) -> bool {
    recording.leaks.iter().any(|leak| suspect.names(leak) || suspect.is_in(&leak.holds))
}

/// Judges recordings, in threads; the reports are by name.
fn judge_all<'a>(binary: &Path, all: &'a [Recording], cut: &str) -> Vec<(&'a Recording, Result<Report>)> {
    let next = Mutex::new(all.iter());
    let work = || {
        let taken = std::iter::from_fn(|| next.lock().ok()?.next());
        taken.map(|recording| (recording, judge(binary, &recording.folder, cut))).collect::<Vec<_>>()
    };
    let mut reports: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    });
    reports.sort_by_key(|(recording, _)| &recording.name);
    reports
}

fn judge(binary: &Path, recording: &Path, cut: &str) -> Result<Report> {
    let files = snapshots(recording)?;
    let rounds: BTreeSet<i128> = files.iter().filter(|file| file.0 == "heap").map(|file| file.1).collect();
    let rounds = Vec::from_iter(rounds);
    let (Some(first), Some(last)) = (rounds.first(), rounds.last()) else { bail!("no heap snapshots") };
    let nearest = |time: i128| rounds.iter().min_by_key(|round| (**round - time).abs()).copied();
    let here = tempfile::tempdir()?;
    let stage = |name: &str, wanted: &[i128]| -> Result<PathBuf> {
        let folder = here.path().join(name);
        for (_, _, path) in files.iter().filter(|file| nearest(file.1).is_some_and(|r| wanted.contains(&r))) {
            let copy = folder.join(path.strip_prefix(recording)?);
            std::fs::create_dir_all(copy.parent().unwrap_or(&folder))?;
            std::fs::copy(path, copy)?;
        }
        Ok(folder)
    };
    let mut command = Command::new(binary);
    if cut == "2" {
        command.arg("diff").arg(stage("before", &[*first])?).arg(stage("after", &[*last])?);
    } else {
        let count = cut.parse().unwrap_or(rounds.len()).min(rounds.len());
        command.arg("trend").arg(stage("snapshots", &rounds[..count])?);
    }
    let output = command.args(["--format", "json"]).output()?;
    let message = String::from_utf8_lossy(&output.stderr).trim().replace('\n', " / ");
    ensure!(matches!(output.status.code(), Some(0 | 1 | 3)), "{}: {message}", output.status);
    Ok(report(&serde_json::from_slice(&output.stdout)?))
}

/// Kind, number or time, and path of all snapshots: `heap-01.pb.gz`, or in a folder `heap/` and named by their time.
fn snapshots(recording: &Path) -> Result<Vec<(String, i128, PathBuf)>> {
    let mut files = Vec::new();
    for folder in ["", "heap", "goroutine", "goroutineleak"] {
        let Ok(entries) = std::fs::read_dir(recording.join(folder)) else { continue };
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let stem = name.split('.').next().unwrap_or_default();
            let (kind, round) = stem.split_once('-').filter(|_| folder.is_empty()).unwrap_or((folder, stem));
            let time = round.trim_end_matches('Z').replace('-', ".").parse().ok();
            let time = time.map(|time: DateTime| time.duration_since(DateTime::ZERO).as_millis());
            if let (Some(round), false) = (round.parse().ok().or(time), kind.is_empty()) {
                files.push((kind.to_owned(), round, path));
            }
        }
    }
    Ok(files)
}

impl Tally {
    /// Adds one run, and notes what is not as it should be.
    fn add(&mut self, recording: &Recording, report: Result<Report>, place: &str, notes: &mut Vec<String>) {
        self.count("errors", report.is_err());
        let (verdict, suspects) = report.unwrap_or_else(|error| {
            eprintln!("{place}: {error:#}");
            notes.push(format!("{place}: FAILED: {error:#}"));
            ("failed".to_owned(), Vec::new())
        });
        let (invisible, visible): (Vec<&Leak>, Vec<&Leak>) =
            recording.leaks.iter().partition(|leak| leak.visible == "no");
        let named_by = |leak: &Leak| suspects.iter().find(|s| s.above_low() && s.names(leak));
        invisible.iter().for_each(|leak| self.count("invisible: called leak", named_by(leak).is_some()));
        for leak in &visible {
            self.count("leaks found", named_by(leak).is_some());
            if let Some(suspect) = named_by(leak) {
                let right = leak.accepts(&suspect.cause);
                if leak.names_a_cause() {
                    self.count("cause right", right);
                    if !right {
                        let want =
                            if leak.cause.is_empty() { &leak.cause_without_source[0] } else { &leak.cause };
                        notes.push(format!("{place}: CAUSE should be {want}: {}", suspect.line()));
                    }
                }
            } else {
                let nearest = suspects.iter().find(|suspect| suspect.names(leak)).or(suspects.first());
                let instead = nearest.map_or("no suspect".to_owned(), Suspect::line);
                let hard = if leak.visible == "hard" { ", hard to see" } else { "" };
                let name = format!("{}{}", leak.function, leak.parts.join(" | "));
                notes.push(format!("{place}: NOT FOUND {name}{hard} (verdict {verdict}): {instead}"));
            }
        }
        if !visible.is_empty() {
            let is_first = |leak: &&Leak| suspects.first().is_some_and(|first| first.names(leak));
            self.count("first names a leak", visible.iter().any(is_first));
            let found = visible.iter().any(|leak| named_by(leak).is_some());
            self.count("called clean", !found && verdict == "clean");
        }
        let healthy = recording.leaks.is_empty();
        for suspect in suspects.iter().filter(|suspect| suspect.above_low()) {
            let column = if suspect.confidence == "high" { "false high" } else { "false medium" };
            let is_false = !is_true(recording, suspect);
            self.count(column, is_false);
            if is_false {
                let what = if healthy { "NOT QUIET, healthy" } else { "FALSE, leaking" };
                notes.push(format!("{place}: {what} (verdict {verdict}): {}", suspect.line()));
            }
        }
        if healthy {
            self.count("healthy quiet", verdict != "failed" && !suspects.iter().any(Suspect::above_low));
            self.count("healthy clean", verdict == "clean");
        }
    }

    fn count(&mut self, column: &'static str, yes: bool) {
        let (n, of) = self.0.entry(column).or_default();
        *n += usize::from(yes);
        *of += 1;
    }

    /// `n of N (lo-hi %)`, the 95 % interval by Wilson's formula.
    fn share(&self, column: &str) -> String {
        let Some(&(n, of)) = self.0.get(column) else { return "0 of 0".to_owned() };
        let (z, count) = (1.96_f64, of as f64);
        let p = n as f64 / count;
        let centre = p + z * z / (2.0 * count);
        let half = z * (p * (1.0 - p) / count + z * z / (4.0 * count * count)).sqrt();
        let percent = |bound: f64| (100.0 * bound / (1.0 + z * z / count)).round().abs();
        format!("{n} of {of} ({}-{} %)", percent(centre - half), percent(centre + half))
    }
}
