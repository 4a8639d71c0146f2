//! Which site a key stands for, and which row a site at an object size.

use super::site_key::{SiteKey, mix};
use super::track::{Row, SiteId};
use foldhash::HashMap;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// The sites and rows of a track, to be found again.
///
/// Snapshots of one process list their samples in nearly the same order, so what follows on the site and row found last is
/// tried before anything is looked up. Most sites have one row, so only further ones are looked up by site and size.
#[derive(Default)]
pub(super) struct SiteIndex {
    /// By site.
    keys: Vec<SiteKey>,
    sites: HashTable<SiteId>,
    /// By site: its first row.
    first_rows: Vec<u32>,
    /// The rows that are not the first of their site.
    further_rows: HashTable<u32>,
    /// The object size of each class.
    sizes: Vec<i64>,
    classes: HashMap<i64, u32>,
    hasher: RandomState,
    last_site: usize,
    last_row: usize,
}

/// No row yet.
const NONE: u32 = u32::MAX;

impl SiteIndex {
    /// Makes room for the sites of a first snapshot with so many samples.
    pub(super) fn reserve(&mut self, samples: usize) {
        self.keys.reserve(samples);
        self.first_rows.reserve(samples);
        // There is nothing yet that would have to move.
        self.sites.reserve(samples, |_| 0);
    }

    /// The object size of each class.
    pub(super) fn sizes(&self) -> &[i64] {
        &self.sizes
    }

    /// The site of a key, if it is known.
    #[inline]
    pub(super) fn site(&mut self, key: SiteKey) -> Option<SiteId> {
        let near = [self.last_site, self.last_site + 1].into_iter().find(|i| self.keys.get(*i) == Some(&key));
        let keys = &self.keys;
        let found = near
            .map(|i| SiteId(i as u32))
            .or_else(|| self.sites.find(bucket_of(key), |site| keys[site.0 as usize] == key).copied())?;
        Some(self.found(found))
    }

    /// The site behind the one found last.
    pub(super) fn next_site(&self) -> SiteId {
        SiteId(self.last_site as u32 + 1)
    }

    /// Notes that a site was found, and gives it.
    #[inline]
    pub(super) fn found(&mut self, site: SiteId) -> SiteId {
        self.last_site = site.0 as usize;
        site
    }

    /// A new site of a key that is not known.
    pub(super) fn add_site(&mut self, key: SiteKey) -> SiteId {
        let id = SiteId(self.keys.len() as u32);
        self.keys.push(key);
        self.first_rows.push(NONE);
        let keys = &self.keys;
        self.sites.insert_unique(bucket_of(key), id, |site| bucket_of(keys[site.0 as usize]));
        self.found(id)
    }

    /// The row of a site at an object size; a new one is added to `rows`.
    #[inline]
    pub(super) fn row(&mut self, site: SiteId, size: i64, rows: &mut Vec<Row>) -> usize {
        let is_it = |row: &Row| row.site == site && row.size == size;
        if rows.get(self.last_row + 1).is_some_and(is_it) {
            self.last_row += 1;
            return self.last_row;
        }
        let row = match self.first_rows[site.0 as usize] {
            NONE => {
                let row = self.add_row(site, size, rows);
                self.first_rows[site.0 as usize] = row;
                row
            }
            first if is_it(&rows[first as usize]) => first,
            _ => {
                let hash = |row: &Row| self.hasher.hash_one((row.site.0, row.size));
                let hash_of_it = self.hasher.hash_one((site.0, size));
                match self.further_rows.find(hash_of_it, |row| is_it(&rows[*row as usize])) {
                    Some(row) => *row,
                    None => {
                        self.further_rows
                            .insert_unique(hash_of_it, rows.len() as u32, |row| hash(&rows[*row as usize]));
                        self.add_row(site, size, rows)
                    }
                }
            }
        };
        self.last_row = row as usize;
        self.last_row
    }

    fn add_row(&mut self, site: SiteId, size: i64, rows: &mut Vec<Row>) -> u32 {
        let next = self.sizes.len() as u32;
        let class = *self.classes.entry(size).or_insert(next);
        if class == next {
            self.sizes.push(size);
        }
        rows.push(Row { site, class, size });
        rows.len() as u32 - 1
    }
}

/// The key is a hash already, but its highest bits are 0.
fn bucket_of(key: SiteKey) -> u64 {
    mix(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_and_rows_are_found_in_any_order() {
        let key = mix;
        let mut index = SiteIndex::default();
        let mut rows = Vec::new();
        index.reserve(10);
        for i in 0..500u32 {
            assert_eq!(index.site(key(u64::from(i))), None);
            assert_eq!(index.add_site(key(u64::from(i))), SiteId(i));
            assert_eq!(index.row(SiteId(i), 48, &mut rows), 2 * i as usize);
            assert_eq!(index.row(SiteId(i), 64, &mut rows), 2 * i as usize + 1);
        }
        for i in [3u32, 4, 4, 2, 499, 0, 250, 251] {
            assert_eq!(index.site(key(u64::from(i))), Some(SiteId(i)));
            assert_eq!(index.row(SiteId(i), 64, &mut rows), 2 * i as usize + 1);
            assert_eq!(index.row(SiteId(i), 48, &mut rows), 2 * i as usize);
        }
        assert_eq!(rows.len(), 1000);
    }
}
