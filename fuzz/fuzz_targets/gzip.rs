//! Compressed data: damaged by the fuzzer where it stands, or whole around damaged content.
#![no_main]

use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::fuzz_target;
use pprof_leaks_fuzz::read;
use std::io::Write;

fuzz_target!(|bytes: &[u8]| {
    let stream: Vec<u8> = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff], bytes].concat();
    let _ = read(&stream);

    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("in memory");
    let whole = encoder.finish().expect("in memory");
    assert_eq!(read(&whole).is_ok(), read(bytes).is_ok(), "compression changes nothing");
});
