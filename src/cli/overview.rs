//! Many processes in a line each, worst first: what a store holds, or what a run against several services found.

use super::gate::Found;
use super::output::Output;
use super::report::{Origin, document_of};
use super::report_args::Format;
use super::settings::{Rendering, Settings};
use anyhow::{Context, Result, bail};
use pprof_leaks::collect::Card;
use pprof_leaks::report::{
    Document, HtmlOptions, Overview, OverviewRow, UnjudgedRow, address_of, html, overview_html,
    overview_markdown, overview_terminal,
};
use pprof_leaks::store::{Instance, Store};
use pprof_leaks::watch::{Judge, JudgeOptions};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Judges every instance of a store, writes the overview, and gives the exit status.
pub(super) fn store(folder: &Path, output: &Output, settings: &Settings, command: &str) -> Result<u8> {
    let store = Store::existing(folder)?;
    let instances = store.instances()?;
    instances_of(&store, &instances, output, settings, command)
}

/// Judges the instances of one job, whose folder in a store this is, as of a run against live services.
pub(super) fn job(folder: &Path, output: &Output, settings: &Settings, command: &str) -> Result<u8> {
    let (store, instances) = Store::of_job(folder).unzip();
    let store = store.with_context(|| format!("{}: there are no snapshots in it", folder.display()))?;
    instances_of(&store, &instances.unwrap_or_default(), output, settings, command)
}

fn instances_of(
    store: &Store,
    instances: &[Instance],
    output: &Output,
    settings: &Settings,
    command: &str,
) -> Result<u8> {
    check(&settings.rendering)?;
    if instances.is_empty() {
        bail!("{}: this is no store, or there are no snapshots in it yet", store.root().display());
    }
    let judged = judge_all(store, instances, settings, command);
    publish(judged, output, settings)
}

/// Refuses forms that an overview does not have, before the work.
pub(super) fn check(rendering: &Rendering) -> Result<()> {
    rendering.refuse_brief("an overview")?;
    match rendering.format {
        Format::Terminal | Format::Markdown | Format::Json | Format::Html => Ok(()),
        Format::Pprof | Format::Sarif | Format::Dot => bail!(
            "--format: an overview is written as terminal, markdown, json or html; for the other formats give the folder of one instance"
        ),
    }
}

/// What is known of an instance: its report, or why there is none.
pub(super) type Known = (Instance, Result<Document, String>);

/// Writes the overview of what is known, and gives the exit status.
pub(super) fn publish(known: Vec<Known>, output: &Output, settings: &Settings) -> Result<u8> {
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
    let overview = Overview::new(rows, unjudged);
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

/// Judges instances on all cores; each as `report STORE --instance` does.
fn judge_all(store: &Store, instances: &[Instance], settings: &Settings, command: &str) -> Vec<Known> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(instances.len()));
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(instances.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let options = JudgeOptions { analysis: settings.options.clone(), ..JudgeOptions::default() };
                let mut judge = Judge::new(options);
                while let Some(instance) = instances.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = judge
                        .judge(store, instance)
                        .map(|judgement| document_of(&judgement.analysis, origin(store, instance, command)))
                        .map_err(|error| error.to_string());
                    judge.retain(|_| false);
                    if let Ok(mut done) = done.lock() {
                        done.push((instance.clone(), outcome));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by(|(a, _), (b, _)| a.cmp(b));
    done
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
    let problem = || format!("{}: the reports cannot be written there", folder.display());
    std::fs::create_dir_all(folder).with_context(problem)?;
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-.".contains(c) { c } else { '_' };
    let name: String = format!("{instance}.html").chars().map(plain).collect();
    super::output::replace(&folder.join(&name), html(document, options)?).with_context(problem)?;
    let parent = folder.file_name().unwrap_or_default().to_string_lossy();
    Ok(format!("{}/{name}", address_of(&parent)))
}
