//! A baseline file, as people write and merge them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pprof_leaks::suspects::Baseline;

fuzz_target!(|text: &str| {
    if let Err(error) = Baseline::parse(text) {
        assert!(!error.to_string().is_empty());
    }
});
