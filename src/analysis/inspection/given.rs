//! What was given, as one snapshot of each kind; two of one kind are for another command.

use crate::profile::{Form, Kind, MemStats, Notice, NoticeCode, RawProfile};
use thiserror::Error;

/// Why snapshots are not those of one moment.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum NotOne {
    /// Two of one kind.
    #[error(
        "{first} and {second} are both {kind} profiles; `pprof-leaks {first} {second}` compares them, and one of them alone is \
         explained by itself"
    )]
    Two {
        /// The first one.
        first: String,
        /// The second one.
        second: String,
        /// What they are of.
        kind: &'static str,
    },
    /// More of one kind.
    #[error(
        "{first} is one of {count} {kind} profiles; `pprof-leaks trend {all}` follows them, and one of them alone is explained \
         by itself"
    )]
    Several {
        /// The first one.
        first: String,
        /// How many there are.
        count: usize,
        /// What they are of.
        kind: &'static str,
        /// How to name them all.
        all: String,
    },
}

/// One snapshot of each kind that was given.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) profiles: Vec<RawProfile>,
    /// What the runtime says of its memory, from whichever form says it.
    pub(super) process: Option<MemStats>,
}

/// Takes one snapshot of each kind. Of one round in several forms the one that says most is taken.
pub(super) fn one_a_kind(mut profiles: Vec<RawProfile>, notices: &mut Vec<Notice>) -> Result<Given, NotOne> {
    let process = profiles.iter().find_map(|profile| profile.mem_stats.clone());
    let mut chosen = Vec::new();
    for kind in Kind::ALL {
        let (of_kind, others): (Vec<RawProfile>, _) = profiles.into_iter().partition(|p| p.kind == kind);
        profiles = others;
        for form in [Form::Proto, Form::Text, Form::Dump] {
            let of_form: Vec<&RawProfile> = of_kind.iter().filter(|profile| profile.form == form).collect();
            refuse_several(&of_form)?;
        }
        let left_out = of_kind.len().saturating_sub(1);
        let Some(best) = of_kind.into_iter().min_by_key(rank) else { continue };
        if left_out > 0 {
            let message = format!(
                "the {} profile was given in {} forms, and this one is read: it says most",
                kind.name(),
                left_out + 1
            );
            notices.push(Notice::about(NoticeCode::ChosenInput, &best.source, message));
        }
        chosen.push(best);
    }
    Ok(Given { profiles: chosen, process })
}

/// How little a form says: a whole dump knows states and waits, and the binary form more names than the text.
fn rank(profile: &RawProfile) -> u8 {
    let is_cut = profile.notices.iter().any(|notice| notice.code == NoticeCode::TruncatedDump);
    match profile.form {
        Form::Dump if !is_cut => 0,
        Form::Proto => 1,
        Form::Text => 2,
        Form::Dump => 3,
    }
}

fn refuse_several(profiles: &[&RawProfile]) -> Result<(), NotOne> {
    match profiles {
        [] | [_] => Ok(()),
        [first, second] => Err(NotOne::Two {
            first: first.source.clone(),
            second: second.source.clone(),
            kind: first.kind.name(),
        }),
        [first, rest @ ..] => {
            let folder = |profile: &RawProfile| {
                profile.source.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned()
            };
            let is_one_folder = rest.iter().all(|other| folder(other) == folder(first));
            Err(NotOne::Several {
                first: first.source.clone(),
                count: profiles.len(),
                kind: first.kind.name(),
                all: if is_one_folder { folder(first) } else { "FILE...".to_owned() },
            })
        }
    }
}
