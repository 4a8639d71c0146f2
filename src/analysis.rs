//! The whole analysis as a list of calls in order: profiles in, [`Analysis`] out.

mod accept;
mod choose;
mod effect;
mod follower;
mod forecast;
mod guess;
mod ledger;
mod lives;
mod naming;
mod order;
mod remarks;
mod unread;

pub use choose::{latest_time, share_times_of_rounds};
pub use effect::{Checked, Doubt, Effects, Kinship, effects, is_swapped, kinship};
pub use follower::Follower;
pub use forecast::Forecast;
pub use ledger::{Change, Collector, Finding, Ledger, Moment, Part};
pub use lives::Life;
pub use unread::follow_unread;

use lives::OtherLives;

use crate::clusters::{Blame, Subject, groups};
use crate::growth::Growth;
use crate::profile::{Heading, Kind, Notice, NoticeCode, RawProfile, TimeSource};
use crate::series::{Series, SeriesBuilder, SiteOptions, Window, concerns_whole_target, obstacle};
use crate::suspects::{
    Accepted, Confidence, Criteria, GoroutineTracks, HeapJudgement, Resolution, Scene, SiteGrowth, Suspect,
    Verdict, all_sites, group_growth, join, judge_goroutines, judge_heap, rank,
};
use thiserror::Error;

/// File times closer than this, in nanoseconds, come from one copy or checkout.
const COPIED_AT_ONCE: i64 = 1_000_000_000;

/// How a comparison is made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How sites are matched and which are left out.
    pub sites: SiteOptions,
    /// The thresholds, and what is shown.
    pub criteria: Criteria,
    /// The memory limit of the process in bytes, to say when its live heap reaches it.
    pub memory_limit: Option<f64>,
    /// Whether to keep the growth of every site, not only of the suspects'.
    pub full: bool,
    /// Whether a series was taken at quiet points, one after each round of the same work.
    pub rounds: bool,
}

/// Growth that is set side by side but not judged.
#[derive(Clone, Debug)]
pub struct Unjudged {
    /// The frame to open.
    pub blame: Blame,
    /// Its figures.
    pub growth: Growth,
}

/// What two sets of snapshots say.
#[derive(Debug)]
pub struct Analysis {
    /// The snapshots side by side.
    pub series: Series,
    /// The snapshots judged, a kind: those of one life of the process.
    pub windows: Vec<(Kind, Window)>,
    /// The lives of the process, in order; one unless it restarted or was deployed anew.
    pub lives: Vec<Life>,
    /// The one word.
    pub verdict: Verdict,
    /// The suspects, in the order of the report.
    pub suspects: Vec<Suspect>,
    /// Suspects that a baseline accepts, with its entry.
    pub accepted: Vec<(Suspect, Accepted)>,
    /// For kinds that could not be judged: the functions that differ most, largest difference first.
    pub unjudged: Vec<(Kind, Vec<Unjudged>)>,
    /// Every site, if that was asked for.
    pub sites: Vec<(Kind, Vec<SiteGrowth>)>,
    /// When the live heap reaches the memory limit, if one was given and the heap could be judged.
    pub forecast: Option<Forecast>,
    /// The judgement of the heap, if it could be judged.
    pub heap: Option<HeapJudgement>,
    /// The least leak of goroutines that would have been called, if they could be judged.
    pub goroutines: Option<Resolution>,
    /// Where the memory of the whole process went, if snapshots tell. It judges nothing.
    pub ledger: Option<Ledger>,
    /// What the user must know.
    pub notices: Vec<Notice>,
}

/// Why profiles cannot be compared at all.
#[derive(Debug, Error)]
pub enum Incomparable {
    /// No kind of profile is given on both sides.
    #[error(
        "nothing to compare: before is {before}, after is {after}. Give two profiles of one kind, both from \
         /debug/pprof/heap?gc=1 or both from /debug/pprof/goroutine"
    )]
    NoCommonKind {
        /// The kinds given first.
        before: String,
        /// The kinds given second.
        after: String,
    },
    /// A series of fewer than two snapshots.
    #[error(
        "a series needs at least two snapshots of one kind, and these were found: {found}. Take more from the same \
         process, a few minutes apart"
    )]
    TooShort {
        /// The kinds found.
        found: String,
    },
}

