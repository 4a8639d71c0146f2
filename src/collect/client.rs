//! The HTTP client of a job: bounded in time and size, and it takes credentials nowhere else.

use super::failure::{failed, io_failed};
use super::{Credentials, Failure, Job, Secret, Stop, Target};
use crate::files;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::io::Read;
use std::time::Duration;
use ureq::http::{HeaderName, HeaderValue, Request, Response, Uri};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

/// The parts in which an answer is taken in.
const PART: usize = 64 << 10;
/// Redirects within one server, such as to a path with a slash at its end.
const MOST_REDIRECTS: usize = 3;
/// The largest reason of a refusal that is read, in bytes, and what is quoted of it, in characters.
const LONGEST_REASON: u64 = 64 << 10;
const LONGEST_QUOTE: usize = 300;
/// Servers close what is idle sooner or later; a round does not wait for that.
const IDLE: Duration = Duration::from_secs(10);

/// What a request carries.
#[derive(Clone, Copy)]
pub(super) struct Sent<'a> {
    pub(super) content_type: &'static str,
    pub(super) body: &'a [u8],
}

/// A client with the credentials as they are now, good for one round.
pub(super) struct Client {
    agent: Agent,
    headers: Vec<(HeaderName, HeaderValue)>,
    max_bytes: u64,
}

impl Client {
    /// A client for a job of which `connections` targets are asked at a time.
    pub(super) fn new(job: &Job, connections: usize) -> Result<Client, Failure> {
        let mut tls = TlsConfig::builder();
        if let Some(file) = &job.ca_file {
            let bad = |why: &str| Failure::Configuration(format!("{}: {why}", file.display()));
            let pem = files::read(file).map_err(|error| bad(&error.to_string()))?;
            let certificates: Result<Vec<_>, _> = parse_pem(&pem)
                .filter_map(|item| match item {
                    Ok(PemItem::Certificate(certificate)) => Some(Ok(certificate)),
                    Ok(_) => None,
                    Err(error) => Some(Err(error)),
                })
                .collect();
            let certificates = certificates.map_err(|_| bad("this is no file of certificates (PEM)"))?;
            if certificates.is_empty() {
                return Err(bad("there is no certificate (PEM) in it"));
            }
            tls = tls.root_certs(RootCerts::new_with_certs(&certificates));
        }
        let config = Agent::config_builder()
            .tls_config(tls.build())
            .timeout_connect(Some(job.connect_timeout))
            .timeout_recv_response(Some(job.first_byte_timeout))
            .timeout_global(Some(job.timeout))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            // Targets are near; what the environment says of proxies is meant for the world outside.
            .proxy(None)
            .max_idle_connections(connections)
            .max_idle_connections_per_host(1)
            .max_idle_age(IDLE)
            .user_agent(concat!("pprof-leaks/", env!("CARGO_PKG_VERSION")))
            .build();
        let headers =
            job.headers.iter().map(|(name, value)| header(name, value)).collect::<Result<_, _>>()?;
        Ok(Client { agent: config.new_agent(), headers, max_bytes: job.max_bytes })
    }

    /// Asks for a path below the target's base and hands its bytes to `sink` as they come.
    pub(super) fn get(
        &self,
        target: &Target,
        path: &str,
        stop: &Stop,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let response = self.exchange(target, path, None)?;
        match response.status().as_u16() {
            200 => self.read(response.into_body().into_reader(), stop, sink),
            status => Err(refused(status)),
        }
    }

    /// The same for an interface that says in JSON why it refuses; what is `sent` makes it a POST.
    pub(super) fn ask(
        &self,
        target: &Target,
        path: &str,
        sent: Option<Sent<'_>>,
        stop: &Stop,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let response = self.exchange(target, path, sent)?;
        let status = response.status().as_u16();
        let body = response.into_body().into_reader();
        match (status, refused(status)) {
            (200, _) => self.read(body, stop, sink),
            (_, failure @ Failure::Unauthorized(_)) => Err(failure),
            (status, failure) => Err(reason(body).map_or(failure, |says| Failure::Refused { status, says })),
        }
    }

