//! Where the report goes: standard output, or a file that is written whole or not at all.

use super::messages::Verbosity;
use super::report_args::RenderArgs;
use super::settings::Rendering;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The page that is opened, where no file is named.
const PAGE: &str = "pprof-leaks.html";

/// A place for the report that was checked before the work began.
pub(super) enum Output {
    /// Standard output.
    Stdout,
    /// A pipe or a device, which has no place beside it.
    Stream(PathBuf),
    /// A file, with links resolved.
    File(PathBuf),
}

impl Output {
    /// As the options say; a page that is to be opened needs a file, and gets one here where none is named.
    pub(super) fn of(args: &RenderArgs, inputs: &[&String]) -> Result<Output> {
        let page = args.open.then(|| Path::new(PAGE));
        Output::open(args.output.as_deref().or(page), inputs)
    }

    /// Fails where the report could not be written after the work, or would take the place of one of the `inputs`.
    pub(super) fn open(path: Option<&Path>, inputs: &[&String]) -> Result<Output> {
        let Some(path) = path else { return Ok(Output::Stdout) };
        let shown = path.display();
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if path.is_dir() || path.file_name().is_none() {
            bail!("-o {shown}: this is a folder; name a file in it");
        }
        if !folder.is_dir() {
            bail!(
                "-o {shown}: the folder {} does not exist; create it, or name another file",
                folder.display()
            );
        }
        // A link stays a link: what it leads to is replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if let Ok(metadata) = path.metadata() {
            if !metadata.is_file() {
                return Ok(Output::Stream(path));
            }
            if metadata.permissions().readonly() {
                bail!("-o {shown}: the file is read-only; name another file");
            }
            if inputs.iter().any(|input| Path::new(input).canonicalize().is_ok_and(|input| input == path)) {
                bail!(
                    "-o {shown}: this is the snapshot itself, which the report would replace; name another file"
                );
            }
        }
        let beside = beside(&path);
        File::create(&beside)
            .and_then(|_| std::fs::remove_file(&beside))
            .with_context(|| format!("-o {shown}: a report cannot be written there; name another file"))?;
        Ok(Output::File(path))
    }

    /// Writes the report, and opens it where that was asked for.
    pub(super) fn publish(&self, report: impl AsRef<[u8]>, rendering: &Rendering) -> Result<()> {
        self.write(report)?;
        if rendering.open {
            self.show(rendering.verbosity);
        }
        Ok(())
    }

    /// Opens the file in the browser; where that fails the person reads where it is.
    fn show(&self, verbosity: Verbosity) {
        let Output::File(path) = self else { return };
        if let Err(error) = open::that_detached(path) {
            verbosity
                .warn(&format!("no browser could be started ({error}); open {} yourself", path.display()));
        }
    }

    /// Writes the report.
    pub(super) fn write(&self, report: impl AsRef<[u8]>) -> Result<()> {
        let report = report.as_ref();
        match self {
            Output::Stdout => {
                let mut stdout = std::io::stdout().lock();
                let written = stdout.write_all(report).and_then(|()| stdout.flush());
                unless_closed(written).context("standard output cannot be written")
            }
            Output::Stream(path) => {
                unless_closed(std::fs::write(path, report)).with_context(|| problem(path))
            }
            Output::File(path) => replace(path, report).with_context(|| problem(path)),
        }
    }
}

/// Writes a file whole or not at all: beside it first, and then in its place.
pub(super) fn replace(path: &Path, text: impl AsRef<[u8]>) -> std::io::Result<()> {
    let beside = beside(path);
    let written = write_whole(&beside, text.as_ref(), path).and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// Writes a new file that is to take the place of `old`, with its permissions if it is there.
fn write_whole(path: &Path, report: &[u8], old: &Path) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    if let Ok(metadata) = old.metadata() {
        file.set_permissions(metadata.permissions())?;
    }
    file.write_all(report)?;
    file.sync_all()
}

/// A reader that has seen enough, as in `| head`, is no error.
fn unless_closed(written: std::io::Result<()>) -> std::io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn problem(path: &Path) -> String {
    format!("-o {}: the report cannot be written", path.display())
}

/// The name under which a file is written before it takes its own.
fn beside(path: &Path) -> PathBuf {
    path.with_file_name(format!(".pprof-leaks.{}.tmp", std::process::id()))
}
