//! What is known of a profile before its samples are looked at: enough to choose and order the snapshots of a series.

use super::{Form, Kind, NoticeCode, RawProfile, TakenAt};
use std::sync::Arc;

/// A profile without its contents.
#[derive(Clone, Debug)]
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
}

impl Heading {
    /// The heading of a profile.
    pub fn of(profile: &RawProfile) -> Heading {
        Heading {
            source: profile.source.clone(),
            kind: profile.kind,
            form: profile.form,
            taken_at: profile.taken_at,
            build_id: profile.build_id.as_deref().map(Arc::from),
            is_truncated: profile.notices.iter().any(|n| n.code == NoticeCode::TruncatedDump),
        }
    }
}
