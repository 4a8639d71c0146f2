//! `pprof-leaks diff`: two sets of snapshots, compared.

use super::args::DiffArgs;
use super::output;
use super::settings::Settings;
use anyhow::{Result, bail};
use pprof_leaks::analysis::compare;
use pprof_leaks::input::{InputError, load};
use pprof_leaks::profile::RawProfile;

/// Runs the command and gives the exit status.
pub(super) fn run(args: &DiffArgs) -> Result<u8> {
    let settings = Settings::of(&args.common)?;
    if args.before == "-" && args.after == "-" {
        bail!("only one of the two can be read from standard input (`-`)");
    }
    output::check(&args.common)?;
    let mut failures = Vec::new();
    let before = load_side(&args.before, &settings, &mut failures)?;
    let after = load_side(&args.after, &settings, &mut failures)?;
    let analysis = compare(before, after, &settings.options)?;
    output::finish(analysis, &failures, &args.common, &settings)
}

fn load_side(location: &str, settings: &Settings, failures: &mut Vec<InputError>) -> Result<Vec<RawProfile>> {
    let mut loaded = load(location, &settings.fetcher, &settings.limits);
    if loaded.profiles.is_empty() {
        // Without any profile on a side there is nothing to compare: the first problem is the run's.
        if let Some(first) = loaded.failures.drain(..).next() {
            return Err(anyhow::Error::msg(first.to_string()));
        }
    }
    failures.append(&mut loaded.failures);
    Ok(loaded.profiles)
}
