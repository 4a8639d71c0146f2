//! `/metrics`, `/healthz` and the pages over HTTP, in such a way that no client can keep others from being answered.

use super::metrics::Metrics;
use super::pages::Pages;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, yield_now};
use tracing::warn;

/// What Prometheus calls the form that the metrics are written in.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
/// A process is healthy until this many intervals have passed without a round.
const MISSED_ROUNDS: u32 = 3;
/// Connections at once; for each one more, one is hung up on. A Prometheus needs one, a probe another.
const MOST_CONNECTIONS: usize = 64;
/// Whoever has not sent the head of a request by then is hung up on.
const HEAD_WITHIN: Duration = Duration::from_secs(5);
/// A connection lasts no longer, whatever the client does or does not do: answers are small and scrapers come back.
const CONNECTION_WITHIN: Duration = Duration::from_secs(20);
/// The largest head of a request in bytes; hyper's least.
const LARGEST_HEAD: usize = 8192;
/// Pause after a connection could not be accepted, as when no descriptors are left.
const PAUSE: Duration = Duration::from_millis(200);

/// Why there is no server.
#[derive(Debug, Error)]
#[error("{address}: metrics cannot be served there: {reason}; choose another address or port")]
pub struct ServerError {
    address: String,
    reason: String,
}

/// A server on a thread of its own, until it is dropped.
pub struct Server {
    address: SocketAddr,
    /// Dropped, it ends the thread, whatever clients do.
    end: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

/// What answers are made of.
struct Served {
    metrics: Arc<Metrics>,
    pages: Arc<Pages>,
    started: Instant,
    interval: Duration,
}

impl Server {
    /// Serves on an address such as `127.0.0.1:9464`; without a host (`:9464`) on loopback, since metrics name functions
    /// and files of the services. `interval` is the time from round to round.
    ///
    /// # Errors
    /// If the address is none, or taken.
    pub fn start(
        address: &str,
        metrics: Arc<Metrics>,
        pages: Arc<Pages>,
        interval: Duration,
    ) -> Result<Server, ServerError> {
        let failed = |reason: String| ServerError { address: address.to_owned(), reason };
        let full = if address.starts_with(':') { format!("127.0.0.1{address}") } else { address.to_owned() };
        let resolved = full
            .to_socket_addrs()
            .ok()
            .and_then(|mut addresses| addresses.next())
            .ok_or_else(|| failed("this is no address; write it like 127.0.0.1:9464".to_owned()))?;
        let listen = || {
            let listener = TcpListener::bind(resolved)?;
            listener.set_nonblocking(true)?;
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let address = listener.local_addr()?;
            Ok((listener, runtime, address))
        };
        let (listener, runtime, address) =
            listen().map_err(|error: std::io::Error| failed(error.to_string()))?;
        let (end, ended) = oneshot::channel();
        let served = Arc::new(Served { metrics, pages, started: Instant::now(), interval });
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::spawn(accept(listener, served));
                // Never sent: the sender is dropped.
                let _ = ended.await;
            });
            // Connections end with the runtime; nobody waits for clients.
            runtime.shutdown_background();
        });
        Ok(Server { address, end: Some(end), thread: Some(thread) })
    }

    /// Where it listens, with the port that was free where 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has ended as well.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, served: Arc<Served>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return warn!(%error, "metrics are not served"),
    };
    let mut places = Places::default();
    let mut is_warned = false;
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                if !is_warned {
                    warn!(%error, "a connection for metrics could not be accepted; it is tried again");
                }
                is_warned = true;
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        is_warned = false;
        places.make_room().await;
        places.taken.push_back(connect(stream, Arc::clone(&served)));
    }
}

/// The connections that are open, in their order. Nobody waits for one to end, since a probe of Kubernetes gives a process up
/// that does not answer within a second.
#[derive(Default)]
struct Places {
    taken: VecDeque<Connection>,
}

