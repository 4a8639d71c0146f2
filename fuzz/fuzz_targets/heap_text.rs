//! Heap profiles of `debug=1`, from the first figure on.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = pprof_leaks_fuzz::read(&[b"heap profile: ", bytes].concat());
});
