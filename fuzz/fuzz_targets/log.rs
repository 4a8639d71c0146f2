//! Profiles within logs: the bytes behind what a collector puts before each line, and as a quoted text.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = pprof_leaks_fuzz::read(&[b"web-1 | goroutine 1 [select]:\nweb-1 | ", bytes].concat());
    let _ = pprof_leaks_fuzz::read(&[b"{\"log\":\"goroutine 1 [select]:\\n", bytes].concat());
    let _ = pprof_leaks_fuzz::read(&[b"\xff\xfe", bytes].concat());
});
