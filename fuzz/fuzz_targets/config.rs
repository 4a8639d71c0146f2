//! A configuration file of `collect` and `watch`: used, or refused in words.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pprof_leaks::collect::Config;

fuzz_target!(|bytes: &[u8]| {
    let path = std::env::temp_dir().join(format!("pprof-leaks-fuzz-{}.yaml", std::process::id()));
    std::fs::write(&path, bytes).expect("a temporary file");
    if let Err(error) = Config::read(&path) {
        assert!(!error.to_string().is_empty());
    }
});
