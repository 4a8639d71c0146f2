//! Reads profiles one after the other, on one thread, and keeps none: what a series is compared with. Prints the samples of
//! each.

use pprof_leaks::input::{Fetcher, Limits, load};
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let fetcher = Fetcher::plain(Duration::from_secs(1));
    for path in std::env::args().skip(1) {
        let loaded = load(&path, &fetcher, &Limits::default());
        if let Some(failure) = loaded.failures.first() {
            return failed(failure);
        }
        for profile in loaded.profiles {
            println!("{}", profile.samples.len());
        }
    }
    ExitCode::SUCCESS
}

fn failed(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("{error}");
    ExitCode::from(2)
}
