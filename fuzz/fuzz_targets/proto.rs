//! Valid profile.proto messages, against what prost makes of them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pprof_leaks::input::proto;
use pprof_leaks_fuzz::{Made, read};
use prost::Message;

fuzz_target!(|made: Made| {
    let bytes = made.encode(0);
    let Ok(profile) = read(&bytes) else { return };
    let oracle = proto::Profile::decode(bytes.as_slice()).expect("what we read prost reads");
    assert_eq!(profile.samples.len(), oracle.sample.len());
    for (ours, theirs) in profile.samples.iter().zip(&oracle.sample) {
        assert_eq!(ours.values, theirs.value);
        assert_eq!(ours.stack.len(), theirs.location_id.len());
    }
});
