//! How fast one function keeps what it allocates, in one series: as the judgement sees it, and by the slope.

use super::places::least_share;
use super::{Analysis, Options, PlaceCounts};
use crate::clusters::{Groups, Level, Subject, groups, sized_tally};
use crate::growth::{Growth, Pace, Point, Z_TWO_SIDED, theil_sen_correlated};
use crate::judge::policy::{FILLINGS, LEAST_PLACES, MEDIUM, UNDECIDED};
use crate::judge::{Class, Observation, Posterior, Prior, Weight, over_lives, rate_that_shows};
use crate::profile::{Kind, SamplingRate};
use crate::series::{Track, Window};
use crate::suspects::{Candidate, HeapMetric, group_growth};

/// Fewer points have a slope whose interval covers less than it says.
const LEAST_FOR_SLOPE: usize = 5;

/// The growth of one function in one series.
pub(super) struct Place {
    /// What the judgement says where the points do not surely rise, as under waves of load: it knows births and deaths from load. Where they
    /// do they come first, as their interval allows for a load that changes.
    judged: Option<Judged>,
    /// The slope, as single points move it least.
    slope: Option<Pace>,
    /// What it keeps in each snapshot.
    pub(super) points: Vec<Point>,
    /// The unit in which its growth comes: bytes a sampled object, or one goroutine.
    pub(super) step: f64,
    /// Steps of a container that is replaced by bigger ones are seen one by one.
    pub(super) climbs: bool,
}

/// What the judgement says of a function.
#[derive(Clone, Copy)]
enum Judged {
    /// It rather keeps something than not: so much an hour.
    Keeps(Pace),
    /// It keeps nothing, or less than would have shown: a pace of 0, with that for an error.
    KeepsLess(Pace),
}

impl Place {
    /// How fast it grows.
    pub(super) fn pace(&self) -> Option<Pace> {
        match self.judged {
            Some(Judged::Keeps(judged)) => Some(judged),
            _ => self.slope,
        }
    }

    /// The same after a change, which may have ended it: where nothing is kept, the one of both that leaves less room.
    pub(super) fn pace_left(&self) -> Option<Pace> {
        let most = |pace: Pace| pace.interval().1;
        match (self.judged, self.slope) {
            (Some(Judged::KeepsLess(judged)), Some(slope)) if most(judged) < most(slope) => Some(judged),
            _ => self.pace(),
        }
    }
}

/// One of the two series, its rows grouped by blamed function.
pub(super) struct Side<'a> {
    pub(super) analysis: &'a Analysis,
    groups: Vec<(Kind, Groups)>,
}

impl<'a> Side<'a> {
    pub(super) fn of(analysis: &'a Analysis, options: &Options) -> Side<'a> {
        let grouped = |(kind, _): &(Kind, Window)| {
            let track = analysis.series.track(*kind)?;
            Some((*kind, groups(track, &analysis.series.names, options.sites.granularity)))
        };
        Side { analysis, groups: analysis.windows.iter().filter_map(grouped).collect() }
    }

    /// The snapshots that tell of a subject, if they can be judged.
    fn judged(&self, subject: Subject) -> Option<(&'a Track, &'a Window)> {
        let of = |kind: Kind| self.analysis.series.track(kind).zip(self.analysis.window(kind));
        if self.analysis.is_obstructed() {
            return None;
        }
        match subject {
            Subject::Heap => self.analysis.heap.as_ref().and_then(|_| of(Kind::Heap)),
            Subject::Goroutine => of(Kind::Goroutine).or_else(|| of(Kind::GoroutineLeak)),
        }
        .filter(|(_, window)| window.can_be_judged())
    }

    /// How long the judged stretch of a subject is.
    pub(super) fn hours(&self, subject: Subject) -> Option<f64> {
        Some(self.judged(subject)?.1.days()? * 24.0)
    }

    /// The name of the function under which the largest stack of a part is grouped.
    pub(super) fn function_of(&self, suspect: &Candidate) -> &'a str {
        let names = &self.analysis.series.names;
        let blame = suspect.sites.first().zip(self.judged(suspect.subject)).and_then(|(site, (track, _))| {
            let groups = self.groups_of(track.kind)?;
            let holds =
                |group: &usize| groups.rows(*group).iter().any(|row| track.rows[*row].site == site.site);
            groups.roots().find(holds).map(|group| groups.get(group).blame)
        });
        &names.info(blame.map_or(suspect.blame.function, |blame| blame.function)).name
    }

    fn groups_of(&self, kind: Kind) -> Option<&Groups> {
        self.groups.iter().find(|(k, _)| *k == kind).map(|(_, groups)| groups)
    }

