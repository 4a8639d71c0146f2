//! `pprof-leaks report STORE`: an instance of a store judged now, as `watch` judges it.

use anyhow::{Result, bail};
use pprof_leaks::pipeline::{Analysis, Options};
use pprof_leaks::report::inert;
use pprof_leaks::store::{Instance, Store};
use pprof_leaks::watch::{Judge, JudgeOptions};
use std::path::Path;

/// So many instances are named where one has to be chosen.
const NAMED: usize = 8;

/// Judges an instance of the store in a folder; `chosen` is its name, which may be left out where there is only one.
/// `full` keeps every site. Gives the name of the instance as well.
pub(super) fn judged(folder: &Path, chosen: Option<&str>, full: bool) -> Result<(Analysis, String)> {
    let store = Store::existing(folder)?;
    let instances = store.instances()?;
    let instance = match (chosen, instances.as_slice()) {
        (_, []) => bail!(
            "{folder}: this is no store, or there are no snapshots in it yet (`pprof-leaks store ls` lists them). A \
             folder of snapshots is judged by `pprof-leaks trend {folder}`",
            folder = folder.display()
        ),
        (None, [only]) => only,
        (None, many) => bail!(
            "{}: there are {} instances; choose one with --instance: {}",
            folder.display(),
            many.len(),
            names(many)
        ),
        (Some(name), many) => match many.iter().find(|instance| instance.to_string() == name) {
            Some(instance) => instance,
            None => bail!("--instance: {} has no `{name}`; it has {}", folder.display(), names(many)),
        },
    };
    let analysis = Options { full, ..Options::default() };
    let judgement = Judge::new(JudgeOptions { analysis, ..JudgeOptions::default() }).judge(&store, instance);
    let judgement = judgement.map_err(|error| anyhow::anyhow!("{instance}: {error}"))?;
    Ok((judgement.analysis, instance.to_string()))
}

fn names(instances: &[Instance]) -> String {
    let mut names: Vec<String> =
        instances.iter().take(NAMED).map(|instance| inert(&instance.to_string())).collect();
    if instances.len() > NAMED {
        names.push(format!("and {} more", instances.len() - NAMED));
    }
    names.join(", ")
}
