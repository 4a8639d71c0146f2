//! `pprof-leaks diff`: two sets of snapshots, compared.

use super::args::DiffArgs;
use super::output::Output;
use super::report::{Origin, and_more, finish};
use super::settings::Settings;
use anyhow::{Result, bail};
use pprof_leaks::input::{Loaded, Named, load, named, without_secrets};
use pprof_leaks::pipeline::compare_loaded;
use std::panic::resume_unwind;
use std::time::Instant;

/// Runs the command and gives the exit status.
pub(super) fn run(args: &DiffArgs, command: String) -> Result<u8> {
    let settings = Settings::of(&args.common)?;
    if args.before == "-" && args.after == "-" {
        bail!("only one of the two can be read from standard input (`-`)");
    }
    for (name, location) in [("BEFORE", &args.before), ("AFTER", &args.after)] {
        if location.is_empty() {
            bail!("{name} has no name; give a file, folder or URL (is a variable of your script empty?)");
        }
    }
    if args.before == args.after && matches!(named(&args.before), Named::Service | Named::Url) {
        let place = without_secrets(&args.before);
        bail!(
            "{place} is given twice, so both snapshots would be of one moment; `pprof-leaks {place}` watches a service for two minutes"
        );
    }
    let output = Output::of(&args.common.rendering, &[&args.before, &args.after])?;
    // Of small pieces, as reports of every site are made, glibc takes care better by itself.
    if !settings.options.full {
        use_memory_again();
    }
    let started = Instant::now();
    let side = |location: &str| load(location, &settings.fetcher, &settings.limits);
    let (before, after) = std::thread::scope(|scope| {
        let before = scope.spawn(|| side(&args.before));
        let after = side(&args.after);
        (before.join().unwrap_or_else(|panic| resume_unwind(panic)), after)
    });
    has_some(&before)?;
    has_some(&after)?;
    settings.rendering.verbosity.detail(&format!(
        "snapshots read: {} before, {} after, in {:.1} s",
        before.profiles.len(),
        after.profiles.len(),
        started.elapsed().as_secs_f64()
    ));
    finish(
        compare_loaded(before, after, &settings.options),
        &output,
        &settings,
        Origin { command, instance: None },
    )
}

/// Tells the allocator that large blocks come and go.
///
/// glibc gives each block from 128 KiB on pages of its own, which are new every time and cost more than what is done with them. Once
/// a larger one was freed, blocks up to its size are taken from memory that is used again; it listens up to 32 MiB (mallopt(3),
/// `M_MMAP_THRESHOLD`). On the large pair of benches/compare that takes 2 % off the processor time. Other allocators do as
/// they did, and nothing is written to the block.
fn use_memory_again() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(31 << 20)));
}

/// Refuses a side where nothing could be read: there is nothing to compare, and the first problem is the run's.
fn has_some(side: &Loaded) -> Result<()> {
    match (side.profiles.as_slice(), side.failures.as_slice()) {
        ([], [first, rest @ ..]) => bail!("{first}{}", and_more(rest.len())),
        _ => Ok(()),
    }
}
