//! Any bytes at all, as a user may hand them over.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = pprof_leaks_fuzz::read(bytes);
});