/// A connection, which a task of its own answers.
struct Connection {
    /// Whether the head of a request has come whole. There is one request a connection.
    has_asked: Arc<AtomicBool>,
    task: AbortHandle,
}

impl Places {
    /// Sees to it that there is a place: where all are taken, hangs up on who has waited longest without asking, and where
    /// all have asked, as those have that do not take the answer, on the first of them.
    async fn make_room(&mut self) {
        if self.has_room() {
            return;
        }
        // What has come meanwhile is read and answered first.
        yield_now().await;
        if self.has_room() {
            return;
        }
        let longest = self.taken.iter().position(|one| !one.has_asked.load(Ordering::Relaxed)).unwrap_or(0);
        if let Some(connection) = self.taken.remove(longest) {
            connection.task.abort();
        }
    }

    /// Forgets those that are over; whether there is a place then.
    fn has_room(&mut self) -> bool {
        self.taken.retain(|one| !one.task.is_finished());
        self.taken.len() < MOST_CONNECTIONS
    }
}

/// Answers what one client asks.
fn connect(stream: TcpStream, served: Arc<Served>) -> Connection {
    let has_asked = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&has_asked);
    let task = tokio::spawn(async move {
        let answer = service_fn(|request| {
            asked.store(true, Ordering::Relaxed);
            std::future::ready(Ok::<_, Infallible>(served.answer(&request)))
        });
        // Kept open for another request, it would count as one that has asked, and hold its place.
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .keep_alive(false)
            .header_read_timeout(HEAD_WITHIN)
            .max_buf_size(LARGEST_HEAD)
            .serve_connection(TokioIo::new(stream), answer);
        // The other side may hang up at any time, which is its right.
        let _ = tokio::time::timeout(CONNECTION_WITHIN, connection).await;
    });
    Connection { has_asked, task: task.abort_handle() }
}

impl Served {
    /// The body of a request is never read: what asks needs none, and hyper hangs up on what is still to come.
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        let (status, form, body) = match request.uri().path() {
            _ if !is_read => (StatusCode::METHOD_NOT_ALLOWED, TEXT, Bytes::from("only GET\n")),
            "/" => self.page(self.pages.overview().map(Bytes::from)),
            "/metrics" => (StatusCode::OK, OPEN_METRICS, Bytes::from(self.metrics.text())),
            "/healthz" => self.health(),
            path => self.page(self.pages.report(path).map(Bytes::from)),
        };
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(form));
        response
    }

    /// A page, if there is one.
    fn page(&self, page: Option<Bytes>) -> (StatusCode, &'static str, Bytes) {
        match page {
            Some(page) => (StatusCode::OK, HTML, page),
            None => (StatusCode::NOT_FOUND, TEXT, Bytes::from("there are /, /metrics and /healthz\n")),
        }
    }

    /// Healthy is what makes rounds. That some targets are not reached in time is said, and no reason to restart it.
    fn health(&self) -> (StatusCode, &'static str, Bytes) {
        let last = self.metrics.last_round();
        let age = last.map_or(self.started, |(_, at)| at).elapsed();
        if age > self.interval.saturating_mul(MISSED_ROUNDS) {
            let text = format!("no round has ended for {:.0} seconds\n", age.as_secs_f64());
            return (StatusCode::SERVICE_UNAVAILABLE, TEXT, Bytes::from(text));
        }
        let mut text = "ok\n".to_owned();
        let targets = self.metrics.targets();
        let [skipped, late, unjudged] =
            last.map_or([0; 3], |(ended, _)| [ended.skipped, ended.late, ended.unjudged]);
        for (count, what) in [
            (skipped, "there was no time for"),
            (late, "no whole answer came from"),
            (unjudged, "there was no time to judge"),
        ] {
            if count > 0 {
                text.push_str(&format!("in the last round {what} {count} of {targets} targets\n"));
            }
        }
        (StatusCode::OK, TEXT, Bytes::from(text))
    }
}
