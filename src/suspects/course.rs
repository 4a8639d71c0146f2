//! How a group moved over a series of snapshots: whether its growth goes on, falls back, or follows the load.

use super::{Confidence, Criteria, Evidence, Window};
use crate::growth::{
    Shape, Slope, falls, grows_with_load, mann_kendall_correlated, rate_trend, residence_trend, shape,
    theil_sen_correlated,
};

/// The trend test and those of the later part are gates, taken by themselves: eight points can never give a p-value
/// that survives a thousand sites, which the end-to-end test does (statistics.md, "Thousands of sites").
const GATE: f64 = 0.05;
/// Fewer points never make a series high: a monotone run of four has p = 1/24 at best, of five 1/120.
pub(super) const LEAST_FOR_HIGH: usize = 5;
/// In the last third the growth must at least not have stopped. The gate is wider there, because a third of a slow
/// leak is a few samples: a leak that just passes the gate in the last half, with five, has three of them in the last
/// third, which is p = 1/8.
const THIRD_GATE: f64 = 0.125;
/// What grows in the last third at less than this part of its pace over the whole time has slowed down: a cache that
/// fills, a pool that meets its load. A saturating curve of three time constants, from where on [`Shape`] calls it a
/// plateau, has less of its mean pace left there (0.27); a leak of 40 samples, of which some twelve fall into the
/// last third, goes below it by chance once in two hundred times. Large counts ask for it: of 600 sampled objects even
/// a warm-up of five time constants adds twenty in the last third, which the test of growth rightly calls certain.
const SLOWED: f64 = 1.0 / 3.0;
/// A site that keeps less than half of what it allocates is told from a rising load only by its residence, and that
/// test is made at the rate of false calls that high stands for.
const RESIDENCE_GATE: f64 = 0.01;
/// A fall of this share of all growth, beyond its sampling error, is a sawtooth or a queue that drains, not a leak.
pub(super) const LARGE_FALL: f64 = 0.5;

/// The course of one group.
#[derive(Clone, Debug)]
pub(super) struct Course {
    points: usize,
    trend_p: Option<f64>,
    later_half_p: f64,
    later_third_p: f64,
    /// Most of what was allocated in the last half stayed: a leak may start late.
    later_retained: bool,
    /// A container was still replaced by bigger ones in the last half.
    climbs_on: bool,
    /// One object was still larger in each snapshot of the last half.
    swells_on: bool,
    /// The largest fall beyond sampling error, as a share of the growth from end to end.
    largest_fall: f64,
    with_load: Option<bool>,
    /// More is allocated in the same time than before, beyond chance.
    rate_rises: bool,
    /// The p-values of a residence that rises: over all the time, and in the last half.
    residence_p: [Option<f64>; 2],
    /// The pace within the last third as a part of that over the whole time.
    last_pace: f64,
    pub(super) shape: Option<Shape>,
    pub(super) slope: Option<Slope>,
}

/// What a group did from a position in the window to its end.
pub(super) struct LaterPart {
    /// The p-value of its growth.
    pub(super) p_value: f64,
    /// Whether most of what it allocated stayed.
    pub(super) retained: bool,
    /// Whether a container climbed.
    pub(super) climbs: bool,
    /// Whether one object was larger in each snapshot.
    pub(super) swells: bool,
}

/// The figures of a group along a window, one a snapshot.
pub(super) struct Figures<'a> {
    pub(super) window: &'a Window,
    /// Live bytes, or goroutines.
    pub(super) values: Vec<f64>,
    /// Their standard errors.
    pub(super) errors: Vec<f64>,
    /// Bytes allocated since the start, if that is counted.
    pub(super) allocated: Option<Vec<f64>>,
}

impl Course {
    /// Follows a group. `since` tells of the part from a position in the window to the end. `None` for two snapshots,
    /// which have no course.
    pub(super) fn follow(figures: &Figures<'_>, since: &dyn Fn(usize) -> LaterPart) -> Option<Course> {
        let Figures { window, values, errors, allocated } = figures;
        if window.len() < 3 {
            return None;
        }
        let hours = window.hours();
        let (half, third) = (since(window.since(0.5)), since(window.since(1.0 / 3.0)));
        let last = values.len() - 1;
        let growth = values[last] - values[0];
        let late = window.within(1.0 / 3.0);
        let last_pace =
            (values[last] - values[late]) / growth * (hours[last] - hours[0]) / (hours[last] - hours[late]);
        Some(Course {
            points: window.len(),
            trend_p: mann_kendall_correlated(&hours, values).map(|trend| trend.p_value),
            later_half_p: half.p_value,
            later_third_p: third.p_value,
            later_retained: half.retained,
            climbs_on: half.climbs,
            swells_on: half.swells,
            largest_fall: if growth > 0.0 {
                falls(values, errors).map_or(0.0, |falls| falls.largest) / growth
            } else {
                f64::INFINITY
            },
            with_load: allocated.as_ref().and_then(|allocated| grows_with_load(values, allocated, &hours)),
            rate_rises: allocated
                .as_ref()
                .and_then(|allocated| rate_trend(allocated, &hours))
                .is_some_and(|p| p <= GATE),
            residence_p: [0, window.since(0.5)].map(|from| {
                let allocated = allocated.as_ref()?;
                residence_trend(&values[from..], &allocated[from..], &hours[from..])
            }),
            last_pace,
            shape: shape(&hours, values, errors),
            slope: theil_sen_correlated(&hours, values),
        })
    }