/// Compares the snapshots taken before with those taken after.
///
/// # Errors
/// If no kind of profile is given on both sides.
pub fn compare(
    before: Vec<RawProfile>,
    after: Vec<RawProfile>,
    options: &Options,
) -> Result<Analysis, Incomparable> {
    let mut notices = Vec::new();
    let heap_given = before.iter().chain(&after).any(|profile| profile.kind == Kind::Heap);
    // Of all that were given: what tells of the process is rarely the form that is compared.
    let [firsts, lasts] = [&before, &after].map(|side| {
        let telling = side.iter().filter(|profile| profile.mem_stats.is_some());
        ledger::records(&telling.map(Heading::of).collect::<Vec<_>>())
    });
    let pairs = choose::pairs(before, after, &mut notices)?;
    let series = build(pairs, options, &mut notices);
    // The order is the user's, and what stands between the two is said, not cut away.
    let windows = pair_windows(&series);
    let obstacles: Vec<(Kind, Notice)> = windows
        .iter()
        .filter_map(|(kind, window)| {
            obstacle(&series, *kind, window.first(), window.last()).map(|notice| (*kind, notice))
        })
        .collect();
    let one_life = !obstacles.iter().any(|(_, notice)| concerns_whole_target(notice.code));
    let mut analysis = judge(series, windows, (Vec::new(), &[]), obstacles, heap_given, notices, options);
    analysis.ledger = ledger::of_pair(&firsts, &lasts).filter(|_| one_life);
    Ok(analysis)
}

/// Follows one process through snapshots taken over time, in any order; those that do not say when they were taken are to be
/// given in theirs. [`Follower`] does so without holding them all.
///
/// # Errors
/// If no two snapshots are of one kind.
pub fn follow(profiles: Vec<RawProfile>, options: &Options) -> Result<Analysis, Incomparable> {
    let mut follower = Follower::new(profiles.iter().map(Heading::of).collect(), options)?;
    let mut profiles: Vec<Option<RawProfile>> = profiles.into_iter().map(Some).collect();
    for index in follower.order() {
        if let Some(profile) = profiles[index].take() {
            follower.add(index, profile);
        }
    }
    Ok(follower.finish())
}

fn build(profiles: Vec<RawProfile>, options: &Options, notices: &mut Vec<Notice>) -> Series {
    let one_build = choose::is_one_build(profiles.iter().map(|profile| profile.build_id.as_deref()));
    let mut builder = SeriesBuilder::new(options.sites.clone(), one_build);
    for profile in profiles {
        notices.extend(profile.notices.iter().cloned());
        builder.add(profile);
    }
    builder.finish()
}

