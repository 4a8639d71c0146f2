//! Input that is too large, or grows too large when inflated or decoded: refused with bounded time and memory.

use crate::support::{Profile, Run, command, gzip, heap_pair, pprof_leaks};
use flate2::{Compress, Compression, FlushCompress};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const MIB: usize = 1 << 20;

/// An empty field that is passed over.
const NOTHING: [u8; 2] = [0x7a, 0];

/// One gzip stream that inflates to `size` bytes of such fields, made without inflating or deflating that much: a deflated
/// block that refers to nothing before it can be repeated.
fn bomb(size: usize) -> Vec<u8> {
    let mut block = Vec::with_capacity(MIB);
    let mut deflate = Compress::new(Compression::best(), false);
    deflate.compress_vec(&NOTHING.repeat(8 * MIB), &mut block, FlushCompress::Full).expect("in memory");
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    [&header[..], &block.repeat(size / (16 * MIB))].concat()
}

/// Runs the binary with so little address space that storing what it should refuse would abort it.
#[cfg(unix)]
fn run_within(mebibytes: usize, args: &[&str]) -> Run {
    let mut shell = Command::new("sh");
    let script = format!("ulimit -v {}; exec \"$0\" \"$@\"", mebibytes * 1024);
    shell.args(["-c", &script]).arg(command().get_program()).args(args);
    Run::of(shell.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("sh starts"))
}

#[cfg(not(unix))]
fn run_within(_: usize, args: &[&str]) -> Run {
    pprof_leaks(args)
}

fn refused_within(mebibytes: usize, bytes: &[u8], options: &[&str], parts: &[&str]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("large.pb.gz");
    std::fs::write(&path, bytes).expect("can be written");
    // Both sides are read at the same time, so the other one is small.
    let [other, _] = heap_pair("main.leak");
    let small = folder.path().join("small.pb.gz");
    other.write(&small);
    let [path, small] = [&path, &small].map(|path| path.to_str().expect("UTF-8"));
    let start = Instant::now();
    let run = run_within(mebibytes, &[&["diff", path, small], options].concat());
    run.refusal(&[&["large.pb.gz"], parts].concat());
    assert!(start.elapsed() < Duration::from_secs(60), "took {:?}", start.elapsed());
}

#[test]
fn a_bomb_is_refused_in_constant_memory() {
    let bomb = bomb(10 << 30);
    assert!(bomb.len() < 11 * MIB, "{}", bomb.len());
    refused_within(400, &bomb, &[], &["1 GiB", "--max-input-bytes"]);
}

#[test]
fn a_bomb_of_many_small_members_is_refused_too() {
    let mut member = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
    std::io::Write::write_all(&mut member, &NOTHING.repeat(MIB / 2)).expect("in memory");
    let members = member.finish().expect("in memory").repeat(2000);
    refused_within(400, &members, &[], &["1 GiB", "--max-input-bytes"]);
}

