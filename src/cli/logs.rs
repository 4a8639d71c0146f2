//! The log of the scheduled job: structured, to standard error, quiet by default.

use super::scheduled_args::{LogFormat, LogLevel};
use std::io::IsTerminal;
use tracing::Level;

/// Logs from here on.
pub(super) fn start(format: LogFormat, level: Option<LogLevel>) {
    let is_terminal = std::io::stderr().is_terminal();
    let level = match level {
        Some(LogLevel::Warn) => Level::WARN,
        Some(LogLevel::Info) => Level::INFO,
        Some(LogLevel::Debug) => Level::DEBUG,
        None if is_terminal => Level::INFO,
        None => Level::WARN,
    };
    let logs = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(level)
        .with_ansi(false)
        // A log that nobody reads any more must not end the rounds.
        .log_internal_errors(false)
        .with_target(false);
    // A second start, which there is not, would leave the first one in place.
    let _ = match format {
        LogFormat::Text => logs.try_init(),
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
    };
}