    /// Sends a request, after redirects within the server.
    fn exchange(
        &self,
        target: &Target,
        path: &str,
        sent: Option<Sent<'_>>,
    ) -> Result<Response<Body>, Failure> {
        let mut url = target.address.url(path);
        let authorization =
            target.credentials().map(|credentials| authorization(&credentials)).transpose()?;
        for _ in 0..=MOST_REDIRECTS {
            let mut request = Request::builder().uri(&url);
            for (name, value) in &self.headers {
                request = request.header(name, value);
            }
            if let Some(value) = &authorization {
                request = request.header("authorization", value);
            }
            let unusable = |_| Failure::Configuration("the address is not usable".to_owned());
            let response = match &sent {
                None => self.agent.run(request.method("GET").body(()).map_err(unusable)?),
                Some(Sent { content_type, body }) => {
                    let request = request.method("POST").header("content-type", *content_type);
                    let request = request.header("connect-protocol-version", "1");
                    self.agent.run(request.body(*body).map_err(unusable)?)
                }
            };
            let response = response.map_err(|error| failed(&error))?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let to = response.headers().get("location").and_then(|to| to.to_str().ok());
            url = redirected(target, to.unwrap_or_default())?;
        }
        Err(Failure::Redirect("itself, again and again".to_owned()))
    }

    fn read(
        &self,
        mut body: impl Read,
        stop: &Stop,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut part = vec![0; PART];
        let mut bytes = 0u64;
        loop {
            if stop.is_wanted() {
                return Err(Failure::Stopped);
            }
            let count = body.read(&mut part).map_err(|error| io_failed(&error))?;
            if count == 0 {
                return Ok(());
            }
            bytes += count as u64;
            if bytes > self.max_bytes {
                return Err(Failure::TooLarge(self.max_bytes));
            }
            sink(&part[..count])?;
        }
    }
}

fn refused(status: u16) -> Failure {
    match status {
        404 => Failure::NotServed,
        401 | 403 => Failure::Unauthorized(status),
        _ => Failure::Status(status),
    }
}

/// Why the server refuses, if it says so in JSON, as Connect and the gateways of gRPC do.
fn reason(body: impl Read) -> Option<String> {
    #[derive(Deserialize)]
    struct Reason {
        message: String,
    }
    let reason: Reason = serde_json::from_reader(body.take(LONGEST_REASON)).ok()?;
    let words: String = reason.message.chars().filter(|c| !c.is_control()).take(LONGEST_QUOTE).collect();
    (!words.is_empty()).then_some(words)
}

/// Where a redirect leads, if that is the same server.
fn redirected(target: &Target, to: &str) -> Result<String, Failure> {
    if to.starts_with('/') && !to.starts_with("//") {
        return Ok(target.address.at(to));
    }
    let uri: Uri = to.parse().map_err(|_| Failure::Redirect("an address that is not usable".to_owned()))?;
    let same_scheme = uri.scheme_str() == Some(target.address.scheme());
    let same_server =
        uri.authority().is_some_and(|a| a.as_str().eq_ignore_ascii_case(target.address.authority()));
    match (same_scheme && same_server, uri.host()) {
        (true, _) => Ok(to.to_owned()),
        (false, Some(host)) => {
            Err(Failure::Redirect(format!("{}://{host}", uri.scheme_str().unwrap_or_default())))
        }
        (false, None) => Err(Failure::Redirect("an address that is not usable".to_owned())),
    }
}

fn header(name: &str, value: &Secret) -> Result<(HeaderName, HeaderValue), Failure> {
    let bad = |what: &str| Failure::Configuration(format!("header `{name}`: {what}"));
    let parsed: HeaderName = name.parse().map_err(|_| bad("this is no name of a header"))?;
    Ok((
        parsed,
        secret_value(&value.read()?).ok_or_else(|| bad("its value has characters no header can have"))?,
    ))
}

fn authorization(credentials: &Credentials) -> Result<HeaderValue, Failure> {
    let value = match credentials {
        Credentials::Basic(login) => {
            format!("Basic {}", STANDARD.encode(format!("{}:{}", login.user, login.password.read()?)))
        }
        Credentials::Bearer(token) => format!("Bearer {}", token.read()?),
    };
    secret_value(&value)
        .ok_or_else(|| Failure::Configuration("the token has characters no header can have".to_owned()))
}

fn secret_value(text: &str) -> Option<HeaderValue> {
    let mut value: HeaderValue = text.parse().ok()?;
    value.set_sensitive(true);
    Some(value)
}
