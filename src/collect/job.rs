//! What holds for all targets of one job: how they are asked, with which credentials, and within which bounds.

use super::client::Client;
use super::{Login, Secret};
use crate::input::FEW_GOROUTINES;
use std::path::PathBuf;
use std::time::Duration;
use ureq::http::HeaderName;

/// How the targets of a job are scraped.
#[derive(Clone, Debug)]
pub struct Job {
    /// The name of the service, the first folder in the store. Default `pprof`.
    pub name: String,
    /// Headers of every request.
    pub headers: Vec<(String, Secret)>,
    /// Who asks.
    pub credentials: Option<Credentials>,
    /// A file of certificates (PEM) to trust, instead of those that browsers trust.
    pub ca_file: Option<PathBuf>,
    /// The longest wait for a connection. Default 5 s.
    pub connect_timeout: Duration,
    /// The longest wait for the first byte of an answer: a forced garbage collection of a large heap takes seconds.
    /// Default 30 s.
    pub first_byte_timeout: Duration,
    /// The longest time for one whole answer. Default 60 s.
    pub timeout: Duration,
    /// The largest answer, as it is sent. Default 128 MiB: Go cuts dumps at 64.
    pub max_bytes: u64,
    /// Whether garbage is collected before the heap is looked at. Default yes.
    pub gc: bool,
    /// From so many goroutines on none are listed one by one (`debug=2`), which stops the process. Default 10,000.
    pub max_goroutines: u64,
    /// How often the figures of the whole process are fetched (`heap?debug=1`). Default 30 min.
    pub mem_stats_every: Duration,
}

/// What a server learns about who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// A name and a password.
    Basic(Login),
    /// A token.
    Bearer(Secret),
}

impl Default for Job {
    fn default() -> Job {
        Job {
            name: "pprof".to_owned(),
            headers: Vec::new(),
            credentials: None,
            ca_file: None,
            connect_timeout: Duration::from_secs(5),
            first_byte_timeout: Duration::from_secs(30),
            timeout: Duration::from_secs(60),
            max_bytes: 128 << 20,
            gc: true,
            max_goroutines: FEW_GOROUTINES,
            mem_stats_every: Duration::from_secs(30 * 60),
        }
    }
}

impl Job {
    /// The defaults, with no wait longer than `timeout`.
    pub fn within(timeout: Duration) -> Job {
        let default = Job::default();
        Job {
            connect_timeout: default.connect_timeout.min(timeout),
            first_byte_timeout: default.first_byte_timeout.min(timeout),
            timeout,
            ..default
        }
    }

    /// Whether it can be used at all; secrets and certificates in files are looked at when they are used.
    ///
    /// # Errors
    /// What is wrong, without secrets.
    pub fn check(&self) -> Result<(), String> {
        for (name, _) in &self.headers {
            let parsed: Result<HeaderName, _> = name.parse();
            if parsed.is_err() {
                return Err(format!("header `{name}`: this is no name of a header"));
            }
        }
        Ok(())
    }

    /// Whether its secrets and certificates can be read now.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check_secrets(&self) -> Result<(), String> {
        Client::new(self, 1).map_err(|failure| failure.to_string())?;
        let secret = match &self.credentials {
            Some(Credentials::Basic(login)) => &login.password,
            Some(Credentials::Bearer(token)) => token,
            None => return Ok(()),
        };
        secret.read().map(|_| ()).map_err(|error| error.to_string())
    }
}
