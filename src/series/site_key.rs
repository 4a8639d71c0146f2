//! The identity of a site: a 128-bit hash of its frames.

use std::hash::{BuildHasher, RandomState};

/// Factors that are kept at hand: Go's stacks have 128 locations at most, and some more frames where calls were inlined.
const AT_HAND: usize = 512;

/// Hashes frame sequences by multilinear hashing (Lemire and Kaser 2014): the sum of each frame's number times a random factor
/// for its distance from the leaf. No step waits for the one before, and each costs one multiplication.
///
/// Seeded afresh in each run, so that no file can be built to make sites collide; of two sites one in 2⁶⁴ does, of a million
/// in one run of thirty million. Nothing printed depends on the seed.
pub(super) struct KeyHasher {
    seed: u64,
    /// By distance from the leaf: its factor, and that of the next one.
    factors: Vec<[u64; 2]>,
}

/// The identity of a whole stack.
pub(super) type SiteKey = u128;

/// A key in the making.
#[derive(Default)]
pub(super) struct Sum {
    pub(super) key: SiteKey,
    frames: usize,
}

impl KeyHasher {
    pub(super) fn new() -> KeyHasher {
        let random = RandomState::new();
        let mut hasher = KeyHasher { seed: random.hash_one(1), factors: Vec::new() };
        hasher.factors =
            (0..AT_HAND).map(|distance| [hasher.draw(distance), hasher.draw(distance + 1)]).collect();
        hasher
    }

    /// The number of a frame that is known by up to three numbers. Frames at address 0 never share one.
    pub(super) fn frame(&self, function: u32, line: u32, address: u64) -> u64 {
        let position = u64::from(function) << 32 | u64::from(line);
        mix(mix(self.seed ^ position).wrapping_add(address))
    }

    /// The key of a stack of frame numbers, leaf first.
    pub(super) fn key(&self, frames: impl Iterator<Item = u64>) -> SiteKey {
        let mut sum = Sum::default();
        frames.for_each(|frame| self.add(&mut sum, [frame, 0]));
        sum.key
    }

    /// Adds the next frame of a stack, and the one after it unless that is 0: by arithmetic, because no branch predictor can
    /// know which locations have a second frame.
    #[inline]
    pub(super) fn add(&self, sum: &mut Sum, [first, second]: [u64; 2]) {
        let [factor, next] = match self.factors.get(sum.frames) {
            Some(factors) => *factors,
            None => [self.draw(sum.frames), self.draw(sum.frames + 1)],
        };
        let part = |frame: u64, factor: u64| u128::from(frame) * u128::from(factor);
        sum.key = sum.key.wrapping_add(part(first, factor)).wrapping_add(part(second, next));
        sum.frames += 1 + usize::from(second != 0);
    }

    #[inline(never)]
    fn draw(&self, distance: usize) -> u64 {
        mix(mix(!self.seed).wrapping_add(distance as u64))
    }
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
    fn order_and_number_of_frames_count() {
        let hasher = KeyHasher::new();
        let [a, b, c] = [1, 2, 3].map(|i| hasher.frame(i, 10 * i, 0));
        let key = |frames: &[u64]| hasher.key(frames.iter().copied());
        assert_eq!(key(&[a, b, c]), key(&[a, b, c]));
        assert_ne!(key(&[a, b, c]), key(&[b, a, c]));
        assert_ne!(key(&[a, b, c]), key(&[a, b]));
    }

    #[test]
    fn order_counts_at_any_depth() {
        let hasher = KeyHasher::new();
        let mut frames: Vec<u64> = (0..2 * AT_HAND as u32).map(|i| hasher.frame(i, 0, 0)).collect();
        let before = hasher.key(frames.iter().copied());
        let end = frames.len() - 1;
        frames.swap(end - 1, end);
        assert_ne!(before, hasher.key(frames.iter().copied()));
    }
}
