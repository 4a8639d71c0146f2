//! `pprof-leaks HOST:PORT`: takes snapshots of live services for a while, and judges after each round.

use super::args::CompareArgs;
use super::direct_args::LiveArgs;
use super::live_view::View;
use super::messages::Advice;
use super::output::Output;
use super::report::{Origin, document_of, publish};
use super::report_args::CommonArgs;
use super::scheduled::{header, until_stopped};
use super::settings::{Settings, duration, headers};
use super::{compare, overview};
use anyhow::{Result, anyhow, bail};
use jiff::Timestamp;
use pprof_leaks::analysis::Analysis;
use pprof_leaks::collect::{Failure, Job, RoundOptions, Scraped, Scraper, Stop, Target};
use pprof_leaks::input::{Limits, survey};
use pprof_leaks::pipeline::{Since, follow_found};
use pprof_leaks::report::{Next, shell_word};
use pprof_leaks::store::Store;
use pprof_leaks::suspects::{Confidence, Suspect, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// So many rounds in a row have to prove a leak before the rest is not waited for.
const PROVED_ROUNDS: usize = 3;
/// So many rounds in a row have to say it where there is no proof, however early they began to.
const SURE_ROUNDS: usize = 3;
/// After so many rounds in a row without an answer the service is taken for gone.
const LOST_ROUNDS: usize = 3;
/// The part of the interval that may go into judging; a service with many sites is judged less often instead.
const JUDGING_SHARE: u32 = 4;
/// The figures of the whole process are wanted at the beginning and at the end, and cost a request.
const MEM_STATS_ROUNDS: u32 = 3;

/// A service that is watched.
struct Watched {
    target: Target,
    folder: PathBuf,
    analysis: Option<Analysis>,
    /// Rounds so far, those in a row of them that said "leak", and those that had proof.
    rounds: usize,
    sure: usize,
    proved: usize,
    /// Rounds in a row without an answer.
    lost: usize,
    /// Why there was none.
    failure: Option<Unanswered>,
}

/// Why a service gave nothing in a round.
#[derive(Clone, Debug)]
struct Unanswered {
    why: String,
    /// Whether it answers, but serves no profiles.
    serves_none: bool,
}

/// How profiles are added to a Go service.
const ADD_PROFILES: &str = "\
Add them to the service:

  import _ \"net/http/pprof\"

  go func() {
      log.Println(http.ListenAndServe(\"localhost:6060\", nil))
  }()
";

/// What is done in a run.
struct Run {
    watched: Vec<Watched>,
    scraper: Scraper,
    settings: Settings,
    view: View,
    rounds: usize,
    every: Duration,
}

/// Runs the command and gives the exit status.
pub(super) fn run(args: &LiveArgs, common: CommonArgs, places: &[String], command: String) -> Result<u8> {
    let settings = Settings::of(&common)?;
    let (time, every) = (duration("--for", &args.time)?, duration("--every", &args.every)?);
    if every >= time {
        bail!("--every: only one snapshot would be taken in {}; give a longer --for", args.time);
    }
    match (&args.compare, places) {
        (Some(_), [_, _, ..]) => bail!("--compare: give one service to compare with what was before"),
        (Some(_), _) => settings.rendering.refuse_brief("a comparison of two series")?,
        (None, [_, _, ..]) => overview::check(&settings.rendering)?,
        (None, _) => {}
    }
    let output = Output::of(&common.rendering, &[])?;
    let store =
        Store::open(&args.store).map_err(|error| anyhow!("{error}. Name another folder with --store"))?;
    let job = Arc::new(job(args, &common, every, &store)?);
    let watched = watched(places, &job, &store)?;
    let rounds = 1 + usize::try_from(time.as_nanos() / every.as_nanos())?;
    let view = View::new(settings.rendering.verbosity, rounds);
    let whom = watched.iter().map(|one| one.target.address.authority()).collect::<Vec<_>>().join(", ");
    // A place that `pprof-leaks PLACE` takes as it is.
    let kept = match watched.as_slice() {
        [one] => &one.folder,
        _ => store.root(),
    };
    view.begin(&whom, &args.time, &args.every, &kept.display().to_string());
    let scraper = Scraper::new(store.clone(), RoundOptions::default());
    let run = Run { watched, scraper, settings, view, rounds, every };
    let Some(run) = until_stopped(move |stop| run.go(stop))? else {
        bail!("stopped before a round was over; what was stored is safe");
    };
    let run = run?;
    run.view.end();
    run.has_some()?;
    if let Some(before) = &args.compare {
        let [one] = run.watched.as_slice() else {
            bail!("--compare: give one service to compare with what was before")
        };
        let after = one.folder.display().to_string();
        let max_inputs = Limits::default().inputs;
        return compare::run(&CompareArgs { before: before.clone(), after, max_inputs, common }, command);
    }
    run.report(&output, command)
}

impl Run {
    /// Makes the rounds, until it is sure, or asked to stop, or nobody answers any more.
    fn go(mut self, stop: &Stop) -> Result<Run> {
        let started = Instant::now();
        // The next round in which there is time for judging, and whether all that was had is judged.
        let (mut judged_from, mut is_judged) = (1, true);
        let mut due = started;
        for round in 0..self.rounds {
            // One that is late puts off those after it: snapshots of one moment show no growth.
            due = due.max(Instant::now());
            if !stop.pause(due.saturating_duration_since(Instant::now())) {
                break;
            }
            self.ask(stop)?;
            is_judged = round >= judged_from || round + 1 == self.rounds;
            if is_judged {
                let judging = Instant::now();
                self.judge();
                let rounds = judging.elapsed().div_duration_f64(self.every / JUDGING_SHARE).floor();
                judged_from = round + 1 + rounds as usize;
            }
            self.view.show(round + 1, started.elapsed(), self.watched.iter().map(Watched::seen));
            if self.is_over() || stop.is_wanted() {
                break;
            }
            due += self.every;
        }
        if !is_judged {
            self.judge();
        }
        Ok(self)
    }

    /// One round over all services.
    fn ask(&mut self, stop: &Stop) -> Result<()> {
        let Run { watched, scraper, .. } = self;
        let targets = watched.iter().map(|one| one.target.clone()).collect();
        for one in watched.iter_mut() {
            (one.lost, one.failure) = (one.lost + 1, None);
        }
        let round = scraper.round(targets, stop, |scraped| {
            let asked = watched.iter_mut().find(|one| one.target.instance == scraped.target.instance);
            asked.into_iter().for_each(|one| one.take_in(scraped));
        });
        match round.broken_off {
            Some(why) => bail!("{why}"),
            None => Ok(()),
        }
    }

    fn judge(&mut self) {
        for watched in &mut self.watched {
            watched.judge(&self.settings);
        }
    }

    /// Whether more rounds would say nothing new.
    fn is_over(&self) -> bool {
        self.watched.iter().all(|one| one.is_sure() || one.lost >= LOST_ROUNDS)
    }

    /// Fails if nothing could be had of any service.
    fn has_some(&self) -> Result<()> {
        let nothing = |one: &&Watched| one.analysis.is_none() && !one.folder.is_dir();
        let lost: Vec<&Watched> = self.watched.iter().filter(nothing).collect();
        let Some(first) = lost.first().filter(|_| lost.len() == self.watched.len()) else { return Ok(()) };
        let more = match lost.len() {
            1 => String::new(),
            n => format!(" (and nothing of the {} others)", n - 1),
        };
        let address = first.target.address.authority();
        match &first.failure {
            Some(Unanswered { serves_none: true, .. }) => {
                let error = anyhow!(
                    "{address}: the server answers, but serves no profiles below {}{more}",
                    first.target.address
                );
                Err(error.context(Advice(ADD_PROFILES)))
            }
            Some(Unanswered { why, .. }) => bail!("{address}: {why}{more}"),
            None => bail!("{address}: stopped before anything could be had{more}"),
        }
    }

    /// Reports on the one service, or on all in a line each.
    fn report(mut self, output: &Output, command: String) -> Result<u8> {
        let [one] = self.watched.as_mut_slice() else {
            let known = self.watched.iter().map(|one| one.known(&command)).collect();
            let status = overview::publish(known, None, output, &self.settings)?;
            self.say_where(output, "");
            return Ok(status);
        };
        let folder = one.folder.display().to_string();
        let folder = shell_word(&folder);
        let address = one.target.address.authority();
        let Some(analysis) = one.analysis.take() else {
            bail!(
                "{}: only one round could be had, and growth needs two. It is kept in {folder}, and `pprof-leaks {folder}` says \
                 what it shows",
                address
            );
        };
        let document = document_of(&analysis, Origin { command, instance: Some(address.to_owned()) });
        self.settings.rendering.terminal.next = Some(Next {
            again: format!("pprof-leaks {folder}"),
            fixed: format!("pprof-leaks {address} --compare {folder}"),
        });
        let status = publish(&document, output, &self.settings.rendering)?;
        self.say_where(output, &format!("{} ", document.headline));
        Ok(status)
    }

    /// Says where the report is after all this time, where it is not on the screen.
    fn say_where(&self, output: &Output, headline: &str) {
        if let Output::File(path) = output {
            let place = format!("{headline}The report is in {}", path.display());
            self.settings.rendering.verbosity.note(&place);
        }
    }
}

impl Watched {
    /// Takes in what it answered in a round.
    fn take_in(&mut self, scraped: &Scraped) {
        if !scraped.stored.is_empty() {
            self.lost = 0;
        } else if let Some((_, failure)) = scraped.failures.first() {
            let serves_none = matches!(failure, Failure::NotServed);
            self.failure = Some(Unanswered { why: failure.to_string(), serves_none });
        }
    }

    /// Judges what is there of it.
    fn judge(&mut self, settings: &Settings) {
        let folder = self.folder.display().to_string();
        let limits = &settings.limits;
        let found = survey(&[folder], &settings.fetcher, limits, &mut |_, _| {});
        let (outcome, _) = follow_found(found, Since::Ever, &settings.options, limits, &mut |_, _| {});
        // The first round has nothing to compare with.
        let Ok(analysis) = outcome else { return };
        self.rounds += 1;
        self.sure = if analysis.verdict == Verdict::Leak { self.sure + 1 } else { 0 };
        // What is proved needs no longer look, but what else may leak does.
        let is_open = |suspect: &Suspect| {
            suspect.confidence == Confidence::Medium && suspect.more_snapshots().is_some()
        };
        let is_proved = analysis.suspects.iter().any(|suspect| suspect.is_proved())
            && !analysis.suspects.iter().any(is_open);
        self.proved = if is_proved { self.proved + 1 } else { 0 };
        self.analysis = Some(analysis);
    }

    /// Whether a longer look would say the same: there is proof, or the verdict has held as long again as it took. A cache that fills
    /// looks like a leak until it is full, so what has only just become sure is looked at on.
    fn is_sure(&self) -> bool {
        self.proved >= PROVED_ROUNDS || self.sure >= SURE_ROUNDS && 2 * self.sure >= self.rounds
    }

    /// What the overview shows of it.
    fn known(&self, command: &str) -> overview::Known {
        let instance = Some(self.target.address.authority().to_owned());
        let origin = Origin { command: command.to_owned(), instance };
        let outcome = match (&self.analysis, &self.failure) {
            (Some(analysis), _) => Ok(document_of(analysis, origin)),
            (None, Some(failure)) => Err(failure.why.clone()),
            (None, None) => Err("only one round could be had, and growth needs two".to_owned()),
        };
        (self.target.instance.clone(), outcome)
    }

    /// What the view shows of it.
    fn seen(&self) -> (&str, Option<&Analysis>, Option<&str>) {
        let failure = self.failure.as_ref().map(|failure| failure.why.as_str());
        (self.target.address.authority(), self.analysis.as_ref(), failure)
    }
}

/// How all services are asked: a run is a job of its own in the store.
fn job(args: &LiveArgs, common: &CommonArgs, every: Duration, store: &Store) -> Result<Job> {
    let job = Job {
        name: name_of_run(store),
        headers: headers(&common.reading.headers)?.iter().map(|line| header(line)).collect::<Result<_>>()?,
        gc: !args.no_gc,
        mem_stats_every: every * MEM_STATS_ROUNDS,
        ..Job::within(Duration::from_secs(common.reading.timeout))
    };
    job.check().map_err(|why| anyhow!("{why}"))?;
    Ok(job)
}

/// The time, which no other run of the store has.
fn name_of_run(store: &Store) -> String {
    let time = Timestamp::now().strftime("%Y-%m-%dT%H-%M-%SZ").to_string();
    let jobs: BTreeSet<String> =
        store.instances().unwrap_or_default().iter().map(|one| one.job().to_owned()).collect();
    let numbered = (2..).map(|n: u32| format!("{time}-{n}"));
    std::iter::once(time.clone()).chain(numbered).find(|name| !jobs.contains(name)).unwrap_or(time)
}

fn watched(places: &[String], job: &Arc<Job>, store: &Store) -> Result<Vec<Watched>> {
    let mut names = BTreeSet::new();
    let mut all = Vec::with_capacity(places.len());
    for place in places {
        let target = Target::new(place, &BTreeMap::new(), job)?;
        if !names.insert(target.instance.clone()) {
            bail!("{}: this service is given twice", target.address.authority());
        }
        let folder = store.folder(&target.instance);
        all.push(Watched {
            target,
            folder,
            analysis: None,
            rounds: 0,
            sure: 0,
            proved: 0,
            lost: 0,
            failure: None,
        });
    }
    Ok(all)
}
