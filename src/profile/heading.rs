//! What is known of a profile before its samples are looked at: enough to choose and order the snapshots of a series.

use super::{Difference, Form, Kind, MemStats, NoticeCode, RawProfile, SamplingRate, TakenAt};
use std::sync::Arc;

/// A profile without its contents.
#[derive(Clone, Debug, PartialEq)]
pub struct Heading {
    /// The input as the user named it.
    pub source: String,
    /// What was profiled.
    pub kind: Kind,
    /// The form it was read from.
    pub form: Form,
    /// When it was taken, if known.
    pub taken_at: Option<TakenAt>,
    /// The build id of the main binary, if known. Thousands of snapshots share a few of them.
    pub build_id: Option<Arc<str>>,
    /// Whether it is a dump that the server cut.
    pub is_truncated: bool,
    /// What only grows while a process lives: bytes allocated since its start, or the newest goroutine's id.
    pub age: i128,
    /// How many samples it has.
    pub samples: usize,
    /// What a heap text tells of the whole process's memory.
    pub mem_stats: Option<Box<MemStats>>,
    /// Live bytes as a heap profile estimates them, and its sampling rate, if known.
    pub live: Option<(i128, SamplingRate)>,
}

impl Heading {
    /// The heading of a profile.
    pub fn of(profile: &RawProfile) -> Heading {
        Heading::with_samples(profile, profile.samples.len(), &profile.samples.totals())
    }

    /// The heading of a profile with so many samples, whose columns have these sums; its own samples are not looked at.
    pub(crate) fn with_samples(profile: &RawProfile, samples: usize, totals: &[i128]) -> Heading {
        Heading {
            source: profile.source.clone(),
            kind: profile.kind,
            form: profile.form,
            taken_at: profile.taken_at,
            build_id: profile.build_id.as_deref().map(Arc::from),
            age: match profile.heap_columns().and_then(|columns| columns.alloc_space) {
                // What was allocated in some seconds tells no age.
                Some(_) if matches!(profile.difference, Some(Difference::Over(_))) => 0,
                Some(column) => totals[column],
                None => {
                    profile.goroutines.iter().map(|goroutine| i128::from(goroutine.id)).max().unwrap_or(0)
                }
            },
            samples,
            mem_stats: profile.mem_stats.clone().map(Box::new),
            live: profile
                .heap_columns()
                .and_then(|columns| columns.inuse_space)
                .zip(profile.rate)
                .map(|(column, rate)| (totals[column], rate)),
            is_truncated: profile.notices.iter().any(|n| n.code == NoticeCode::TruncatedDump),
        }
    }
}
