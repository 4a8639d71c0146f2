//! When the live heap will reach a memory limit, if it goes on growing as it did.

use crate::growth::{Growth, Slope, TimeToLimit, time_to_limit};
use crate::suspects::HeapJudgement;

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

/// Forecasts from the growth of the whole heap, set-aside sites left out.
pub(super) fn forecast(heap: &HeapJudgement, limit: f64) -> Forecast {
    let growth = &heap.total_growth;
    let now = growth.last();
    Forecast { limit, now, time: pace(growth).and_then(|slope| time_to_limit(now, &slope, limit)) }
}

/// The slope of a series, else that between two snapshots with its sampling interval.
fn pace(growth: &Growth) -> Option<Slope> {
    growth.hours()?;
    let ends = growth.per_hour().zip(growth.per_hour_interval());
    growth.slope.or(ends.map(|(per_hour, (low, high))| Slope { per_hour, low, high }))
}