#[test]
fn a_small_limit_holds_for_files_gzip_and_standard_input() {
    let limit = ["--max-input-bytes", "1KiB"];
    let [profile, _] = heap_pair("main.leak");
    let bytes = gzip(&NOTHING.repeat(MIB / 2));
    refused_within(300, &bytes, &limit, &["1 KiB", "--max-input-bytes"]);
    refused_within(300, &vec![0x12; 2000], &limit, &["1 KiB", "--max-input-bytes"]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("heap.pb.gz");
    profile.write(&path);
    let mut child = command();
    child.args(["diff", "-", path.to_str().expect("UTF-8")]).args(limit);
    child.stdin(std::fs::File::open("/dev/zero").expect("zeros without end"));
    Run::of(child.output().expect("the binary starts")).refusal(&["standard input", "1 KiB"]);
}

#[test]
fn fields_that_take_a_byte_in_the_file_and_many_in_memory_are_bounded() {
    let [_, profile] = heap_pair("main.leak");
    let with = |tail: Vec<u8>| gzip(&[prost::Message::encode_to_vec(&profile.proto), tail].concat());
    let refused =
        |bytes: Vec<u8>, what: &str| refused_within(3000, &bytes, &[], &["more than", what, "hostile"]);
    refused(with([0x22, 0].repeat(40 * MIB)), "locations");
    refused(with([0x2a, 0].repeat(40 * MIB)), "functions");
    refused(with([0x1a, 0].repeat(40 * MIB)), "mappings");
    refused(with([0x32, 0].repeat(40 * MIB)), "strings");
    refused(with([0x0a, 0].repeat(1000)), "sample types");
    // One location with lines without end, and one sample with a stack without end.
    let message = |tag: u8, body: Vec<u8>| {
        let mut bytes = vec![tag];
        prost::encode_length_delimiter(body.len(), &mut bytes).expect("room");
        [bytes, body].concat()
    };
    refused(with(message(0x22, [&[8, 99][..], &[0x22, 0].repeat(40 * MIB)].concat())), "frames");
    refused(with(message(0x12, message(0x0a, vec![1; 30 * MIB]))), "frames on one stack");
    refused(with(message(0x12, message(0x0a, vec![1; 300 * MIB]))), "bytes in one field");
    // A location with many lines, which is on a stack many times.
    let location = message(0x22, [&[8, 99][..], &[0x22, 0x02, 0x08, 0x01].repeat(MIB)].concat());
    let sample = message(0x12, [message(0x0a, vec![99; 200_000]), vec![0x12, 4, 1, 1, 1, 1]].concat());
    refused(with([location, sample].concat()), "frames on one stack");
}

/// Each of these label sets is different and holds the same long text, which must not be stored ten thousand times.
#[test]
fn one_long_text_in_many_label_sets_is_stored_once() {
    let mut pair = [Profile::goroutines(), Profile::goroutines()];
    for profile in &mut pair {
        let (long, key) = (profile.string(&"x".repeat(MIB)), profile.string("key"));
        for value in 0..10_000 {
            let value = profile.string(&value.to_string());
            let label = |text| pprof_leaks::input::proto::Label { key, str: text, ..Default::default() };
            profile.sample(&["main.wait"], &[1]).label.extend([label(long), label(value)]);
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["before.pb.gz", "after.pb.gz"].map(|name| folder.path().join(name));
    pair.iter().zip(&paths).for_each(|(profile, path)| profile.write(path));
    let [before, after] = paths.each_ref().map(|path| path.to_str().expect("UTF-8"));
    let run = run_within(800, &["diff", before, after]);
    if run.status != 0 {
        run.refusal(&["before.pb.gz", "labels"]);
    }
}

/// Samples written one by one, so that the test itself stays small. Set MANY_SAMPLES=10000000 for the full size.
#[test]
fn millions_of_samples_are_compared() {
    let samples: u64 = std::env::var("MANY_SAMPLES").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["before.pb.gz", "after.pb.gz"].map(|name| folder.path().join(name));
    for (path, live) in paths.iter().zip([0, 1]) {
        write_many(path, samples, live);
    }
    let [before, after] = paths.each_ref().map(|path| path.to_str().expect("UTF-8"));
    let start = Instant::now();
    let run = pprof_leaks(["diff", before, after, "--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let report = run.json();
    assert_eq!(report["suspects"][0]["blame"]["function"], "main.leak", "{}", report["headline"]);
    assert!(start.elapsed() < Duration::from_secs(120), "took {:?}", start.elapsed());
}

/// A profile with so many samples, each of its own stack: three frames out of a thousand.
fn write_many(path: &Path, samples: u64, live: i64) {
    use flate2::write::GzEncoder;
    use prost::Message;
    use std::io::Write;
    let mut profile = Profile::heap();
    profile.at(600 * live);
    for index in 0..1000 {
        profile.location(&format!("main.f{index}"));
    }
    profile.row(&["main.leak", "main.f0"], 1024, 1 + 200 * live, 1 + 200 * live);
    let label = profile.proto.sample[0].label.clone();
    let file = std::fs::File::create(path).expect("can be written");
    let mut file = GzEncoder::new(std::io::BufWriter::new(file), Compression::fast());
    file.write_all(&profile.proto.encode_to_vec()).expect("room on the disk");
    let mut bytes = Vec::new();
    for index in 0..samples {
        let location_id = vec![1 + index % 1000, 1 + index / 1000 % 1000, 1 + index / 1_000_000];
        let sample = pprof_leaks::input::proto::Sample {
            location_id,
            value: vec![513, 524_800, 0, 0],
            label: label.clone(),
        };
        bytes.clear();
        prost::encoding::message::encode(2, &sample, &mut bytes);
        file.write_all(&bytes).expect("room on the disk");
    }
    file.finish().and_then(|mut file| file.flush()).expect("room on the disk");
}
