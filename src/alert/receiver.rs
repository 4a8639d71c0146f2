//! Where news go: an Alertmanager or a webhook, asked again with patience, and never named by its secrets.

use backon::{BackoffBuilder, ExponentialBuilder};
use std::fmt;
use std::time::{Duration, Instant};
use thiserror::Error;
use ureq::http::Uri;
use ureq::{Agent, Error as HttpError};

/// What a receiver understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiverKind {
    /// The API v2 of Prometheus' Alertmanager.
    Alertmanager,
    /// Any server that takes JSON.
    Webhook,
}

/// Redirects that are followed for one message.
const MOST_REDIRECTS: usize = 3;

/// How long and how often a receiver is asked.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Attempts in one round. What is left waits for the next one. Default 3.
    pub attempts: u32,
    /// The pause before the second attempt; it doubles with each, and is longer by up to itself, so that many watchers do
    /// not come back at the same moment. Default 500 ms.
    pub pause: Duration,
    /// The longest one request may take. Default 3 s, so that the process can stop within 5 s.
    pub timeout: Duration,
    /// The time all of a round's requests to one receiver may take together. Default 20 s.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            attempts: 3,
            pause: Duration::from_millis(500),
            timeout: Duration::from_secs(3),
            total: Duration::from_secs(20),
        }
    }
}

/// Why an address cannot be a receiver. The address is not quoted, since it may hold a secret.
#[derive(Debug, Error)]
#[error("this is not a usable URL for notifications; write it like http://HOST:PORT or https://HOST/PATH")]
pub struct ReceiverError;

/// One place that is notified. Its `Debug` and its name show no path, no query and no password: webhook URLs carry secrets.
#[derive(Clone)]
pub struct Receiver {
    pub(super) kind: ReceiverKind,
    pub(super) name: String,
    url: String,
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Receiver {
    /// A receiver at a URL: of an Alertmanager its root, of a webhook the full address.
    ///
    /// # Errors
    /// If it is not a URL of HTTP or HTTPS with a host.
    pub fn new(kind: ReceiverKind, url: &str) -> Result<Receiver, ReceiverError> {
        let uri: Uri = url.trim().parse().map_err(|_| ReceiverError)?;
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"));
        let (Some(_), Some(host)) = (scheme, uri.host().filter(|host| !host.is_empty())) else {
            return Err(ReceiverError);
        };
        let port = uri.port_u16().map_or(String::new(), |port| format!(":{port}"));
        Ok(match kind {
            ReceiverKind::Alertmanager => Receiver {
                kind,
                name: format!("alertmanager {host}{port}"),
                url: format!("{}/api/v2/alerts", url.trim().trim_end_matches('/')),
            },
            ReceiverKind::Webhook => {
                Receiver { kind, name: format!("webhook {host}{port}"), url: url.trim().to_owned() }
            }
        })
    }

    /// The name under which it is spoken of: its kind, host and port.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// What became of a delivery.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// The receiver has it.
    Done,
    /// The receiver says that the message is malformed or too large. It may be a proxy before it that does, so it is asked again some
    /// times.
    Refused(String),
    /// Not now.
    Later(String),
}

/// Sends to receivers.
pub(super) struct Sender {
    agent: Agent,
    patience: Patience,
}

impl Sender {
    pub(super) fn new(patience: Patience) -> Sender {
        let config = Agent::config_builder()
            .timeout_global(Some(patience.timeout))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("pprof-leaks/", env!("CARGO_PKG_VERSION")))
            .build();
        Sender { agent: config.new_agent(), patience }
    }

