//! Goroutine dumps of `debug=2` and crash logs, from the first goroutine on.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = pprof_leaks_fuzz::read(&[b"goroutine 1 [", bytes].concat());
});
