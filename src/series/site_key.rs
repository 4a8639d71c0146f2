//! The identity of a site, a 61-bit hash of its frames that nobody can foresee, and its print, one that is always the same.

use std::hash::{BuildHasher, RandomState};

/// The prime 2⁶¹ − 1, by which a remainder costs shifts and additions.
const PRIME: u64 = (1 << 61) - 1;
/// So many products of two numbers below the prime add up to less than 2¹²⁸.
const PRODUCTS: usize = 64;
/// Powers that are kept at hand: Go's stacks have 128 locations at most, and some more frames where calls were inlined.
const AT_HAND: usize = 512;

/// Hashes frame sequences as polynomials over a prime field (Carter and Wegman 1979): the sum of each frame's number times a
/// random base to the power of its distance from the leaf. So the frames of a location become one number and one
/// multiplication, however many they are, and none has to wait for the one before.
///
/// Base and numbers are drawn afresh in each run, so that no file can be built to make sites collide. Two sites do about once
/// in 2⁶¹ runs; any two of a million in one run of four million. Nothing printed depends on the draw.
pub(super) struct KeyHasher {
    seed: u64,
    base: u64,
    /// By distance from the leaf.
    powers: Vec<u64>,
}

/// The identity of a whole stack.
pub(super) type SiteKey = u64;

/// Where a site stands among the others: the sum of the prints of its frames. It is the same in every run and whatever order
/// the files have, costs an addition a location, and identifies nothing: some stacks have the same frames in another order.
pub(super) type Print = u64;

/// What frames that follow each other on a stack count in its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// Below [`PRIME`].
    number: u64,
    frames: u32,
}

impl Part {
    /// All of it in 64 bits, for tables that should lie near the processor, but for frames that are more than seven.
    pub(super) fn packed(self) -> u64 {
        let frames = if self.frames < 8 { u64::from(self.frames) } else { 0 };
        frames << 61 | self.number
    }

    /// A packed part as it is, or one that no part is packed into where it does not tell all of what it was.
    pub(super) fn or_none(packed: u64) -> u64 {
        if few_frames(packed) > 0 { packed } else { u64::MAX }
    }

    /// The part that was packed; `frames` says how many frames there are where that did not fit.
    #[inline]
    pub(super) fn unpacked(packed: u64, frames: impl FnOnce() -> u32) -> Part {
        let few = few_frames(packed) as u32;
        Part { number: packed & PRIME, frames: if few > 0 { few } else { frames() } }
    }
}

impl KeyHasher {
    pub(super) fn new() -> KeyHasher {
        let random = RandomState::new();
        let (seed, base) = (random.hash_one(1), random.hash_one(2) % PRIME);
        let powers = std::iter::successors(Some(1), |power| Some(product(*power, base)));
        KeyHasher { seed, base, powers: powers.take(AT_HAND).collect() }
    }

    /// A frame that is known by up to three numbers. Frames at address 0 never share one.
    pub(super) fn frame(&self, function: u32, line: u32, address: u64) -> Part {
        let position = u64::from(function) << 32 | u64::from(line);
        Part { number: mix(mix(self.seed ^ position).wrapping_add(address)) % PRIME, frames: 1 }
    }

    /// Several parts as one, leaf first.
    pub(super) fn join(&self, parts: impl Iterator<Item = Part>) -> Part {
        parts.fold(Part::default(), |sum, part| Part {
            number: remainder(
                u128::from(part.number) * u128::from(self.power(sum.frames as usize))
                    + u128::from(sum.number),
            ),
            frames: sum.frames + part.frames,
        })
    }

    /// The key of a stack, leaf first: `packed` gives what each item counts, and `frames` how many frames it has where that
    /// does not tell.
    #[inline]
    pub(super) fn key<T: Copy>(
        &self,
        items: &[T],
        packed: impl Fn(T) -> u64,
        frames: impl Fn(T) -> u32,
    ) -> SiteKey {
        let (mut key, mut distance) = (0, 0);
        for items in items.chunks(PRODUCTS) {
            let sum;
            (sum, distance) = self.near_sum(items, &packed, distance).unwrap_or_else(|| {
                let part = |item: &T| Part::unpacked(packed(*item), || frames(*item));
                items.iter().map(part).fold((0, distance), |(sum, distance), part| {
                    let product = u128::from(part.number) * u128::from(self.power(distance));
                    (sum + product, distance + part.frames as usize)
                })
            });
            key = remainder(u128::from(remainder(sum)) + u128::from(key));
        }
        key
    }

    /// The sum of the products of some items from a distance on, and the distance behind them; `None` if one of them does not
    /// tell its frames or is too far. Apart and without calls, so that the loop has the registers to itself.
    #[inline(never)]
    fn near_sum<T: Copy>(
        &self,
        items: &[T],
        packed: &impl Fn(T) -> u64,
        mut distance: usize,
    ) -> Option<(u128, usize)> {
        let mut sum = 0;
        for item in items {
            let packed = packed(*item);
            let frames = few_frames(packed);
            let power = *self.powers.get(distance)?;
            if frames == 0 {
                return None;
            }
            sum += u128::from(packed & PRIME) * u128::from(power);
            distance += frames as usize;
        }
        Some((sum, distance))
    }

