//! `/metrics` and `/healthz` over HTTP.

use super::metrics::Metrics;
use jiff::Timestamp;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use thiserror::Error;
use tiny_http::{Header, Method, Request, Response};

/// What Prometheus calls the form that the metrics are written in.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// A process is healthy until this many intervals have passed without a round.
const MISSED_ROUNDS: f64 = 3.0;

/// Why there is no server.
#[derive(Debug, Error)]
#[error("{address}: metrics cannot be served there: {reason}; choose another address or port")]
pub struct ServerError {
    address: String,
    reason: String,
}

/// A server on a thread of its own, until it is dropped.
pub struct Server {
    http: Arc<tiny_http::Server>,
    address: Option<SocketAddr>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves on an address such as `127.0.0.1:9464`; without a host (`:9464`) on loopback, since metrics name functions
    /// and files of the services.
    ///
    /// # Errors
    /// If the address is none, or taken.
    pub fn start(address: &str, metrics: Arc<Metrics>, interval: Duration) -> Result<Server, ServerError> {
        let failed = |reason: String| ServerError { address: address.to_owned(), reason };
        let full = if address.starts_with(':') { format!("127.0.0.1{address}") } else { address.to_owned() };
        let resolved = full
            .to_socket_addrs()
            .ok()
            .and_then(|mut addresses| addresses.next())
            .ok_or_else(|| failed("this is no address; write it like 127.0.0.1:9464".to_owned()))?;
        let http = tiny_http::Server::http(resolved).map_err(|error| failed(error.to_string()))?;
        let http = Arc::new(http);
        let started = unix_seconds();
        let listener = Arc::clone(&http);
        let thread = std::thread::spawn(move || {
            for request in listener.incoming_requests() {
                answer(request, &metrics, started, interval);
            }
        });
        Ok(Server { address: http.server_addr().to_ip(), http, thread: Some(thread) })
    }

    /// Where it listens, with the port that was free where 0 was asked for.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.http.unblock();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has ended as well.
            let _ = thread.join();
        }
    }
}

fn answer(request: Request, metrics: &Metrics, started: f64, interval: Duration) {
    let path = request.url().split('?').next().unwrap_or_default();
    let is_read = matches!(request.method(), Method::Get | Method::Head);
    let (status, form, body) = match path {
        _ if !is_read => (405, "text/plain; charset=utf-8", "only GET\n".to_owned()),
        "/metrics" => (200, OPEN_METRICS, metrics.text()),
        "/healthz" => health(metrics.last_round().unwrap_or(started), interval),
        _ => (404, "text/plain; charset=utf-8", "there are /metrics and /healthz\n".to_owned()),
    };
    let mut response = Response::from_string(body).with_status_code(status);
    if let Ok(header) = Header::from_bytes("Content-Type", form) {
        response = response.with_header(header);
    }
    // The other side may hang up at any time, which is its right.
    let _ = request.respond(response);
}

fn health(last: f64, interval: Duration) -> (u16, &'static str, String) {
    let age = (unix_seconds() - last).max(0.0);
    let form = "text/plain; charset=utf-8";
    if age <= MISSED_ROUNDS * interval.as_secs_f64().max(1.0) {
        (200, form, "ok\n".to_owned())
    } else {
        (503, form, format!("no round has ended for {age:.0} seconds\n"))
    }
}

fn unix_seconds() -> f64 {
    Timestamp::now().as_millisecond() as f64 / 1000.0
}
