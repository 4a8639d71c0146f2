//! One order for sites and rows, whatever order the files had, so that the same data gives the same report to the
//! byte: down to ties, and to the last digit of sums.

use super::names::Names;
use super::site_key::Print;
use super::track::{SiteId, Track};
use std::cmp::Ordering;

/// Puts sites in the order of their prints, and rows in the order of their sites and sizes.
pub(super) fn arrange(track: &mut Track, prints: &[Print], names: &Names) {
    let order = site_order(prints, |a, b| track.by_frames(names, a, b));
    let new_of_old: Vec<SiteId> = inverse(&order).into_iter().map(SiteId).collect();
    track.sites = permuted(&track.sites, &order);
    for row in &mut track.rows {
        row.site = new_of_old[row.site.0 as usize];
    }
    for member in track.snapshots.iter_mut().flat_map(|snapshot| &mut snapshot.members) {
        member.site = new_of_old[member.site.0 as usize];
    }
    for snapshot in &mut track.snapshots {
        for passage in snapshot.passages.iter_mut().flatten() {
            for site in [&mut passage.from, &mut passage.to].into_iter().flatten() {
                *site = new_of_old[site.0 as usize];
            }
        }
        for (site, _, _) in &mut snapshot.labels {
            *site = new_of_old[site.0 as usize];
        }
        snapshot.labels.sort();
    }
    track.as_read = new_of_old;

    let rows = &track.rows;
    let (mut order, ends) =
        bucketed(0..rows.len() as u32, track.sites.len(), |row| rows[row as usize].site.0);
    for bucket in buckets(&mut order, &ends) {
        bucket.sort_unstable_by_key(|row| rows[*row as usize].size);
    }
    track.rows = permuted(&track.rows, &order);
    for column in &mut track.columns {
        column.arrange(&order);
    }
}

/// Where each item stands in an order that lists all of them.
pub(super) fn inverse(order: &[u32]) -> Vec<u32> {
    let mut new_of_old = vec![0; order.len()];
    for (new, old) in order.iter().enumerate() {
        new_of_old[*old as usize] = new as u32;
    }
    new_of_old
}

/// The items in the given order.
pub(super) fn permuted<T: Copy>(items: &[T], order: &[u32]) -> Vec<T> {
    order.iter().map(|old| items[*old as usize]).collect()
}

/// The sites in the order of their prints. Where two have the same one by chance, `otherwise` says which is first.
fn site_order(prints: &[Print], otherwise: impl Fn(SiteId, SiteId) -> Ordering) -> Vec<u32> {
    // Prints are spread evenly: a few fall into each part of their range.
    let parts = prints.len() / 8 + 1;
    let part = |site: u32| ((u128::from(prints[site as usize]) * parts as u128) >> u64::BITS) as u32;
    let (mut order, ends) = bucketed(0..prints.len() as u32, parts, part);
    for bucket in buckets(&mut order, &ends) {
        bucket.sort_unstable_by(|a, b| {
            let by_print = prints[*a as usize].cmp(&prints[*b as usize]);
            by_print.then_with(|| otherwise(SiteId(*a), SiteId(*b))).then(a.cmp(b))
        });
    }
    order
}

/// Items in the order of their keys, which are below `keys`, equal ones as they stood, and where the items of each key end: one
/// pass to count and one to place.
pub(crate) fn bucketed<T: Copy + Default>(
    items: impl ExactSizeIterator<Item = T> + Clone,
    keys: usize,
    key: impl Fn(T) -> u32,
) -> (Vec<T>, Vec<u32>) {
    let mut ends = vec![0; keys];
    for item in items.clone() {
        ends[key(item) as usize] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        // First where its items start.
        sum += std::mem::replace(end, sum);
    }
    let mut order = vec![T::default(); items.len()];
    for item in items {
        let place = &mut ends[key(item) as usize];
        order[*place as usize] = item;
        *place += 1;
    }
    (order, ends)
}

/// The parts of a list of which some need sorting.
fn buckets<'a, T>(list: &'a mut [T], ends: &'a [u32]) -> impl Iterator<Item = &'a mut [T]> {
    let mut rest = list;
    let mut start = 0;
    ends.iter()
        .map(move |end| {
            let (bucket, tail) = std::mem::take(&mut rest).split_at_mut((end - start) as usize);
            (rest, start) = (tail, *end);
            bucket
        })
        .filter(|bucket| bucket.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_of_one_print_are_told_apart_otherwise() {
        assert_eq!(site_order(&[9, 9, 3, u64::MAX, 9], |a, b| b.cmp(&a)), [2, 4, 1, 0, 3]);
        assert_eq!(site_order(&[9, 9, 3], |_, _| Ordering::Equal), [2, 0, 1]);
        assert_eq!(site_order(&[], |_, _| Ordering::Equal), [] as [u32; 0]);
    }
}
