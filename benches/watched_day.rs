//! What judging costs `watch` with many instances whose store holds a day: CPU time and memory of some of them, and what that comes to.
//!
//! `cargo bench --bench watched_day` prints a table, and fails where the memory of 2,000 would not do.

#[allow(dead_code, reason = "the other benches use more of it")]
mod generator;

use generator::{Service, Shape};
use pprof_leaks::report::build_document;
use pprof_leaks::store::{Instance, Store};
use pprof_leaks::watch::{Judge, JudgeOptions};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

/// Snapshots of a day at five minutes.
const DAY: usize = 24 * 12;
/// Rounds after the first that are measured.
const ROUNDS: usize = 5;
/// Instances that are measured, and those that they stand for.
const MEASURED: usize = 20;
const WATCHED: f64 = 2000.0;
/// Made snapshots are ten minutes apart, so a day of them is made of two: as many files, and the same work.
const WINDOW: Duration = Duration::from_secs(48 * 3600);
const STEP: i64 = 600;
/// 2026-01-01, when the made service starts.
const START: i64 = 1_767_225_600;
/// The memory of the Kubernetes manifest, in MiB.
const MOST_MEMORY: f64 = 1024.0;
/// A Go service of usual size.
const USUAL: Shape = Shape { name: "usual", samples: 600, locations: 1_500, functions: 700, ..Shape::SMALL };

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    // `cargo test --benches` runs this too, for nothing but to see that it compiles.
    if !std::env::args().any(|arg| arg == "--bench") {
        return Ok(());
    }
    println!(
        "| samples of a heap | first judgement | each further one | remembered of an instance | {WATCHED} instances: CPU a round | memory |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut fits = true;
    for shape in [USUAL, Shape::SMALL] {
        let Measured { first, each, kib, base } = measure(shape)?;
        let (cpu, memory) = (each.as_secs_f64() * WATCHED, base + kib * WATCHED / 1024.0);
        println!(
            "| {} | {:.0} ms | {:.1} ms | {kib:.0} KiB | {cpu:.0} s | {memory:.0} MiB |",
            shape.samples,
            first.as_secs_f64() * 1e3,
            each.as_secs_f64() * 1e3
        );
        fits &= memory <= MOST_MEMORY;
    }
    if !fits {
        return Err(format!("more than {MOST_MEMORY} MiB").into());
    }
    Ok(())
}

struct Measured {
    /// CPU time of a judgement that remembers nothing yet, and of each later one.
    first: Duration,
    each: Duration,
    /// What is remembered of an instance, and what is taken whatever their number, in MiB.
    kib: f64,
    base: f64,
}

fn measure(shape: Shape) -> Result<Measured> {
    let folder = tempfile::tempdir()?;
    let made = folder.path().join("made");
    make(&made, shape)?;
    let root = folder.path().join("store");
    let instances: Vec<Instance> = (0..MEASURED)
        .map(|number| Instance::new("shop", &format!("10.0.0.{number}:6060")))
        .collect::<std::result::Result<_, _>>()?;
    let store = Store::open(&root)?;
    for instance in &instances {
        for number in 0..DAY {
            link(&made, &store.folder(instance), number)?;
        }
    }
    let mut judge = Judge::new(JudgeOptions { window: WINDOW, ..JudgeOptions::default() });
    // One first, so that what all need is there.
    let mut warm = Judge::new(JudgeOptions { window: WINDOW, ..JudgeOptions::default() });
    build_document(&warm.judge(&store, &instances[0])?.analysis);
    let before = resident()?;
    let first = all(&mut judge, &store, &instances)?;
    let mut each = Duration::MAX;
    for number in DAY..DAY + ROUNDS {
        for instance in &instances {
            link(&made, &store.folder(instance), number)?;
        }
        each = each.min(all(&mut judge, &store, &instances)?);
    }
    let kib = resident()?.saturating_sub(before) as f64 / MEASURED as f64;
    Ok(Measured { first, each, kib, base: before as f64 / 1024.0 })
}

/// Judges all, and gives the CPU time of each.
fn all(judge: &mut Judge, store: &Store, instances: &[Instance]) -> Result<Duration> {
    let before = cpu()?;
    let begun = Instant::now();
    for instance in instances {
        build_document(&judge.judge(store, instance)?.analysis);
    }
    let took = (cpu()? - before) / MEASURED as u32;
    eprintln!("{took:?} of CPU time each, {:?} on the wall", begun.elapsed() / MEASURED as u32);
    Ok(took)
}

/// Makes the snapshots of an instance: heaps of a made service, and dumps of a recorded one.
fn make(folder: &Path, shape: Shape) -> Result<()> {
    let mut service = Service::new(shape);
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/map-cache");
    let [dump, text] =
        ["goroutine-03.txt.gz", "heap-08.txt.gz"].map(|name| std::fs::read(recorded.join(name)));
    let (dump, text) = (dump?, text?);
    for kind in ["heap", "goroutine"] {
        std::fs::create_dir_all(folder.join(kind))?;
    }
    for number in 0..DAY + ROUNDS {
        std::fs::write(folder.join("heap").join(format!("{number}.pb.gz")), service.snapshot())?;
        std::fs::write(folder.join("goroutine").join(format!("{number}.txt.gz")), &dump)?;
        // Every half an hour.
        if number % 6 == 0 {
            std::fs::write(folder.join("heap").join(format!("{number}.txt.gz")), &text)?;
        }
    }
    Ok(())
}

/// Gives an instance the snapshots of a round, under the names that a store gives them.
fn link(made: &Path, instance: &Path, number: usize) -> Result<()> {
    let time = jiff::Timestamp::from_second(START + STEP * (number as i64 + 1))?
        .strftime("%Y%m%dT%H%M%S-000Z")
        .to_string();
    for (kind, ending) in [("heap", "pb.gz"), ("heap", "txt.gz"), ("goroutine", "txt.gz")] {
        let file = made.join(kind).join(format!("{number}.{ending}"));
        if file.exists() {
            std::fs::create_dir_all(instance.join(kind))?;
            std::fs::hard_link(file, instance.join(kind).join(format!("{time}.{ending}")))?;
        }
    }
    Ok(())
}

/// The CPU time of all threads so far.
fn cpu() -> Result<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = text.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks: u64 =
        fields.get(11..13).unwrap_or_default().iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    // A hundred a second, on every Linux that there is.
    Ok(Duration::from_millis(ticks * 10))
}

/// The resident memory in KiB.
fn resident() -> Result<u64> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    Ok(line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0))
}
