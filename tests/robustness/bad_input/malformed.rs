//! Profiles that contradict themselves, and odd ones that are valid all the same.

use crate::bad_input::files::refused;
use crate::support::{Profile, heap_pair, plain, pprof_leaks};
use pprof_leaks::input::proto;
use prost::Message;
use serde_json::Value;

/// Spoils a good profile and expects the refusal to name the fault.
fn spoiled(spoil: impl FnOnce(&mut proto::Profile), parts: &[&str]) {
    let [_, mut profile] = heap_pair("main.leak");
    spoil(&mut profile.proto);
    refused("spoiled.pb.gz", &profile.gzipped(), &[&["malformed", "again"], parts].concat());
}

/// The report on two profiles, which has to succeed.
fn compared(profiles: &[Profile; 2]) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["before.pb.gz", "after.pb.gz"].map(|name| folder.path().join(name));
    profiles.iter().zip(&paths).for_each(|(profile, path)| profile.write(path));
    let run = pprof_leaks(["diff", "--format=json", "--full"].map(Into::into).iter().chain(&paths));
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    run.json()
}

#[test]
fn an_index_outside_its_table_is_told_by_name() {
    let far = 1 << 40;
    spoiled(|p| p.function[0].name = far, &["function name", "string table"]);
    spoiled(|p| p.function[0].name = -1, &["function name", "string table"]);
    spoiled(|p| p.function[0].filename = far, &["file name", "string table"]);
    spoiled(|p| p.sample_type[0].r#type = far, &["sample type", "string table"]);
    spoiled(|p| p.sample_type[3].unit = far, &["unit", "string table"]);
    spoiled(|p| p.sample[0].label[0] = label(far, 1), &["label", "string table"]);
    spoiled(|p| p.sample[0].label[0] = label(1, far), &["label", "string table"]);
    let mapping = proto::Mapping { id: 1, build_id: far, ..proto::Mapping::default() };
    spoiled(|p| p.mapping.push(mapping), &["build id", "string table"]);
    spoiled(|p| p.period_type.as_mut().expect("has one").unit = far, &["period", "string table"]);
}

fn label(key: i64, text: i64) -> proto::Label {
    proto::Label { key, str: text, ..proto::Label::default() }
}

#[test]
fn references_that_point_nowhere_are_told() {
    spoiled(|p| p.sample[0].location_id[0] = 77, &["a sample names location 77"]);
    spoiled(|p| p.sample[0].location_id[0] = 0, &["a sample names location 0"]);
    spoiled(|p| p.location[0].line[0].function_id = 77, &["function 77"]);
}

#[test]
fn ids_that_are_zero_or_given_twice_are_told() {
    spoiled(|p| p.location[0].id = 0, &["a location has the id 0"]);
    spoiled(|p| p.function[0].id = 0, &["a function has the id 0"]);
    spoiled(|p| p.mapping.push(proto::Mapping::default()), &["a mapping has the id 0"]);
    spoiled(|p| p.location[1].id = p.location[0].id, &["two locations have the id 1"]);
    spoiled(|p| p.function[1].id = p.function[0].id, &["two functions have the id 1"]);
    let mapping = proto::Mapping { id: 9, ..proto::Mapping::default() };
    spoiled(|p| p.mapping = vec![mapping, mapping], &["two mappings have the id 9"]);
}

#[test]
fn values_that_do_not_match_the_sample_types_are_told() {
    spoiled(|p| p.sample[0].value.truncate(3), &["one value for each sample type"]);
    spoiled(|p| p.sample[0].value.push(1), &["one value for each sample type"]);
    spoiled(|p| p.sample[1].value.clear(), &["one value for each sample type"]);
    spoiled(|p| p.sample_type.clear(), &["no sample types"]);
    spoiled(|p| p.string_table[0] = "x".to_owned(), &["first string", "not empty"]);
}

#[test]
fn broken_protobuf_is_told() {
    let [_, profile] = heap_pair("main.leak");
    let good = profile.proto.encode_to_vec();
    let with = |tail: &[u8]| [&good, tail].concat();
    // A sample that claims to be 2^62 bytes long, and one whose length never ends.
    let huge = [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f];
    refused("huge.pb", &with(&huge), &["malformed", "longer than the file", "again"]);
    refused("endless.pb", &with(&[&[0x12][..], &[0xff; 20]].concat()), &["malformed", "damaged", "again"]);
    refused("wire.pb", &with(&[0x10, 1]), &["malformed", "wrong wire type"]);
    refused("groups.pb", &with(&[0x13, 0x14].repeat(100_000)), &["malformed", "groups"]);
    // Messages within messages, as far down as a mebibyte goes: nothing here descends with them.
    let mut nested = Vec::new();
    for _ in 0..5_000 {
        let mut outer = vec![0x22];
        prost::encode_length_delimiter(nested.len(), &mut outer).expect("room");
        outer.append(&mut nested);
        nested = outer;
    }
    refused("nested.pb", &with(&nested), &["malformed"]);
}

#[test]
fn known_fields_of_the_wrong_wire_type_are_told_in_every_message() {
    let [_, profile] = heap_pair("main.leak");
    let good = profile.proto.encode_to_vec();
    // Field numbers of the message in the profile, and of its fields: numbers, then messages, lists and strings.
    let messages: [(u8, &[u8], &[u8]); 6] = [
        (1, &[1, 2], &[]),
        (2, &[], &[3]),
        (3, &[1, 6], &[]),
        (4, &[1, 2, 3], &[4]),
        (5, &[1, 2, 4], &[]),
        (11, &[1], &[]),
    ];
    let refused_inside = |outer: u8, inner: &[u8]| {
        let tail = [&[outer << 3 | 2, inner.len() as u8], inner].concat();
        refused("inner.pb", &[&good[..], &tail].concat(), &["malformed", "again"]);
    };
    for (outer, numbers, lists) in messages {
        numbers.iter().for_each(|number| refused_inside(outer, &[number << 3 | 2, 0]));
        lists.iter().for_each(|list| refused_inside(outer, &[list << 3, 1]));
    }
    // A line of a location, whose own fields are numbers.
    refused_inside(4, &[0x22, 2, 0x0a, 0]);
    refused_inside(4, &[0x22, 2, 0x12, 0]);
}

#[test]
fn ids_beyond_any_array_work() {
    let mut pair = heap_pair("main.leak");
    let plain = compared(&pair);
    for profile in &mut pair {
        let far = |id: &mut u64| *id = u64::MAX - *id * (1 << 55);
        profile.proto.location.iter_mut().for_each(|l| far(&mut l.id));
        profile.proto.function.iter_mut().for_each(|f| far(&mut f.id));
        profile.proto.location.iter_mut().flat_map(|l| &mut l.line).for_each(|l| far(&mut l.function_id));
        profile.proto.sample.iter_mut().flat_map(|s| &mut s.location_id).for_each(far);
        profile.proto.mapping.push(proto::Mapping { id: 1 << 63, ..proto::Mapping::default() });
    }
    let far = compared(&pair);
    assert_eq!(far["suspects"], plain["suspects"]);
    assert_eq!(far["verdict"], "suspicious");
}

#[test]
fn sums_beyond_64_bits_are_told_and_no_number_wraps() {
    let mut pair = heap_pair("main.leak");
    for _ in 0..5 {
        let huge = [i64::MAX; 4];
        pair[1].sample(&["main.huge", "main.main"], &huge);
        pair[1].sample(&["main.huge", "main.main"], &huge).label.push(proto::Label::default());
        pair[0].sample(&["main.gone", "main.main"], &[i64::MIN; 4]);
    }
    let report = compared(&pair);
    let codes = codes(&report);
    assert!(codes.contains(&"overflow".to_owned()), "{codes:?}");
    let total = &report["totals"]["heap"];
    assert!(total["last"].as_f64().expect("a number") > 9e19, "{total}");
    assert!(total["first"].as_f64().expect("a number") < -4e19, "{total}");
    for suspect in report["suspects"].as_array().expect("a list") {
        assert_eq!(suspect["confidence"], "low", "{suspect}");
    }
}

#[test]
fn sizes_and_periods_at_the_edge_of_64_bits_do_no_harm() {
    for (size, period) in
        [(i64::MAX, 1), (i64::MAX, i64::MAX), (1, i64::MAX), (i64::MIN, 1), (0, 0), (-1, -1), (48, i64::MIN)]
    {
        let mut pair = heap_pair("main.leak");
        for profile in &mut pair {
            profile.proto.period = period;
            profile.proto.sample[0].label[0].num = size;
        }
        pair[1].proto.sample[0].value = vec![i64::MAX; 4];
        let report = compared(&pair);
        assert!(report["verdict"].is_string(), "size {size}, period {period}");
    }
}

#[test]
fn times_at_the_edge_of_64_bits_do_no_harm() {
    for (first, last) in [(1, i64::MAX), (i64::MAX, 1), (i64::MIN, i64::MAX), (0, 0), (-5, 7), (7, 8)] {
        let mut pair = heap_pair("main.leak");
        (pair[0].proto.time_nanos, pair[1].proto.time_nanos) = (first, last);
        let report = compared(&pair);
        assert!(report["verdict"].is_string(), "{first} to {last}");
    }
}

#[test]
fn a_profile_of_nothing_is_inconclusive() {
    let report = compared(&[Profile::heap(), Profile::heap()]);
    assert_eq!(report["verdict"], "inconclusive");
    let [before, _] = heap_pair("main.leak");
    let report = compared(&[before, Profile::heap()]);
    assert_eq!(report["verdict"], "inconclusive");
    let report = compared(&[Profile::goroutines(), Profile::goroutines()]);
    assert_eq!(report["suspects"], Value::Array(Vec::new()));
}

#[test]
fn samples_without_a_stack_and_locations_without_a_name_are_kept_in_the_totals() {
    let mut pair = heap_pair("main.leak");
    let plain_total = compared(&pair)["totals"]["heap"]["last"].clone();
    let bare = pair[1].location("nameless");
    pair[1].proto.location[bare as usize - 1].line.clear();
    pair[1].sample(&[], &[1, 1000, 1, 1000]);
    pair[1].sample(&["nameless"], &[1, 1000, 1, 1000]);
    let report = compared(&pair);
    let total = &report["totals"]["heap"]["last"];
    assert_eq!(total.as_i64(), plain_total.as_i64().map(|t| t + 2000));
    let sites = report["sites"].to_string();
    assert!(sites.contains(&format!("\"0x{:x}\"", 0x40_0000 + bare)), "{sites}");
}

#[test]
fn a_stack_of_a_hundred_thousand_frames_is_only_long() {
    let mut pair = heap_pair("main.leak");
    for (index, profile) in pair.iter_mut().enumerate() {
        profile.row(&["main.leak"], 2048, 50 * index as i64, 50 * index as i64);
        let deep = profile.location("main.recurse");
        let sample = profile.proto.sample.last_mut().expect("just added");
        sample.location_id.extend(std::iter::repeat_n(deep, 100_000));
    }
    let report = compared(&pair);
    assert_eq!(report["suspects"][0]["blame"]["function"], "main.leak");
}

#[test]
fn unknown_fields_of_later_versions_are_passed_over() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("later.pb");
    let mut bytes = plain(&heap_pair("main.leak")[1].gzipped());
    // Field 99 in each wire type.
    bytes.extend([
        0x98, 0x06, 7, 0x9a, 0x06, 2, 1, 1, 0x9d, 0x06, 1, 2, 3, 4, 0x99, 0x06, 1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    std::fs::write(&path, bytes).expect("can be written");
    let path = path.to_str().expect("UTF-8");
    let run = pprof_leaks(["diff", path, path, "--format", "json"]);
    assert_eq!(codes(&run.json()), ["same-snapshot"]);
}

fn codes(report: &Value) -> Vec<String> {
    let warnings = report["warnings"].as_array().expect("a list");
    warnings.iter().map(|w| w["code"].as_str().expect("a code").to_owned()).collect()
}
