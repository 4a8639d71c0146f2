//! OpenTelemetry's profiles: damaged ones in both forms, and whole ones, which say what the profile.proto says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pprof_leaks::input::proto;
use pprof_leaks_fuzz::{Made, otlp, read};
use prost::Message;

fuzz_target!(|input: (Made, Vec<(u16, u8)>)| {
    let (made, damage) = input;
    let original = made.encode(0);
    let profile = proto::Profile::decode(original.as_slice()).expect("made whole");
    let message = otlp::of(&profile);
    let forms = [message.encode_to_vec(), serde_json::to_vec(&message).expect("numbers and texts")];
    for mut bytes in forms {
        if let (Ok(want), true) = (read(&original), otlp::is_faithful(&profile)) {
            let got = read(&bytes).expect("what profile.proto says OTLP says");
            assert_eq!(got.samples.totals(), want.samples.totals());
            assert_eq!(got.samples.len(), want.samples.len());
            assert_eq!((got.kind, got.rate, got.taken_at), (want.kind, want.rate, want.taken_at));
        }
        for (at, byte) in &damage {
            let at = usize::from(*at) % bytes.len();
            bytes[at] = *byte;
        }
        let _ = read(&bytes);
    }
});
