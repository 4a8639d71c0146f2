//! Finds memory leaks by comparing pprof heap and goroutine profiles.

pub mod analysis;
pub mod causes;
pub mod clusters;
pub mod growth;
pub mod input;
pub mod profile;
pub mod report;
pub mod series;
pub mod suspects;
