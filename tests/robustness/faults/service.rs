//! A service whose answers are recorded profiles of a real one, or whatever else a test wants.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How a request is answered.
#[derive(Clone)]
pub(crate) enum Answer {
    /// A status line without its number's reason, further headers, and a body.
    Whole(u16, &'static str, Vec<u8>),
    /// These bytes, and the connection is closed.
    Raw(&'static [u8]),
    /// The head of a good answer and its first bytes, then nothing, while the connection stays open.
    Stall,
    /// The same, then a byte now and then for ever.
    Drip,
    /// Bytes without end.
    Endless,
    /// Nothing at all.
    Silence,
    /// The connection is reset.
    Reset,
}

/// A service on a port of its own, until the test ends.
pub(crate) struct Service {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Service {
    /// Answers a path as told.
    pub(crate) fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), Arc::clone(&requests));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
                std::thread::spawn(move || serve(stream, &*answer, &log));
            }
        });
        Service { port, requests }
    }

    /// A service that fares well: the second snapshot of a recording.
    pub(crate) fn good() -> Service {
        Service::start(recorded)
    }

    /// The same answer to everything.
    pub(crate) fn always(answer: Answer) -> Service {
        Service::start(move |_| answer.clone())
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The heads of the requests that came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no test thread panics here").clone()
    }
}

/// What a healthy Go service answers.
pub(crate) fn recorded(path: &str) -> Answer {
    let file = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/map-cache");
        std::fs::read(folder.join(name)).expect("the recording is there")
    };
    match path.strip_prefix("/debug/pprof/") {
        Some("") => {
            let row = b"<tr><td>21</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>";
            Answer::Whole(200, "", row.to_vec())
        }
        Some("goroutine?debug=2") => Answer::Whole(200, "", file("goroutine-02.txt")),
        Some("goroutine") => Answer::Whole(200, "", file("goroutine-02.pb.gz")),
        Some("heap?gc=1" | "heap") => Answer::Whole(200, "", file("heap-02.pb.gz")),
        Some("heap?debug=1") => Answer::Whole(200, "", text("heap-01.txt.gz")),
        _ => Answer::Whole(404, "", b"Unknown profile\n".to_vec()),
    }
}

/// A recorded text as the service sent it.
fn text(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/map-cache").join(name);
    let mut text = Vec::new();
    let file = std::fs::File::open(&path).expect("the recording is there");
    flate2::read::GzDecoder::new(file).read_to_end(&mut text).expect("gzip");
    text
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&str) -> Answer, log: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if !stream.read(&mut byte).is_ok_and(|n| n == 1) {
            return;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    log.lock().expect("no test thread panics here").push(head);
    // The other side may hang up at any time, which is its right.
    let _ = give(&mut stream, answer(&path));
}

fn give(stream: &mut TcpStream, answer: Answer) -> std::io::Result<()> {
    const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n\x1f\x8b\x08\0";
    match answer {
        Answer::Whole(status, headers, body) => {
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status} Status\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
            )?;
            stream.write_all(&body)
        }
        Answer::Raw(bytes) => stream.write_all(bytes),
        Answer::Silence => {
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        }
        Answer::Stall => {
            stream.write_all(GOOD)?;
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        }
        Answer::Drip => {
            stream.write_all(GOOD)?;
            loop {
                std::thread::sleep(Duration::from_millis(100));
                stream.write_all(&[7])?;
            }
        }
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n\x1f\x8b")?;
            let block = vec![7; 1 << 16];
            loop {
                stream.write_all(&block)?;
            }
        }
        // Closed with the request's last bytes unread, which the system answers for with a reset.
        Answer::Reset => Ok(()),
    }
}
