//! The configuration file: TOML in which every mistake is reported with its place, checked before anything is scraped.

use super::{Credentials, Job, Login, Secret};
use crate::input::{parse_bytes, parse_duration};
use crate::store::{Instance, Retention};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// What the file says.
#[derive(Debug, Default)]
pub struct Config {
    /// The folder of the store.
    pub store: Option<PathBuf>,
    /// The time from round to round.
    pub every: Option<Duration>,
    /// Targets scraped at the same time.
    pub concurrency: Option<usize>,
    /// How long snapshots are kept.
    pub retention: Retention,
    /// Addresses of Alertmanagers.
    pub alertmanagers: Vec<Secret>,
    /// Addresses of webhooks.
    pub webhooks: Vec<Secret>,
    /// The jobs, in order.
    pub jobs: Vec<JobConfig>,
}

/// A job with its targets.
#[derive(Clone, Debug)]
pub struct JobConfig {
    /// How its targets are scraped.
    pub job: Arc<Job>,
    /// Targets as they are typed.
    pub targets: Vec<String>,
    /// Files of targets (`file_sd`), the last part of each with a `*` or without.
    pub file_sd: Vec<PathBuf>,
    /// Labels of all its targets.
    pub labels: BTreeMap<String, String>,
}

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
#[error("{}: {problem}", path.display())]
pub struct ConfigError {
    path: PathBuf,
    problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    store: Option<PathBuf>,
    every: Option<Time>,
    concurrency: Option<usize>,
    #[serde(default)]
    retention: RetentionTable,
    #[serde(default)]
    alerts: AlertsTable,
    #[serde(default, rename = "job")]
    jobs: Vec<JobTable>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetentionTable {
    all: Option<Time>,
    hourly: Option<Time>,
    max_store: Option<Size>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AlertsTable {
    #[serde(default)]
    alertmanager: Vec<Secret>,
    #[serde(default)]
    webhook: Vec<Secret>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobTable {
    name: String,
    #[serde(default)]
    targets: Vec<String>,
    #[serde(default)]
    file_sd: Vec<PathBuf>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    scheme: Option<Scheme>,
    path: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, Secret>,
    basic_auth: Option<BasicAuth>,
    bearer_token: Option<Secret>,
    ca_file: Option<PathBuf>,
    connect_timeout: Option<Time>,
    first_byte_timeout: Option<Time>,
    timeout: Option<Time>,
    max_bytes: Option<Size>,
    gc: Option<bool>,
    max_goroutines: Option<u64>,
    mem_stats_every: Option<Time>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Scheme {
    Http,
    Https,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BasicAuth {
    user: String,
    password: Secret,
}

/// `5m`.
#[derive(Clone, Copy)]
struct Time(Duration);

/// `10GiB`.
#[derive(Clone, Copy)]
struct Size(u64);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = parse_duration(&text).filter(|time| !time.is_zero());
        time.map(Time).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is not a duration; write it like 90s, 5m, 48h or 14d"))
        })
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Size, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_bytes(&text).filter(|bytes| *bytes > 0).map(Size).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is not a size; write it like 128MiB or 10GiB"))
        })
    }
}

impl Config {
    /// Reads a file. Relative paths in it start from its folder.
    ///
    /// # Errors
    /// What is wrong, and on which line.
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let failed = |problem: String| ConfigError { path: path.to_owned(), problem };
        let text =
            std::fs::read_to_string(path).map_err(|error| failed(format!("it cannot be read: {error}")))?;
        let file: File = toml::from_str(&text).map_err(|error| failed(said(&error, &text)))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut config = Config {
            store: file.store.map(|store| folder.join(store)),
            every: file.every.map(|time| time.0),
            concurrency: file.concurrency,
            retention: file.retention.resolved(),
            alertmanagers: file.alerts.alertmanager.into_iter().map(|url| url.beside(&folder)).collect(),
            webhooks: file.alerts.webhook.into_iter().map(|url| url.beside(&folder)).collect(),
            jobs: Vec::new(),
        };
        if config.concurrency == Some(0) {
            return Err(failed("concurrency: with 0 nothing would ever be scraped".to_owned()));
        }
        for table in file.jobs {
            let name = table.name.clone();
            config.jobs.push(table.resolved(&folder).map_err(|why| failed(format!("job {name}: {why}")))?);
        }
        Ok(config)
    }
}

impl RetentionTable {
    fn resolved(self) -> Retention {
        let default = Retention::default();
        Retention {
            all: self.all.map_or(default.all, |time| time.0),
            hourly: self.hourly.map_or(default.hourly, |time| time.0),
            bytes: self.max_store.map_or(default.bytes, |size| Some(size.0)),
        }
    }
}

impl JobConfig {
    /// A job without targets.
    pub fn new(job: Arc<Job>) -> JobConfig {
        JobConfig { job, targets: Vec::new(), file_sd: Vec::new(), labels: BTreeMap::new() }
    }

