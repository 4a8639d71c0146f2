//! Finds memory leaks by comparing pprof heap and goroutine profiles.

pub mod input;
pub mod profile;
