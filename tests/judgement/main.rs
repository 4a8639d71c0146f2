//! How growth is judged: rates of false alarms, power, series, fleets, and what must hold for any input.

#[cfg(test)]
mod false_positives;

#[cfg(test)]
mod fleet;

#[cfg(test)]
mod fleet_bound;

#[cfg(test)]
mod judging;

#[cfg(test)]
mod long_series;

#[cfg(test)]
mod one_for_one;

#[cfg(test)]
mod properties;

#[cfg(test)]
mod sanity;

#[cfg(test)]
mod series;

#[cfg(test)]
mod slow_goroutines;

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;
