//! What must hold for every profile: sums, differences, and that nothing depends on the order in which a file happens
//! to list things; and that our reader of profile.proto reads what prost reads.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail loudly")]

mod arithmetic;
mod heap;
mod oracle;
mod reader;
