//! The recorded programs of `testdata/` and what is true of them.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]

use pprof_leaks::analysis::{Analysis, Options, compare};
use pprof_leaks::input::{Limits, parse};
use pprof_leaks::profile::RawProfile;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// What is true of a program, as its author wrote it down.
#[derive(Deserialize)]
pub struct Truth {
    pub leak: bool,
    #[serde(default)]
    pub leaks: Vec<Leak>,
}

/// One leak of a program.
#[derive(Deserialize)]
pub struct Leak {
    pub function: String,
    #[serde(default)]
    pub also: Vec<String>,
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
        let mut rounds: Vec<String> = std::fs::read_dir(&self.folder)
            .expect("a recording is a folder")
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| Some(name.strip_prefix("heap-")?.strip_suffix(".pb.gz")?.to_owned()))
            .collect();
        rounds.sort();
        rounds.pop().expect("a recording has heap snapshots")
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

/// Every recorded program, by name.
pub fn recordings() -> Vec<Recording> {
    let root = std::env::var_os("PPROF_LEAKS_RECORDINGS").map_or_else(testdata, PathBuf::from);
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
