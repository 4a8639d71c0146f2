//! One round of `collect` over 2,000 targets on loopback: how many a second, and what it takes of memory and descriptors.
//!
//! `cargo bench --bench many_targets` prints one line, and fails where a bound is passed.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const TARGETS: usize = 2000;
/// Addresses of loopback that they share; they differ by their paths.
const ADDRESSES: usize = 200;
/// What a round may take, whatever the number of targets.
const MOST_MEMORY: u64 = 256 << 20;
const MOST_DESCRIPTORS: usize = 200;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    // `cargo test --benches` runs this too, for nothing but to see that it compiles.
    if !std::env::args().any(|arg| arg == "--bench") {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let targets = folder.path().join("targets.json");
    std::fs::write(&targets, serde_json::to_vec(&serve()?)?)?;
    let store = folder.path().join("store");
    let started = Instant::now();
    let mut collect = Command::new(env!("CARGO_BIN_EXE_pprof-leaks"))
        .args(["collect", "--log-level", "info", "--file-sd"])
        .arg(&targets)
        .arg("--store")
        .arg(&store)
        .stderr(Stdio::piped())
        .spawn()?;
    let (memory, descriptors) = watch(&mut collect)?;
    let took = started.elapsed();
    let output = collect.wait_with_output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("collect ended with {}: {log}", output.status).into());
    }
    println!(
        "{TARGETS} targets in {:.1} s: {:.0} a second; peak memory {} MiB, at most {descriptors} open descriptors; {}",
        took.as_secs_f64(),
        TARGETS as f64 / took.as_secs_f64(),
        memory >> 20,
        log.lines().last().and_then(|line| line.split("round ").nth(1)).unwrap_or_default(),
    );
    if memory > MOST_MEMORY || descriptors > MOST_DESCRIPTORS {
        return Err(format!("more than {} MiB or {MOST_DESCRIPTORS} descriptors", MOST_MEMORY >> 20).into());
    }
    Ok(())
}

/// Looks at a process until it ends: its peak memory in bytes, and the most descriptors seen.
fn watch(process: &mut Child) -> Result<(u64, usize)> {
    let own = Path::new("/proc").join(process.id().to_string());
    let (mut memory, mut descriptors) = (0, 0);
    while process.try_wait()?.is_none() {
        let status = std::fs::read_to_string(own.join("status")).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
        memory = memory.max(kib.unwrap_or(0) << 10);
        descriptors = descriptors.max(own.join("fd").read_dir().map_or(0, Iterator::count));
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok((memory, descriptors))
}

/// Serves a recorded Go service on many addresses, and gives the list of targets.
fn serve() -> Result<serde_json::Value> {
    let recording = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/map-cache");
    let file = |name: &str| std::fs::read(recording.join(name));
    let index = b"<tr><td>21</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>".to_vec();
    let answers = Arc::new([
        ("", index),
        ("goroutine?debug=2", file("goroutine-02.txt")?),
        ("goroutine", file("goroutine-02.pb.gz")?),
        ("heap?gc=1", file("heap-02.pb.gz")?),
    ]);
    let mut port = 0;
    let mut targets = Vec::new();
    for index in 0..ADDRESSES {
        let listener = TcpListener::bind((format!("127.0.1.{}", index + 1), port))?;
        let address = listener.local_addr()?;
        port = address.port();
        let answers = Arc::clone(&answers);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answers = Arc::clone(&answers);
                // The client may hang up at any time, which is its right.
                std::thread::spawn(move || answer(stream, &*answers));
            }
        });
        for number in 0..TARGETS / ADDRESSES {
            targets.push(serde_json::json!({
                "targets": [address.to_string()],
                "labels": { "instance": format!("{address}/{number}"), "__pprof_path__": format!("/{number}/debug/pprof") },
            }));
        }
    }
    Ok(targets.into())
}

/// Answers the requests of one connection.
fn answer(stream: TcpStream, answers: &[(&str, Vec<u8>)]) -> std::io::Result<()> {
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
        let path = request.split(' ').nth(1).and_then(|path| path.split("/debug/pprof/").nth(1));
        match answers.iter().find(|(name, _)| Some(*name) == path) {
            Some((_, body)) => {
                write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len())?;
                stream.write_all(body)?;
            }
            None => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?,
        }
    }
}