/// Judges the windows that nothing forbids to judge. `heap_given` says whether anybody asked about the heap.
fn judge(
    series: Series,
    windows: Vec<(Kind, Window)>,
    (lives, others): (Vec<Life>, &[(Kind, OtherLives)]),
    obstacles: Vec<(Kind, Notice)>,
    heap_given: bool,
    mut notices: Vec<Notice>,
    options: &Options,
) -> Analysis {
    for (kind, window) in &windows {
        notices.extend(remarks::about_sums(&series, *kind, window));
        // One snapshot given twice has one time, and that is told already.
        let twice = |(k, notice): &(Kind, Notice)| k == kind && notice.code == NoticeCode::SameSnapshot;
        if !obstacles.iter().any(twice) {
            notices.extend(remarks::about_times(&series, *kind, window));
        }
    }
    let blocked = |kind: Kind| obstacles.iter().any(|(k, n)| *k == kind || concerns_whole_target(n.code));
    let window_of =
        |kind: Kind| windows.iter().find(|(k, _)| *k == kind && !blocked(kind)).map(|(_, window)| window);

    let mut suspects = Vec::new();
    let other_lives = |kind: Kind| {
        let found = others.iter().find(|(k, _)| *k == kind).map(|(_, lives)| lives);
        found.map_or((&[][..], 0), |lives| (&lives.windows[..], lives.before))
    };
    let heap_window = window_of(Kind::Heap);
    let heap =
        judge_heap_track(&series, heap_window, other_lives(Kind::Heap), options, &mut suspects, &mut notices);
    let goroutines = judge_goroutine_tracks(&series, &window_of, &other_lives, options, &mut suspects);
    if windows.iter().any(|(kind, window)| remarks::is_cut_at_start(&series, *kind, window)) {
        // What was missing then looks like growth now.
        let counted = suspects.iter_mut().filter(|s| s.subject == Subject::Goroutine && !s.is_proved());
        counted.for_each(|suspect| suspect.confidence = Confidence::Low);
    }
    let mut suspects = join(suspects, &naming::tracks(&series, &windows), options.sites.granularity);
    let scene = Scene::new(naming::tracks(&series, &windows), &suspects);
    for suspect in &mut suspects {
        suspect.cause = Some(scene.cause(suspect, Vec::new()));
    }
    rank(&mut suspects);

    let enough_heap = heap.as_ref().zip(window_of(Kind::Heap)).is_some_and(|(heap, window)| {
        remarks::about_heap(heap, &series.names, window, &suspects, &mut notices)
    });
    let judged = match window_of(Kind::Heap) {
        Some(_) => enough_heap,
        // Goroutines alone make it clean only if nobody asked about the heap.
        None => goroutines.is_some() && !heap_given,
    };
    // What is missing cannot be called clean, nor can a course that may have run another way.
    let is_cut = windows.iter().any(|(kind, window)| remarks::is_cut(&series, *kind, window));
    let is_doubtful = notices.iter().any(|notice| notice.code == NoticeCode::OrderDoubtful);
    let decided = remarks::about_undecided(&suspects, &mut notices);
    let verdict = Verdict::of(&suspects, judged && decided && !is_cut && !is_doubtful);
    let unjudged = windows
        .iter()
        .filter(|(kind, window)| blocked(*kind) && window.can_be_judged())
        .map(|(kind, window)| (*kind, set_side_by_side(&series, *kind, window, options)))
        .collect();
    let sites = windows
        .iter()
        .filter(|_| options.full)
        .filter_map(|(kind, window)| {
            Some((*kind, all_sites(series.track(*kind)?, &series.names, window, options.criteria.metric)))
        })
        .collect();
    let forecast = heap.as_ref().zip(options.memory_limit).map(|(heap, limit)| {
        let is_steady =
            window_of(Kind::Heap).is_none_or(|window| forecast::is_steady(heap, window, &suspects));
        // A limit is of the process that lives now, also where an older one is judged.
        let later = lives.last().filter(|life| !life.judged).and_then(|life| life.heap);
        forecast::forecast(heap, &suspects, later.map(|(_, last)| last as f64), is_steady, limit)
    });
    notices.extend(obstacles.into_iter().map(|(_, notice)| notice));
    notices.sort();
    notices.dedup();
    Analysis {
        series,
        windows,
        lives,
        verdict,
        suspects,
        accepted: Vec::new(),
        unjudged,
        sites,
        forecast,
        heap,
        goroutines,
        ledger: None,
        notices,
    }
}

