//! Goroutine and goroutineleak profiles of `debug=1`, from the total on.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = pprof_leaks_fuzz::read(&[b"goroutine profile: total ", bytes].concat());
    let _ = pprof_leaks_fuzz::read(&[b"goroutineleak profile: total ", bytes].concat());
});