    /// The base to the power of a distance.
    #[inline]
    fn power(&self, distance: usize) -> u64 {
        self.powers.get(distance).copied().unwrap_or_else(|| self.far_power(distance))
    }

    #[inline(never)]
    fn far_power(&self, mut distance: usize) -> u64 {
        let (mut power, mut square) = (1, self.base);
        while distance > 0 {
            if distance % 2 == 1 {
                power = product(power, square);
            }
            square = product(square, square);
            distance /= 2;
        }
        power
    }
}

/// How many frames a packed part has; 0 where it does not tell.
#[inline]
fn few_frames(packed: u64) -> u64 {
    packed >> 61
}

/// The remainder of a number by the prime: 2⁶¹ leaves 1.
#[inline]
fn remainder(x: u128) -> u64 {
    let digit = |shift: u32| (x >> shift) as u64 & PRIME;
    (digit(0) + digit(61) + digit(122)) % PRIME
}

fn product(a: u64, b: u64) -> u64 {
    remainder(u128::from(a) * u128::from(b))
}

/// The print of a function by its name and file.
pub(super) fn print_of_function(name: &str, file: &str) -> Print {
    [name, file].iter().fold(0, |print, text| {
        let (words, rest) = text.as_bytes().as_chunks::<8>();
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        let words = words.iter().chain([&last]).map(|word| u64::from_le_bytes(*word));
        words.fold(mix(print.wrapping_add(text.len() as u64)), |print, word| mix(print ^ word))
    })
}

/// The print of a frame by that of its function and up to two numbers.
pub(super) fn print_of_frame(function: Print, line: u32, address: u64) -> Print {
    mix(mix(function ^ u64::from(line)).wrapping_add(address))
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
    use proptest::prelude::*;

    #[test]
    fn order_and_number_of_frames_count() {
        let hasher = KeyHasher::new();
        let [a, b, c] = [1, 2, 3].map(|i| hasher.frame(i, 10 * i, 0));
        let key = |frames: &[Part]| hasher.key(frames, Part::packed, |part| part.frames);
        assert_eq!(key(&[a, b, c]), key(&[a, b, c]));
        assert_ne!(key(&[a, b, c]), key(&[b, a, c]));
        assert_ne!(key(&[a, b, c]), key(&[a, b]));
    }

    #[test]
    fn order_counts_at_any_depth() {
        let hasher = KeyHasher::new();
        let mut frames: Vec<Part> = (0..2 * AT_HAND as u32).map(|i| hasher.frame(i, 0, 0)).collect();
        let before = hasher.key(&frames, Part::packed, |part| part.frames);
        let end = frames.len() - 1;
        frames.swap(end - 1, end);
        assert_ne!(before, hasher.key(&frames, Part::packed, |part| part.frames));
    }

    #[test]
    fn a_packed_part_is_the_same_whatever_the_number_of_its_frames() {
        for (number, frames) in [(0, 0), (PRIME - 1, 1), (7, 7), (PRIME - 1, 8), (3, 2000)] {
            let part = Part { number, frames };
            assert_eq!(Part::unpacked(part.packed(), || frames), part);
        }
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let most = Part { number: PRIME - 1, frames: 0 };
        let hasher = KeyHasher { powers: vec![PRIME - 1], ..KeyHasher::new() };
        // (−1)·(−1) = 1, a thousand times.
        assert_eq!(hasher.key(&[most; 1000], Part::packed, |part| part.frames), 1000);
    }

    proptest! {
        #[test]
        fn remainders_are_those_of_a_division(x in any::<u128>()) {
            prop_assert_eq!(u128::from(remainder(x)), x % u128::from(PRIME));
        }

        /// What was inlined in one build and not in another stays one site.
        #[test]
        fn a_key_is_the_same_however_frames_are_joined(
            frames in prop::collection::vec(any::<u32>(), 0..600),
            cuts in prop::collection::vec(1usize..9, 0..300),
        ) {
            let hasher = KeyHasher::new();
            let frames: Vec<Part> = frames.into_iter().map(|f| hasher.frame(f, 0, 0)).collect();
            let (mut rest, mut joined) = (&frames[..], Vec::new());
            for cut in cuts {
                let (here, after) = rest.split_at(cut.min(rest.len()));
                joined.push(hasher.join(here.iter().copied()));
                rest = after;
            }
            joined.extend(rest);
            prop_assert_eq!(hasher.key(&joined, Part::packed, |part| part.frames), hasher.key(&frames, Part::packed, |part| part.frames));
        }
    }
}
