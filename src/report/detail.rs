//! What a full report tells of each site besides its growth: every value column, what its goroutines wait for, and
//! which suspect it is a part of.

use super::inert::inert;
use super::json::fields::{fingerprint, text};
use crate::analysis::Analysis;
use crate::profile::{Form, Goroutine, Kind, most_frequent};
use crate::series::{Cell, SiteId, Track, Window};
use crate::suspects::Candidate;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// So many states and creators are shown of one site.
const MOST_SHOWN: usize = 5;

/// One site in full.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SiteDetail {
    /// The fingerprint of the suspect it is a part of, accepted ones included.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "fingerprint")]
    pub suspect: Option<String>,
    /// Its values, one row an object size. Those of goroutines stand among the live objects, at size 0.
    pub sizes: Vec<SizeRow>,
    /// What its goroutines did in the last snapshot, where that is a dump of `debug=2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waits>,
}

/// The values of a site at one object size, in the order in which Go writes them: objects and bytes allocated, objects
/// and bytes live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "SizeTuple", into = "SizeTuple")]
pub struct SizeRow {
    /// Bytes an object; 0 if unknown.
    pub size: i64,
    /// In the first snapshot that was judged.
    pub first: [i64; 4],
    /// In the last one.
    pub last: [i64; 4],
}

/// A row as JSON has it: the size, then the values of the first and of the last snapshot.
type SizeTuple = (i64, [i64; 4], [i64; 4]);

impl From<SizeTuple> for SizeRow {
    fn from((size, first, last): SizeTuple) -> SizeRow {
        SizeRow { size, first, last }
    }
}

impl From<SizeRow> for SizeTuple {
    fn from(SizeRow { size, first, last }: SizeRow) -> SizeTuple {
        (size, first, last)
    }
}

/// What the goroutines at one place wait for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    /// Their states with counts, most frequent first.
    #[serde(deserialize_with = "text")]
    pub states: Vec<(String, u64)>,
    /// The longest wait in minutes; none of them may have waited a whole one.
    pub longest_minutes: Option<u64>,
    /// The functions that started them with counts, most frequent first.
    #[serde(deserialize_with = "text")]
    pub created_by: Vec<(String, u64)>,
    /// How many the garbage collector marked as leaked.
    pub leaked: u64,
}

/// Looks up the details of the sites of one track.
pub(super) struct Details<'a> {
    track: &'a Track,
    window: &'a Window,
    rows: HashMap<SiteId, Vec<usize>>,
    suspects: HashMap<SiteId, &'a str>,
    goroutines: HashMap<SiteId, Vec<&'a Goroutine>>,
}

impl<'a> Details<'a> {
    /// `None` for a kind that is not there.
    pub(super) fn of(analysis: &'a Analysis, kind: Kind) -> Option<Details<'a>> {
        let track = analysis.series.track(kind)?;
        let window = analysis.window(kind)?;
        let mut rows: HashMap<SiteId, Vec<usize>> = HashMap::new();
        for (index, row) in track.rows.iter().enumerate() {
            rows.entry(row.site).or_default().push(index);
        }
        let mut goroutines: HashMap<SiteId, Vec<&Goroutine>> = HashMap::new();
        for member in &track.snapshots[window.last()].members {
            goroutines.entry(member.site).or_default().push(&member.goroutine);
        }
        let named = analysis.suspects.iter().chain(analysis.accepted.iter().map(|(suspect, _)| suspect));
        let mut suspects = HashMap::new();
        for suspect in named {
            let of_kind = |member: &&Candidate| {
                member.subject.track(&analysis.series).is_some_and(|track| track.kind == kind)
            };
            for site in suspect.members().filter(of_kind).flat_map(|member| &member.sites) {
                suspects.entry(site.site).or_insert(suspect.fingerprint.as_str());
            }
        }
        Some(Details { track, window, rows, suspects, goroutines })
    }

    pub(super) fn site(&self, site: SiteId) -> SiteDetail {
        let row = |index: &usize| SizeRow {
            size: self.track.rows[*index].size,
            first: values(self.track.cell(self.window.first(), *index)),
            last: values(self.track.cell(self.window.last(), *index)),
        };
        let is_dump = self.track.snapshots[self.window.last()].form == Form::Dump;
        SiteDetail {
            suspect: self.suspects.get(&site).map(|fingerprint| (*fingerprint).to_owned()),
            sizes: self.rows.get(&site).into_iter().flatten().map(row).collect(),
            waits: is_dump.then(|| self.goroutines.get(&site)).flatten().map(|members| waits(members)),
        }
    }
}

fn values(cell: Cell) -> [i64; 4] {
    [cell.alloc_objects, cell.alloc_space, cell.inuse_objects, cell.inuse_space]
}

fn waits(members: &[&Goroutine]) -> Waits {
    Waits {
        states: shown(members.iter().map(|goroutine| goroutine.state.as_str())),
        longest_minutes: members.iter().filter_map(|goroutine| goroutine.wait_minutes).max(),
        created_by: shown(members.iter().filter_map(|goroutine| goroutine.created_by.as_deref())),
        leaked: members.iter().filter(|goroutine| goroutine.leaked).count() as u64,
    }
}

fn shown<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<(String, u64)> {
    most_frequent(texts).into_iter().take(MOST_SHOWN).map(|(text, count)| (inert(&text), count)).collect()
}
