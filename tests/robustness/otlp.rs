//! OpenTelemetry's profiles: read as the profile.proto that they were made of, or refused with what stands in the way.

use crate::support::otlp::{self, Message};
use crate::support::{Run, gzip, plain, pprof_leaks, recording};
use pprof_leaks::input::{Limits, Problem, parse, proto};
use pprof_leaks::profile::RawProfile;
use proptest::prelude::*;
use prost::Message as _;

/// One recording of each kind that is a profile.proto.
const RECORDINGS: [&str; 4] = [
    "map-cache/heap-04.pb.gz",
    "blocked-goroutine/goroutineleak-08.pb.gz",
    "generics/heap-01.pb.gz",
    "two-leaks/heap-08.pb.gz",
];

fn decoded(path: &str) -> proto::Profile {
    let bytes = plain(&std::fs::read(recording(path)).expect("a recording"));
    proto::Profile::decode(bytes.as_slice()).expect("a profile")
}

fn read(bytes: &[u8]) -> Result<RawProfile, Problem> {
    parse(bytes, "input", &Limits::default())
}

/// What a profile says, its names resolved and its samples in their order.
fn content(profile: &RawProfile) -> String {
    let symbols = &profile.symbols;
    let frame = |frame: &pprof_leaks::profile::Frame| {
        let (name, file) = (symbols.name(frame.function), symbols.file(frame.function));
        format!("{name} {file}:{} {}", frame.line, frame.inlined)
    };
    let stack = |sample: &pprof_leaks::profile::Sample<'_>| {
        let of = |location: u32| {
            let frames: Vec<String> = symbols.frames_of(location).iter().map(frame).collect();
            format!("{:x} {frames:?}", symbols.locations[location as usize].address)
        };
        sample.stack.iter().map(of).collect::<Vec<String>>()
    };
    let samples: Vec<String> = (profile.samples.iter())
        .map(|sample| {
            let labels = &profile.label_sets[sample.label_set as usize];
            format!("{:?} {} {labels:?} {:?}", sample.values, sample.size, stack(&sample))
        })
        .collect();
    let RawProfile { kind, taken_at, difference, rate, build_id, program, sample_types, notices, .. } =
        profile;
    format!(
        "{kind:?} {taken_at:?} {difference:?} {rate:?} {build_id:?} {program:?} {sample_types:?} {notices:?} {samples:#?}"
    )
}

/// A message in JSON.
fn json(message: &Message) -> Vec<u8> {
    serde_json::to_vec(message).expect("numbers and texts")
}

#[test]
fn recordings_are_the_same_by_way_of_otlp() {
    for path in RECORDINGS {
        let original = decoded(path);
        let want = content(&read(&original.encode_to_vec()).expect("a recording"));
        let message = otlp::of(&original);
        let pretty = serde_json::to_vec_pretty(&message).expect("numbers and texts");
        for bytes in [message.encode_to_vec(), gzip(&message.encode_to_vec()), json(&message), pretty] {
            assert_eq!(content(&read(&bytes).unwrap_or_else(|problem| panic!("{path}: {problem}"))), want);
        }
    }
}

