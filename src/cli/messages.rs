//! What goes to standard error, and the exit status.

use clap::error::ErrorKind;
use pprof_leaks::report::inert;
use std::io::Write;
use std::process::ExitCode;

/// The run failed; nothing is on standard output.
pub(super) const FAILED: u8 = 2;

/// One line to standard error. If that is closed there is no one left to tell.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "pprof-leaks: {}", inert(line));
}

/// How much of what is not the report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verbosity {
    /// Errors only.
    Quiet,
    /// Warnings, and progress on a terminal.
    Normal,
    /// Besides, what was read and how long it took.
    Verbose,
}

impl Verbosity {
    /// Says that something is amiss while the run goes on.
    pub(super) fn warn(self, message: &impl std::fmt::Display) {
        if self != Verbosity::Quiet {
            say(&format!("warning: {message}"));
        }
    }

    /// Says what was done.
    pub(super) fn detail(self, message: &impl std::fmt::Display) {
        if self == Verbosity::Verbose {
            say(&message.to_string());
        }
    }
}

/// Lines on what to do, printed below an error that has them as its context.
#[derive(Clone, Copy, Debug)]
pub(super) struct Advice(pub(super) &'static str);

impl std::fmt::Display for Advice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// Says why the run failed.
pub(super) fn failure(error: &anyhow::Error) -> ExitCode {
    match error.downcast_ref::<Advice>() {
        Some(advice) => {
            say(&format!("error: {}", error.root_cause()));
            let _ = write!(std::io::stderr(), "\n{advice}");
        }
        None => say(&format!("error: {error:#}")),
    }
    ExitCode::from(FAILED)
}

/// Help, version, or what is wrong with the arguments.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    // Printing fails only when the reader is gone.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        _ => ExitCode::from(FAILED),
    }
}
