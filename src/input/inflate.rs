//! Gzip with a bound on what comes out.

use super::{Limits, Problem};
use flate2::{Crc, Decompress, FlushDecompress, Status};
use std::cell::Cell;
use std::io::{Error, ErrorKind};

/// Inflated bytes that are kept without asking; below this a bomb does no harm.
const HARMLESS: u64 = 64 << 20;
/// Real profiles inflate 2 to 12 times. Beyond this ratio the bytes are counted before they are kept, so that what
/// is stored of a bomb is bounded by its own size.
const SUSPICIOUS_RATIO: u64 = 16;
const CHUNK: usize = 64 << 10;

/// The only method of compression there is.
const DEFLATE: u8 = 8;
/// Bits of the header's flags, and those that have to be 0.
const HEADER_CHECKSUM: u8 = 1;
const EXTRA: u8 = 2;
const NAME: u8 = 3;
const COMMENT: u8 = 4;
const RESERVED: u8 = 0xe0;

/// Whether the bytes start like gzip (RFC 1952).
pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// Inflates all members of a gzip file, as much at a time as there is room for.
///
/// An input that inflates beyond a suspicious ratio is counted to its end in constant memory before it goes on, so that a
/// bomb is refused without being stored.
pub(super) struct Gunzip<'a> {
    bytes: &'a [u8],
    members: Members<'a>,
    limits: &'a Limits,
    /// How many bytes came out.
    inflated: u64,
    counted: bool,
}

impl<'a> Gunzip<'a> {
    pub(super) fn of(bytes: &'a [u8], limits: &'a Limits) -> Gunzip<'a> {
        Gunzip { bytes, members: Members::of(bytes), limits, inflated: 0, counted: false }
    }

    /// What the whole is likely to inflate to, one byte more.
    pub(super) fn expected_size(&self) -> usize {
        expected_size(self.bytes)
    }

    /// Appends to `out` as much as it has room for; false at the end.
    pub(super) fn fill(&mut self, out: &mut Vec<u8>) -> Result<bool, Problem> {
        while out.len() < out.capacity() {
            let before = out.len();
            if !self.members.inflate_into(out).map_err(problem)? {
                return Ok(false);
            }
            self.inflated += (out.len() - before) as u64;
            if self.inflated > self.limits.inflated_bytes {
                return Err(Problem::TooLarge { limit: self.limits.inflated_bytes });
            }
            let is_suspicious =
                self.inflated > HARMLESS && self.inflated / SUSPICIOUS_RATIO > self.bytes.len() as u64;
            if is_suspicious && !std::mem::replace(&mut self.counted, true) {
                count(self.bytes, self.limits)?;
            }
        }
        Ok(true)
    }

    /// Appends all that is still to come.
    pub(super) fn fill_to_the_end(&mut self, out: &mut Vec<u8>) -> Result<(), Problem> {
        let limit = usize::try_from(self.limits.inflated_bytes).unwrap_or(usize::MAX);
        let expected = expected_size(self.bytes).min(limit.saturating_add(1));
        out.reserve_exact(expected.saturating_sub(out.len()));
        while self.fill(out)? {
            // Half as much again at a time and no more: doubling would ask for twice the limit.
            let room = limit.saturating_sub(out.len()).saturating_add(1);
            out.reserve_exact(room.min(CHUNK.max(out.len() / 2)));
        }
        Ok(())
    }
}

/// What the end of the file says that it inflates to, as far as a real profile may, and one byte more, so that the end is
/// seen without growing. It may be wrong, so it only saves room and growing.
pub(super) fn expected_size(bytes: &[u8]) -> usize {
    let said = bytes.last_chunk().map_or(0, |size| u64::from(u32::from_le_bytes(*size)));
    said.min((bytes.len() as u64).saturating_mul(SUSPICIOUS_RATIO)).clamp(CHUNK as u64, HARMLESS) as usize + 1
}

/// Inflates into a buffer that is thrown away, to learn whether the whole stays below the limit.
fn count(bytes: &[u8], limits: &Limits) -> Result<(), Problem> {
    let mut gunzip = Gunzip { counted: true, ..Gunzip::of(bytes, limits) };
    let mut buffer = Vec::with_capacity(CHUNK);
    while gunzip.fill(&mut buffer)? {
        buffer.clear();
    }
    Ok(())
}

thread_local! {
    /// The state of the last inflation on this thread. Allocated anew for each of thousands of files, its aligned tens
    /// of kilobytes fragment the heap of older C libraries (sourceware.org/bugzilla 14581), which then grows with each.
    static STATE: Cell<Option<Decompress>> = const { Cell::new(None) };
}

/// The members of a gzip file one after the other, up to its end or to zeros that pad it (RFC 1952).
struct Members<'a> {
    state: Option<Decompress>,
    rest: &'a [u8],
    /// Of the member that is being inflated.
    checksum: Option<Crc>,
    is_first: bool,
}

