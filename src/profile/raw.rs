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
    /// The span a difference covers, in nanoseconds; 0 for a snapshot (S10).
    pub duration_nanos: i64,
    /// The sampling rate of a heap profile, if known.
    pub rate: Option<SamplingRate>,
    /// The build id of the main binary, if known.
    pub build_id: Option<String>,
    /// The file of the main binary, if known.
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
            duration_nanos: 0,
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

    /// Which columns hold what, for a heap profile.
    pub fn heap_columns(&self) -> Option<HeapColumns> {
        (self.kind == Kind::Heap).then(|| HeapColumns::find(&self.sample_types)).flatten()
    }

    /// Whether any goroutine of the dump carries the garbage collector's `(leaked)` mark.
    pub fn has_leak_marks(&self) -> bool {
        self.goroutines.iter().any(|g| g.leaked)
    }
}
