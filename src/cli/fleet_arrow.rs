//! The steps of `fleet` with Arrow IPC on standard input and output.

use super::fleet::{WRITING, warn};
use super::messages::Verbosity;
use anyhow::{Context, Result, anyhow};
use pprof_leaks::fleet::arrow::{AnswerWriter, NotArrow, RowWriter, each_row, each_snapshot};
use pprof_leaks::fleet::{FleetOptions, Pool, Row, Snapshots, each_evidence};
use std::io::{BufReader, BufWriter, Write};
use std::path::PathBuf;

/// Rows are written in batches of so many.
const BATCH: usize = 4096;

/// What went wrong on the way.
#[derive(Debug)]
struct Failed(anyhow::Error);

impl From<NotArrow> for Failed {
    fn from(problem: NotArrow) -> Failed {
        Failed(anyhow!(problem).context("standard input"))
    }
}

/// The first step: of stores, or of the snapshots on standard input.
pub(super) fn evidence(stores: &[PathBuf], options: &FleetOptions) -> Result<u8> {
    let mut out = Rows::to_stdout()?;
    if !stores.is_empty() {
        let work = each_evidence(stores, options, &mut |_, _| {}, &mut |rows| out.write(rows))?;
        warn(&work, Verbosity::Normal);
        return out.finish();
    }
    let mut snapshots = Snapshots::default();
    each_snapshot(BufReader::new(std::io::stdin().lock()), |path, bytes| {
        out.write(snapshots.add(path, bytes, options)).map_err(Failed)
    })
    .map_err(|failed| failed.0)?;
    out.write(snapshots.finish(options))?;
    if let Some(first) = snapshots.strange().first() {
        let message = format!(
            "{} paths are not of a store (JOB/INSTANCE/KIND/TIME.pb.gz) and were passed over, the first of them: {first}",
            snapshots.strange().len()
        );
        Verbosity::Normal.warn(&message);
    }
    out.finish()
}

/// The second step.
pub(super) fn pool(pool: &mut Pool) -> Result<u8> {
    let mut out = AnswerWriter::new(BufWriter::new(std::io::stdout().lock())).context(WRITING)?;
    let reader = BufReader::new(std::io::stdin().lock());
    each_row(reader, |row: Row| {
        let answer = pool.add(&row).map_err(|problem| Failed(anyhow!(problem).context("standard input")))?;
        answer.map_or(Ok(()), |answer| out.write(&answer).context(WRITING).map_err(Failed))
    })
    .map_err(|failed: Failed| failed.0)?;
    if let Some(answer) = pool.finish() {
        out.write(&answer).context(WRITING)?;
    }
    out.finish().context(WRITING)?;
    Ok(0)
}

/// Rows on their way to standard output, so many at a time.
struct Rows {
    waiting: Vec<Row>,
    out: RowWriter<BufWriter<std::io::Stdout>>,
}

impl Rows {
    fn to_stdout() -> Result<Rows> {
        let out = RowWriter::new(BufWriter::new(std::io::stdout())).context(WRITING)?;
        Ok(Rows { waiting: Vec::new(), out })
    }

    fn write(&mut self, rows: Vec<Row>) -> Result<()> {
        self.waiting.extend(rows);
        if self.waiting.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.waiting);
        self.out.write(&rows).context(WRITING)
    }

    fn finish(mut self) -> Result<u8> {
        self.flush()?;
        self.out.finish().context(WRITING)?;
        std::io::stdout().flush().context(WRITING)?;
        Ok(0)
    }
}
