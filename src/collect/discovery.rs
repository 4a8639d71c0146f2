//! Which targets there are: those named, and those in the files of Prometheus' `file_sd`, read again when they change.

use super::{JobConfig, Target};
use crate::files;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest file of targets: a hundred thousand of them.
const LARGEST: u64 = 32 << 20;

/// Targets that share labels, as in Prometheus' documentation of `file_sd_config`.
#[derive(Clone, Debug, Deserialize)]
struct Group {
    targets: Vec<String>,
    #[serde(default)]
    labels: Option<BTreeMap<String, String>>,
}

/// What was found, and what was wrong on the way.
#[derive(Debug, Default)]
pub struct Discovered {
    /// One target an instance.
    pub targets: Vec<Target>,
    /// One line each: files and targets that could not be used.
    pub problems: Vec<String>,
    /// Whether all files could be read at least once: otherwise there are targets that are not known.
    pub is_complete: bool,
}

/// Finds the targets of all jobs, again and again.
pub struct Discovery {
    jobs: Vec<JobConfig>,
    /// The files as they were when they could last be used.
    known: BTreeMap<PathBuf, Known>,
}

struct Known {
    bytes: Vec<u8>,
    groups: Vec<Group>,
}

impl Discovery {
    /// Of these jobs.
    pub fn new(jobs: Vec<JobConfig>) -> Discovery {
        Discovery { jobs, known: BTreeMap::new() }
    }

    /// The targets as they are now. A file that is damaged or half written counts as it was before.
    pub fn targets(&mut self) -> Discovered {
        let mut found = Discovered { is_complete: true, ..Discovered::default() };
        let mut names = BTreeSet::new();
        let mut listed = BTreeSet::new();
        for index in 0..self.jobs.len() {
            let before = found.problems.len();
            let files = files_of(&self.jobs[index], &mut found.problems);
            found.is_complete &= found.problems.len() == before;
            for file in &files {
                self.refresh(file, &mut found.problems);
                found.is_complete &= self.known.contains_key(file);
            }
            let job = &self.jobs[index];
            let typed = Group { targets: job.targets.clone(), labels: None };
            let of_files =
                files.iter().filter_map(|file| self.known.get(file)).flat_map(|known| &known.groups);
            for group in std::iter::once(&typed).chain(of_files) {
                let labels = job.labels_of(group.labels.as_ref());
                for address in &group.targets {
                    match Target::new(address, &labels, &job.job) {
                        Ok(target) if names.insert(target.instance.clone()) => found.targets.push(target),
                        Ok(target) => found.problems.push(format!(
                            "{}: this instance is named twice; only its first target is scraped",
                            target.instance
                        )),
                        Err(error) => found
                            .problems
                            .push(format!("job {}: a target is unusable: {error}", job.job.name)),
                    }
                }
            }
            listed.extend(files);
        }
        self.known.retain(|file, _| listed.contains(file));
        found
    }

    /// Reads a file, if it is another one than before.
    fn refresh(&mut self, file: &Path, problems: &mut Vec<String>) {
        let what_is_known = |known: bool| if known { "; its targets stay as they were" } else { "" };
        let is_known = self.known.contains_key(file);
        let read = read_bounded(file);
        match read {
            Ok(bytes) if self.known.get(file).is_some_and(|known| known.bytes == bytes) => {}
            Ok(bytes) => match groups_in(&bytes) {
                Ok(groups) => {
                    self.known.insert(file.to_owned(), Known { bytes, groups });
                }
                Err(why) => problems.push(format!(
                    "{}: this is no list of target groups (file_sd): {why}{}",
                    file.display(),
                    what_is_known(is_known)
                )),
            },
            Err(why) => {
                problems.push(format!(
                    "{}: it cannot be read: {why}{}",
                    file.display(),
                    what_is_known(is_known)
                ));
            }
        }
    }
}

fn read_bounded(file: &Path) -> Result<Vec<u8>, String> {
    let mut file = files::open(file).map_err(|error| error.to_string())?;
    let size = file.metadata().map_err(|error| error.to_string())?.len();
    if size > LARGEST {
        return Err(format!("it has {size} bytes, more than any list of targets"));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// JSON is YAML, but a reader of JSON says better what is wrong with JSON.
fn groups_in(bytes: &[u8]) -> Result<Vec<Group>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    match text.trim_start().chars().next() {
        None => Err("it is empty".to_owned()),
        Some('[') => serde_json::from_str(text).map_err(|error| error.to_string()),
        Some(_) => {
            let lines =
                |error: serde_saphyr::Error| error.to_string().lines().next().unwrap_or_default().to_owned();
            serde_saphyr::from_str(text).map_err(lines)
        }
    }
}

/// The files of a job; a `*` in the last part of a path stands for any text.
fn files_of(job: &JobConfig, problems: &mut Vec<String>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for pattern in &job.file_sd {
        let name = pattern.file_name().unwrap_or_default().to_string_lossy();
        let Some((start, end)) = name.split_once('*') else {
            files.push(pattern.clone());
            continue;
        };
        let folder = pattern.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let listed = folder.read_dir().and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
        match listed {
            Ok(entries) => files.extend(entries.into_iter().filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let fits =
                    name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end);
                (fits && !name.starts_with('.')).then(|| entry.path())
            })),
            Err(error) => problems.push(format!("{}: it cannot be listed: {error}", folder.display())),
        }
    }
    files.sort();
    files.dedup();
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::Job;
    use std::sync::Arc;

    fn discovery(file: &Path) -> Discovery {
        let job = JobConfig { file_sd: vec![file.to_owned()], ..JobConfig::new(Arc::new(Job::default())) };
        Discovery::new(vec![job])
    }

    fn names(found: &Discovered) -> Vec<String> {
        found.targets.iter().map(|target| target.instance.to_string()).collect()
    }

    #[test]
    fn files_are_read_again_when_they_change_and_kept_when_they_break() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("shop.json");
        let mut discovery = discovery(&folder.path().join("*.json"));
        assert!(discovery.targets().targets.is_empty());
        let write = |text: &str| std::fs::write(&file, text).expect("written");
        write(r#"[{"targets": ["a:1", "b:2"], "labels": {"job": "shop", "team": "x", "__meta": "y"}}]"#);
        let found = discovery.targets();
        assert_eq!(
            (names(&found), found.problems.len()),
            (vec!["shop/a:1".to_owned(), "shop/b:2".into()], 0)
        );
        assert_eq!(found.targets[0].labels, BTreeMap::from([("team".to_owned(), "x".to_owned())]));
        write(r#"[{"targets": ["a:1""#);
        let found = discovery.targets();
        assert_eq!((names(&found).len(), found.is_complete), (2, true));
        assert!(found.problems[0].contains("its targets stay as they were"), "{:?}", found.problems);
        let broken_from_the_start = self::discovery(&file).targets();
        assert!(broken_from_the_start.targets.is_empty() && !broken_from_the_start.is_complete);
        write("- targets: ['c:3', 'c:3', 'http://u:s3cret@']\n  labels:\n    __scheme__: https\n");
        let found = discovery.targets();
        assert_eq!(names(&found), ["pprof/c:3"]);
        assert_eq!(found.targets[0].address.to_string(), "https://c:3/debug/pprof");
        assert_eq!(found.problems.len(), 2, "{:?}", found.problems);
        assert!(!format!("{:?}", found.problems).contains("s3cret"));
        std::fs::remove_file(&file).expect("removed");
        assert!(discovery.targets().targets.is_empty());
    }
}