impl<'a> Members<'a> {
    fn of(bytes: &'a [u8]) -> Members<'a> {
        Members { state: STATE.take(), rest: bytes, checksum: None, is_first: true }
    }

    /// Goes to the data of the next member; false if there is none.
    fn open(&mut self) -> std::io::Result<bool> {
        if !self.is_first && !is_gzip(self.rest) {
            return match self.rest.iter().any(|byte| *byte != 0) {
                true => Err(damaged("something else stands after the gzip data")),
                false => Ok(false),
            };
        }
        self.is_first = false;
        let all = self.rest;
        let [_, _, method, flags, ..] = *self.advance(10)? else {
            return Err(ErrorKind::UnexpectedEof.into());
        };
        let has = |flag: u8| flags & 1 << flag != 0;
        if method != DEFLATE || flags & RESERVED != 0 {
            return Err(damaged("invalid gzip header"));
        }
        if has(EXTRA) {
            let length = self.advance(2)?.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            self.advance(length)?;
        }
        for text in [NAME, COMMENT] {
            if has(text) {
                let end = self.rest.iter().position(|byte| *byte == 0).ok_or(ErrorKind::UnexpectedEof)?;
                self.advance(end + 1)?;
            }
        }
        if has(HEADER_CHECKSUM) {
            let mut checksum = Crc::new();
            checksum.update(&all[..all.len() - self.rest.len()]);
            if self.advance(2)? != (checksum.sum() as u16).to_le_bytes() {
                return Err(damaged("invalid gzip header"));
            }
        }
        self.state.get_or_insert_with(|| Decompress::new(false)).reset(false);
        self.checksum = Some(Crc::new());
        Ok(true)
    }

    /// Appends to `out` as much as it has room for, at least a byte; false at the end.
    fn inflate_into(&mut self, out: &mut Vec<u8>) -> std::io::Result<bool> {
        loop {
            let (Some(state), Some(checksum)) = (&mut self.state, &mut self.checksum) else {
                if self.open()? {
                    continue;
                }
                return Ok(false);
            };
            let (before, start) = (state.total_in(), out.len());
            let status = state
                .decompress_vec(self.rest, out, FlushDecompress::None)
                .map_err(|_| damaged("corrupt deflate stream"))?;
            let read = (state.total_in() - before) as usize;
            self.rest = &self.rest[read..];
            checksum.update(&out[start..]);
            if status == Status::StreamEnd {
                let expected = [checksum.sum().to_le_bytes(), checksum.amount().to_le_bytes()].concat();
                self.checksum = None;
                if self.advance(8)? != expected {
                    return Err(damaged("the checksum does not match"));
                }
            } else if read == 0 && out.len() == start && out.len() < out.capacity() {
                return Err(match self.rest {
                    [] => ErrorKind::UnexpectedEof.into(),
                    _ => damaged("corrupt deflate stream"),
                });
            }
            if out.len() > start {
                return Ok(true);
            }
        }
    }

    fn advance(&mut self, count: usize) -> std::io::Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(ErrorKind::UnexpectedEof)?;
        self.rest = rest;
        Ok(taken)
    }
}

impl Drop for Members<'_> {
    fn drop(&mut self) {
        STATE.set(self.state.take());
    }
}

fn damaged(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

fn problem(error: Error) -> Problem {
    match error.kind() {
        ErrorKind::UnexpectedEof => Problem::TruncatedGzip,
        _ => Problem::BadGzip(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gunzip(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Problem> {
        let mut out = Vec::new();
        Gunzip::of(bytes, limits).fill_to_the_end(&mut out).map(|()| out)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("in memory");
        encoder.finish().expect("in memory")
    }

    #[test]
    fn members_are_joined_and_truncation_is_told() {
        let mut two = gzip(b"heap ");
        two.extend(gzip(b"profile"));
        assert_eq!(gunzip(&two, &Limits::default()).expect("valid"), b"heap profile");
        let cut = &two[..two.len() - 9];
        assert!(matches!(gunzip(cut, &Limits::default()), Err(Problem::TruncatedGzip)));
    }

    #[test]
    fn every_part_of_a_header_is_passed_over_and_damage_is_told() {
        let builder = flate2::GzBuilder::new().filename("heap").comment("at noon").extra([1, 2, 3]);
        let mut encoder = builder.write(Vec::new(), Compression::default());
        encoder.write_all(b"heap profile").expect("in memory");
        let mut bytes = encoder.finish().expect("in memory");
        bytes.extend([0; 512]);
        assert_eq!(gunzip(&bytes, &Limits::default()).expect("valid"), b"heap profile");
        for end in 2..bytes.len() - 512 {
            assert!(
                matches!(gunzip(&bytes[..end], &Limits::default()), Err(Problem::TruncatedGzip)),
                "{end}"
            );
        }
        let checksum = bytes.len() - 512 - 8;
        for (at, what) in [(2, "header"), (3, "header"), (checksum, "checksum"), (checksum + 4, "checksum")] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xe0;
            let problem = gunzip(&damaged, &Limits::default()).expect_err("damaged").to_string();
            assert!(problem.contains(what), "{at}: {problem}");
        }
    }

    #[test]
    fn exactly_the_limit_passes_and_one_byte_more_does_not() {
        let bytes = gzip(&vec![7u8; 1000]);
        let limits = |n| Limits { inflated_bytes: n, ..Limits::default() };
        assert_eq!(gunzip(&bytes, &limits(1000)).expect("fits").len(), 1000);
        assert!(matches!(gunzip(&bytes, &limits(999)), Err(Problem::TooLarge { limit: 999 })));
    }

    #[test]
    fn a_bomb_below_the_limit_is_still_inflated_whole() {
        let size = (HARMLESS + (1 << 20)) as usize;
        let bytes = gzip(&vec![0u8; size]);
        assert!(size / SUSPICIOUS_RATIO as usize > bytes.len(), "the test wants a suspicious ratio");
        assert_eq!(gunzip(&bytes, &Limits::default()).expect("fits").len(), size);
        let limits = Limits { inflated_bytes: HARMLESS + 1, ..Limits::default() };
        assert!(matches!(gunzip(&bytes, &limits), Err(Problem::TooLarge { .. })));
    }
}