    /// What the judgement says of all that was counted at a function, in all lives of the process. The question is about this one place, which
    /// shares its prior with no others than the fewest.
    fn by_judgement(&self, subject: Subject, function: &str) -> Option<Judged> {
        let lives = self.analysis.places.iter().filter(|life| life.subject == subject);
        let is_it = |place: &&PlaceCounts| place.level == Level::Function && place.function == function;
        let lives: Vec<&PlaceCounts> = lives.filter_map(|life| life.places.iter().find(is_it)).collect();
        // Of a function all are weighed.
        let weights: Vec<Weight> = lives.iter().filter_map(|place| place.weight.clone()).collect();
        let prior = Prior { places: LEAST_PLACES, fillings: FILLINGS };
        let posterior = Posterior::of(&over_lives(&weights), &prior);
        let keeps = posterior.leak() + posterior.of_class(Class::Filling);
        let hours: f64 = lives.iter().map(|place| place.seen.span()).sum();
        let each = lives.iter().map(|place| place.each * place.seen.span()).sum::<f64>() / hours;
        if !(each > 0.0 && each.is_finite()) {
            return None;
        }
        let of_all = |figure: &dyn Fn(&Weight) -> f64| -> f64 {
            lives.iter().zip(&weights).map(|(place, weight)| figure(weight) * place.seen.span() / hours).sum()
        };
        let kept = of_all(&|weight| weight.rate.mean) * each;
        let error = of_all(&|weight| weight.rate.high - weight.rate.low) * each / (2.0 * Z_TWO_SIDED);
        if keeps >= MEDIUM {
            return Some(Judged::Keeps(Pace { per_hour: kept, error }));
        }
        let seen: Vec<&Observation> = lives.iter().map(|place| &place.seen).collect();
        let shows_from = rate_that_shows(&seen, &prior, least_share(subject))? * each;
        // Where it may still be kept, nothing is surely gone.
        let most = if keeps >= UNDECIDED { shows_from.max(kept) } else { shows_from };
        Some(Judged::KeepsLess(Pace { per_hour: 0.0, error: most / Z_TWO_SIDED }))
    }

    /// What a function keeps, and how fast that grows; `None` if it keeps nothing here.
    pub(super) fn place(&self, subject: Subject, function: &str) -> Option<Place> {
        let (track, window) = self.judged(subject)?;
        let names = &self.analysis.series.names;
        let groups = self.groups_of(track.kind)?;
        let of_it = |group: &usize| names.info(groups.get(*group).blame.function).name == function;
        let rows: Vec<usize> =
            groups.roots().filter(of_it).flat_map(|group| groups.rows(group)).copied().collect();
        if rows.is_empty() {
            return None;
        }
        let growth = group_growth(track, names, &rows, window, HeapMetric::InuseSpace);
        let judged = |slope: Option<Pace>| {
            slope.filter(|slope| slope.interval().0 <= 0.0).and_then(|_| self.by_judgement(subject, function))
        };
        if subject == Subject::Goroutine {
            // Counts are exact, and what comes and goes by chance is at most all that were there.
            let error = (growth.first() + growth.last()).sqrt();
            let slope = slope(&growth, window, error);
            return Some(Place {
                judged: judged(slope),
                slope,
                points: growth.points,
                step: 1.0,
                climbs: false,
            });
        }
        let tally = sized_tally(track, &rows, window.first(), window.last());
        let rate = track.snapshots[window.last()].rate.unwrap_or(SamplingRate(1)).0.max(1) as f64;
        let gained = tally.change.after as f64 - tally.change.before as f64;
        let (step, climbs) = match tally.climb {
            Some(climb) => ((climb.to - climb.from) as f64 / climb.steps.max(1) as f64, true),
            None if gained >= 1.0 => ((growth.delta() / gained).max(rate), false),
            None => (rate, false),
        };
        let slope = slope(&growth, window, growth.delta_error.max(step));
        Some(Place { judged: judged(slope), slope, points: growth.points, step, climbs })
    }
}

/// The pace over a window: that which single points move least where there are points enough, else from end to end.
/// `error` is the standard error of the difference between the ends.
fn slope(growth: &Growth, window: &Window, error: f64) -> Option<Pace> {
    let hours = growth.hours()?;
    let end_to_end = Pace { per_hour: growth.delta() / hours, error: error / hours };
    if growth.points.len() < LEAST_FOR_SLOPE {
        return Some(end_to_end);
    }
    let values: Vec<f64> = growth.points.iter().map(|point| point.value).collect();
    let slope = theil_sen_correlated(&window.hours(), &values);
    Some(slope.map_or(end_to_end, |slope| Pace {
        per_hour: slope.per_hour,
        // Half of a 95 % interval is two standard errors. The sampling error is the least there can be.
        error: ((slope.high - slope.low) / 4.0).max(end_to_end.error),
    }))
}
