//! The whole analysis as a list of calls in order: snapshots go in, and what else is known of their program with the
//! [`Options`]; an [`Analysis`] comes out, and nothing changes it afterwards.

use crate::analysis::{
    Acceptance, Follower, Judged, Taken, accept, every_site, judge, latest_time, limit_reached, name_causes,
    pair, places, set_side_by_side, share_times_of_rounds, too_short, verdict,
};
pub use crate::analysis::{Analysis, Incomparable, Inspection, NotOne, Options};
use crate::input::{InputError, Limits, Loaded, Survey, Unread, read_each};
use crate::profile::{Heading, Notice, NoticeCode, RawProfile};
use crate::suspects::Verdict;
use std::ops::ControlFlow;

/// What came of a run: what the snapshots say, and those that could not be used, about which the analysis has a notice
/// each.
pub type Outcome = (Result<Analysis, Incomparable>, Vec<InputError>);

/// Compares the snapshots taken before with those taken after.
///
/// # Errors
/// If no kind of profile is given on both sides.
pub fn compare(
    before: Vec<RawProfile>,
    after: Vec<RawProfile>,
    options: &Options,
) -> Result<Analysis, Incomparable> {
    analyse(pair(before, after, options)?, &[], options)
}

/// Compares what was found at two locations.
pub fn compare_loaded(before: Loaded, after: Loaded, options: &Options) -> Outcome {
    let mut unusable = before.failures;
    unusable.extend(after.failures);
    let taken = pair(before.profiles, after.profiles, options);
    (taken.and_then(|taken| analyse(taken, &unusable, options)), unusable)
}

/// Looks at one snapshot of each kind by itself, and judges nothing. `unusable` are inputs that could not be read.
///
/// # Errors
/// If two snapshots of one kind are given.
pub fn inspect(
    profiles: Vec<RawProfile>,
    unusable: &[InputError],
    options: &Options,
) -> Result<Inspection, NotOne> {
    let mut inspection = crate::analysis::inspect(profiles, options)?;
    inspection.notices = in_order(inspection.notices, std::iter::empty(), unusable);
    Ok(inspection)
}

/// Follows one process through snapshots taken over time, in any order; those that do not say when they were taken are to be
/// given in theirs. [`follow_found`] does so without holding them all.
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
    analyse(follower.finish(), &[], options)
}

/// From when on snapshots count.
#[derive(Clone, Copy, Debug, Default)]
pub enum Since {
    /// All of them.
    #[default]
    Ever,
    /// From a time on, in nanoseconds since the Unix epoch.
    Time(i64),
    /// So long before the latest one, in nanoseconds.
    Last(i64),
}

impl Since {
    /// The time from which on they count.
    fn earliest(self, headings: &[Heading]) -> Option<i64> {
        match self {
            Since::Ever => None,
            Since::Time(time) => Some(time),
            Since::Last(nanos) => latest_time(headings).map(|latest| latest.saturating_sub(nanos)),
        }
    }
}

