//! Real profiles with something broken in them: never a panic, never more than the limits allow, whatever comes.
//!
//! `PPROF_LEAKS_MUTATIONS=100000 cargo test --test robustness mutations::` tries as many; without it a few thousand are tried.

use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use pprof_leaks::input::{Limits, parse, proto};
use pprof_leaks::pipeline::{Options, compare, follow};
use pprof_leaks::profile::RawProfile;
use pprof_leaks::report::{TerminalOptions, build_document, terminal};
use prost::Message;
use std::io::{Read, Write};
use std::path::Path;

const WITHOUT_ASKING: u64 = 3000;

/// Limits that a profile of the recordings reaches when it is broken in the right place.
fn limits() -> Limits {
    Limits {
        inflated_bytes: 1 << 20,
        samples: 2000,
        values: 8000,
        symbols: 4000,
        stack_entries: 60_000,
        depth: 200,
        string_bytes: 4000,
        label_bytes: 1 << 16,
        ..Limits::default()
    }
}

/// SplitMix64, so that a failure can be repeated from its number.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// One snapshot of every kind and form of some recordings, as saved and inflated.
fn recordings() -> Vec<Vec<u8>> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut files = Vec::new();
    for program in ["map-cache", "blocked-goroutine", "two-leaks"] {
        let mut paths: Vec<_> = testdata
            .join(program)
            .read_dir()
            .expect("a recording")
            .map(|entry| entry.expect("a file").path())
            .filter(|path| path.extension().is_some_and(|ending| ending != "toml"))
            .collect();
        paths.sort();
        files.extend(paths.iter().step_by(3).map(|path| std::fs::read(path).expect("readable")));
    }
    let inflated: Vec<Vec<u8>> = files.iter().map(|file| inflate(file)).collect();
    let texts = inflated.iter().filter_map(|file| std::str::from_utf8(file).ok()).flat_map(as_logged);
    files.extend(texts.collect::<Vec<_>>());
    files.extend(
        inflated.iter().filter_map(|file| proto::Profile::decode(file.as_slice()).ok()).flat_map(as_exported),
    );
    files.extend(inflated);
    assert!(files.len() > 20, "{}", files.len());
    files
}

/// A profile as OpenTelemetry's Collector passes it on.
fn as_exported(profile: proto::Profile) -> [Vec<u8>; 2] {
    let message = crate::support::otlp::of(&profile);
    [message.encode_to_vec(), serde_json::to_vec(&message).expect("numbers and texts")]
}

/// A text as logs hold it.
fn as_logged(text: &str) -> [Vec<u8>; 3] {
    let prefixed =
        text.lines().map(|line| format!("2026-03-01T10:00:00.5Z web-1 | {line}\n")).collect::<String>();
    let quoted = serde_json::json!({ "level": "error", "stack": text }).to_string();
    let wide = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    [prefixed.into_bytes(), quoted.into_bytes(), wide]
}

fn inflate(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match MultiGzDecoder::new(bytes).read_to_end(&mut plain) {
        Ok(_) => plain,
        Err(_) => bytes.to_vec(),
    }
}

/// Breaks a few places of a file, in one of the ways in which files break or are broken.
fn mutated(random: &mut Random, files: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = files[random.below(files.len())].clone();
    for _ in 0..1 + random.below(4) {
        let (at, length) = (random.below(bytes.len()), 1 + random.below(16));
        let end = (at + length).min(bytes.len());
        match random.below(9) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, part);
            }
            3 => {
                let other = &files[random.below(files.len())];
                let from = random.below(other.len());
                bytes.splice(at..end, other[from..(from + 64).min(other.len())].iter().copied());
            }
            // Values that lengths, ids and counters take when somebody means harm.
            4 => bytes.splice(at..end, [0xff; 9].into_iter().chain([1])).for_each(drop),
            5 => bytes.splice(at..at, [0x80, 0x80, 0x80, 0x80, 0x08]).for_each(drop),
            6 => bytes.iter_mut().skip(at).take(length).for_each(|byte| *byte = 0),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    if random.below(8) == 0 {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&bytes).expect("in memory");
        return encoder.finish().expect("in memory");
    }
    bytes
}

fn check(profile: &RawProfile) {
    let (limits, symbols) = (limits(), &profile.symbols);
    assert!(profile.samples.len() <= limits.samples);
    assert!(profile.samples.stack_entries() <= limits.stack_entries);
    assert!(symbols.frames.len() <= limits.symbols + limits.samples);
    assert!(profile.goroutines.is_empty() || profile.goroutines.len() == profile.samples.len());
    for sample in profile.samples.iter() {
        assert!(sample.stack.len() <= limits.depth);
        assert!((sample.label_set as usize) < profile.label_sets.len());
        for location in sample.stack.iter() {
            for frame in symbols.frames_of(location) {
                assert!(symbols.name(frame.function).len() + symbols.file(frame.function).len() <= 1 << 20);
            }
        }
    }
}

#[test]
fn broken_profiles_are_refused_or_read_within_the_limits() {
    let wanted: u64 = match std::env::var("PPROF_LEAKS_MUTATIONS") {
        Ok(number) => number.parse().expect("PPROF_LEAKS_MUTATIONS is a number"),
        Err(_) => WITHOUT_ASKING,
    };
    let files = recordings();
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let read: u64 = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..threads)
            .map(|lane| {
                scope.spawn({
                    let files = &files;
                    move || {
                        (lane..wanted).step_by(threads as usize).map(|number| one(number, files)).sum::<u64>()
                    }
                })
            })
            .collect();
        lanes.into_iter().map(|lane| lane.join().expect("no panic")).sum()
    });
    println!("{wanted} mutated profiles, {read} of them could still be read");
    assert!(read > wanted / 50 && read < wanted, "{read} of {wanted} were read: the mutations test nothing");
}

/// Tries one mutation, and says whether it could be read.
fn one(number: u64, files: &[Vec<u8>]) -> u64 {
    let mut random = Random(number);
    let bytes = mutated(&mut random, files);
    let Ok(profile) = parse(&bytes, "mutated", &limits()) else { return 0 };
    check(&profile);
    // Every now and then all that follows on reading, with a whole profile beside it.
    if random.below(8) == 0 {
        let whole = &files[random.below(files.len())];
        let Ok(whole) = parse(whole, "whole", &Limits::default()) else { return 1 };
        let options = Options::default();
        let analyses = [
            compare(vec![whole.clone()], vec![profile.clone()], &options),
            follow(vec![whole.clone(), profile, whole], &options),
        ];
        for analysis in analyses.into_iter().flatten() {
            let document = build_document(&analysis);
            terminal(&document, &TerminalOptions::default());
        }
    }
    1
}
