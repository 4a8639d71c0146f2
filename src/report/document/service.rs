//! The head of the document: which process it is about.

use super::super::json::fields::{text, time};
use serde::{Deserialize, Serialize};

/// The process that a report is about, as far as its snapshots and their place say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceView {
    /// The file name of the program.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub program: Option<String>,
    /// Which process of it: where it was scraped.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub instance: Option<String>,
    /// The build of the last snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub build_id: Option<String>,
    /// When the first snapshot was taken, nanoseconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time")]
    pub from: Option<i64>,
    /// When the last one was.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time")]
    pub until: Option<i64>,
}

impl ServiceView {
    /// Whether nothing is known of it.
    pub(super) fn is_unknown(&self) -> bool {
        *self == ServiceView::default()
    }
}
