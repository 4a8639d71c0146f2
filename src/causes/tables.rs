//! Rules about the tables of maps, which are known by their sizes.

use super::case::{Case, HeapSite, SizeGrowth};
use super::heap::{A_GOOD_PART, ENOUGH, SOME, agree, alone};
use super::{Certainty, Finding, finding};
use crate::clusters::{TABLE_SIZES, may_be_entries};
use crate::profile::{is_host, package_of};

/// A single size that carries this share of the growth.
const MOST_OF_IT: f64 = 0.8;
/// `sizeof(internal/runtime/maps.table)` on 64-bit machines since Go 1.24: one for each table of a map.
const TABLE_HEADER: i64 = 32;
/// Sizes above 32 KiB are rounded up to pages of this many bytes.
const PAGE: i64 = 8192;
/// The slots of a bucket of a map before Go 1.24, of which 13 in 16 are used before the buckets are doubled (`loadFactor` in Go
/// 1.23's runtime/map.go).
const BUCKET: f64 = 8.0;
/// Keys and values of more than 128 bytes are kept elsewhere.
const LARGEST_BUCKET: i64 = 16 + 8 * 256;

/// Whether a full table of a map can have this size, in Go 1.24 and later.
pub(crate) fn may_be_table(size: i64) -> bool {
    TABLE_SIZES.contains(&size) || is_large_table(size)
}

/// Full tables of a map at a line of own code. Their sizes are those of other objects too, so the entries beside
/// them, or tables that were freed as they were split, have to bear them out.
pub(super) fn map(case: &Case<'_>) -> Option<Finding> {
    let is_table = |size: &&SizeGrowth| TABLE_SIZES.contains(&size.size);
    let direct = || case.heap.iter().filter(|site| site.is_direct());
    let tables: Vec<SizeGrowth> =
        direct().flat_map(|site| site.sizes.iter().filter(is_table).copied()).collect();
    let of = |get: fn(&SizeGrowth) -> f64| tables.iter().map(get).sum::<f64>();
    let (objects, bytes) = (of(|size| size.objects), of(|size| size.bytes));
    let sum = |get: fn(&SizeGrowth) -> i64| tables.iter().map(get).fold(0, i64::saturating_add);
    if sum(|size| size.sampled) < SOME || bytes <= 0.0 {
        return None;
    }
    let others = || case.heap.iter().flat_map(|site| site.sizes.iter().filter(|size| !is_table(size)));
    if others().map(|size| size.bytes).sum::<f64>() < -0.5 * bytes {
        let what = "the tables of a map stay while its entries are gone: a map does not become smaller";
        return finding("map-never-shrinks", alone(case, Certainty::Medium), what);
    }
    let entries = others().any(|size| are_entries(size, objects));
    let (freed, allocated) = (sum(|size| size.freed), sum(|size| size.allocated));
    let splits = allocated >= ENOUGH && freed.saturating_mul(5) >= allocated;
    if entries {
        let what = "full tables of a map pile up with about as many entries as they hold";
        return finding("unbounded-map", alone(case, Certainty::High), what);
    }
    (splits && bytes >= A_GOOD_PART * case.heap_growth()).then(|| {
        let what =
            "full tables of a map pile up, and are freed as they are split: a set, or a map of small values";
        finding("unbounded-map", alone(case, Certainty::Medium), what)
    })?
}

/// Whether as many objects of a size were gained as so many tables hold entries.
fn are_entries(size: &SizeGrowth, tables: f64) -> bool {
    size.sampled >= ENOUGH && may_be_entries(size.objects, tables)
}

/// Values made here and put into a map elsewhere, as by the method of a cache: its tables pile up with them.
pub(super) fn map_beside(case: &Case<'_>) -> Option<Finding> {
    let sizes = || case.heap.iter().flat_map(|site| &site.sizes);
    let tables = case.tables_beside.iter().find(|site| {
        let tables = || site.sizes.iter().filter(|size| TABLE_SIZES.contains(&size.size));
        let objects = tables().map(|size| size.objects).sum::<f64>();
        tables().map(|size| size.sampled).sum::<i64>() >= SOME
            && sizes().any(|size| are_entries(size, objects))
    })?;
    let what = format!(
        "full tables of a map pile up in {} at line {}, with about as many entries as objects are kept here",
        tables.stack[tables.own?], tables.line
    );
    finding("unbounded-map", alone(case, Certainty::Medium), what)
}

