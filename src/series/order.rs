//! One order for sites and rows, whatever order the files had, so that the same data gives the same report to the
//! byte: down to ties, and to the last digit of sums.

use super::names::{FrameId, Names};
use super::stacks::{Reading, Stacks};
use super::track::{Site, SiteId, Track};

/// Puts sites in the order of the functions and lines along their stacks, leaf first, and rows in the order of their
/// sites and sizes. Sites that differ in nothing but addresses stay in the order of the files.
pub(super) fn arrange(track: &mut Track, ranks: &FrameRanks) {
    let order = site_order(&track.sites, &track.stacks, ranks);
    let mut new_of_old = vec![SiteId(0); order.len()];
    for (new, old) in order.iter().enumerate() {
        new_of_old[*old as usize] = SiteId(new as u32);
    }
    track.sites = permuted(&track.sites, &order);
    track.as_read.clone_from(&new_of_old);
    for row in &mut track.rows {
        row.site = new_of_old[row.site.0 as usize];
    }
    for member in track.snapshots.iter_mut().flat_map(|snapshot| &mut snapshot.members) {
        member.site = new_of_old[member.site.0 as usize];
    }
    for snapshot in &mut track.snapshots {
        for (site, _, _) in &mut snapshot.labels {
            *site = new_of_old[site.0 as usize];
        }
        snapshot.labels.sort();
    }

    let rows = &track.rows;
    let (mut order, ends) = bucketed(rows.len(), track.sites.len(), |row| rows[row].site.0);
    for bucket in buckets(&mut order, &ends) {
        bucket.sort_unstable_by_key(|row| rows[*row as usize].size);
    }
    track.rows = permuted(&track.rows, &order);
    for column in &mut track.columns {
        column.arrange(&order);
    }
}

/// The items in the given order.
fn permuted<T: Copy>(items: &[T], order: &[u32]) -> Vec<T> {
    order.iter().map(|old| items[*old as usize]).collect()
}

/// A site to be put in its place.
struct Placed {
    /// The ranks of the next frames of its stack.
    head: u128,
    site: u32,
    rest: Reading,
}

fn site_order(sites: &[Site], stacks: &Stacks, ranks: &FrameRanks) -> Vec<u32> {
    // As many frames as fit into one number tell most sites apart, and those that they do not, the next ones do.
    let width = (ranks.0.len() as u64 + 1).ilog2() + 1;
    let frames = u128::BITS / width;
    let place = |(site, info): (u32, &Site)| Placed { head: 0, site, rest: Reading::of(info.stack) };
    let mut order: Vec<Placed> = (0..).zip(sites).map(place).collect();
    let mut alike = vec![&mut order[..]];
    while !alike.is_empty() {
        let mut still_alike = Vec::new();
        for placed in alike {
            for placed in &mut *placed {
                let mut room = frames * width;
                placed.head = 0;
                stacks.read_on(&mut placed.rest, |frame| {
                    room -= width;
                    placed.head |= u128::from(ranks.of(frame) + 1) << room;
                    room > 0
                });
            }
            placed.sort_unstable_by_key(|placed| (placed.head, placed.site));
            // Where nothing stands in the last place, the stacks have ended.
            let goes_on =
                |placed: &&mut [Placed]| placed.len() > 1 && placed[0].head & ((1 << width) - 1) != 0;
            still_alike.extend(placed.chunk_by_mut(|a, b| a.head == b.head).filter(goes_on));
        }
        alike = still_alike;
    }
    order.into_iter().map(|placed| placed.site).collect()
}

/// The numbers below `count` in the order of their keys, which are below `keys`, and where the numbers of each key end: one
/// pass to count and one to place, so that what is left to compare are a few at a time.
fn bucketed(count: usize, keys: usize, key: impl Fn(usize) -> u32) -> (Vec<u32>, Vec<usize>) {
    let mut ends = vec![0usize; keys];
    for number in 0..count {
        ends[key(number) as usize] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        // First where its numbers start.
        sum += std::mem::replace(end, sum);
    }
    let mut order = vec![0; count];
    for number in 0..count {
        let place = &mut ends[key(number) as usize];
        order[*place] = number as u32;
        *place += 1;
    }
    (order, ends)
}

/// The parts of a list of which some need sorting.
fn buckets<'a, T>(list: &'a mut [T], ends: &'a [usize]) -> impl Iterator<Item = &'a mut [T]> {
    let mut rest = list;
    let mut start = 0;
    ends.iter()
        .map(move |end| {
            let (bucket, tail) = std::mem::take(&mut rest).split_at_mut(end - start);
            (rest, start) = (tail, *end);
            bucket
        })
        .filter(|bucket| bucket.len() > 1)
}

/// The place of every frame in the order of function names, files, lines and inlining.
pub(super) struct FrameRanks(Vec<u32>);

impl FrameRanks {
    pub(super) fn new(names: &Names) -> FrameRanks {
        let functions = ranks(names.functions().len(), |function| {
            let info = &names.functions()[function];
            (info.name.as_str(), info.file.as_str())
        });
        FrameRanks(ranks(names.frames().len(), |frame| {
            let frame = FrameId(frame as u32);
            let function = names.function_of(frame).0 as usize;
            (functions[function], names.line_of(frame), names.is_inlined(frame))
        }))
    }

    fn of(&self, frame: FrameId) -> u32 {
        self.0[frame.0 as usize]
    }
}

/// The place of each of so many things in the order of their keys.
fn ranks<K: Ord>(count: usize, key: impl Fn(usize) -> K) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count as u32).collect();
    order.sort_by_cached_key(|index| key(*index as usize));
    let mut ranks = vec![0; count];
    for (rank, index) in order.iter().enumerate() {
        ranks[*index as usize] = rank as u32;
    }
    ranks
}
