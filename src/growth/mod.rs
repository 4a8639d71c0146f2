//! The statistics: is it growth, how much, how sure. Pure functions over numbers that know nothing of Go.
//!
//! Thresholds stand beside the function that applies them, with their reason; formulas cite their source.

mod binomial;
mod change;
mod container;
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
pub(crate) mod simulate;
mod sizes;
mod special;
mod trend;

pub use binomial::upper_tail_half;
pub use change::{Change, PValues, Retention, Z_ONE_SIDED, Z_TWO_SIDED};
pub use container::{Climb, Rung, climb};
pub use effect::{Effect, Pace, effect, hours_to_show};
pub use fdr::{Test, e_bh, q_values};
pub use forecast::{TimeToLimit, time_to_limit};
pub use measure::{Growth, Point, resolution};
pub use residence::grows_with_load;
pub use shape::{Shape, shape};
pub use sizes::{larger, larger_sizes};
pub use special::{
    ln_add, ln_choose, ln_gamma, ln_negative_binomial, ln_of_draws, ln_sum, negative_binomial_at_most,
};
pub use trend::{Slope, Trend, mann_kendall, theil_sen, theil_sen_correlated};
