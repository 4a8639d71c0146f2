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

    /// Says where the result is.
    pub(super) fn note(self, message: &impl std::fmt::Display) {
        if self != Verbosity::Quiet {
            say(&message.to_string());
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
    let shown = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => ExitCode::from(FAILED),
        _ => {
            say(&with_hint(error.kind(), in_one_line(&error.render().to_string())));
            return ExitCode::from(FAILED);
        }
    };
    // Printing fails only when the reader is gone.
    let _ = error.print();
    shown
}

/// What clap says over several paragraphs in one line: what is wrong, a hint if there is one, and how the command is used.
fn in_one_line(text: &str) -> String {
    let lines =
        text.split("\n\n").map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("For more information"));
    let parts = lines.map(|line| line.strip_prefix("tip: ").unwrap_or(&line).replace("Usage: ", "usage: "));
    format!("{}; --help says more", parts.collect::<Vec<_>>().join("; "))
}

/// The same, with the command that takes more than two snapshots where these were given to `diff`.
fn with_hint(kind: ErrorKind, line: String) -> String {
    let is_third = kind == ErrorKind::UnknownArgument
        && line.contains(" diff [")
        && !line.contains("unexpected argument '-");
    if is_third { format!("{line}; `pprof-leaks trend` takes more than two snapshots") } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_arguments_is_one_line() {
        let text = "error: unexpected argument '--fokus' found\n\n  tip: a similar argument exists: '--focus'\n\n\
                    Usage: pprof-leaks diff [OPTIONS] <BEFORE>\n\nFor more information, try '--help'.\n";
        let line = "error: unexpected argument '--fokus' found; a similar argument exists: '--focus'; \
                    usage: pprof-leaks diff [OPTIONS] <BEFORE>; --help says more";
        assert_eq!(in_one_line(text), line);
        let missing = "error: the following required arguments were not provided:\n  <BEFORE>\n  <AFTER>\n";
        let line =
            "error: the following required arguments were not provided: <BEFORE> <AFTER>; --help says more";
        assert_eq!(in_one_line(missing), line);
    }

    #[test]
    fn a_third_snapshot_is_for_another_command() {
        let usage = |argument: &str| {
            let usage = "usage: pprof-leaks diff [OPTIONS] <BEFORE> <AFTER>";
            with_hint(
                ErrorKind::UnknownArgument,
                format!("error: unexpected argument '{argument}' found; {usage}"),
            )
        };
        assert!(usage("c.pb.gz").ends_with("`pprof-leaks trend` takes more than two snapshots"));
        assert!(!usage("--fokus").contains("trend"));
    }
}
