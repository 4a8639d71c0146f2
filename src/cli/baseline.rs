//! `pprof-leaks baseline add`: accepts suspects of a saved report.

use super::args::BaselineAddArgs;
use super::output::Output;
use anyhow::{Context, Result, anyhow, bail};
use jiff::civil::Date;
use pprof_leaks::suspects::{Accepted, Baseline};
use serde::Deserialize;
use std::path::Path;

/// What is read of a saved JSON report.
#[derive(Deserialize)]
struct Report {
    suspects: Vec<Suspect>,
}

#[derive(Deserialize)]
struct Suspect {
    fingerprint: String,
    blame: Blame,
}

#[derive(Deserialize)]
struct Blame {
    function: String,
}

/// Reads a baseline file.
pub(super) fn read(path: &Path) -> Result<Baseline> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        anyhow!("--baseline: {}: {error}; `pprof-leaks baseline add` makes one", path.display())
    })?;
    Baseline::parse(&text).map_err(|error| anyhow!("--baseline: {}: {error}", path.display()))
}

/// Runs the command and gives the exit status.
pub(super) fn add(args: &BaselineAddArgs) -> Result<u8> {
    let expires: Option<Date> = match &args.expires {
        None => None,
        Some(day) => Some(
            day.parse().map_err(|_| anyhow!("--expires: `{day}` is not a day; write it like 2027-01-31"))?,
        ),
    };
    let report = std::fs::read_to_string(&args.report).with_context(|| args.report.display().to_string())?;
    let report: Report = serde_json::from_str(&report).map_err(|error| {
        anyhow!(
            "{}: it is no JSON report ({error}); save one with --format json -o FILE",
            args.report.display()
        )
    })?;
    if let Some(missing) =
        args.fingerprint.iter().find(|id| !report.suspects.iter().any(|s| s.fingerprint == **id))
    {
        bail!("--fingerprint: {missing} is no suspect of {}", args.report.display());
    }
    let old = match std::fs::read_to_string(&args.file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => bail!("{}: {error}", args.file.display()),
    };
    let known = Baseline::parse(&old).map_err(|error| anyhow!("{}: {error}", args.file.display()))?;
    let mut text = old;
    for suspect in &report.suspects {
        let wanted = args.all || args.fingerprint.contains(&suspect.fingerprint);
        if !wanted || known.accepted.iter().any(|entry| entry.fingerprint == suspect.fingerprint) {
            continue;
        }
        let entry = Accepted {
            fingerprint: suspect.fingerprint.clone(),
            reason: args.reason.clone(),
            owner: args.owner.clone(),
            expires,
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        let gap = if text.is_empty() { "" } else { "\n" };
        let function: String = suspect.blame.function.chars().filter(|c| !c.is_control()).collect();
        text.push_str(&format!("{gap}# {function}\n{}", entry.to_toml()));
    }
    Output::open(Some(&args.file), &[])?.write(&text)?;
    Ok(0)
}