/// Follows one process through snapshots of which only the headings are known: each is read when its turn comes, in
/// memory that does not grow with their number.
///
/// Damage may only show when a snapshot is read whole. A series without it is another series, so all is followed anew then.
/// `progress` is called with the number of snapshots that are read and of all.
pub fn follow_found(
    found: Survey,
    since: Since,
    options: &Options,
    limits: &Limits,
    progress: &mut dyn FnMut(usize, usize),
) -> Outcome {
    let Survey { found, failures: mut unusable } = found;
    let Some((mut headings, mut unread)) = counted(found, since) else {
        return (Err(Incomparable::AllTooOld), unusable);
    };
    loop {
        let mut follower = match Follower::new(headings, options) {
            Ok(follower) => follower,
            Err(incomparable) => return (Err(incomparable), unusable),
        };
        let damaged = read_all(&mut follower, &unread, limits, &mut |done, all| {
            progress(done, all);
            if options.criteria.is_out_of_time() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if options.criteria.is_out_of_time() {
            return (Err(Incomparable::OutOfTime), unusable);
        }
        if damaged.is_empty() {
            return (analyse(follower.finish(), &unusable, options), unusable);
        }
        for (index, _) in damaged.iter().rev() {
            unread.remove(*index);
        }
        unusable.extend(damaged.into_iter().map(|(_, error)| error));
        // Not kept all the while, for a case so rare.
        headings = Vec::with_capacity(unread.len());
        unread.retain(|one| match one.look(limits) {
            Ok(heading) => {
                headings.push(heading);
                true
            }
            Err(error) => {
                unusable.push(error);
                false
            }
        });
    }
}

/// The snapshots that count; `None` if all are too old.
fn counted(found: Vec<(Heading, Unread)>, since: Since) -> Option<(Vec<Heading>, Vec<Unread>)> {
    let (mut headings, unread): (Vec<Heading>, Vec<Unread>) = found.into_iter().unzip();
    share_times_of_rounds(&mut headings);
    let Some(earliest) = since.earliest(&headings) else { return Some((headings, unread)) };
    let is_young = |heading: &Heading| heading.taken_at.is_none_or(|time| time.nanos >= earliest);
    let (headings, unread): (Vec<Heading>, Vec<Unread>) =
        headings.into_iter().zip(unread).filter(|(heading, _)| is_young(heading)).unzip();
    (!headings.is_empty()).then_some((headings, unread))
}

/// Reads all snapshots in their order, unless `progress` breaks it off; gives those that are damaged, by their places.
fn read_all(
    follower: &mut Follower<'_>,
    unread: &[Unread],
    limits: &Limits,
    progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Vec<(usize, InputError)> {
    let order = follower.order();
    let mut damaged = Vec::new();
    let mut indexes = order.iter().enumerate();
    read_each(order.iter().map(|index| &unread[*index]).collect(), limits, |profile| {
        let Some((done, index)) = indexes.next() else { return ControlFlow::Break(()) };
        progress(done + 1, order.len())?;
        match profile {
            Ok(profile) => follower.add(*index, profile),
            Err(error) => damaged.push((*index, error)),
        }
        ControlFlow::Continue(())
    });
    damaged.sort_by_key(|(index, _)| *index);
    damaged
}

/// What snapshots that were taken in say.
///
/// # Errors
/// If the time is over.
fn analyse(taken: Taken, unusable: &[InputError], options: &Options) -> Result<Analysis, Incomparable> {
    let mut notices = taken.notices();
    let judged = judge(&taken, options, &mut notices);
    in_time(options)?;
    let verdict = verdict(&taken, &judged, &mut notices);
    let too_short = too_short(&taken, &judged, options);
    let forecast = limit_reached(&taken, &judged, options);
    let Judged { leaks, heap, goroutines } = judged;
    let suspects = name_causes(leaks, &taken, options, &mut notices);
    in_time(options)?;
    let Acceptance { suspects, accepted, verdict } = accept(suspects, verdict, options, &mut notices);
    // Beside a suspect the verdict is not clean, so that the time need not be questioned.
    let too_short = too_short.filter(|_| verdict == Verdict::Clean);
    let verdict = if too_short.is_some() { Verdict::Inconclusive } else { verdict };
    notices.extend(too_short);
    let unjudged = set_side_by_side(&taken, options);
    let sites = every_site(&taken, options);
    let places = if options.places { places(&taken) } else { Vec::new() };
    let notices = in_order(notices, taken.obstacles(), unusable);
    let Taken { series, windows, lives, ledger, .. } = taken;
    Ok(Analysis {
        series,
        windows,
        lives,
        metric: options.criteria.metric,
        min_growth: options.criteria.min_growth,
        verdict,
        suspects,
        accepted,
        unjudged,
        sites,
        forecast,
        heap,
        goroutines: goroutines.map(|judged| judged.resolution),
        ledger,
        places,
        notices,
    })
}

fn in_time(options: &Options) -> Result<(), Incomparable> {
    if options.criteria.is_out_of_time() { Err(Incomparable::OutOfTime) } else { Ok(()) }
}

/// All notices as they are reported: each once, those about inputs that could not be used at the end.
fn in_order<'a>(
    mut notices: Vec<Notice>,
    obstacles: impl Iterator<Item = &'a Notice>,
    unusable: &[InputError],
) -> Vec<Notice> {
    notices.extend(obstacles.cloned());
    notices.sort();
    notices.dedup();
    notices.extend(unusable.iter().map(|failure| {
        let message = format!("not used: {}", failure.problem);
        Notice::about(NoticeCode::UnusableInput, &failure.input, message)
    }));
    notices
}
