//! Two inputs of any form, one behind the other, through the whole analysis and every format of the report.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pprof_leaks::analysis::Options;
use pprof_leaks::report::TerminalOptions;
use pprof_leaks_fuzz::{read, report};

fuzz_target!(|bytes: &[u8]| {
    // The length of the first one stands in front.
    let Some((length, rest)) = bytes.split_first_chunk::<2>() else { return };
    let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
    let (before, after) = rest.split_at(length);
    let (Ok(before), Ok(after)) = (read(before), read(after)) else { return };
    let options = Options { full: true, ..Options::default() };
    report(before, after, &options, &TerminalOptions::default());
});
