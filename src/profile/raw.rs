//! One profile as read from one input: the narrow waist between the readers and everything else.

use super::{
    Form, Goroutine, HeapColumns, Kind, MemStats, Notice, SampleType, Samples, SamplingRate, Symbols,
};

/// How the time of a snapshot is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSource {
    /// The profile says so itself.
    Profile,
    /// Another profile of the same round says so.
    SameRound,
    /// The `Date` header of the HTTP answer it came in.
    HttpDate,
    /// The name of its file, in which a collector wrote its own clock's time.
    FileName,
    /// The modification time of its file.
    FileTime,
}

/// When a snapshot was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenAt {
    /// Nanoseconds since the Unix epoch.
    pub nanos: i64,
    /// How that is known.
    pub source: TimeSource,
}

/// What a profile holds the difference of, where it is not all of one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// All of it is the change in so many nanoseconds (S10).
    Over(i64),
    /// All of it is one profile less another, as `go tool pprof -diff_base` writes it.
    OfProfiles,
    /// What was allocated counts since the profile before, what is live is all that was live at the end, as Datadog's
    /// profiler and Pyroscope's write it.
    OfAllocations,
}

/// The comment of a profile that is the average of many processes, as `pull` writes it where no label tells them apart.
pub const OF_MANY: &str = "pprof-leaks: the average of all processes of a service";

/// One profile, self-contained and valid: every index in it points somewhere.
#[derive(Clone, Debug)]
pub struct RawProfile {
    /// The input as the user named it: a path, a URL without secrets, `-`.
    pub source: String,
    /// What was profiled.
    pub kind: Kind,
    /// The form it was read from.
    pub form: Form,
    /// When it was taken, if known.
    pub taken_at: Option<TakenAt>,
    /// What it is the difference of; `None` for a snapshot.
    pub difference: Option<Difference>,
    /// Whether it is the average of many processes, by its comment ([`OF_MANY`]).
    pub is_of_many: bool,
    /// The sampling rate of a heap profile, if known.
    pub rate: Option<SamplingRate>,
    /// The build id of the main binary, if known.
    pub build_id: Option<String>,
    /// The file name of the main binary, without its folder, if known.
    pub program: Option<String>,
    /// SHA-256 of the input's bytes as given, before anything is inflated; `None` for a profile that was not read.
    pub sha256: Option<[u8; 32]>,
    /// The names of the value columns, at least one.
    pub sample_types: Vec<SampleType>,
    /// Functions, frames and locations.
    pub symbols: Symbols,
    /// The samples.
    pub samples: Samples,
    /// Label sets, each as sorted (key, value) pairs; index 0 is the empty set.
    pub label_sets: Vec<Vec<(String, String)>>,
    /// The goroutines of a `debug=2` dump, one a sample; empty in other forms.
    pub goroutines: Vec<Goroutine>,
    /// What the runtime says of its memory, where a heap text of `debug=1` tells.
    pub mem_stats: Option<MemStats>,
    /// What the user must know about this input.
    pub notices: Vec<Notice>,
}

impl RawProfile {
    /// An empty profile to be filled by a reader.
    pub fn new(source: &str, kind: Kind, form: Form, sample_types: Vec<SampleType>) -> RawProfile {
        RawProfile {
            source: source.to_owned(),
            kind,
            form,
            taken_at: None,
            difference: None,
            is_of_many: false,
            rate: None,
            build_id: None,
            program: None,
            sha256: None,
            samples: Samples::with_width(sample_types.len()),
            sample_types,
            symbols: Symbols::default(),
            label_sets: vec![Vec::new()],
            goroutines: Vec::new(),
            mem_stats: None,
            notices: Vec::new(),
        }
    }

    /// Which columns hold what, for a heap profile. Allocations that do not count since the start of the process are none.
    pub fn heap_columns(&self) -> Option<HeapColumns> {
        let mut columns = HeapColumns::find(&self.sample_types).filter(|_| self.kind == Kind::Heap)?;
        if self.difference == Some(Difference::OfAllocations) {
            (columns.alloc_objects, columns.alloc_space) = (None, None);
        }
        Some(columns)
    }

    /// Whether any goroutine of the dump carries the garbage collector's `(leaked)` mark.
    pub fn has_leak_marks(&self) -> bool {
        self.goroutines.iter().any(|g| g.leaked)
    }
}
