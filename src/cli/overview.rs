//! Many processes in a line each, worst first: what a store holds, or what a run against several services found.

use super::gate::Found;
use super::output::Output;
use super::report::{Origin, document_of};
use super::report_args::Format;
use super::settings::{Rendering, Settings};
use anyhow::{Context, Result, bail};
use pprof_leaks::collect::Card;
use pprof_leaks::fleet::{FleetReport, JobAnswer, Pool, Row, evidence, fleet_html, together, unjudged};
use pprof_leaks::pipeline::Options;
use pprof_leaks::report::{
    Document, HtmlOptions, Overview, OverviewRow, UnjudgedRow, address_of, html, overview_html,
    overview_markdown, overview_terminal,
};
use pprof_leaks::store::{Instance, Store};
use pprof_leaks::watch::{Judge, JudgeOptions};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Judges every instance of a store, writes the overview, and gives the exit status.
pub(super) fn store(folder: &Path, output: &Output, settings: &Settings, command: &str) -> Result<u8> {
    let store = Store::existing(folder)?;
    let instances = store.instances()?;
    instances_of(&store, &instances, output, settings, command, true)
}

/// Judges the instances of one job, whose folder in a store this is, as of a run against live services: these are different ones, so that
/// they say nothing together.
pub(super) fn job(folder: &Path, output: &Output, settings: &Settings, command: &str) -> Result<u8> {
    let (store, instances) = Store::of_job(folder).unzip();
    let store = store.with_context(|| format!("{}: there are no snapshots in it", folder.display()))?;
    instances_of(&store, &instances.unwrap_or_default(), output, settings, command, false)
}

fn instances_of(
    store: &Store,
    instances: &[Instance],
    output: &Output,
    settings: &Settings,
    command: &str,
    with_others: bool,
) -> Result<u8> {
    check(&settings.rendering)?;
    if instances.is_empty() {
        bail!("{}: this is no store, or there are no snapshots in it yet", store.root().display());
    }
    let (known, rows) = judge_all(store, instances, settings, command, with_others);
    publish(known, fleet_of(&rows, settings)?.as_ref(), output, settings)
}

/// What the processes of each job say together, from what each does; `None` where no job has several.
fn fleet_of(rows: &[Row], settings: &Settings) -> Result<Option<FleetReport>> {
    let mut pool = Pool::new(settings.options.criteria.min_growth);
    let mut answers = Vec::new();
    for row in rows {
        answers.extend(pool.add(row)?);
    }
    answers.extend(pool.finish());
    Ok((!answers.is_empty()).then(|| FleetReport::of(answers)))
}

/// Refuses forms that an overview does not have, before the work.
pub(super) fn check(rendering: &Rendering) -> Result<()> {
    rendering.refuse_brief("an overview")?;
    if rendering.format.is_of_one_series() {
        bail!(
            "--format: an overview is written as terminal, markdown, json or html; for the other formats give the folder of one instance"
        );
    }
    Ok(())
}

/// What is known of an instance: its report, or why there is none.
pub(super) type Known = (Instance, Result<Document, String>);

/// Writes the overview of what is known, with what all processes of a job say together, and gives the exit status.
pub(super) fn publish(
    known: Vec<Known>,
    fleet: Option<&FleetReport>,
    output: &Output,
    settings: &Settings,
) -> Result<u8> {
    let folder = reports_folder(output, settings.rendering.format);
    let (mut rows, mut unjudged) = (Vec::new(), Vec::new());
    for (instance, outcome) in known {
        let (job, name) = (instance.job().to_owned(), instance.name().to_owned());
        match outcome {
            Ok(document) => {
                let mut row = OverviewRow::of(&document, &job, &name);
                if let Some(folder) = &folder {
                    row.report = Some(write_page(folder, &instance, &document, &settings.rendering.html)?);
                }
                rows.push(row);
            }
            Err(why) => unjudged.push(UnjudgedRow { job, instance: name, why }),
        }
    }
    let page = match (fleet, &folder) {
        (Some(fleet), Some(folder)) => Some(write_fleet(folder, fleet, settings.rendering.markdown.top)?),
        _ => None,
    };
    let jobs = fleet.map_or(&[][..], |fleet| &fleet.jobs);
    let answer = |(number, job): (usize, &JobAnswer)| {
        let report = page.as_ref().map(|page| format!("{page}#j{number}"));
        (job.job.clone(), together(job, report))
    };
    let overview = Overview::new(rows, unjudged).with_together((1..).zip(jobs).map(answer).collect());
    let report = match settings.rendering.format {
        Format::Terminal => overview_terminal(&overview, &settings.rendering.terminal),
        Format::Markdown => overview_markdown(&overview),
        Format::Json => overview.json().context("the overview cannot be written as JSON")?,
        Format::Html => overview_html(&overview).context("the overview cannot be written as a page")?,
        Format::Pprof | Format::Sarif | Format::Dot => return check(&settings.rendering).map(|()| 0),
    };
    output.publish(report, &settings.rendering)?;
    let some_unusable = !overview.unjudged.is_empty();
    let is_clean = overview.is_clean() && !some_unusable;
    Ok(settings.rendering.gate.status(Found { surest: overview.surest(), is_clean, some_unusable }))
}