/// A profile of heap samples, some of which have the same stack and labels.
fn profiles() -> impl Strategy<Value = proto::Profile> {
    let row = (prop::collection::vec(1u64..6, 0..5), 0i64..4, 0i64..3, any::<[i64; 4]>());
    (prop::collection::vec(row, 0..12), any::<i64>(), 0i64..2, 0i64..600_000).prop_map(
        |(rows, time, duration, period)| {
            let strings = [
                "",
                "alloc_objects",
                "count",
                "alloc_space",
                "bytes",
                "inuse_objects",
                "inuse_space",
                "space",
                "/app/shop",
                "4a1b",
                "main.f",
                "main.g",
                "main.go",
                "job",
                "a",
                "b",
            ];
            let label = |size: i64, job: i64| {
                let mut labels = vec![proto::Label { key: 4, num: size * 48, num_unit: 4, str: 0 }];
                if job > 0 {
                    labels.push(proto::Label { key: 13, str: 13 + job, ..proto::Label::default() });
                }
                labels
            };
            proto::Profile {
                sample_type: [(1, 2), (3, 4), (5, 2), (6, 4)]
                    .map(|(name, unit)| proto::ValueType { r#type: name, unit })
                    .to_vec(),
                sample: (rows.into_iter())
                    .map(|(location_id, size, job, value)| proto::Sample {
                        location_id,
                        value: value.to_vec(),
                        label: label(size, job),
                    })
                    .collect(),
                mapping: vec![proto::Mapping {
                    id: 1,
                    memory_start: 0x40_0000,
                    memory_limit: 0x80_0000,
                    filename: 8,
                    build_id: 9,
                    ..proto::Mapping::default()
                }],
                location: (1..6)
                    .map(|id| proto::Location {
                        id,
                        mapping_id: id % 2,
                        address: 0x40_1000 + id,
                        line: (1..id)
                            .map(|line| proto::Line { function_id: line % 3, line: line as i64, column: 0 })
                            .collect(),
                        is_folded: false,
                    })
                    .collect(),
                function: (1..3)
                    .map(|id| proto::Function {
                        id,
                        name: 9 + id as i64,
                        filename: 12,
                        ..proto::Function::default()
                    })
                    .collect(),
                string_table: strings.map(str::to_owned).to_vec(),
                time_nanos: time,
                duration_nanos: duration,
                period_type: Some(proto::ValueType { r#type: 7, unit: 4 }),
                period,
                ..proto::Profile::default()
            }
        },
    )
}

proptest! {
    #[test]
    fn any_profile_is_the_same_by_way_of_otlp(original in profiles()) {
        let want = content(&read(&original.encode_to_vec()).expect("valid"));
        let message = otlp::of(&original);
        prop_assert_eq!(&content(&read(&message.encode_to_vec()).expect("as valid")), &want);
        prop_assert_eq!(&content(&read(&json(&message)).expect("as valid")), &want);
    }
}

/// Every profile of a message.
fn profiles_of(message: &mut Message) -> &mut Vec<otlp::Profile> {
    &mut message.resource_profiles[0].scope_profiles[0].profiles
}

#[test]
fn samples_that_a_producer_left_out_or_moved_are_put_together() {
    let original = decoded(RECORDINGS[0]);
    let want = read(&original.encode_to_vec()).expect("a recording");
    let mut message = otlp::of(&original);
    for profile in profiles_of(&mut message).iter_mut().skip(1) {
        profile.samples.retain(|sample| sample.values != [0]);
        profile.samples.reverse();
    }
    let got = read(&message.encode_to_vec()).expect("whole");
    assert_eq!(got.samples.totals(), want.samples.totals());
    assert_eq!(got.samples.len(), want.samples.len());
}

#[test]
fn values_of_several_moments_add_up() {
    let mut message = otlp::of(&decoded("blocked-goroutine/goroutineleak-08.pb.gz"));
    let sample = &mut profiles_of(&mut message)[0].samples[0];
    (sample.values, sample.timestamps_unix_nano) = (vec![2, 3], vec![7, 8]);
    assert_eq!(read(&message.encode_to_vec()).expect("whole").samples.get(0).values, [5]);
    let sample = &mut profiles_of(&mut message)[0].samples[0];
    (sample.values, sample.timestamps_unix_nano) = (vec![], vec![7, 8, 9]);
    assert_eq!(read(&message.encode_to_vec()).expect("whole").samples.get(0).values, [3]);
    assert_eq!(read(&json(&message)).expect("whole").samples.get(0).values, [3]);
}

#[test]
fn profiles_of_other_things_beside_are_passed_over() {
    let mut message = otlp::of(&decoded(RECORDINGS[0]));
    let strings = &mut message.dictionary.as_mut().expect("tables").string_table;
    strings.extend(["cpu".to_owned(), "nanoseconds".to_owned()]);
    let cpu =
        otlp::ValueType { type_strindex: strings.len() as i32 - 2, unit_strindex: strings.len() as i32 - 1 };
    let profiles = profiles_of(&mut message);
    let (sample_type, period_type) = (Some(cpu), Some(cpu));
    profiles.insert(0, otlp::Profile { sample_type, period_type, ..profiles[0].clone() });
    let want = content(&read(&decoded(RECORDINGS[0]).encode_to_vec()).expect("a recording"));
    assert_eq!(content(&read(&message.encode_to_vec()).expect("whole")), want);
    profiles_of(&mut message).truncate(1);
    let alone = read(&message.encode_to_vec()).expect_err("no heap").to_string();
    assert!(alone.contains("this is a CPU profile"), "{alone}");
}

#[test]
fn what_is_wrong_is_said_in_one_clear_line() {
    type Break = fn(&mut Message);
    let wrongs: [(Break, &str); 6] = [
        (
            |message| profiles_of(message)[0].samples[0].stack_index = 1 << 20,
            "names stack 1048576, which is not there",
        ),
        (|message| profiles_of(message)[0].samples[0].attribute_indices = vec![1 << 20], "attribute 1048576"),
        (|message| profiles_of(message)[0].samples[0].values.clear(), "since version 1.10"),
        (|message| profiles_of(message)[0].sample_type = None, "does not say what its values are"),
        (|message| message.dictionary = None, "outside the string table"),
        (|message| profiles_of(message).clear(), "an OTLP message without any profile in it"),
    ];
    for (break_it, want) in wrongs {
        let mut message = otlp::of(&decoded(RECORDINGS[0]));
        break_it(&mut message);
        for bytes in [message.encode_to_vec(), json(&message)] {
            let problem = read(&bytes).expect_err(want).to_string();
            assert!(problem.contains(want) && !problem.contains('\n'), "{problem} should say {want}");
        }
    }
    let whole = json(&otlp::of(&decoded(RECORDINGS[0])));
    let cut = read(&whole[..whole.len() - 9]).expect_err("cut").to_string();
    assert!(cut.contains("the JSON is cut short at line 1"), "{cut}");
}

#[test]
fn limits_hold() {
    let message = otlp::of(&decoded(RECORDINGS[0]));
    let limits = Limits::default();
    for (limits, what) in [
        (Limits { samples: 10, ..limits }, "10 samples"),
        (Limits { values: 10, ..limits }, "10 values"),
        (Limits { symbols: 10, ..limits }, "10 "),
        (Limits { stack_entries: 10, ..limits }, "10 stack entries"),
        (Limits { depth: 2, ..limits }, "2 frames on one stack"),
        (Limits { inflated_bytes: 1000, ..limits }, "larger than 1000 bytes"),
    ] {
        for bytes in [message.encode_to_vec(), json(&message)] {
            let problem = parse(&bytes, "input", &limits).expect_err(what).to_string();
            assert!(problem.contains(what), "{problem} should say {what}");
        }
    }
}

/// The recordings of a program as the lines that the Collector's file exporter writes.
fn lines(program: &str, resource: impl Fn(usize) -> otlp::Resource) -> Vec<u8> {
    (1..=8)
        .flat_map(|number| {
            let mut message = otlp::of(&decoded(&format!("{program}/heap-{number:02}.pb.gz")));
            message.resource_profiles[0].resource = Some(resource(number));
            [json(&message), b"\n".to_vec()].concat()
        })
        .collect()
}

#[test]
fn the_file_of_a_collector_is_a_series() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("profiles.jsonl");
    std::fs::write(&file, lines("map-cache", |_| otlp::resource("shop-1"))).expect("written");
    let Run { status, stdout, stderr, .. } =
        pprof_leaks(["trend", file.to_str().expect("UTF-8"), "--no-source"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("unbounded-map") || stdout.contains("map that only grows"), "{stdout}");

    std::fs::write(&file, lines("map-cache", |number| otlp::resource(&format!("shop-{}", number % 2))))
        .expect("written");
    let Run { status, stderr, .. } = pprof_leaks(["trend", file.to_str().expect("UTF-8")]);
    assert_eq!(status, 2);
    assert!(stderr.contains("profiles of several processes, as their resources differ"), "{stderr}");
}
