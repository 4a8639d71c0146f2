//! `pprof-leaks config check`: what a configuration says, with all files that it names, before anything is sent.

use super::output::Output;
use super::scheduled_args::ConfigCommand;
use anyhow::{Result, bail};
use pprof_leaks::alert::{Receiver, ReceiverKind};
use pprof_leaks::collect::{Config, Discovery};
use pprof_leaks::report::inert;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Runs the command and gives the exit status.
pub(super) fn run(command: &ConfigCommand) -> Result<u8> {
    let ConfigCommand::Check { file } = command;
    Output::Stdout.write(&check(file)?)?;
    Ok(0)
}

fn check(file: &Path) -> Result<String> {
    let config = Config::read(file)?;
    let mut problems = Vec::new();
    for job in &config.jobs {
        if let Err(why) = job.job.check_secrets() {
            problems.push(format!("job {}: {why}", job.job.name));
        }
    }
    let alertmanagers = config.alertmanagers.iter().map(|url| (ReceiverKind::Alertmanager, url));
    let webhooks = config.webhooks.iter().map(|url| (ReceiverKind::Webhook, url));
    let mut names = Vec::new();
    for (kind, url) in alertmanagers.chain(webhooks) {
        let receiver = url.read().map_err(|why| why.to_string());
        match receiver.and_then(|url| Receiver::new(kind, &url).map_err(|why| why.to_string())) {
            Ok(receiver) => names.push(receiver.name().to_owned()),
            Err(why) => problems.push(format!("alerts: {why}")),
        }
    }
    let found = Discovery::new(config.jobs).targets();
    problems.extend(found.problems);
    if let [first, rest @ ..] = problems.as_slice() {
        let more =
            if rest.is_empty() { String::new() } else { format!(" (and {} more problems)", rest.len()) };
        bail!("{}: {first}{more}", file.display());
    }
    let mut jobs: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for target in &found.targets {
        let line = format!("{}  {}", target.instance.name(), target.address);
        jobs.entry(target.instance.job()).or_default().push(line);
    }
    let mut text = format!("{}: fine\n", file.display());
    for (job, targets) in jobs {
        let _ = writeln!(text, "job {}: {} targets", inert(job), targets.len());
        for target in targets {
            let _ = writeln!(text, "  {}", inert(&target));
        }
    }
    for name in names {
        let _ = writeln!(text, "notifies {}", inert(&name));
    }
    Ok(text)
}
