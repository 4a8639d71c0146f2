//! Our columnar reader of profile.proto against prost's generated decoding.

use crate::properties::heap::{Layout, Moment, hostile, layouts, lives};
use crate::properties::oracle::{Profile, Resolved};
use pprof_leaks::input::{Limits, parse, parse_heading, proto};
use pprof_leaks::profile::{Heading, NoticeCode};
use proptest::prelude::*;
use proptest::sample::Index;
use prost::Message;

/// A valid profile of any producer: units, inlining, labels, missing names, ids and addresses of any size.
fn profiles() -> impl Strategy<Value = proto::Profile> {
    let texts = prop::collection::vec("[a-zäß/.(*)\\[\\]]{1,12}", 1..8);
    let types = prop::sample::select(vec![
        vec![("inuse_objects", "count"), ("inuse_space", "bytes")],
        vec![("objects", "count"), ("space", "Kilobytes")],
        vec![("alloc_objects", "count"), ("alloc_space", "MiB"), ("inuse_objects", ""), ("inuse_space", "b")],
        vec![("goroutine", "count")],
        vec![("goroutineleak", "count")],
    ]);
    let id = prop_oneof![1u64..20, any::<u64>().prop_map(|id| id.max(1))];
    let ids = prop::collection::btree_set(id, 1..10);
    (texts, types, ids.clone(), ids).prop_flat_map(|(texts, types, function_ids, location_ids)| {
        let mut table = vec![String::new(), "bytes".to_owned(), "space".to_owned()];
        table.extend(types.iter().flat_map(|(name, unit)| [(*name).to_owned(), (*unit).to_owned()]));
        table.extend(texts);
        let width = types.len();
        let text = 0..table.len() as i64;
        let function_ids: Vec<u64> = function_ids.into_iter().collect();
        let location_ids: Vec<u64> = location_ids.into_iter().collect();
        let functions: Vec<_> = function_ids
            .iter()
            .map(|id| {
                (Just(*id), text.clone(), text.clone(), text.clone()).prop_map(
                    |(id, name, system_name, filename)| proto::Function {
                        id,
                        name,
                        system_name,
                        filename,
                        start_line: 0,
                    },
                )
            })
            .collect();
        let mut callable = function_ids;
        callable.push(0);
        let line = (prop::sample::select(callable), prop_oneof![0i64..5000, any::<i64>()])
            .prop_map(|(function_id, line)| proto::Line { function_id, line, column: 3 });
        let locations: Vec<_> = location_ids
            .iter()
            .map(|id| {
                (Just(*id), any::<u64>(), prop::collection::vec(line.clone(), 0..4)).prop_map(
                    |(id, address, line)| proto::Location { id, address, line, ..Default::default() },
                )
            })
            .collect();
        let label = (text.clone(), prop_oneof![Just(0), text.clone()], any::<i64>())
            .prop_map(|(key, str, num)| proto::Label { key, str, num, num_unit: 0 });
        let sample = (
            prop::collection::vec(prop::sample::select(location_ids), 0..6),
            prop::collection::vec(any::<i64>(), width),
            prop::collection::vec(label, 0..4),
        )
            .prop_map(|(location_id, value, label)| proto::Sample { location_id, value, label });
        let header = (any::<i64>(), any::<i64>(), any::<i64>(), text);
        (functions, locations, prop::collection::vec(sample, 0..10), header, Just((table, width))).prop_map(
            |(function, location, sample, (time_nanos, duration_nanos, period, build_id), (table, width))| {
                proto::Profile {
                    sample_type: (0..width as i64)
                        .map(|i| proto::ValueType { r#type: 3 + 2 * i, unit: 4 + 2 * i })
                        .collect(),
                    mapping: vec![proto::Mapping { id: 1, build_id, ..Default::default() }],
                    period_type: Some(proto::ValueType { r#type: 2, unit: 1 }),
                    string_table: table,
                    function,
                    location,
                    sample,
                    time_nanos,
                    duration_nanos,
                    period,
                    ..Default::default()
                }
            },
        )
    })
}

/// What may happen to bytes on their way.
#[derive(Clone, Debug)]
enum Mutation {
    Replace(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    /// Copies a stretch to another place.
    Repeat(Index, Index, usize),
}

fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let index = any::<Index>;
    // Small numbers are tags, lengths and indexes more often than others.
    let byte = || prop_oneof![any::<u8>(), 0u8..16];
    let mutation = prop_oneof![
        4 => (index(), byte()).prop_map(|(i, b)| Mutation::Replace(i, b)),
        1 => (index(), byte()).prop_map(|(i, b)| Mutation::Insert(i, b)),
        1 => index().prop_map(Mutation::Remove),
        1 => index().prop_map(Mutation::Cut),
        1 => (index(), index(), 1..40usize).prop_map(|(from, to, n)| Mutation::Repeat(from, to, n)),
    ];
    prop::collection::vec(mutation, 1..6)
}

fn mutate(bytes: &mut Vec<u8>, mutations: &[Mutation]) {
    for mutation in mutations {
        let length = bytes.len();
        if length == 0 {
            return;
        }
        match mutation {
            Mutation::Replace(at, byte) => bytes[at.index(length)] = *byte,
            Mutation::Insert(at, byte) => bytes.insert(at.index(length), *byte),
            Mutation::Remove(at) => drop(bytes.remove(at.index(length))),
            Mutation::Cut(at) => bytes.truncate(at.index(length)),
            Mutation::Repeat(from, to, count) => {
                let from = from.index(length);
                let stretch = bytes[from..(from + count).min(length)].to_vec();
                let to = to.index(length);
                bytes.splice(to..to, stretch);
            }
        }
    }
}

/// What we accept prost must accept, and both must read the same.
fn check(bytes: &[u8]) -> Result<bool, TestCaseError> {
    let Ok(ours) = parse(bytes, "test", &Limits::default()) else { return Ok(false) };
    let oracle = Profile::decode(bytes)
        .map_err(|error| TestCaseError::fail(format!("we accept what prost does not: {error}")))?;
    let (read, mut decoded) = (Resolved::of_ours(&ours), oracle.resolve());
    decoded.duration_nanos = decoded.duration_nanos.filter(|_| read.duration_nanos.is_some());
    prop_assert_eq!(read, decoded);
    // Sums of columns are not capped where single values are.
    if ours.notices.iter().all(|notice| notice.code != NoticeCode::Overflow) {
        let heading =
            parse_heading(bytes, "test", &Limits::default()).expect("read whole, so it has a heading");
        prop_assert_eq!(heading, Heading::of(&ours));
    }
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_prost_reads_we_read(profile in profiles()) {
        prop_assert!(check(&profile.encode_to_vec())?, "a valid profile is accepted");
    }

    #[test]
    fn heaps_in_any_layout_read_as_prost_reads_them(
        heap in prop_oneof![lives(Just(524_288)), hostile()],
        layout in layouts(),
    ) {
        prop_assert!(check(&heap.encode(Moment::After, layout))?, "a valid profile is accepted");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn damaged_bytes_are_refused_or_read_as_prost_reads_them(
        mut bytes in prop_oneof![
            profiles().prop_map(|profile| profile.encode_to_vec()),
            lives(Just(524_288)).prop_map(|heap| heap.encode(Moment::After, Layout::default())),
        ],
        mutations in mutations(),
    ) {
        mutate(&mut bytes, &mutations);
        // Text forms have no oracle here; that they do not panic is what is tested then.
        if !bytes.starts_with(b"g") && !bytes.starts_with(b"h") {
            check(&bytes)?;
        }
    }
}
