//! Whose series these are: label sets become processes, or a job whose processes cannot be distinguished.

use super::PullOptions;
use super::selector::Selector;
use super::server::{Labels, short};
use crate::collect::Failure;
use crate::store::Instance;
use std::collections::BTreeMap;

/// The labels by which processes are distinguished, the surest first: the address of a pod is given to another one later.
pub(super) const INSTANCE_LABELS: [&str; 4] = ["pod", "service_instance_id", "instance", "hostname"];
/// The job of series that name none.
const NAMELESS: &str = "pprof";
/// The instance that stands for all processes of a job.
const ALL: &str = "all-processes";

/// One process, or all of a job.
#[derive(Clone, Debug)]
pub(super) struct Process {
    pub(super) instance: Instance,
    pub(super) labels: Labels,
    /// Its series.
    pub(super) selector: Selector,
    /// Whether these are all processes of a job.
    pub(super) is_merged: bool,
}

/// The label sets of a job.
pub(super) struct Job {
    name: String,
    selector: Selector,
    sets: Vec<Labels>,
}

/// Sorts label sets by job.
pub(super) fn add(jobs: &mut Vec<Job>, sets: Vec<Labels>, options: &PullOptions, job_label: &str) {
    for set in sets {
        let service = set.get(job_label).filter(|name| !name.is_empty());
        let (name, selector) = match (&options.job, service) {
            (Some(name), _) => (name.as_str(), options.selector.clone()),
            (None, Some(name)) => (name.as_str(), options.selector.with(job_label, name)),
            (None, None) => (NAMELESS, options.selector.with(job_label, "")),
        };
        match jobs.iter_mut().find(|job| job.selector == selector) {
            Some(job) => job.sets.push(set),
            None => jobs.push(Job { name: name.to_owned(), selector, sets: vec![set] }),
        }
    }
}

/// The processes of all jobs, by name.
pub(super) fn distinguished(jobs: Vec<Job>, options: &PullOptions) -> Result<Vec<Process>, Failure> {
    let mut processes = BTreeMap::new();
    for job in jobs {
        let has =
            |label: &str| job.sets.iter().all(|set| set.get(label).is_some_and(|value| !value.is_empty()));
        let label = match &options.instance_label {
            Some(label) => has(label).then_some(label.as_str()),
            None => INSTANCE_LABELS.into_iter().find(|label| has(label)),
        };
        for set in job.sets {
            let value = label.and_then(|label| set.get(label)).map_or(ALL, String::as_str);
            let instance = Instance::new(&job.name, value)
                .map_err(|error| Failure::Configuration(format!("{error}: {}", short(value))))?;
            let selector = match label {
                Some(label) => job.selector.with(label, value),
                None => job.selector.clone(),
            };
            let process =
                Process { instance: instance.clone(), selector, is_merged: label.is_none(), labels: set };
            // Labels of samples make several series of one process.
            processes.entry(instance).or_insert(process);
        }
    }
    Ok(processes.into_values().collect())
}

/// The jobs whose processes cannot be distinguished.
pub(super) fn merged(processes: &[Process]) -> Vec<String> {
    let merged = processes.iter().filter(|process| process.is_merged);
    merged.map(|process| process.instance.job().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::{ProfilerKind, Selector, Steps};
    use std::time::Duration;

    fn options() -> PullOptions {
        PullOptions {
            profiler: ProfilerKind::Pyroscope,
            selector: Selector::parse("{}").expect("matchers"),
            steps: Steps::between(0, 60_000, Duration::from_secs(60)).expect("a step"),
            job: None,
            instance_label: None,
            concurrency: 1,
        }
    }

    fn found(sets: &[&[(&str, &str)]], options: &PullOptions) -> Vec<String> {
        let labels = |set: &&[(&str, &str)]| {
            set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let mut jobs = Vec::new();
        add(&mut jobs, sets.iter().map(labels).collect(), options, "service_name");
        let processes = distinguished(jobs, options).expect("names");
        processes.iter().map(|process| format!("{} {}", process.instance, process.selector)).collect()
    }

    #[test]
    fn the_surest_label_that_all_series_of_a_job_have_names_the_process() {
        let sets: [&[(&str, &str)]; 6] = [
            &[("service_name", "shop"), ("instance", "10.0.0.1"), ("pod", "a")],
            &[("service_name", "shop"), ("instance", "10.0.0.2"), ("pod", "b"), ("span", "x")],
            &[("service_name", "shop"), ("instance", "10.0.0.2"), ("pod", "b"), ("span", "y")],
            &[("service_name", "mail"), ("instance", "10.0.0.1"), ("pod", "m")],
            &[("service_name", "mail"), ("instance", "10.0.0.2")],
            &[("node", "n")],
        ];
        assert_eq!(
            found(&sets, &options()),
            [
                r#"mail/10.0.0.1 {service_name="mail",instance="10.0.0.1"}"#,
                r#"mail/10.0.0.2 {service_name="mail",instance="10.0.0.2"}"#,
                r#"pprof/all-processes {service_name=""}"#,
                r#"shop/a {service_name="shop",pod="a"}"#,
                r#"shop/b {service_name="shop",pod="b"}"#,
            ]
        );
        let named =
            PullOptions { job: Some("all".to_owned()), instance_label: Some("node".to_owned()), ..options() };
        assert_eq!(found(&sets[5..], &named), [r#"all/n {node="n"}"#]);
        assert_eq!(found(&sets, &named), ["all/all-processes {}"]);
    }
}
