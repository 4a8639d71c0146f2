//! What is seen of a run against live services while it goes on: on a terminal lines that are drawn anew after each round, elsewhere
//! one line a round.

use super::messages::Verbosity;
use super::settings::width_of_stderr;
use pprof_leaks::analysis::Analysis;
use pprof_leaks::profile::{Kind, Unit, readable};
use pprof_leaks::report::{inert, quantity, sparks};
use pprof_leaks::suspects::Verdict;
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// Columns of the line of a service before the terminal cuts it.
const NAMES: usize = 24;

/// Lines on standard error.
pub(super) struct View {
    rounds: usize,
    is_quiet: bool,
    is_terminal: bool,
    /// Lines that stand there to be drawn anew.
    drawn: usize,
}

/// A service as the view shows it: its address, what is known by now, and why it did not answer this time.
pub(super) type Seen<'a> = (&'a str, Option<&'a Analysis>, Option<&'a str>);

impl View {
    pub(super) fn new(verbosity: Verbosity, rounds: usize) -> View {
        let is_quiet = verbosity == Verbosity::Quiet;
        View { rounds, is_quiet, is_terminal: std::io::stderr().is_terminal(), drawn: 0 }
    }

    /// Says what is going to happen.
    pub(super) fn begin(&self, whom: &str, time: &str, every: &str, folder: &str) {
        self.write(&format!(
            "watching {whom} for {time}, a snapshot every {every}; Ctrl-C stops and judges what is there\nkept in {folder}\n"
        ));
    }

    /// Shows what is known after a round.
    pub(super) fn show<'a>(&mut self, round: usize, passed: Duration, seen: impl Iterator<Item = Seen<'a>>) {
        let clock = format!("{}:{:02}", passed.as_secs() / 60, passed.as_secs() % 60);
        let head = format!("{round} of {}, {clock}", self.rounds);
        let seen: Vec<Seen<'a>> = seen.collect();
        let lines: Vec<String> = match seen.as_slice() {
            // Nobody reads a log of services times rounds.
            [_, _, ..] if !self.is_terminal => vec![summary(&seen, &head)],
            each => each.iter().map(|one| line(*one, &head)).collect(),
        };
        let up = match self.is_terminal && self.drawn > 0 {
            true => format!("\u{1b}[{}A", self.drawn),
            false => String::new(),
        };
        let clear = if self.is_terminal { "\u{1b}[K" } else { "" };
        let width = width_of_stderr().unwrap_or(usize::MAX);
        let text: String = lines.iter().map(|line| format!("{}{clear}\n", cut(line, width))).collect();
        self.write(&format!("{up}{text}"));
        self.drawn = lines.len();
    }

    /// Sets the report apart from what was shown.
    pub(super) fn end(&self) {
        if self.is_terminal {
            self.write("\n");
        }
    }

    fn write(&self, text: &str) {
        if !self.is_quiet {
            let _ = std::io::stderr().lock().write_all(text.as_bytes());
        }
    }
}

/// A service in a line.
fn line((address, analysis, failure): Seen<'_>, head: &str) -> String {
    let address = inert(address);
    if let Some(why) = failure {
        return format!("  {head}  {address:<NAMES$}  no answer: {}", inert(why));
    }
    let Some(analysis) = analysis else {
        return format!("  {head}  {address:<NAMES$}  growth shows from the next one on");
    };
    let heap = course(analysis, Kind::Heap).map(|course| format!("heap {course}"));
    let goroutines = course(analysis, Kind::Goroutine).map(|course| format!("goroutines {course}"));
    let parts: Vec<String> = [heap, goroutines, Some(so_far(analysis))].into_iter().flatten().collect();
    format!("  {head}  {address:<NAMES$}  {}", parts.join("   "))
}

/// Several services in one line: which of them grow or do not answer, and how many are neither.
fn summary(seen: &[Seen<'_>], head: &str) -> String {
    let news = |(address, analysis, failure): &Seen<'_>| match (failure, analysis) {
        (Some(why), _) => Some(format!("{}: no answer: {}", inert(address), inert(why))),
        (None, Some(analysis)) if !analysis.suspects.is_empty() && analysis.verdict != Verdict::Clean => {
            Some(format!("{} {}", inert(address), so_far(analysis)))
        }
        _ => None,
    };
    let mut parts: Vec<String> = seen.iter().filter_map(news).collect();
    if parts.is_empty() && seen.iter().all(|(_, analysis, _)| analysis.is_none()) {
        return format!("  {head}  {} services, growth shows from the next one on", seen.len());
    }
    match seen.len() - parts.len() {
        0 => {}
        all if all == seen.len() => parts.push(format!("{all} services, nothing stands out so far")),
        1 => parts.push("1 other: nothing stands out so far".to_owned()),
        others => parts.push(format!("{others} others: nothing stands out so far")),
    }
    format!("  {head}  {}", parts.join("; "))
}

/// The first and the last sum of a kind, and its course.
fn course(analysis: &Analysis, kind: Kind) -> Option<String> {
    let track = analysis.series.track(kind)?;
    let sum = |snapshot: &pprof_leaks::series::Snapshot| {
        let column = if kind == Kind::Heap { snapshot.columns.inuse_space? } else { 0 };
        snapshot.totals.get(column).map(|total| *total as f64)
    };
    let values: Vec<f64> = track.snapshots.iter().filter_map(sum).collect();
    let unit = if kind == Kind::Heap { Unit::Bytes } else { Unit::Count };
    let [first, last] = [values.first()?, values.last()?].map(|value| quantity(*value, unit));
    Some(format!("{first} -> {last} {}", sparks(&values).unwrap_or_default()))
}

/// What grows so far; the verdict is that of the whole time.
fn so_far(analysis: &Analysis) -> String {
    let first = analysis.suspects.first();
    match (analysis.verdict, first) {
        (Verdict::Clean, _) => "no leak stands out so far".to_owned(),
        (_, Some(suspect)) => {
            let name = &analysis.series.names.info(suspect.blame.function).name;
            format!("grows: {}", inert(&readable(name)))
        }
        (_, None) => "too early to say".to_owned(),
    }
}

/// The start of a line that fits.
fn cut(line: &str, width: usize) -> String {
    line.chars().take(width.saturating_sub(1)).collect()
}
