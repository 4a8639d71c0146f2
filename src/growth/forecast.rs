//! When a limit will be reached if growth goes on as it did: an interval, never a date.

use super::Slope;

/// The time from now until a limit is reached, in hours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeToLimit {
    /// At the fastest pace the slope's interval allows; 0 if the limit is reached already.
    pub earliest_hours: f64,
    /// At its slowest pace; `None` if that does not grow, so that it may never happen.
    pub latest_hours: Option<f64>,
}

/// How long until `limit` is reached from `now`, both in the units of the slope, with the slope's 95 % interval.
/// `None` if even its upper end does not grow, or a number is not finite.
///
/// A straight line is all that is assumed: growth that accelerates gets there earlier, a plateau never.
pub fn time_to_limit(now: f64, slope: &Slope, limit: f64) -> Option<TimeToLimit> {
    let left = limit - now;
    if !left.is_finite() {
        return None;
    }
    if left <= 0.0 {
        return Some(TimeToLimit { earliest_hours: 0.0, latest_hours: Some(0.0) });
    }
    let after = |pace: f64| Some(left / pace).filter(|hours| pace > 0.0 && hours.is_finite());
    Some(TimeToLimit { earliest_hours: after(slope.high)?, latest_hours: after(slope.low) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slope(low: f64, high: f64) -> Slope {
        Slope { per_hour: (low + high) / 2.0, low, high }
    }

    #[test]
    fn the_interval_of_the_slope_becomes_one_of_time() {
        let time = time_to_limit(100.0, &slope(10.0, 40.0), 500.0).unwrap();
        assert_eq!(time, TimeToLimit { earliest_hours: 10.0, latest_hours: Some(40.0) });
    }

    #[test]
    fn a_slope_that_may_be_flat_may_never_get_there() {
        assert_eq!(time_to_limit(0.0, &slope(-1.0, 2.0), 10.0).unwrap().latest_hours, None);
        assert_eq!(time_to_limit(0.0, &slope(-2.0, -1.0), 10.0), None);
        assert_eq!(time_to_limit(0.0, &slope(f64::NAN, f64::NAN), 10.0), None);
        assert_eq!(time_to_limit(0.0, &slope(1.0, 2.0), f64::INFINITY), None);
    }

    #[test]
    fn a_limit_already_reached_is_now() {
        let now = TimeToLimit { earliest_hours: 0.0, latest_hours: Some(0.0) };
        assert_eq!(time_to_limit(11.0, &slope(-1.0, 2.0), 10.0), Some(now));
    }

    proptest! {
        #[test]
        fn the_earliest_never_comes_after_the_latest(
            now in any::<f64>(), low in any::<f64>(), wide in 0.0..1e9, limit in any::<f64>(),
        ) {
            let slope = Slope { per_hour: low, low, high: low + wide };
            if let Some(TimeToLimit { earliest_hours, latest_hours: Some(latest) }) = time_to_limit(now, &slope, limit) {
                prop_assert!((0.0..=latest).contains(&earliest_hours));
            }
        }
    }
}
