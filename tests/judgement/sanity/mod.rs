//! Pairs that look like two snapshots of one process and are not: said in one code each, instead of wrong numbers.

#[cfg(test)]
mod kinds;
#[cfg(test)]
mod pairs;
#[cfg(test)]
mod reports;