/// A map that is seen by its tables alone: those of a function that own code calls where it makes what is kept, or the array of
/// buckets that maps had before Go 1.24, of a size for about as many entries as are kept.
pub(super) fn map_near(case: &Case<'_>) -> Option<Finding> {
    if !case.surely_kept || !case.waits.is_empty() {
        return None;
    }
    let kept = case.heap.iter().max_by(|a, b| a.bytes().total_cmp(&b.bytes()))?;
    let maker = kept.stack.get(kept.own?)?;
    let of_maker = |site: &&HeapSite<'_>| site.own.is_some_and(|own| site.stack[own] == *maker);
    // The standard library makes buffers of such sizes.
    let is_library = |function: &str| package_of(function).split('/').next().is_some_and(is_host);
    let called = |site: &&HeapSite<'_>| !site.is_direct() && of_maker(site) && is_library(site.stack[0]);
    // Powers of two are sizes that buffers have most.
    let is_table =
        |size: &SizeGrowth| may_be_table(size.size) && size.size.count_ones() > 1 && size.objects > 0.0;
    let has_tables = |site: &&HeapSite<'_>| site.sizes.iter().any(is_table);
    if let Some(site) = case.tables_beside.iter().chain(&case.heap).filter(has_tables).find(called) {
        let what = format!(
            "tables of a map are made in {}, which {maker} calls at line {}: what is allocated here may be put into it",
            site.stack[0], site.line
        );
        return finding("unbounded-map", Certainty::Low, what);
    }
    let most = kept.sizes.iter().max_by(|a, b| a.bytes.total_cmp(&b.bytes))?;
    let arrays = case.heap.iter().filter(of_maker).filter(|site| site.is_direct());
    let array = arrays
        .filter(|_| most.sampled >= ENOUGH)
        .find_map(|site| array_of_buckets(&site.sizes, most.objects))?;
    let what = format!(
        "an array of {array} bytes was made beside them, as maps had before Go 1.24 for so many entries"
    );
    finding("unbounded-map", Certainty::Low, what)
}

/// The size of the array of buckets of a map with so many entries, where some objects of one line are this array and a smaller one of
/// the same map before it: slices grow by other factors. Powers of two are sizes that buffers have.
fn array_of_buckets(sizes: &[SizeGrowth], entries: f64) -> Option<i64> {
    let is_live = |size: &&SizeGrowth| size.objects >= 1.0 && size.size.count_ones() > 1;
    let live = sizes.iter().filter(is_live).map(|size| size.size);
    live.flat_map(|size| buckets(size).map(move |(b, bucket)| (size, b, bucket))).find_map(
        |(size, b, bucket)| {
            let slots = BUCKET * f64::from(1u32 << b);
            let is_load = entries > 0.35 * slots && entries <= 0.9 * slots;
            let smaller = |other: &SizeGrowth| {
                other.size < size && other.allocated > 0 && buckets(other.size).any(|(_, of)| of == bucket)
            };
            (is_load && sizes.iter().any(smaller)).then_some(size)
        },
    )
}

/// Which numbers of buckets, 2^B of what size in bytes, an array of so many bytes may hold: a sixteenth more to overflow into, each bucket with
/// eight hashes, keys and values and a pointer (`makeBucketArray` in Go 1.23's runtime/map.go).
fn buckets(size: i64) -> impl Iterator<Item = (u32, i64)> {
    (5..32u32).filter_map(move |b| {
        let all = (1i64 << b) + (1i64 << (b - 4));
        let bucket = size / all / 8 * 8;
        let is_size = (bucket * all + PAGE - 1) / PAGE * PAGE == size;
        ((32..=LARGEST_BUCKET).contains(&bucket) && is_size).then_some((b, bucket))
    })
}

