//! The identity of a site: a 128-bit hash of its frames, put together from hashes of whole locations.

use std::hash::{BuildHasher, RandomState};

/// Powers of the bases that are kept at hand: Go's stacks have 128 frames at most, and some more where calls were inlined.
const POWERS: usize = 256;

/// Hashes frame sequences, as polynomials in two bases modulo 2⁶⁴. Seeded afresh in each run; with 128 bits a million sites
/// collide by chance once in 10²⁶ runs. Nothing printed depends on the seed.
pub(super) struct KeyHasher {
    seeds: [u64; 2],
    powers: Vec<[u64; 2]>,
}

/// A part of a stack: its hash, and how many frames it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    hash: [u64; 2],
    frames: u32,
}

/// The identity of a whole stack.
pub(super) type SiteKey = [u64; 2];

impl KeyHasher {
    pub(super) fn new() -> KeyHasher {
        let random = RandomState::new();
        let draw = |i: u64| random.hash_one(i);
        // Odd bases are invertible modulo 2⁶⁴, so that no frame is shifted out.
        let bases = [draw(3) | 1, draw(4) | 1];
        let powers = std::iter::successors(Some([1u64, 1]), |power| Some(product(*power, bases)));
        KeyHasher { seeds: [draw(1), draw(2)], powers: powers.take(POWERS).collect() }
    }

    /// The empty stack.
    pub(super) fn empty(&self) -> Part {
        Part { hash: [0, 0], frames: 0 }
    }

    /// One frame, known by up to three numbers.
    pub(super) fn frame(&self, function: u32, line: u32, address: u64) -> Part {
        let position = u64::from(function) << 32 | u64::from(line);
        let lane = |i: usize| mix(mix(self.seeds[i] ^ position).wrapping_add(address));
        Part { hash: [lane(0), lane(1)], frames: 1 }
    }

    /// A part with `next` after it, rootwards. A frame counts by its distance from the leaf, so parts can be prepared, and
    /// no step waits for the one before.
    #[inline]
    pub(super) fn join(&self, part: Part, next: Part) -> Part {
        let power = match self.powers.get(part.frames as usize) {
            Some(power) => *power,
            None => self.power(part.frames),
        };
        let shifted = product(next.hash, power);
        let lane = |i: usize| part.hash[i].wrapping_add(shifted[i]);
        Part { hash: [lane(0), lane(1)], frames: part.frames.saturating_add(next.frames) }
    }

    /// The key of a finished stack.
    pub(super) fn key(&self, part: Part) -> SiteKey {
        part.hash.map(mix)
    }

    /// A power that is not at hand, by squaring.
    #[cold]
    fn power(&self, mut exponent: u32) -> [u64; 2] {
        let (mut power, mut square) = (self.powers[0], self.powers[1]);
        while exponent > 0 {
            if exponent & 1 == 1 {
                power = product(power, square);
            }
            square = product(square, square);
            exponent >>= 1;
        }
        power
    }
}

fn product(a: [u64; 2], b: [u64; 2]) -> [u64; 2] {
    [a[0].wrapping_mul(b[0]), a[1].wrapping_mul(b[1])]
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014), a bijection that spreads every bit.
pub(super) fn mix(mut x: u64) -> u64 {
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
        let all = |parts: &[Part]| parts.iter().fold(hasher.empty(), |sum, part| hasher.join(sum, *part));
        let key = |parts: &[Part]| hasher.key(all(parts));
        assert_eq!(key(&[a, b, c]), key(&[a, hasher.join(b, c)]));
        assert_ne!(key(&[a, b, c]), key(&[b, a, c]));
        assert_ne!(key(&[a, b, c]), key(&[a, b]));
    }

    #[test]
    fn deep_stacks_are_hashed_as_shallow_ones() {
        let hasher = KeyHasher::new();
        let frames: Vec<Part> = (0..1000).map(|i| hasher.frame(i, 0, 0)).collect();
        let join = |parts: &[Part]| parts.iter().fold(hasher.empty(), |sum, part| hasher.join(sum, *part));
        let grouped = hasher.join(join(&frames[..300]), join(&frames[300..]));
        assert_eq!(hasher.key(join(&frames)), hasher.key(grouped));
    }
}
