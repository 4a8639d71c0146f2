//! When the live heap will reach a memory limit, if it goes on growing as it did.

use super::{Judged, Options, Taken};
use crate::clusters::Subject;
use crate::growth::{Growth, Slope, TimeToLimit, time_to_limit};
use crate::profile::Kind;
use crate::series::Window;
use crate::suspects::{Candidate, Confidence, Evidence, HeapJudgement, Linked};

/// The time until the live heap fills a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// The limit in bytes.
    pub limit: f64,
    /// Live bytes in the last snapshot.
    pub now: f64,
    /// The time from the last snapshot on; `None` if the heap does not grow, or nothing is known of its pace.
    pub time: Option<TimeToLimit>,
}

/// When the live heap reaches the memory limit, if one is given and the heap could be judged.
pub(crate) fn limit_reached(taken: &Taken, judged: &Judged, options: &Options) -> Option<Forecast> {
    let (heap, limit) = judged.heap.as_ref().zip(options.memory_limit)?;
    let is_steady = taken.window(Kind::Heap).is_none_or(|window| is_steady(heap, window, &judged.leaks));
    // A limit is of the process that lives now, also where an older one is judged.
    let later = taken.lives.last().filter(|life| !life.judged).and_then(|life| life.heap);
    Some(forecast(heap, &judged.leaks, later.map(|(_, last)| last as f64), is_steady, limit))
}

/// Forecasts from what is never freed, and where that is not known from the growth of the whole heap, set-aside sites left out. `later`
/// is what is live in a life after the one that was judged; what does not go on at its pace (`is_steady` is false) tells no time.
fn forecast(
    heap: &HeapJudgement,
    suspects: &[Linked],
    later: Option<f64>,
    is_steady: bool,
    limit: f64,
) -> Forecast {
    let growth = &heap.total_growth;
    let now = later.unwrap_or(growth.last());
    let time = match is_steady || now >= limit {
        true => kept(growth, suspects).or_else(|| pace(growth)).and_then(|s| time_to_limit(now, &s, limit)),
        false => None,
    };
    Forecast { limit, now, time }
}

/// The pace of what the sure suspects keep: their sum, as of independent estimates. `None` where one of them does not tell.
fn kept(growth: &Growth, suspects: &[Linked]) -> Option<Slope> {
    growth.hours()?;
    let sure = suspects.iter().filter(|suspect| suspect.confidence >= Confidence::Medium);
    let members = sure.flat_map(Linked::members).filter(|member| member.subject == Subject::Heap);
    let paces: Vec<Slope> =
        members.map(|member| member.kept.or(member.growth.slope)).collect::<Option<_>>()?;
    let sum = |of: &dyn Fn(&Slope) -> f64| paces.iter().map(of).sum::<f64>();
    let per_hour = sum(&|pace| pace.per_hour);
    let below = sum(&|pace| (pace.per_hour - pace.low).powi(2)).sqrt();
    let above = sum(&|pace| (pace.high - pace.per_hour).powi(2)).sqrt();
    (!paces.is_empty()).then_some(Slope { per_hour, low: per_hour - below, high: per_hour + above })
}

/// Whether growth went on to the end of a series, of the whole or of a suspect in it, and most of it has not ended. Of
/// two snapshots nobody knows.
fn is_steady(heap: &HeapJudgement, window: &Window, suspects: &[Linked]) -> bool {
    let is_sure = |suspect: &Linked| suspect.has(Subject::Heap) && suspect.confidence >= Confidence::Medium;
    let has_slowed = |suspect: &&Candidate| {
        suspect.subject == Subject::Heap && suspect.evidence.iter().any(Evidence::has_ended)
    };
    let members = suspects.iter().flat_map(Linked::members);
    let slowed: f64 = members.filter(has_slowed).filter_map(|suspect| suspect.share).sum();
    window.len() < 3 || (slowed <= 0.5 && (heap.total_grows || suspects.iter().any(is_sure)))
}

/// The slope of a series, else that between two snapshots with its sampling interval.
fn pace(growth: &Growth) -> Option<Slope> {
    growth.hours()?;
    let ends = growth.per_hour().zip(growth.per_hour_interval());
    growth.slope.or(ends.map(|(per_hour, (low, high))| Slope { per_hour, low, high }))
}