    /// Whether the growth still goes on in the last half, and has not stopped in the last third. Warm-ups, steps and
    /// ramps lose it there.
    pub(super) fn goes_on(&self) -> bool {
        self.is_later_growth() || self.is_replaced()
    }

    /// Whether growth shows in sizes, which have no sampling error, and not in counts.
    fn is_replaced(&self) -> bool {
        self.climbs_on || self.swells_on
    }

    fn is_later_growth(&self) -> bool {
        self.later_half_p <= GATE && self.later_third_p <= THIRD_GATE
    }

    /// Whether the course of a whole heap leaves growth to be explained: it goes on, and not as the load does, by
    /// the same gates as for a site.
    pub(super) fn wants_explanation(&self) -> bool {
        self.is_later_growth() && !self.is_with_load(false)
    }

    /// Whether it grows as the load does. Where most of what is allocated stays (`retained`), that the residence is not seen to
    /// rise may be for want of objects, so that the load has to be seen to rise.
    pub(super) fn is_with_load(&self, retained: bool) -> bool {
        self.with_load == Some(true) && (self.rate_rises || !retained)
    }

    /// Whether it grows by far less in the last third than before. A container grows in steps, and is judged by them.
    fn has_slowed(&self) -> bool {
        self.last_pace < SLOWED && !self.climbs_on
    }

    fn falls_back(&self) -> bool {
        self.largest_fall >= LARGE_FALL
    }

    /// Whether the residence is known to rise, and to rise still: what is allocated stays for longer and longer,
    /// whatever the load. That of a pool that began empty rises only until it is full.
    fn stays_longer(&self) -> bool {
        let [whole, half] = self.residence_p;
        whole.is_some_and(|p| p <= RESIDENCE_GATE) && half.is_some_and(|p| p <= GATE)
    }

    /// Growth to the end with no way back, which only leaks and rising loads have.
    fn is_steady(&self) -> bool {
        self.points >= LEAST_FOR_HIGH
            && self.trend_p.is_some_and(|p| p <= GATE)
            && self.goes_on()
            && (self.later_third_p <= GATE || self.is_replaced())
            && !self.falls_back()
    }

    /// The confidence that the course allows, given that growth is significant and material: `retained` says whether
    /// most of what was allocated stayed, or whether nothing speaks against it.
    pub(super) fn confidence(&self, q_value: f64, retained: bool) -> Confidence {
        let kept = retained || self.later_retained;
        let beyond_load = kept || self.is_replaced() || self.stays_longer();
        if !self.goes_on() || self.has_slowed() || self.falls_back() {
            Confidence::Low
        } else if self.is_with_load(retained) {
            // What serves requests is freed with them, however many they are. What stays may be a pool that grows with the load, or
            // a leak that does.
            if retained { Confidence::Medium } else { Confidence::Low }
        } else if q_value <= Criteria::HIGH_Q && self.is_steady() && beyond_load {
            Confidence::High
        } else if kept || self.is_steady() {
            Confidence::Medium
        } else {
            Confidence::Low
        }
    }

    /// What the course says, for the report; `retained` as in [`Course::confidence`].
    pub(super) fn evidence(&self, retained: bool) -> Vec<Evidence> {
        let mut evidence = vec![Evidence::GoesOn {
            held: self.goes_on(),
            points: self.points,
            half_p: self.later_half_p,
            third_p: self.later_third_p,
            climbs: self.is_replaced(),
            slowed: self.has_slowed(),
        }];
        if let Some(p_value) = self.trend_p {
            evidence.push(Evidence::Trend { held: p_value <= GATE, p_value, points: self.points });
        }
        if self.goes_on() && self.has_slowed() {
            evidence.push(Evidence::Slowed { pace: self.last_pace });
        }
        if self.falls_back() {
            evidence.push(Evidence::FallsBack { share: self.largest_fall });
        }
        if self.is_with_load(retained) {
            evidence.push(Evidence::WithLoad);
        }
        if self.points < LEAST_FOR_HIGH {
            evidence.push(Evidence::TooShort { more: LEAST_FOR_HIGH - self.points });
        }
        evidence
    }
}
