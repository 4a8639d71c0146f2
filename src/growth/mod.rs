//! The statistics: is it growth, how much, how sure. Pure functions over numbers that know nothing of Go.
//!
//! Thresholds stand beside the function that applies them, with their reason; formulas cite their source.

mod binomial;
mod change;
mod container;
mod dispersion;
mod effect;
mod falls;
mod fdr;
mod fit;
mod forecast;
mod measure;
mod normal;
mod residence;
mod shape;
#[cfg(test)]
mod simulate;
mod sizes;
mod trend;

pub use binomial::upper_tail_half;
pub use change::{Change, PValues, Retention};
pub use container::{Climb, Rung, climb, is_surely_sampled};
pub use dispersion::{dispersed_p_value, overdispersion};
pub use effect::{Effect, Pace, effect};
pub use falls::{Falls, falls};
pub use fdr::{Test, q_values, testable};
pub use forecast::{TimeToLimit, time_to_limit};
pub use measure::{Growth, Point, resolution};
pub use residence::{grows_with_load, rate_trend, residence, residence_trend};
pub use shape::{Shape, shape};
pub use sizes::larger_sizes;
pub use trend::{Slope, Trend, mann_kendall, mann_kendall_correlated, theil_sen, theil_sen_correlated};
