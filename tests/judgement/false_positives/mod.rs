//! Simulated services without a leak must come out clean and those with one must not: the judgement of two snapshots
//! and of series against queues whose truth is known.
//!
//! Every bound is computed, not chosen: the nominal rate of the method with the exact binomial allowance for the
//! number of runs. The seeds are fixed, so a failure is a change in the code, never bad luck.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a test may fail loudly and tell its figures")]

mod calibration;
mod containers;
mod series;
mod services;
mod simulation;
mod sites;

/// The probability with which a single check would fail though the method keeps its promise.
const DOUBT: f64 = 1e-6;
