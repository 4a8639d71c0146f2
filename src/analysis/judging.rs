//! From snapshots to suspects: each kind judged, and what is one leak joined.

use super::{Options, Taken, remarks};
use crate::clusters::{Subject, groups};
use crate::profile::{Kind, Notice};
use crate::suspects::{
    Candidate, Confidence, GoroutineJudgement, GoroutineTracks, HeapJudgement, Linked, join,
    judge_goroutines, judge_heap, rank,
};

/// What the snapshots say of each kind.
pub(crate) struct Judged {
    /// The leaks of all kinds, ranked; their causes are yet to be named.
    pub(crate) leaks: Vec<Linked>,
    /// The judgement of the heap, if it could be judged.
    pub(crate) heap: Option<HeapJudgement>,
    /// The judgement of the goroutines, if they could be judged.
    pub(crate) goroutines: Option<GoroutineJudgement>,
}

/// Judges the windows that nothing forbids to judge.
pub(crate) fn judge(taken: &Taken, options: &Options, notices: &mut Vec<Notice>) -> Judged {
    let mut candidates = Vec::new();
    let heap = judge_heap_track(taken, options, &mut candidates, notices);
    let goroutines = judge_goroutine_tracks(taken, options, &mut candidates);
    if taken.windows.iter().any(|(kind, window)| remarks::is_cut_at_start(&taken.series, *kind, window)) {
        // What was missing then looks like growth now.
        let counted = candidates.iter_mut().filter(|c| c.subject == Subject::Goroutine && !c.is_proved());
        counted.for_each(|candidate| candidate.confidence = Confidence::Low);
    }
    if options.criteria.is_out_of_time() {
        candidates.clear();
    }
    let mut leaks = join(candidates, &taken.tracks(), options.sites.granularity, &options.criteria);
    rank(&mut leaks);
    leaks.truncate(options.most_suspects);
    Judged { leaks, heap, goroutines }
}

fn judge_heap_track(
    taken: &Taken,
    options: &Options,
    candidates: &mut Vec<Candidate>,
    notices: &mut Vec<Notice>,
) -> Option<HeapJudgement> {
    let (track, window) = taken.judged(Kind::Heap)?;
    let names = &taken.series.names;
    let groups = groups(track, names, options.sites.granularity);
    notices.extend(remarks::about_sites(track, window, groups.all_rows().is_empty()));
    let others = taken.other_lives(Kind::Heap);
    let mut judgement = judge_heap(track, names, &groups, window, others, &options.criteria);
    candidates.append(&mut judgement.candidates);
    Some(judgement)
}

/// Judges goroutines, with a goroutineleak profile as proof; a goroutineleak profile alone is judged by itself. `None` if nothing
/// was judged.
fn judge_goroutine_tracks(
    taken: &Taken,
    options: &Options,
    candidates: &mut Vec<Candidate>,
) -> Option<GoroutineJudgement> {
    let proof = taken.judged(Kind::GoroutineLeak);
    let (track, window) = taken.judged(Kind::Goroutine).or(proof)?;
    let names = &taken.series.names;
    let groups = groups(track, names, options.sites.granularity);
    let (lives, judged) = taken.other_lives(track.kind);
    let proof = proof.map(|(track, _)| track);
    let tracks = GoroutineTracks { track, window, lives, judged, proof, heap: taken.judged(Kind::Heap) };
    let mut judgement = judge_goroutines(&tracks, names, &groups, &options.criteria);
    candidates.append(&mut judgement.candidates);
    Some(judgement)
}
