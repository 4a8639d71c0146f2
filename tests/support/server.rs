//! An HTTP server that answers as told, well or badly.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How a request is answered.
#[derive(Clone)]
pub(crate) enum Answer {
    /// A whole answer: status line, headers (each ended by a line break), body. `Content-Length` is added.
    Whole(&'static str, String, Vec<u8>),
    /// These bytes, and the connection is closed.
    Raw(Vec<u8>),
    /// The head of a good answer, then one byte a second for ever.
    Drip,
    /// Nothing, while the connection stays open.
    Silence,
}

/// A server on a port of its own, until the test ends.
pub(crate) struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts a server that gives every request the same answer.
    pub(crate) fn start(answer: Answer) -> Server {
        Server::answering(move |_| answer.clone())
    }

    /// Starts a server that answers each path as told.
    pub(crate) fn answering(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Server {
        Server::hearing(move |path, _| answer(path))
    }

    /// The same with what a request carries.
    pub(crate) fn hearing(answer: impl Fn(&str, &[u8]) -> Answer + Send + Sync + 'static) -> Server {
        let answer = Arc::new(answer);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
                std::thread::spawn(move || serve(stream, &*answer, &log));
            }
        });
        Server { port, requests }
    }

    /// A server that delivers these bytes.
    pub(crate) fn with_body(body: Vec<u8>) -> Server {
        Server::start(Answer::Whole("200 OK", String::new(), body))
    }

    /// `http://127.0.0.1:PORT` and a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The heads of the requests that came, in lower case.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no test thread panics here").clone()
    }
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&str, &[u8]) -> Answer, log: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let lower = head.to_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    let _ = stream.read_exact(&mut body);
    log.lock().expect("no test thread panics here").push(lower);
    // The client may hang up at any time, which is its right.
    let _ = match &answer(path, &body) {
        Answer::Whole(status, headers, body) => {
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
            )
            .and_then(|()| stream.write_all(body))
        }
        Answer::Raw(bytes) => stream.write_all(bytes),
        Answer::Drip => drip(&mut stream),
        Answer::Silence => {
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        }
    };
}

fn drip(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n\x1f\x8b")?;
    loop {
        stream.write_all(&[8])?;
        stream.flush()?;
        std::thread::sleep(Duration::from_secs(1));
    }
}