    /// When a round that starts now has to be done with one receiver.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.patience.total
    }

    /// Sends a JSON text, several times if need be. `stop` ends the pauses.
    pub(super) fn send(
        &self,
        receiver: &Receiver,
        body: &str,
        deadline: Instant,
        stop: &dyn Fn() -> bool,
    ) -> Delivery {
        let retries = self.patience.attempts.max(1) as usize - 1;
        let mut pauses = ExponentialBuilder::new()
            .with_min_delay(self.patience.pause)
            .with_max_times(retries)
            .with_jitter()
            .build();
        let mut outcome = Delivery::Later("there was no time left in this round".to_owned());
        while !stop() && Instant::now() < deadline {
            outcome = self.once(receiver, body);
            let again = matches!(outcome, Delivery::Later(_)).then(|| pauses.next()).flatten();
            let Some(pause) = again else { break };
            std::thread::sleep(pause);
        }
        outcome
    }

    fn once(&self, receiver: &Receiver, body: &str) -> Delivery {
        let mut url = receiver.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let sent = self.agent.post(&url).header("content-type", "application/json").send(body);
            let response = match sent {
                Ok(response) => response,
                Err(error) => return Delivery::Later(why(&error).to_owned()),
            };
            let status = response.status().as_u16();
            match status {
                200..=299 => return Delivery::Done,
                301 | 302 | 307 | 308 => {
                    let to = response.headers().get("location").and_then(|to| to.to_str().ok());
                    match to.and_then(|to| moved(&url, to)) {
                        Some(to) => url = to,
                        None => {
                            return Delivery::Later(format!(
                                "it answers {status} and points elsewhere; give its new URL"
                            ));
                        }
                    }
                }
                400 | 413 | 422 => return Delivery::Refused(format!("it answers {status}")),
                // A server in trouble, a login that is being renewed, a receiver that was deployed wrongly: all of these pass.
                status => return Delivery::Later(format!("it answers {status}")),
            }
        }
        Delivery::Later("it redirects in a circle".to_owned())
    }
}

/// Where a redirect leads, if that is on the same host, and from https not to http: messages name functions and files of the services.
fn moved(from: &str, to: &str) -> Option<String> {
    let here: Uri = from.parse().ok()?;
    if to.starts_with('/') && !to.starts_with("//") {
        return Some(format!("{}://{}{to}", here.scheme_str()?, here.authority()?));
    }
    let there: Uri = to.parse().ok()?;
    let (here_tls, there_tls) = (here.scheme_str()? == "https", there.scheme_str()? == "https");
    let is_safe = matches!(there.scheme_str()?, "http" | "https") && (there_tls || !here_tls);
    (is_safe && here.host()? == there.host()?).then(|| to.to_owned())
}

/// No error of the client is quoted: it could hold the URL.
fn why(error: &HttpError) -> &'static str {
    match error {
        HttpError::Timeout(_) => "no answer in time",
        HttpError::HostNotFound => "the host name is not known",
        HttpError::Tls(_) | HttpError::Rustls(_) => "TLS failed; is its certificate trusted here?",
        _ => "no connection",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_are_followed_on_one_host_only() {
        let from = "https://hooks.example.com/in/s3cret";
        assert_eq!(moved(from, "/new").as_deref(), Some("https://hooks.example.com/new"));
        assert_eq!(
            moved(from, "https://hooks.example.com/x").as_deref(),
            Some("https://hooks.example.com/x")
        );
        for to in
            ["//evil/x", "https://evil/x", "http://hooks.example.com/x", "ftp://hooks.example.com/", "x"]
        {
            assert_eq!(moved(from, to), None, "{to}");
        }
        assert!(moved("http://h:80/x", "https://h/x").is_some(), "to https");
    }

    #[test]
    fn a_receiver_is_named_without_its_secrets() {
        let url = "https://user:hunter2@hooks.example.com:8443/services/T0/s3cret?key=s3cret";
        let receiver = Receiver::new(ReceiverKind::Webhook, url).expect("a URL");
        assert_eq!(format!("{receiver:?}"), "webhook hooks.example.com:8443");
        for wrong in ["", "hooks", "ftp://s3cret/", "/s3cret", "http://"] {
            let error = Receiver::new(ReceiverKind::Webhook, wrong).expect_err(wrong);
            assert!(!error.to_string().contains("s3cret"));
        }
    }
}
