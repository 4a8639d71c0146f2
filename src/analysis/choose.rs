//! Which of the given profiles are compared: one a kind and side, in the form that says most.

use super::Incomparable;
use crate::profile::{Form, Kind, Notice, NoticeCode, RawProfile, TakenAt, TimeSource};

const KINDS: [Kind; 3] = [Kind::Heap, Kind::Goroutine, Kind::GoroutineLeak];

/// The profiles to compare, in the order they enter the series: of each kind the earliest before, then the latest
/// after. A goroutineleak profile is proof even when only one side has it.
pub(super) fn pairs(
    before: Vec<RawProfile>,
    after: Vec<RawProfile>,
    notices: &mut Vec<Notice>,
) -> Result<Vec<RawProfile>, Incomparable> {
    let kinds = |side: &[RawProfile]| match side {
        [] => "nothing usable".to_owned(),
        side => {
            let names: Vec<&str> =
                KINDS.iter().filter(|k| side.iter().any(|p| p.kind == **k)).map(|k| k.name()).collect();
            format!("a {} profile", names.join(" and "))
        }
    };
    let error = Incomparable::NoCommonKind { before: kinds(&before), after: kinds(&after) };
    let mut chosen: Vec<(Side, RawProfile)> = Vec::new();
    let mut comparable = false;
    let (mut before, mut after) = (before, after);
    for kind in KINDS {
        let (olds, news) = (take_kind(&mut before, kind), take_kind(&mut after, kind));
        match (olds.is_empty(), news.is_empty()) {
            (true, true) => continue,
            (false, false) => {
                comparable = true;
                let form = common_form(&olds, &news);
                chosen.push((Side::Before, pick(olds, form, Side::Before, notices)));
                chosen.push((Side::After, pick(news, form, Side::After, notices)));
            }
            (no_olds, _) => {
                let missing = if no_olds { "before" } else { "after" };
                let only = if no_olds { news } else { olds };
                let profile = pick(only, None, Side::After, notices);
                if kind == Kind::GoroutineLeak {
                    chosen.push((if no_olds { Side::After } else { Side::Before }, profile));
                } else {
                    notices.push(Notice::about(
                        NoticeCode::OneSided,
                        profile.source,
                        format!(
                            "there is no {} profile {missing}, so this one has nothing to be compared with",
                            kind.name()
                        ),
                    ));
                }
            }
        }
    }
    share_times(&mut chosen);
    if comparable { Ok(chosen.into_iter().map(|(_, profile)| profile).collect()) } else { Err(error) }
}

/// Gives profiles that do not say when they were taken the time of one that does, on the same side: the files of a
/// folder are of one round.
fn share_times(chosen: &mut [(Side, RawProfile)]) {
    for side in [Side::Before, Side::After] {
        let own = |p: &RawProfile| p.taken_at.filter(|t| t.source == TimeSource::Profile);
        let Some(time) = chosen.iter().filter(|(s, _)| *s == side).find_map(|(_, p)| own(p)) else {
            continue;
        };
        for (_, profile) in chosen.iter_mut().filter(|(s, p)| *s == side && own(p).is_none()) {
            profile.taken_at = Some(TakenAt { nanos: time.nanos, source: TimeSource::SameRound });
        }
    }
}

fn take_kind(side: &mut Vec<RawProfile>, kind: Kind) -> Vec<RawProfile> {
    let (taken, rest) = std::mem::take(side).into_iter().partition(|profile| profile.kind == kind);
    *side = rest;
    taken
}

/// The form to compare in, if both sides have one in common. A dump knows each goroutine by its id, unless it was
/// cut; the binary form knows more than the text.
fn common_form(olds: &[RawProfile], news: &[RawProfile]) -> Option<Form> {
    let has = |side: &[RawProfile], form: Form| {
        side.iter().any(|p| p.form == form && !p.notices.iter().any(|n| n.code == NoticeCode::TruncatedDump))
    };
    [Form::Dump, Form::Proto, Form::Text].into_iter().find(|form| has(olds, *form) && has(news, *form))
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Before,
    After,
}

fn pick(
    mut profiles: Vec<RawProfile>,
    form: Option<Form>,
    side: Side,
    notices: &mut Vec<Notice>,
) -> RawProfile {
    if let Some(form) = form {
        profiles.retain(|profile| profile.form == form);
    }
    // Stable: profiles without a time keep the order of their names.
    profiles.sort_by_key(|profile| profile.taken_at.map(|t| t.nanos));
    let count = profiles.len();
    let index = match side {
        Side::Before => 0,
        Side::After => count - 1,
    };
    let chosen = profiles.swap_remove(index);
    if count > 1 {
        let which = if side == Side::Before { "earliest" } else { "latest" };
        notices.push(Notice::about(
            NoticeCode::ChosenInput,
            &chosen.source,
            format!(
                "of {count} {} snapshots given on this side, only the {which}, this one, is compared",
                chosen.kind.name()
            ),
        ));
    }
    chosen
}

/// Whether no two profiles are known to come from different builds.
pub(super) fn is_one_build(profiles: &[RawProfile]) -> bool {
    let mut ids = profiles.iter().filter_map(|profile| profile.build_id.as_ref());
    let first = ids.next();
    ids.all(|id| Some(id) == first)
}