/// The functions that differ most between two snapshots that cannot be judged.
fn set_side_by_side(series: &Series, kind: Kind, window: &Window, options: &Options) -> Vec<Unjudged> {
    let Some(track) = series.track(kind) else { return Vec::new() };
    let groups = groups(track, &series.names, options.sites.granularity);
    let mut rows: Vec<Unjudged> = groups
        .roots()
        .map(|group| Unjudged {
            blame: groups.get(group).blame,
            growth: group_growth(track, &series.names, groups.rows(group), window, options.criteria.metric),
        })
        .filter(|unjudged| unjudged.growth.delta() != 0.0)
        .collect();
    rows.sort_by(|a, b| b.growth.delta().abs().total_cmp(&a.growth.delta().abs()));
    rows
}

/// The pairs to compare, in the order given: the first and the last snapshot of every kind.
fn pair_windows(series: &Series) -> Vec<(Kind, Window)> {
    series
        .tracks()
        .iter()
        .filter_map(|track| {
            let times: Vec<_> = track.snapshots.iter().map(|snapshot| snapshot.taken_at).collect();
            // A file's time says when it was copied. Where that contradicts the order given, or where the files were
            // written all at once, it says nothing of the profiles.
            let outside = times.iter().flatten().any(|t| t.source == TimeSource::FileTime);
            let contradicts = times.windows(2).any(
                |pair| matches!(pair, [Some(a), Some(b)] if b.nanos.saturating_sub(a.nanos) < COPIED_AT_ONCE),
            );
            let times = match outside && contradicts {
                true => vec![None; times.len()],
                false => times.iter().map(|t| t.map(|t| t.nanos)).collect(),
            };
            Some((track.kind, Window::new((0..track.snapshots.len()).collect(), times)?))
        })
        .collect()
}

fn judge_heap_track(
    series: &Series,
    window: Option<&Window>,
    others: (&[Window], usize),
    options: &Options,
    suspects: &mut Vec<Suspect>,
    notices: &mut Vec<Notice>,
) -> Option<HeapJudgement> {
    let (track, window) = series.track(Kind::Heap).zip(window)?;
    let groups = groups(track, &series.names, options.sites.granularity);
    notices.extend(remarks::about_sites(track, window, groups.is_empty()));
    let mut judgement = judge_heap(track, &series.names, &groups, window, others, &options.criteria);
    suspects.append(&mut judgement.suspects);
    Some(judgement)
}

/// Judges goroutines, with a goroutineleak profile as proof; a goroutineleak profile alone is judged by itself. Gives what would
/// have shown; `None` if nothing was judged.
fn judge_goroutine_tracks<'a>(
    series: &Series,
    window_of: &dyn Fn(Kind) -> Option<&'a Window>,
    other_lives: &dyn Fn(Kind) -> (&'a [Window], usize),
    options: &Options,
    suspects: &mut Vec<Suspect>,
) -> Option<Resolution> {
    let proof = series.track(Kind::GoroutineLeak).filter(|_| window_of(Kind::GoroutineLeak).is_some());
    let goroutines = series.track(Kind::Goroutine).zip(window_of(Kind::Goroutine));
    let judged = goroutines.or_else(|| proof.zip(window_of(Kind::GoroutineLeak)));
    let (track, window) = judged?;
    let groups = groups(track, &series.names, options.sites.granularity);
    let (lives, judged) = other_lives(track.kind);
    let heap = series.track(Kind::Heap).zip(window_of(Kind::Heap));
    let tracks = GoroutineTracks { track, window, lives, judged, proof, heap };
    let judgement = judge_goroutines(&tracks, &series.names, &groups, &options.criteria);
    suspects.extend(judgement.suspects);
    Some(judgement.resolution)
}

impl Analysis {
    /// Whether any of the notices forbids judging what it concerns.
    pub fn is_obstructed(&self) -> bool {
        self.notices.iter().any(|notice| notice.code.forbids_judgement())
    }

    /// Whether the snapshots were taken at quiet points.
    pub fn is_in_rounds(&self) -> bool {
        self.windows.iter().any(|(_, window)| window.is_in_rounds())
    }

    /// The notices of a code.
    pub fn has_notice(&self, code: NoticeCode) -> bool {
        self.notices.iter().any(|notice| notice.code == code)
    }
}
