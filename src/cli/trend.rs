//! `pprof-leaks trend`: one process followed through many snapshots.

use super::args::TrendArgs;
use super::output::Output;
use super::progress::Progress;
use super::report::{Origin, and_more, finish};
use super::settings::{Settings, duration};
use anyhow::{Context, Result, anyhow, bail};
use jiff::Timestamp;
use pprof_leaks::collect::Card;
use pprof_leaks::input::{Limits, Survey, survey};
use pprof_leaks::pipeline::{Outcome, Since, follow_found};
use pprof_leaks::profile::Kind;
use pprof_leaks::store::{Instance, Store};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

/// Runs the command and gives the exit status.
pub(super) fn run(args: &TrendArgs, command: String) -> Result<u8> {
    Trend::of(args)?.report(command)
}

/// A run whose snapshots were looked at, and not read yet.
pub(super) struct Trend<'a> {
    args: &'a TrendArgs,
    settings: Settings,
    limits: Limits,
    output: Output,
    since: Since,
    found: Looked,
}

impl<'a> Trend<'a> {
    /// Looks at what is given.
    pub(super) fn of(args: &'a TrendArgs) -> Result<Trend<'a>> {
        let mut settings = Settings::of(&args.common)?;
        settings.options.rounds = args.rounds;
        let limits = Limits { inputs: args.max_inputs, ..settings.limits };
        let inputs: Vec<&String> = args.snapshots.iter().collect();
        let output = Output::of(&args.common.rendering, &inputs)?;
        let since = since(args)?;
        let found = Looked::at(&args.snapshots, &limits, &settings)?;
        Ok(Trend { args, settings, limits, output, since, found })
    }

    /// Whether nothing could be compared.
    pub(super) fn is_one_round(&self) -> bool {
        self.found.is_one_round()
    }

    /// Reads, judges and reports, and gives the exit status.
    pub(super) fn report(self, command: String) -> Result<u8> {
        let Trend { args, settings, limits, output, since, found } = self;
        let outcome = found.follow(since, &limits, &settings);
        finish(outcome, &output, &settings, Origin { command, instance: scraped_from(&args.snapshots) })
    }
}

/// Snapshots that were looked at.
pub(super) struct Looked {
    survey: Survey,
    started: Instant,
    progress: Progress,
}

impl Looked {
    /// Looks at the snapshots at some locations.
    pub(super) fn at(locations: &[String], limits: &Limits, settings: &Settings) -> Result<Looked> {
        let locations: Vec<String> =
            locations.iter().map(|place| one_process(place)).collect::<Result<_>>()?;
        let started = Instant::now();
        let mut progress = Progress::new(settings.rendering.verbosity);
        let survey = survey(&locations, &settings.fetcher, limits, &mut |done, all| {
            progress.show("looking at", done, all);
        });
        if let (true, [first, rest @ ..]) = (survey.found.is_empty(), survey.failures.as_slice()) {
            bail!("{first}{}", and_more(rest.len()));
        }
        Ok(Looked { survey, started, progress })
    }

    /// Whether no two snapshots are of one kind and form, so that nothing could be compared.
    pub(super) fn is_one_round(&self) -> bool {
        let found = &self.survey.found;
        let forms: BTreeSet<_> = found.iter().map(|(heading, _)| (heading.kind, heading.form)).collect();
        forms.len() == found.len()
    }

    /// The kinds of the snapshots.
    pub(super) fn kinds(&self) -> BTreeSet<Kind> {
        self.survey.found.iter().map(|(heading, _)| heading.kind).collect()
    }

    /// Follows one process through them.
    pub(super) fn follow(self, since: Since, limits: &Limits, settings: &Settings) -> Outcome {
        let Looked { survey, started, mut progress } = self;
        let mut count = 0;
        let outcome = follow_found(survey, since, &settings.options, limits, &mut |done, all| {
            count = all;
            progress.show("reading", done, all);
        });
        drop(progress);
        let seconds = started.elapsed().as_secs_f64();
        settings
            .rendering
            .verbosity
            .detail(&format!("snapshots read and judged: {count}, in {seconds:.1} s"));
        outcome
    }
}

/// The process that was scraped, where the one folder that is given is its folder in a store.
fn scraped_from(locations: &[String]) -> Option<String> {
    let [folder] = locations else { return None };
    Card::of_folder(Path::new(folder)).map(|card| card.instance)
}

/// A place of snapshots: a store of one process is its folder, and one of many is refused, as a series is of one.
fn one_process(place: &str) -> Result<String> {
    let Ok(store) = Store::existing(Path::new(place)) else { return Ok(place.to_owned()) };
    let instances = store.instances().unwrap_or_default();
    let has_some = |instance: &&Instance| store.snapshots(instance).is_ok_and(|found| !found.is_empty());
    let filled: Vec<&Instance> = instances.iter().filter(has_some).collect();
    match filled.as_slice() {
        [] => Ok(place.to_owned()),
        [one] => Ok(store.folder(one).display().to_string()),
        [first, ..] => bail!(
            "{place}: this is a store of {} instances, and a series is of one process; give its folder, as in {}, or judge all of \
             them with `pprof-leaks {place}`",
            filled.len(),
            store.folder(first).display()
        ),
    }
}

/// From when on snapshots count.
fn since(args: &TrendArgs) -> Result<Since> {
    if let Some(since) = &args.since {
        let time: Timestamp = since
            .parse()
            .map_err(|_| anyhow!("--since: `{since}` is not a time; write it like 2026-11-23T21:00:00Z"))?;
        let nanos = i64::try_from(time.as_nanosecond()).context("--since: the time is out of range")?;
        return Ok(Since::Time(nanos));
    }
    let Some(last) = &args.last else { return Ok(Since::Ever) };
    let nanos = i64::try_from(duration("--last", last)?.as_nanos())
        .context("--last: the duration is out of range")?;
    Ok(Since::Last(nanos))
}
