//! The recorded programs of `testdata/` and what is true of them.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]

use pprof_leaks::input::{Fetcher, Limits, load, parse};
use pprof_leaks::pipeline::{Analysis, Options, compare, follow};
use pprof_leaks::profile::{Kind, RawProfile};
use pprof_leaks::source::Sources;
use pprof_leaks::suspects::Criteria;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What is true of a program, as its author wrote it down.
#[derive(Deserialize)]
pub struct Truth {
    pub leak: bool,
    #[serde(default)]
    pub leaks: Vec<Leak>,
    /// Whether a profile can show the leak at all: `yes`, `hard` (some ten sampled objects beside as many that come and go), or `no`.
    #[serde(default)]
    pub visible: Option<String>,
}

/// One leak of a program.
#[derive(Deserialize)]
pub struct Leak {
    pub function: String,
    #[serde(default)]
    pub also: Vec<String>,
    /// What allocates the memory that the leak keeps alive as well: no false alarm, but not the place either.
    #[serde(default)]
    pub holds: Vec<String>,
    pub kind: String,
    pub cause: String,
    #[serde(default)]
    pub cause_without_source: Vec<String>,
}

impl Leak {
    /// Whether blaming this function for it is right.
    pub fn accepts(&self, function: &str) -> bool {
        self.function == function || self.also.iter().any(|also| also == function)
    }
}

impl Truth {
    /// Every function that is rightly blamed.
    pub fn functions(&self) -> Vec<&str> {
        self.leaks
            .iter()
            .flat_map(|leak| leak.also.iter().chain([&leak.function]))
            .map(String::as_str)
            .collect()
    }
}

/// One recorded program.
pub struct Recording {
    pub name: String,
    pub folder: PathBuf,
    pub truth: Truth,
}

impl Recording {
    /// Whether blaming this function is right.
    pub fn accepts(&self, function: &str) -> bool {
        self.truth.functions().contains(&function)
    }

    /// Heap and goroutines of the first round against those of the last.
    pub fn compare_first_and_last(&self) -> Analysis {
        self.compare(&["heap", "goroutine", "goroutineleak"])
    }

    /// The heap of the first round against that of the last.
    pub fn compare_heaps(&self) -> Analysis {
        self.compare(&["heap"])
    }

    fn compare(&self, kinds: &[&str]) -> Analysis {
        let last = self.last_round();
        let read = |round: &str| -> Vec<RawProfile> {
            kinds
                .iter()
                .map(|kind| self.folder.join(format!("{kind}-{round}.pb.gz")))
                .filter(|path| path.exists())
                .map(|path| read(&path))
                .collect()
        };
        compare(read("01"), read(&last), &Options::default()).expect("both rounds have a heap")
    }

    /// The number of the last round, as in the file names.
    pub fn last_round(&self) -> String {
        self.rounds().pop().expect("a recording has heap snapshots")
    }

    /// The numbers of all rounds, in order.
    pub fn rounds(&self) -> Vec<String> {
        let mut rounds: Vec<String> = std::fs::read_dir(&self.folder)
            .expect("a recording is a folder")
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| Some(name.strip_prefix("heap-")?.strip_suffix(".pb.gz")?.to_owned()))
            .collect();
        rounds.sort();
        rounds
    }

    /// Everything that was recorded, loaded as `pprof-leaks trend FOLDER` does.
    pub fn snapshots(&self) -> Snapshots {
        let fetcher = Fetcher::plain(Duration::from_secs(1));
        let loaded = load(&self.folder.to_string_lossy(), &fetcher, &Limits::default());
        assert!(loaded.failures.is_empty(), "{}: {:?}", self.name, loaded.failures);
        Snapshots { rounds: self.rounds(), profiles: loaded.profiles }
    }
}

/// The snapshots of a recording.
pub struct Snapshots {
    rounds: Vec<String>,
    profiles: Vec<RawProfile>,
}

impl Snapshots {
    /// How many rounds there are.
    pub fn count(&self) -> usize {
        self.rounds.len()
    }

    /// The judgement of some rounds, by position: of everything in them, or of the heap alone.
    pub fn follow(&self, rounds: &[usize], heap_only: bool) -> Analysis {
        // What a series of minutes is too short for is not what is looked at; the recordings stand for longer ones.
        let criteria = Criteria { must_detect: Some(f64::INFINITY), ..Criteria::default() };
        self.follow_with(rounds, heap_only, &Options { criteria, ..Options::default() })
    }

    /// As [`Snapshots::follow`], with the source below a folder if there is one.
    pub fn follow_source(&self, rounds: &[usize], folder: Option<&Path>) -> Analysis {
        let open = |folder: &Path| Sources::open(&[folder.to_owned()], None).expect("the source is there");
        let source = folder.map(|folder| Arc::new(Mutex::new(open(folder))));
        self.follow_with(rounds, false, &Options { source, ..Options::default() })
    }

    fn follow_with(&self, rounds: &[usize], heap_only: bool, options: &Options) -> Analysis {
        let chosen: Vec<&str> = rounds.iter().map(|round| self.rounds[*round].as_str()).collect();
        let of_these = |profile: &&RawProfile| {
            let name = profile.source.rsplit('/').next().unwrap_or_default();
            let round = name.split('.').next().and_then(|stem| stem.rsplit('-').next()).unwrap_or_default();
            chosen.contains(&round) && (!heap_only || profile.kind == Kind::Heap)
        };
        let profiles = self.profiles.iter().filter(of_these).cloned().collect();
        follow(profiles, options).expect("a recording is a series")
    }
}

/// Reads a profile that is known to be good.
pub fn read(path: &Path) -> RawProfile {
    let bytes = std::fs::read(path).expect("the recording is there");
    parse(&bytes, &path.display().to_string(), &Limits::default()).expect("a recorded profile is valid")
}

/// The folder of the recordings.
pub fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// Other recordings of the same programs to judge, if the user named some.
pub fn other_recordings() -> Option<PathBuf> {
    std::env::var_os("PPROF_LEAKS_RECORDINGS").map(PathBuf::from)
}

/// Every recorded program, by name.
pub fn recordings() -> Vec<Recording> {
    let root = other_recordings().unwrap_or_else(testdata);
    let mut recordings: Vec<Recording> = std::fs::read_dir(&root)
        .unwrap_or_else(|error| panic!("{}: {error}", root.display()))
        .filter_map(|entry| {
            let folder = entry.ok()?.path();
            let truth = std::fs::read_to_string(folder.join("truth.toml")).ok()?;
            folder.join("heap-01.pb.gz").exists().then(|| Recording {
                name: folder.file_name().expect("has a name").to_string_lossy().into_owned(),
                truth: toml::from_str(&truth).unwrap_or_else(|error| panic!("{}: {error}", folder.display())),
                folder,
            })
        })
        .collect();
    recordings.sort_by(|a, b| a.name.cmp(&b.name));
    recordings
}

/// Whether a program is one of the four classic causes or its repaired twin.
pub fn classic(name: &str) -> bool {
    const CLASSIC: [&str; 6] =
        ["map-cache", "slice-append", "subslice", "substring", "blocked-goroutine", "defer-loop"];
    CLASSIC.contains(&name.strip_suffix("-fixed").unwrap_or(name))
}