/// Judges instances on all cores, each as `report STORE --instance` does; `with_others` with the rows of evidence of those of which a job
/// has several.
fn judge_all(
    store: &Store,
    instances: &[Instance],
    settings: &Settings,
    command: &str,
    with_others: bool,
) -> (Vec<Known>, Vec<Row>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    instances.iter().for_each(|instance| *counts.entry(instance.job()).or_default() += 1);
    let has_others =
        |instance: &Instance| with_others && counts.get(instance.job()).is_some_and(|count| *count > 1);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(instances.len()));
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(instances.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(instance) = instances.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let one = judge_one(store, instance, settings, command, has_others(instance));
                    if let Ok(mut done) = done.lock() {
                        done.push((instance.clone(), one));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by(|(a, _), (b, _)| a.cmp(b));
    let (mut known, mut rows) = (Vec::new(), Vec::new());
    for (instance, (outcome, of_instance)) in done {
        known.push((instance, outcome));
        rows.extend(of_instance);
    }
    (known, rows)
}

/// The report on an instance, and with `others` in its job its rows of evidence.
fn judge_one(
    store: &Store,
    instance: &Instance,
    settings: &Settings,
    command: &str,
    others: bool,
) -> (Result<Document, String>, Vec<Row>) {
    let analysis = Options { places: others, ..settings.options.clone() };
    let (job, name) = (instance.job(), instance.name());
    match Judge::new(JudgeOptions { analysis, ..JudgeOptions::default() }).judge(store, instance) {
        Ok(judgement) => {
            let document = document_of(&judgement.analysis, origin(store, instance, command));
            let outcome = (Ok(judgement.analysis), Vec::new());
            (Ok(document), if others { evidence(job, name, &outcome) } else { Vec::new() })
        }
        Err(error) => {
            let why = error.to_string();
            let rows = if others { unjudged(job, name, why.clone()) } else { Vec::new() };
            (Err(why), rows)
        }
    }
}

fn origin(store: &Store, instance: &Instance, command: &str) -> Origin {
    let scraped = Card::read(store, instance).map(|card| card.instance);
    Origin { command: command.to_owned(), instance: scraped.or_else(|| Some(instance.name().to_owned())) }
}

/// Where the report of each process goes, beside a page that is written to a file.
fn reports_folder(output: &Output, format: Format) -> Option<PathBuf> {
    let Output::File(page) = output else { return None };
    (format == Format::Html).then(|| page.with_extension("reports"))
}

/// Writes the page of one process, and gives its address relative to the overview.
fn write_page(
    folder: &Path,
    instance: &Instance,
    document: &Document,
    options: &HtmlOptions,
) -> Result<String> {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-.".contains(c) { c } else { '_' };
    let name: String = format!("{instance}.html").chars().map(plain).collect();
    write_beside(folder, &name, html(document, options)?)
}

/// Writes the page on all services, and gives its address relative to the overview. No process has a page of this name.
fn write_fleet(folder: &Path, fleet: &FleetReport, top: usize) -> Result<String> {
    write_beside(folder, "services.html", fleet_html(fleet, top)?)
}

fn write_beside(folder: &Path, name: &str, page: String) -> Result<String> {
    let problem = || format!("{}: the reports cannot be written there", folder.display());
    std::fs::create_dir_all(folder).with_context(problem)?;
    super::output::replace(&folder.join(name), page).with_context(problem)?;
    let parent = folder.file_name().unwrap_or_default().to_string_lossy();
    Ok(format!("{}/{name}", address_of(&parent)))
}