    /// The labels of a group of its targets: the group's own win.
    pub(super) fn labels_of(&self, group: Option<&BTreeMap<String, String>>) -> BTreeMap<String, String> {
        let mut labels = self.labels.clone();
        labels.extend(group.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
        labels
    }
}

impl JobTable {
    fn resolved(self, folder: &Path) -> Result<JobConfig, String> {
        Instance::new(&self.name, "any").map_err(|error| error.to_string())?;
        if self.targets.is_empty() && self.file_sd.is_empty() {
            return Err("it has no targets and no file_sd, so nothing would be scraped".to_owned());
        }
        let credentials = match (self.basic_auth, self.bearer_token) {
            (Some(_), Some(_)) => return Err("choose basic_auth or bearer_token, not both".to_owned()),
            (Some(BasicAuth { user, password }), None) => {
                Some(Credentials::Basic(Login { user, password: password.beside(folder) }))
            }
            (None, token) => token.map(|token| Credentials::Bearer(token.beside(folder))),
        };
        let mut labels = self.labels;
        if let Some(scheme) = self.scheme {
            let name = match scheme {
                Scheme::Http => "http",
                Scheme::Https => "https",
            };
            labels.insert("__scheme__".to_owned(), name.to_owned());
        }
        labels.extend(self.path.map(|path| ("__pprof_path__".to_owned(), path)));
        let default = Job::default();
        let time = |time: Option<Time>, default: Duration| time.map_or(default, |time| time.0);
        let headers = self.headers.into_iter().map(|(name, value)| (name, value.beside(folder)));
        let job = Job {
            name: self.name,
            headers: headers.collect(),
            credentials,
            ca_file: self.ca_file.map(|file| folder.join(file)),
            connect_timeout: time(self.connect_timeout, default.connect_timeout),
            first_byte_timeout: time(self.first_byte_timeout, default.first_byte_timeout),
            timeout: time(self.timeout, default.timeout),
            max_bytes: self.max_bytes.map_or(default.max_bytes, |size| size.0),
            gc: self.gc.unwrap_or(default.gc),
            max_goroutines: self.max_goroutines.unwrap_or(default.max_goroutines),
            mem_stats_every: time(self.mem_stats_every, default.mem_stats_every),
        };
        job.check()?;
        Ok(JobConfig {
            job: Arc::new(job),
            targets: self.targets,
            file_sd: self.file_sd.into_iter().map(|file| folder.join(file)).collect(),
            labels,
        })
    }
}

/// The mistake and its line, without the picture of the line: it may hold a secret.
fn said(error: &toml::de::Error, text: &str) -> String {
    let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let message = without_texts(error.message());
    match line {
        Some(line) => format!("line {line}: {message}"),
        None => message,
    }
}

/// A message of serde without the text it found: that may be a password in the wrong place.
fn without_texts(message: &str) -> String {
    match message.split_once("invalid type: string \"") {
        Some((before, rest)) => {
            let after = rest.rfind("\", expected").map_or("", |end| &rest[end + 1..]);
            format!("{before}invalid type: a text{after}")
        }
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pprof-leaks.toml");
        std::fs::write(&path, text).expect("written");
        Config::read(&path).map_err(|error| error.to_string().replace(&*path.to_string_lossy(), "FILE"))
    }

    #[test]
    fn a_whole_configuration_is_read() {
        let config = read(
            "store = \"store\"\nevery = \"1m\"\nconcurrency = 8\n[retention]\nall = \"24h\"\nmax_store = \"1GiB\"\n\
             [alerts]\nalertmanager = [\"http://am:9093\"]\nwebhook = [{ file = \"hook\" }]\n\
             [[job]]\nname = \"shop\"\ntargets = [\"shop:6060\"]\nfile_sd = [\"*.json\"]\nscheme = \"https\"\n\
             headers = { X-Scope = { file = \"scope\" } }\nbearer_token = { file = \"/run/token\" }\n\
             ca_file = \"ca.pem\"\ngc = false\nmax_bytes = \"1MiB\"\nlabels = { team = \"x\" }\n",
        )
        .expect("valid");
        assert_eq!((config.every, config.concurrency), (Some(Duration::from_secs(60)), Some(8)));
        assert_eq!(
            (config.retention.all, config.retention.bytes),
            (Duration::from_secs(86400), Some(1 << 30))
        );
        let job = &config.jobs[0];
        assert!(!job.job.gc && job.job.max_bytes == 1 << 20);
        assert_eq!(job.labels["__scheme__"], "https");
        assert!(job.job.ca_file.as_ref().is_some_and(|file| file.is_absolute()));
        let Some(Credentials::Bearer(Secret::File { file })) = &job.job.credentials else {
            panic!("{job:?}")
        };
        assert_eq!(file, Path::new("/run/token"));
    }

    #[test]
    fn mistakes_are_told_with_their_line_and_without_secrets() {
        let job = "[[job]]\nname = \"shop\"\n";
        for (text, said) in [
            ("stoer = \"x\"\n".to_owned(), "FILE: line 1: unknown field `stoer`"),
            (
                format!("{job}targets = \"s3cret\"\n"),
                "FILE: line 3: invalid type: a text, expected a sequence",
            ),
            (format!("{job}targets = [\"a\"]\ntimeout = \"5\"\n"), "FILE: line 4: `5` is not a duration"),
            (format!("{job}targets = [\"a\"]\nmax_bytes = \"lots\"\n"), "FILE: line 4: `lots` is not a size"),
            (job.to_owned(), "FILE: job shop: it has no targets"),
            (format!("{job}targets = [\"a\"]\nbearer_token = 5\n"), "FILE: line 4: "),
            (
                format!("{job}targets = [\"a\"]\nheaders = {{ \"a b\" = \"s3cret\" }}\n"),
                "FILE: job shop: header",
            ),
            (
                format!(
                    "{job}targets=[\"a\"]\nbearer_token=\"s3cret\"\nbasic_auth={{user=\"u\",password=\"s3cret\"}}\n"
                ),
                "FILE: job shop: choose basic_auth or bearer_token",
            ),
            (
                format!("{job}targets = [\"a\"]\nbasic_auth = \"ann:s3cret\"\n"),
                "FILE: line 4: invalid type: a text",
            ),
            ("concurrency = 0".to_owned(), "FILE: concurrency: with 0"),
        ] {
            let error = read(&text).expect_err(&text);
            assert!(error.starts_with(said), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
