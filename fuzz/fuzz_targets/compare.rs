//! Inputs of any form, one behind the other, through the whole analysis and every format of the report.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pprof_leaks::pipeline::Options;
use pprof_leaks::report::TerminalOptions;
use pprof_leaks_fuzz::{read, report};

fuzz_target!(|bytes: &[u8]| {
    let mut profiles = Vec::new();
    let mut rest = bytes;
    // The length of each one stands in front of it.
    while let Some((length, behind)) = rest.split_first_chunk::<2>() {
        let (input, behind) = behind.split_at(usize::from(u16::from_le_bytes(*length)).min(behind.len()));
        profiles.extend(read(input));
        rest = behind;
    }
    let options = Options { full: true, ..Options::default() };
    report(profiles, &options, &TerminalOptions::default());
});
