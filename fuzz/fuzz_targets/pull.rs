//! Answers of Pyroscope and Parca, over a connection to a server of the target's own: good ones, damaged ones, any bytes.
//! Whatever comes becomes snapshots that can be read, or one line on what is wrong.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use pprof_leaks::collect::{Job, ProfilerKind, PullOptions, Selector, Steps, Stop, Target, pull};
use pprof_leaks::store::Store;
use pprof_leaks_fuzz::profiler::{Answers, answer_with, server};
use pprof_leaks_fuzz::{Made, read};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The time that is asked for: one step.
const STEP: Duration = Duration::from_secs(60);

#[derive(Arbitrary, Debug)]
struct Input {
    is_parca: bool,
    names_its_label: bool,
    /// The labels of each series.
    series: Vec<Vec<(Name, String)>>,
    /// Moments in the step, in milliseconds.
    moments: Vec<u16>,
    made: Made,
    damage: [Damage; 4],
}

#[derive(Arbitrary, Debug)]
enum Name {
    Service,
    Pod,
    Other(String),
}

/// What is done to an answer.
#[derive(Arbitrary, Debug)]
enum Damage {
    None,
    Bytes(Vec<(u16, u8)>),
    Cut(u16),
    Other(Vec<u8>),
}

impl Damage {
    fn of(&self, mut answer: Vec<u8>) -> Vec<u8> {
        match self {
            Damage::None => {}
            Damage::Bytes(bytes) => {
                let length = answer.len();
                for (at, byte) in bytes.iter().filter(|_| length > 0) {
                    answer[usize::from(*at) % length] = *byte;
                }
            }
            Damage::Cut(to) => answer.truncate(usize::from(*to)),
            Damage::Other(bytes) => answer.clone_from(bytes),
        }
        answer
    }
}

fuzz_target!(|input: Input| {
    let labels = |set: &Vec<(Name, String)>| {
        let service = if input.is_parca { "job" } else { "service_name" };
        let name = |name: &Name| match name {
            Name::Service => service.to_owned(),
            Name::Pod => "pod".to_owned(),
            Name::Other(name) => name.clone(),
        };
        set.iter().map(|(of, value)| (name(of), value.clone())).collect()
    };
    let answers = Answers {
        series: input.series.iter().map(labels).collect(),
        moments: input.moments.iter().map(|millis| i64::from(*millis) + 1).collect(),
        profile: input.made.encode(0),
    };
    let whole = if input.is_parca { answers.of_parca() } else { answers.of_pyroscope() };
    let mut damage = input.damage.iter();
    answer_with(whole.map(|answer| damage.next().map_or_else(Vec::new, |damage| damage.of(answer))));

    let folder = std::env::temp_dir().join(format!("pprof-leaks-fuzz-pull-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let store = Store::open(&folder).expect("a temporary folder");
    let options = PullOptions {
        profiler: if input.is_parca { ProfilerKind::Parca } else { ProfilerKind::Pyroscope },
        selector: Selector::parse("{}").expect("matchers"),
        steps: Steps::between(0, 60_000, STEP).expect("a step"),
        job: None,
        instance_label: input.names_its_label.then(|| "pod".to_owned()),
        concurrency: 1,
    };
    let job = Arc::new(Job::within(Duration::from_secs(5)));
    let target = Target::new(server(), &BTreeMap::new(), &job).expect("an address");
    let run = || pull(&target, &options, &store, &Stop::default(), &|_, _| {});
    match run() {
        Ok(pulled) => {
            assert_eq!(check(store.root()), pulled.snapshots);
            let again = run().expect("it went well with the same answers");
            assert_eq!(again.snapshots, 0, "what is there is not fetched again");
        }
        Err(error) => {
            let text = error.to_string();
            assert!(!text.is_empty() && text.len() < 1500, "{text}");
            check(store.root());
        }
    }
});

/// The number of snapshots below a folder, each of which can be read.
fn check(folder: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            count += check(&path);
        } else if path.extension().is_some_and(|end| end == "gz") {
            let bytes = std::fs::read(&path).expect("a file");
            // Beyond the bounds that are small here it may well be.
            if let Err(problem) = read(&bytes) {
                let text = problem.to_string();
                assert!(text.contains("more than"), "{}: {text}", path.display());
            }
            count += 1;
        }
    }
    count
}
