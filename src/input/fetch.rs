//! Fetching one profile over HTTP, with bounds on time and size.

use super::error::reason;
use super::{Limits, Problem};
use std::io::{ErrorKind, Read};
use std::time::Duration;
use ureq::http::{HeaderName, HeaderValue, Uri};
use ureq::{Agent, Error};

/// How the system says that the other side closed the connection.
const HUNG_UP: [ErrorKind; 4] = [
    ErrorKind::UnexpectedEof,
    ErrorKind::ConnectionReset,
    ErrorKind::ConnectionAborted,
    ErrorKind::BrokenPipe,
];

/// An HTTP client for `/debug/pprof` endpoints.
pub struct Fetcher {
    agent: Agent,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What a server answered.
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    /// The `Date` header in nanoseconds since the Unix epoch.
    pub(super) date: Option<i64>,
}

/// Why there is no answer.
enum Failure {
    /// It began and did not end.
    BrokeOff(Problem),
    /// Asking again would give the same.
    Final(Problem),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Final(problem)
    }
}

impl Fetcher {
    /// A client that gives up on a request after `timeout`.
    ///
    /// Redirects are not followed: a profile endpoint has no reason to send anyone elsewhere, a login page does,
    /// and headers with credentials must not travel to another host.
    ///
    /// # Errors
    /// The first of `headers` (each `Name: value`) that is not a valid header, without its value.
    pub fn new(headers: &[String], timeout: Duration) -> Result<Fetcher, String> {
        let mut parsed = Vec::with_capacity(headers.len());
        for header in headers {
            let (name, value) = header
                .split_once(':')
                .ok_or("a header must look like 'Name: value', as in -H 'Authorization: Bearer ...'")?;
            let name: HeaderName =
                name.trim().parse().map_err(|_| format!("`{}` is not a header name", name.trim()))?;
            let value: HeaderValue = value
                .trim()
                .parse()
                .map_err(|_| format!("the value of header `{name}` has characters no header can have"))?;
            parsed.push((name, value));
        }
        Ok(Fetcher { headers: parsed, ..Fetcher::plain(timeout) })
    }

    /// The same without headers.
    pub fn plain(timeout: Duration) -> Fetcher {
        let config = Agent::config_builder()
            .timeout_connect(Some(timeout.min(Duration::from_secs(10))))
            .timeout_global(Some(timeout))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("pprof-leaks/", env!("CARGO_PKG_VERSION")))
            .build();
        Fetcher { agent: config.new_agent(), headers: Vec::new() }
    }

    /// Fetches one URL. An answer that breaks off is asked for once more, as a proxy that restarts breaks one.
    pub(super) fn get(&self, url: &str, limits: &Limits) -> Result<Answer, Problem> {
        let answer = match self.ask(url, limits) {
            Err(Failure::BrokeOff(_)) => self.ask(url, limits),
            outcome => outcome,
        };
        answer.map_err(|(Failure::BrokeOff(problem) | Failure::Final(problem))| problem)
    }

    fn ask(&self, url: &str, limits: &Limits) -> Result<Answer, Failure> {
        // The client takes a port that is no port for none, and would ask whoever listens on 80.
        let uri: Uri = url.parse().map_err(|_| bad_url())?;
        let port = uri.authority().and_then(|a| a.as_str().rsplit(['@', ']']).next()?.split_once(':'));
        if port.is_some_and(|(_, port)| !port.is_empty() && port.parse::<u16>().is_err()) {
            return Err(bad_url().into());
        }
        let mut request = self.agent.get(uri);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.call().map_err(|error| unreachable(&error))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(Failure::Final(Problem::Http(format!(
                "the server redirects ({status}), perhaps to a login page; give the profile's final URL, with -H if it needs a login"
            ))));
        }
        if !status.is_success() {
            let advice = match status.as_u16() {
                401 | 403 => "give credentials with -H 'Authorization: ...'",
                404 if url.contains("goroutineleak") => {
                    "goroutineleak profiles need Go 1.27, or Go 1.26 built with GOEXPERIMENT=goroutineleakprofile"
                }
                404 => {
                    "check the path: a Go service serves profiles below /debug/pprof/ when it imports net/http/pprof"
                }
                _ => "look at the service's own log, then try again",
            };
            return Err(Problem::Http(format!("the server answers {status}; {advice}")).into());
        }
        let date = response
            .headers()
            .get("date")
            .and_then(|value| value.to_str().ok())
            .and_then(|text| jiff::fmt::rfc2822::parse(text).ok())
            .and_then(|zoned| i64::try_from(zoned.timestamp().as_nanosecond()).ok());
        let mut bytes = Vec::new();
        let limit = limits.inflated_bytes;
        response.into_body().into_reader().take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(
            |error| match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
                Some(Error::Timeout(_)) => Failure::Final(too_slow()),
                _ => Failure::BrokeOff(Problem::Http(format!(
                    "the answer broke off ({}); try again",
                    reason(&error)
                ))),
            },
        )?;
        if bytes.len() as u64 > limit {
            return Err(Problem::TooLarge { limit }.into());
        }
        Ok(Answer { bytes, date })
    }
}

fn too_slow() -> Problem {
    Problem::Http(
        "no whole answer in time; is the service overloaded? Try again, or raise --timeout".to_owned(),
    )
}

fn bad_url() -> Problem {
    Problem::Http("this is not a usable URL; write it like http://HOST:PORT/debug/pprof/heap?gc=1".to_owned())
}

/// No error of the client is printed that could quote the URL.
fn unreachable(error: &Error) -> Problem {
    Problem::Http(match error {
        Error::Timeout(_) => return too_slow(),
        Error::HostNotFound => "the host name is not known; check the URL".to_owned(),
        Error::ConnectionFailed => "no connection; is the service running, and is the port right?".to_owned(),
        Error::BadUri(_) | Error::Http(_) => return bad_url(),
        // The system's resolver has no kind of error of its own.
        Error::Io(error) if error.to_string().contains("lookup address") => {
            "the host name is not known; check the URL".to_owned()
        }
        Error::Io(error) if error.kind() == ErrorKind::TimedOut => return too_slow(),
        Error::Io(error) if HUNG_UP.contains(&error.kind()) => {
            "the connection was closed without an answer; try again, and check that the port is the right one"
                .to_owned()
        }
        Error::Io(error) => {
            format!("no connection ({}); is the service running, and is the port right?", reason(error))
        }
        Error::Protocol(_) => {
            "the answer is not HTTP; is the port right, and is it https rather than http, or the other way round?"
                .to_owned()
        }
        other => format!("the request failed ({other}); check the URL, and try it with curl -v"),
    })
}
