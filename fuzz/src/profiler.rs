//! A profiler on a port of its own, which answers what it was given last.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{LazyLock, Mutex, PoisonError};

/// The answers to what is asked in turn: the types, the series, the moments, and the profile.
static GIVEN: Mutex<[Vec<u8>; 4]> = Mutex::new([const { Vec::new() }; 4]);
static ADDRESS: LazyLock<String> = LazyLock::new(start);

/// What a profiler keeps.
pub struct Answers {
    /// The labels of each series.
    pub series: Vec<Vec<(String, String)>>,
    /// When there are profiles, in milliseconds since the Unix epoch.
    pub moments: Vec<i64>,
    /// The profile that stands for each of them.
    pub profile: Vec<u8>,
}

/// The columns that are kept.
const COLUMNS: [(&str, &str, &str); 5] = [
    ("memory", "inuse_space", "bytes"),
    ("memory", "inuse_objects", "count"),
    ("memory", "alloc_space", "bytes"),
    ("memory", "alloc_objects", "count"),
    ("goroutine", "goroutine", "count"),
];

impl Answers {
    /// As Pyroscope words them.
    pub fn of_pyroscope(&self) -> [Vec<u8>; 4] {
        let types =
            COLUMNS.map(|(name, column, unit)| json!({ "ID": format!("{name}:{column}:{unit}:x:y") }));
        let points = self.moments.iter().map(|millis| json!({ "timestamp": millis.to_string(), "value": 1 }));
        let points: Vec<Value> = points.collect();
        [
            bytes(&json!({ "profileTypes": types })),
            bytes(&json!({ "labelsSet": self.label_sets() })),
            bytes(&json!({ "series": [{ "points": points }] })),
            self.profile.clone(),
        ]
    }

    /// As Parca words them.
    pub fn of_parca(&self) -> [Vec<u8>; 4] {
        let types = COLUMNS.map(|(name, column, unit)| {
            json!({ "name": name, "sampleType": column, "sampleUnit": unit, "periodType": "x", "periodUnit": "y" })
        });
        let samples: Vec<Value> =
            self.moments.iter().map(|millis| json!({ "timestamp": time(*millis) })).collect();
        let series = |set: Value| json!({ "labelset": set, "samples": samples.clone() });
        let series: Vec<Value> = self.label_sets().into_iter().map(series).collect();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&self.profile).expect("memory");
        let pprof = STANDARD.encode(gzip.finish().expect("memory"));
        let range = bytes(&json!({ "series": series }));
        [bytes(&json!({ "types": types })), range.clone(), range, bytes(&json!({ "pprof": pprof }))]
    }

    fn label_sets(&self) -> Vec<Value> {
        let label = |(name, value): &(String, String)| json!({ "name": name, "value": value });
        self.series.iter().map(|set| json!({ "labels": set.iter().map(label).collect::<Vec<_>>() })).collect()
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// A moment of the first minute of 1970.
fn time(millis: i64) -> String {
    format!("1970-01-01T00:{:02}:{:02}.{:03}Z", millis / 60_000, millis / 1000 % 60, millis % 1000)
}

/// What is answered from now on.
pub fn answer_with(answers: [Vec<u8>; 4]) {
    *GIVEN.lock().unwrap_or_else(PoisonError::into_inner) = answers;
}

/// The address of the profiler.
pub fn server() -> &'static str {
    &ADDRESS
}

fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    std::thread::spawn(move || {
        // One client, which asks one thing after another.
        for stream in listener.incoming().flatten() {
            let _ = serve(&stream);
        }
    });
    address
}

fn serve(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream);
    let (mut path, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let header = line.to_ascii_lowercase();
        if path.is_empty() {
            path = line;
        } else if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        } else if line.trim().is_empty() {
            break;
        }
    }
    lines.by_ref().take(length).read_to_end(&mut Vec::new())?;
    let has = |part: &str| path.contains(part);
    let which = match () {
        () if has("ypes") => 0,
        // Parca's list of series is one of moments as well.
        () if has("/Series") => 1,
        () if has("SelectSeries") || has("query_range") => 2,
        () => 3,
    };
    let answer = GIVEN.lock().unwrap_or_else(PoisonError::into_inner)[which].clone();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.len());
    let mut stream = stream;
    stream.write_all(head.as_bytes())?;
    stream.write_all(&answer)
}