/// A map that only grows allocates two tables for each that it splits and frees, so half of them are freed, neither
/// more nor less. Tables with larger slots have sizes that buffers have as well, all those of whole pages, and buffers
/// may be kept every other time: only as many headers of tables, or the entries, tell them apart. Without these it is a
/// guess, and none for powers of two, which are what buffers have most.
pub(super) fn split_tables(case: &Case<'_>) -> Option<Finding> {
    for site in case.heap.iter().filter(|site| site.is_direct()) {
        for size in site.sizes.iter().filter(|size| is_large_table(size.size)) {
            let (freed, allocated) = (size.freed as f64, size.allocated as f64);
            let is_half = (freed - allocated / 2.0).abs() <= allocated.sqrt();
            let is_most = size.bytes >= MOST_OF_IT * case.heap_growth() && size.bytes > 0.0;
            if size.allocated < 2 * ENOUGH || !is_half || !is_most {
                continue;
            }
            let headers = site.sizes.iter().any(|other| other.size == TABLE_HEADER && agree(other, size));
            let mut others =
                case.heap.iter().flat_map(|site| &site.sizes).filter(|other| other.size != size.size);
            let borne_out = headers || others.any(|other| are_entries(other, size.objects));
            let (certainty, beside) = match borne_out {
                true => (Certainty::Medium, " with as many headers or entries"),
                false if size.size.count_ones() == 1 => continue,
                false => (Certainty::Low, ""),
            };
            let what = format!(
                "objects of {} bytes, as full tables of a map have, and buffers too, pile up at line {}{beside}, and half of \
                 those allocated are freed, as when tables are split",
                size.size, site.line
            );
            return finding("unbounded-map", certainty, what);
        }
    }
    None
}

/// Whether a full table can have this size, for slots of 32 to 256 bytes: beyond 32 KiB sizes are rounded to pages of
/// 8 KiB, and keys and values of more than 128 bytes are kept elsewhere.
fn is_large_table(size: i64) -> bool {
    size % PAGE == 0
        && (32..=256).step_by(8).any(|slot: i64| (128 * (8 + 8 * slot) + PAGE - 1) / PAGE * PAGE == size)
}

#[cfg(test)]
mod tests {
    use super::super::name_cause;
    use super::*;

    #[test]
    fn sizes_of_whole_pages_alone_are_no_tables_of_a_map() {
        let half = SizeGrowth { freed: 20, allocated: 40, ..SizeGrowth::kept(65_536, 180.0, 20) };
        let named = |sizes: &[SizeGrowth]| {
            name_cause(&Case::of_heap(vec![HeapSite::made(&["main.put"], Some(0), sizes)])).entry.id
        };
        assert_eq!(named(&[half]), "retained-reference");
        let odd = SizeGrowth { size: 57_344, ..half };
        let cause = name_cause(&Case::of_heap(vec![HeapSite::made(&["main.put"], Some(0), &[odd])]));
        assert_eq!((cause.entry.id, cause.certainty), ("unbounded-map", Certainty::Low));
        assert_eq!(named(&[half, SizeGrowth::kept(TABLE_HEADER, 170.0, 1)]), "unbounded-map");
        assert_eq!(named(&[half, SizeGrowth::kept(16, 150_000.0, 12)]), "unbounded-map");
    }

    #[test]
    fn arrays_of_buckets_are_known_by_size_and_entries() {
        let sizes = |of: &[i64]| of.iter().map(|size| SizeGrowth::kept(*size, 1.0, 1)).collect::<Vec<_>>();
        // Of a real recording: 22,938 messages of nats-server 2.9, by number.
        assert_eq!(array_of_buckets(&sizes(&[163_840, 630_784]), 22_938.0), Some(630_784));
        assert_eq!(array_of_buckets(&sizes(&[630_784]), 22_938.0), None, "one size fits by chance");
        assert_eq!(array_of_buckets(&sizes(&[163_840, 630_784]), 300.0), None, "too few entries");
        assert_eq!(
            array_of_buckets(&sizes(&[524_288, 655_360]), 22_938.0),
            None,
            "a slice that is appended to"
        );
    }

    #[test]
    fn a_map_is_told_by_the_tables_that_a_library_makes() {
        let kept = SizeGrowth::kept(640, 9000.0, 20);
        let table = SizeGrowth::kept(49_152, 10.0, 1);
        let case = Case {
            surely_kept: true,
            tables_beside: vec![HeapSite::made(
                &["github.com/patrickmn/go-cache.(*cache).Set", "main.issue"],
                Some(1),
                &[table],
            )],
            ..Case::of_heap(vec![HeapSite::made(&["main.issue", "main.serve"], Some(0), &[kept])])
        };
        assert_eq!(name_cause(&case).entry.id, "unbounded-map");
        let elsewhere =
            Case { heap: vec![HeapSite::made(&["main.render", "main.serve"], Some(0), &[kept])], ..case };
        assert_eq!(name_cause(&elsewhere).entry.id, "retained-reference");
    }
}
