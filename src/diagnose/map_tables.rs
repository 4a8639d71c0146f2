//! The sizes by which the tables and buckets of maps are known.

use super::case::SizeGrowth;
use crate::clusters::TABLE_SIZES;

/// `sizeof(internal/runtime/maps.table)` on 64-bit machines since Go 1.24: one for each table of a map.
pub(super) const TABLE_HEADER: i64 = 32;
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

/// The size of the array of buckets of a map with so many entries, where some objects of one line are this array and a smaller one of
/// the same map before it: slices grow by other factors. Powers of two are sizes that buffers have.
pub(super) fn array_of_buckets(sizes: &[SizeGrowth], entries: f64) -> Option<i64> {
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

/// Whether a full table can have this size, for slots of 32 to 256 bytes: beyond 32 KiB sizes are rounded to pages of
/// 8 KiB, and keys and values of more than 128 bytes are kept elsewhere.
pub(super) fn is_large_table(size: i64) -> bool {
    size % PAGE == 0
        && (32..=256).step_by(8).any(|slot: i64| (128 * (8 + 8 * slot) + PAGE - 1) / PAGE * PAGE == size)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
