//! Sums and differences of heap profiles, and that the order of things in a file does not matter.

use crate::properties::heap::{Heap, Layout, Moment, hostile, layouts, lives, strange};
use flate2::{Compression, write::GzEncoder};
use pprof_leaks::input::{Limits, parse};
use pprof_leaks::pipeline::{Analysis, Options, compare};
use pprof_leaks::profile::RawProfile;
use pprof_leaks::report::{build_document, json};
use pprof_leaks::suspects::{Criteria, HeapMetric};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::Write;

const RATE: i64 = 512 * 1024;

fn read(bytes: &[u8], source: &str) -> RawProfile {
    parse(bytes, source, &Limits::default()).expect("a valid profile")
}

fn full(metric: HeapMetric) -> Options {
    Options { full: true, criteria: Criteria { metric, ..Criteria::default() }, ..Options::default() }
}

fn compared(before: &[u8], after: &[u8], metric: HeapMetric) -> Analysis {
    compare(vec![read(before, "before")], vec![read(after, "after")], &full(metric)).expect("both are heaps")
}

fn report(before: &[u8], after: &[u8]) -> String {
    let analysis = compared(before, after, HeapMetric::InuseSpace);
    let json = json(&build_document(&analysis)).expect("figures have a JSON form");
    // The files differ, and so do the hashes of them.
    json.lines().filter(|line| !line.contains("\"sha256\"")).collect::<Vec<_>>().join("\n")
}

fn report_of(heap: &Heap, layout: Layout) -> String {
    report(&heap.encode(Moment::Before, layout), &heap.encode(Moment::After, layout))
}

/// The difference of every sample type.
fn totals(analysis: &Analysis) -> Vec<i128> {
    let snapshots = &analysis.series.tracks()[0].snapshots;
    snapshots[1].totals.iter().zip(&snapshots[0].totals).map(|(after, before)| after - before).collect()
}

/// The growth of every site, by its stack.
fn sites(analysis: &Analysis) -> BTreeMap<Vec<(String, u32, bool)>, f64> {
    let (names, track) = (&analysis.series.names, &analysis.series.tracks()[0]);
    let mut sites = BTreeMap::new();
    for site in &analysis.sites[0].1 {
        let frames = track.stack(site.site).iter();
        let stack =
            frames.map(|f| (names.info_of(f).name.clone(), names.line_of(f), names.is_inlined(f))).collect();
        let known = sites.insert(stack, site.growth.delta());
        assert_eq!(known, None, "one stack is one site");
    }
    sites
}

/// Which rows to write as two, and how much the second one gets.
fn splits() -> impl Strategy<Value = Vec<(prop::sample::Index, f64)>> {
    prop::collection::vec((any::<prop::sample::Index>(), 0.0..1.0), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_profile_against_itself_shows_nothing(heap in prop_oneof![lives(Just(RATE)), strange(), hostile()]) {
        let bytes = heap.encode(Moment::Before, Layout::default());
        let analysis = compared(&bytes, &bytes, HeapMetric::InuseSpace);
        prop_assert!(totals(&analysis).iter().all(|delta| *delta == 0));
        prop_assert!(sites(&analysis).values().all(|delta| *delta == 0.0));
        prop_assert!(analysis.suspects.is_empty());
    }

    #[test]
    fn the_difference_back_is_the_negative_of_the_difference_there(
        heap in prop_oneof![lives(Just(RATE)), strange(), hostile()],
    ) {
        let [before, after] = [Moment::Before, Moment::After].map(|m| heap.encode(m, Layout::default()));
        for metric in HeapMetric::ALL {
            let (there, back) = (compared(&before, &after, metric), compared(&after, &before, metric));
            let negative: Vec<i128> = totals(&back).iter().map(|delta| -delta).collect();
            prop_assert_eq!(totals(&there), negative);
            let negative: BTreeMap<_, _> = sites(&back).into_iter().map(|(s, delta)| (s, 0.0 - delta)).collect();
            prop_assert_eq!(sites(&there), negative);
        }
    }

    #[test]
    fn sites_add_up_to_the_totals(heap in lives(Just(RATE))) {
        let [before, after] = [Moment::Before, Moment::After].map(|m| heap.encode(m, Layout::default()));
        for (column, metric) in HeapMetric::ALL.into_iter().enumerate() {
            let analysis = compared(&before, &after, metric);
            let sum: f64 = sites(&analysis).values().sum();
            prop_assert_eq!(totals(&analysis)[column] as f64, sum);
        }
    }

    /// Not for sums beyond 64 bits: they are capped, and where depends on the order.
    #[test]
    fn order_and_ids_do_not_change_a_byte_of_the_report(
        heap in prop_oneof![lives(prop::sample::select(vec![1, RATE])), strange()],
        layouts in prop::array::uniform2(layouts()),
    ) {
        let want = report_of(&heap, Layout::default());
        let before = heap.encode(Moment::Before, layouts[0]);
        let after = heap.encode(Moment::After, layouts[1]);
        prop_assert_eq!(want, report(&before, &after));
    }

    #[test]
    fn rows_written_as_two_keep_every_sum(heap in lives(Just(RATE)), split in splits()) {
        let halves = heap.split(&split);
        for metric in HeapMetric::ALL {
            let [whole, halves] = [&heap, &halves].map(|heap| {
                let [before, after] = [Moment::Before, Moment::After].map(|m| heap.encode(m, Layout::default()));
                compared(&before, &after, metric)
            });
            prop_assert_eq!(totals(&whole), totals(&halves));
            prop_assert_eq!(sites(&whole), sites(&halves));
        }
    }

    /// With every allocation recorded a part of the objects has its part of the bytes, so nothing changes at all.
    #[test]
    fn rows_of_whole_objects_written_as_two_are_one(heap in lives(Just(1)), split in splits()) {
        let halves = heap.split(&split).with_whole_objects();
        prop_assert_eq!(report_of(&heap, Layout::default()), report_of(&halves, Layout::default()));
    }

    #[test]
    fn gzip_changes_nothing(heap in lives(Just(RATE))) {
        let plain = [Moment::Before, Moment::After].map(|m| heap.encode(m, Layout::default()));
        let [before, after] = plain.each_ref().map(|bytes| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(bytes).expect("in memory");
            encoder.finish().expect("in memory")
        });
        prop_assert_eq!(report(&plain[0], &plain[1]), report(&before, &after));
    }
}
