//! One order for sites and rows, whatever order the files had, so that the same data gives the same report to the
//! byte: down to ties, and to the last digit of sums.

use super::names::{FrameId, Names};
use super::stacks::Stacks;
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

/// Stacks are told apart by so many numbers of several frames each before they are compared frame by frame.
const HEADS: usize = 16;

fn site_order(sites: &[Site], stacks: &Stacks, ranks: &FrameRanks) -> Vec<u32> {
    let stack = |site: u32| stacks.get(sites[site as usize].stack);
    // As many frames as fit into one number tell most sites apart, and those that they do not, the next ones do.
    let width = (ranks.0.len() as u64 + 1).ilog2() + 1;
    let frames = 64 / width;
    let head = |site: u32, mut skipped: u32| {
        let (mut head, mut room) = (0, frames * width);
        stack(site).find(|frame| {
            if skipped > 0 {
                skipped -= 1;
                return false;
            }
            room -= width;
            head |= (u64::from(ranks.of(frame)) + 1) << room;
            room == 0
        });
        head
    };
    let mut order: Vec<(u64, u32)> = (0..sites.len() as u32).map(|site| (0, site)).collect();
    let mut alike = vec![&mut order[..]];
    for skipped in (0..).step_by(frames as usize).take(HEADS) {
        let mut still_alike = Vec::new();
        for sites in alike {
            sites.iter_mut().for_each(|(number, site)| *number = head(*site, skipped));
            sites.sort_unstable();
            still_alike.extend(sites.chunk_by_mut(|(a, _), (b, _)| a == b).filter(|sites| sites.len() > 1));
        }
        alike = still_alike;
    }
    for sites in alike {
        let whole = |site: u32| stack(site).iter().map(|frame| ranks.of(frame));
        sites.sort_unstable_by(|(_, a), (_, b)| whole(*a).cmp(whole(*b)).then(a.cmp(b)));
    }
    order.into_iter().map(|(_, site)| site).collect()
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
