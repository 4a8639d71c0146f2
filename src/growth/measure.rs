//! The judgement on one time series: how much it grew, how fast, how sure.

use super::change::Z_TWO_SIDED;
use super::{Retention, Shape, Slope};

/// One value of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Nanoseconds since the Unix epoch, if known.
    pub time: Option<i64>,
    /// The value in base units.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// What is known of the growth of one site, group or total.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    /// The points in order of time: two or more, or one where a single snapshot is proof enough.
    pub points: Vec<Point>,
    /// The standard error of the difference. Smaller than the points' own, because what lives in both was sampled
    /// once.
    pub delta_error: f64,
    /// The probability of as much growth by chance; `None` where nothing was tested.
    pub p_value: Option<f64>,
    /// The false-discovery rate of calling it growth; `None` where nothing was tested.
    pub q_value: Option<f64>,
    /// The pace over a series; `None` for two snapshots, whose pace is their difference.
    pub slope: Option<Slope>,
    /// The shape over a series long enough to tell.
    pub shape: Option<Shape>,
    /// How much of what was allocated stayed; `None` where allocations were not counted.
    pub retention: Option<Retention>,
}

impl Growth {
    /// The first value.
    pub fn first(&self) -> f64 {
        self.points.first().map_or(0.0, |p| p.value)
    }

    /// The last value.
    pub fn last(&self) -> f64 {
        self.points.last().map_or(0.0, |p| p.value)
    }

    /// Two growths over the same snapshots taken together: values add up, and so do variances. What was tested stays
    /// that of the first, and a slope of the sum is for the caller to find.
    pub fn plus(&self, other: &Growth) -> Growth {
        let points = self.points.iter().zip(&other.points).map(|(a, b)| Point {
            time: a.time,
            value: a.value + b.value,
            standard_error: a.standard_error.hypot(b.standard_error),
        });
        Growth {
            points: points.collect(),
            delta_error: self.delta_error.hypot(other.delta_error),
            slope: None,
            ..self.clone()
        }
    }

    /// The last value less the first.
    pub fn delta(&self) -> f64 {
        self.last() - self.first()
    }

    /// The 95 % interval of [`Growth::delta`].
    pub fn delta_interval(&self) -> (f64, f64) {
        let half = Z_TWO_SIDED * self.delta_error;
        (self.delta() - half, self.delta() + half)
    }

    /// The span of time, in hours; `None` where times are unknown or do not advance.
    pub fn hours(&self) -> Option<f64> {
        let (first, last) = (self.points.first()?.time?, self.points.last()?.time?);
        (last > first).then(|| last.saturating_sub(first) as f64 / 3.6e12)
    }

    /// Growth an hour, from end to end, so that it goes with the difference shown beside it. [`Growth::slope`] is the
    /// pace that single points move least.
    pub fn per_hour(&self) -> Option<f64> {
        self.hours().map(|hours| self.delta() / hours)
    }

    /// The 95 % interval of [`Growth::per_hour`].
    pub fn per_hour_interval(&self) -> Option<(f64, f64)> {
        let hours = self.hours()?;
        let (low, high) = self.delta_interval();
        Some((low / hours, high / hours))
    }
}

/// The least growth in bytes that would have been called at false-discovery rate `level` among `tests` sites:
/// a leak of k samples and nothing freed has p = 2⁻ᵏ, so about log₂(m/q)·R bytes.
pub fn resolution(tests: usize, level: f64, rate: i64) -> f64 {
    (tests.max(1) as f64 / level).log2().ceil() * rate.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_need_times_that_advance() {
        let point = |time, value| Point { time, value, standard_error: 0.0 };
        let mut growth = Growth {
            points: vec![point(Some(0), 10.0), point(Some(1_800_000_000_000), 30.0)],
            delta_error: 1.0,
            p_value: None,
            q_value: None,
            slope: None,
            shape: None,
            retention: None,
        };
        assert_eq!(growth.per_hour(), Some(40.0));
        growth.points[1].time = Some(0);
        assert_eq!(growth.per_hour(), None);
        growth.points[1].time = None;
        assert_eq!(growth.per_hour(), None);
    }

    #[test]
    fn values_add_up_and_so_do_variances() {
        let growth = |values: [f64; 2], delta_error| Growth {
            points: values.map(|value| Point { time: None, value, standard_error: delta_error }).to_vec(),
            delta_error,
            p_value: Some(0.01),
            q_value: None,
            slope: None,
            shape: None,
            retention: None,
        };
        let sum = growth([1.0, 10.0], 3.0).plus(&growth([2.0, 30.0], 4.0));
        assert_eq!((sum.first(), sum.last(), sum.delta_error), (3.0, 40.0, 5.0));
        assert_eq!(sum.p_value, Some(0.01));
    }

    #[test]
    fn the_resolution_of_a_hundred_sites_is_about_six_mebibytes() {
        let bytes = resolution(100, 0.05, 512 * 1024);
        assert_eq!(bytes, 11.0 * 524_288.0);
    }
}
