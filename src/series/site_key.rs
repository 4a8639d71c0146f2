//! The identity of a site: a 128-bit hash of its frames, put together from hashes of whole locations.

use std::hash::{BuildHasher, RandomState};

/// Hashes frame sequences. Seeded afresh in each run, so that no file can be built to make sites collide; with 128
/// bits a million sites collide by chance once in 10²⁶ runs. Nothing printed depends on the seed.
pub(super) struct KeyHasher {
    seeds: [u64; 2],
    bases: [u64; 2],
}

/// A part of a stack: its hash, and the factor that shifts what came before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    hash: [u64; 2],
    shift: [u64; 2],
}

/// The identity of a whole stack.
pub(super) type SiteKey = u128;

impl KeyHasher {
    pub(super) fn new() -> KeyHasher {
        let random = RandomState::new();
        let draw = |i: u64| random.hash_one(i);
        // Odd bases are invertible modulo 2⁶⁴, so that no frame is shifted out.
        KeyHasher { seeds: [draw(1), draw(2)], bases: [draw(3) | 1, draw(4) | 1] }
    }

    /// The empty stack.
    pub(super) fn empty(&self) -> Part {
        Part { hash: [0, 0], shift: [1, 1] }
    }

    /// One frame, known by up to three numbers.
    pub(super) fn frame(&self, function: u32, line: u32, address: u64) -> Part {
        let position = u64::from(function) << 32 | u64::from(line);
        let lane = |i: usize| mix(mix(self.seeds[i] ^ position).wrapping_add(address));
        Part { hash: [lane(0), lane(1)], shift: self.bases }
    }

    /// The key of a finished stack.
    pub(super) fn key(&self, part: Part) -> SiteKey {
        u128::from(mix(part.hash[0])) << 64 | u128::from(mix(part.hash[1]))
    }
}

impl Part {
    /// This part with `next` after it, rootwards: a polynomial in the base, so that parts can be prepared.
    pub(super) fn then(self, next: Part) -> Part {
        let lane = |i: usize| self.hash[i].wrapping_mul(next.shift[i]).wrapping_add(next.hash[i]);
        let shift = |i: usize| self.shift[i].wrapping_mul(next.shift[i]);
        Part { hash: [lane(0), lane(1)], shift: [shift(0), shift(1)] }
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014), a bijection that spreads every bit.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grouping_frames_into_locations_does_not_change_the_key() {
        let hasher = KeyHasher::new();
        let [a, b, c] = [1, 2, 3].map(|i| hasher.frame(i, 10 * i, 0));
        let one_by_one = hasher.empty().then(a).then(b).then(c);
        let grouped = hasher.empty().then(a).then(b.then(c));
        assert_eq!(hasher.key(one_by_one), hasher.key(grouped));
        assert_ne!(hasher.key(one_by_one), hasher.key(hasher.empty().then(b).then(a).then(c)));
        assert_ne!(hasher.key(one_by_one), hasher.key(hasher.empty().then(a).then(b)));
    }
}
