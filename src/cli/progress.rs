//! How far a long run is, on one line of the terminal that is gone when the run ends.

use super::messages::Verbosity;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// So many inputs are done before anybody wonders.
const MANY: usize = 50;
/// Few inputs may be large ones: after this time the line appears anyway.
const LONG: Duration = Duration::from_secs(1);
/// The line changes no faster than it can be read.
const PAUSE: Duration = Duration::from_millis(100);

/// The line, if standard error is a terminal that wants it; nothing otherwise.
pub(super) struct Progress {
    what: &'static str,
    is_terminal: bool,
    started: Instant,
    shown: Option<Instant>,
}

impl Progress {
    pub(super) fn new(verbosity: Verbosity) -> Progress {
        Progress::of("snapshot", verbosity)
    }

    /// How many of something are done, by its name.
    pub(super) fn of(what: &'static str, verbosity: Verbosity) -> Progress {
        let is_terminal = verbosity != Verbosity::Quiet && std::io::stderr().is_terminal();
        Progress { what, is_terminal, started: Instant::now(), shown: None }
    }

    /// Shows how many of the snapshots are done.
    pub(super) fn show(&mut self, what: &str, done: usize, all: usize) {
        let wanted = all > MANY || self.started.elapsed() > LONG;
        if !self.is_terminal || !wanted || self.shown.is_some_and(|shown| shown.elapsed() < PAUSE) {
            return;
        }
        self.shown = Some(Instant::now());
        // Two passes, each with its verb; the line of one is as wide as that of the other.
        let _ = write!(std::io::stderr(), "\r{:<40}", format!("{what} {} {done} of {all}", self.what));
    }

    /// Removes the line, so that what is printed next stands by itself.
    pub(super) fn clear(&mut self) {
        if self.shown.take().is_some() {
            let _ = write!(std::io::stderr(), "\r{:40}\r", "");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
