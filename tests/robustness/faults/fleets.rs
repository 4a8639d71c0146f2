//! Many targets at one listener, of which some hang: who is asked how often.

use crate::faults::service::{Answer, recorded};
use crate::support::{Run, command, finish};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Targets that differ by their paths, and how often each was asked for its heap.
struct Fleet {
    port: u16,
    asked: Arc<Vec<AtomicUsize>>,
}

impl Fleet {
    /// So many targets, of which the first ones answer nothing.
    fn start(targets: usize, hanging: usize) -> Fleet {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let asked: Arc<Vec<AtomicUsize>> = Arc::new((0..targets).map(|_| AtomicUsize::new(0)).collect());
        let Answer::Whole(_, _, heap) = recorded("/debug/pprof/heap") else { panic!("it is recorded") };
        let (counts, heap) = (Arc::clone(&asked), Arc::new(heap));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (counts, heap) = (Arc::clone(&counts), Arc::clone(&heap));
                // The client may hang up at any time, which is its right.
                std::thread::spawn(move || serve(stream, &counts, hanging, &heap));
            }
        });
        Fleet { port, asked }
    }

    fn list(&self, file: &Path) {
        let groups = (0..self.asked.len()).map(|number| {
            format!(
                r#"{{"targets": ["127.0.0.1:{}"], "labels": {{"instance": "{number}", "__pprof_path__": "/{number}/debug/pprof"}}}}"#,
                self.port
            )
        });
        let text = format!("[{}]", groups.collect::<Vec<_>>().join(",\n"));
        std::fs::write(file, text).expect("written");
    }

    fn asked(&self) -> Vec<usize> {
        self.asked.iter().map(|count| count.load(Ordering::Relaxed)).collect()
    }
}

fn serve(stream: TcpStream, counts: &[AtomicUsize], hanging: usize, heap: &[u8]) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let mut line = String::new();
        while reader.read_line(&mut line)? > 2 {
            line.clear();
        }
        let path = request.split(' ').nth(1).unwrap_or_default();
        let (number, profile) = path.trim_start_matches('/').split_once("/debug/pprof/").unwrap_or_default();
        let number: usize = number.parse().unwrap_or(usize::MAX);
        if number < hanging {
            // Until the client gives up.
            let _ = reader.read_line(&mut String::new());
            return Ok(());
        }
        if profile == "heap" {
            counts[number].fetch_add(1, Ordering::Relaxed);
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", heap.len())?;
            stream.write_all(heap)?;
        } else {
            stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?;
        }
    }
}

#[test]
fn three_hundred_of_two_thousand_that_hang_keep_no_other_from_being_asked() {
    const HANGING: usize = 300;
    let folder = tempfile::tempdir().expect("a folder");
    let fleet = Fleet::start(2000, HANGING);
    let file = folder.path().join("targets.json");
    fleet.list(&file);
    let Run { status, stderr, .. } = finish(
        command()
            .args(["watch", "--every", "12s", "--rounds", "4", "--timeout", "500ms", "--no-gc"])
            .args(["--listen", "off", "--log-level", "info", "--file-sd"])
            .arg(&file)
            .arg("--store")
            .arg(folder.path().join("store")),
    );
    assert_eq!(status, 0, "{stderr}");
    let asked = fleet.asked();
    let good = &asked[HANGING..];
    let rounds: Vec<&str> = stderr.lines().filter(|line| line.contains(" round ")).collect();
    let (least, most) = (good.iter().min(), good.iter().max());
    println!("{least:?} to {most:?}\n{}", rounds.join("\n"));
    assert!(least >= Some(&2) && most <= Some(&4), "{least:?} to {most:?}: {rounds:?}");
    let said = stderr.matches("there was no time for some targets").count();
    assert!(said <= 1, "once is enough: {said}");
}
