//! `pprof-leaks store`: what is in a store, whether it is whole, and what has had its time.

use super::messages::Verbosity;
use super::output::Output;
use super::scheduled_args::StoreCommand;
use super::settings::{duration, size};
use anyhow::Result;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use jiff::Timestamp;
use pprof_leaks::input::{Limits, parse};
use pprof_leaks::profile::Unit;
use pprof_leaks::report::{inert, moment, quantity};
use pprof_leaks::store::{Entry, Pruned, Retention, Store};
use std::fmt::Write;
use std::path::Path;

const SOME_ARE_BAD: u8 = 3;

/// Runs the command and gives the exit status.
pub(super) fn run(command: &StoreCommand) -> Result<u8> {
    let (text, status) = match command {
        StoreCommand::Ls { store } => (list(&Store::existing(store)?)?, 0),
        StoreCommand::Verify { store } => verify(&Store::existing(store)?)?,
        StoreCommand::Prune { store, keep_all, keep_hourly, max_store } => {
            let retention = Retention {
                all: duration("--keep-all", keep_all)?,
                hourly: duration("--keep-hourly", keep_hourly)?,
                bytes: Some(size("--max-store", max_store)?),
            };
            prune(&Store::existing(store)?, &retention)?
        }
    };
    Output::Stdout.write(&text)?;
    Ok(status)
}

/// One line an instance.
fn list(store: &Store) -> Result<String> {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(["INSTANCE", "SNAPSHOTS", "SIZE", "FIRST", "LAST"]);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for column in [1, 2] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let (mut instances, mut all, mut bytes) = (0, 0, 0);
    for instance in store.instances()? {
        let entries = store.snapshots(&instance)?;
        let of_these: u64 = entries.iter().map(Entry::bytes).sum();
        let times = || entries.iter().map(|entry| entry.nanos);
        let time = |nanos: Option<i64>| nanos.map_or("-".to_owned(), moment);
        table.add_row([
            inert(&instance.to_string()),
            entries.len().to_string(),
            size_of(of_these),
            time(times().min()),
            time(times().max()),
        ]);
        instances += 1;
        all += entries.len();
        bytes += of_these;
    }
    if instances == 0 {
        return Ok(format!(
            "no snapshots in {}; `pprof-leaks collect TARGET --store {}` takes some\n",
            store.root().display(),
            store.root().display()
        ));
    }
    let rows: Vec<String> = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    Ok(format!("{}\n{instances} instances, {all} snapshots, {}\n", rows.concat(), size_of(bytes)))
}

/// What is not whole, one line each, and a summary.
fn verify(store: &Store) -> Result<(String, u8)> {
    let verified = store.verify(check)?;
    let mut text = String::new();
    for fault in &verified.faults {
        let _ = writeln!(text, "{}: {}", inert(&fault.path.display().to_string()), inert(&fault.problem));
    }
    let whole = verified.snapshots + verified.others - verified.faults.len();
    let _ = writeln!(
        text,
        "{whole} of {} snapshots are whole ({}){}{}",
        verified.snapshots,
        size_of(verified.bytes),
        aside(
            verified.rejected,
            "answer that was no profile is set aside",
            "answers that were no profiles are set aside"
        ),
        aside(
            verified.unfinished,
            "unfinished file, which prune removes",
            "unfinished files, which prune removes"
        ),
    );
    Ok((text, if verified.faults.is_empty() { 0 } else { SOME_ARE_BAD }))
}

fn aside(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => String::new(),
        1 => format!("; 1 {one}"),
        n => format!("; {n} {many}"),
    }
}

fn check(path: &Path) -> Result<(), String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    match parse(&bytes, "the snapshot", &Limits::default()) {
        Err(problem) if !problem.is_about_limits() => Err(problem.to_string()),
        _ => Ok(()),
    }
}

fn prune(store: &Store, retention: &Retention) -> Result<(String, u8)> {
    let now = i64::try_from(Timestamp::now().as_nanosecond())?;
    let pruned = store.prune(retention, now)?;
    let over = if pruned.over {
        ", more than --max-store: the latest of each kind, and what open suspects were reported on"
    } else {
        ""
    };
    let unfinished = aside(
        pruned.unfinished,
        "unfinished file of a writer that died",
        "unfinished files of writers that died",
    );
    if pruned.doubted {
        let doubt = Pruned::DOUBT;
        Verbosity::Normal.warn(&format!(
            "{doubt}. If it is right, run this again in a day; --max-store removes at any time"
        ));
    }
    for problem in &pruned.problems {
        Verbosity::Normal.warn(problem);
    }
    let text = format!(
        "removed {} snapshots ({}){unfinished}; {} stay{over}\n",
        pruned.snapshots,
        size_of(pruned.bytes),
        size_of(pruned.left)
    );
    Ok((text, if pruned.problems.is_empty() { 0 } else { SOME_ARE_BAD }))
}

fn size_of(bytes: u64) -> String {
    quantity(bytes as f64, Unit::Bytes)
}
