//! Gzip with a bound on what comes out.

use super::{Limits, Problem};
use flate2::bufread::GzDecoder;
use std::io::{Error, ErrorKind, Read};

/// Inflated bytes that are kept without asking; below this a bomb does no harm.
const HARMLESS: usize = 64 << 20;
/// Real profiles inflate 2 to 12 times. Beyond this ratio the bytes are counted before they are kept, so that what
/// is stored of a bomb is bounded by its own size.
const SUSPICIOUS_RATIO: usize = 16;
const CHUNK: usize = 64 << 10;

/// Whether the bytes start like gzip (RFC 1952).
pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// Inflates all members of a gzip file.
///
/// An input that inflates beyond a suspicious ratio is first counted to its end in constant memory, so that a bomb
/// is refused without being stored.
pub(super) fn gunzip(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Problem> {
    let limit = usize::try_from(limits.inflated_bytes).unwrap_or(usize::MAX);
    let mut members = Members::of(bytes);
    // Four times the input is what real profiles need; the vector grows if this one needs more.
    let mut out = Vec::with_capacity(bytes.len().saturating_mul(4).min(HARMLESS).min(limit));
    let mut counted = false;
    loop {
        let before = out.len();
        let room = (limit - before).saturating_add(1).min(CHUNK.max(before / 2));
        // Half as much again at a time and no more: doubling would ask for twice the limit.
        out.reserve_exact(room);
        members.by_ref().take(room as u64).read_to_end(&mut out).map_err(problem)?;
        if out.len() > limit {
            return Err(Problem::TooLarge { limit: limits.inflated_bytes });
        }
        if out.len() == before {
            return Ok(out);
        }
        if !counted && out.len() > HARMLESS && out.len() / SUSPICIOUS_RATIO > bytes.len() {
            out = Vec::new();
            count(bytes, limits)?;
            counted = true;
            members = Members::of(bytes);
        }
    }
}

/// Inflates into a buffer that is thrown away, to learn whether the whole stays below the limit.
fn count(bytes: &[u8], limits: &Limits) -> Result<(), Problem> {
    let mut members = Members::of(bytes);
    let mut buffer = [0u8; CHUNK];
    let mut total = 0u64;
    loop {
        match members.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => total += n as u64,
            Err(error) => return Err(problem(error)),
        }
        if total > limits.inflated_bytes {
            return Err(Problem::TooLarge { limit: limits.inflated_bytes });
        }
    }
}

/// The members of a gzip file one after the other, up to its end or to zeros that pad it.
struct Members<'a> {
    member: Option<GzDecoder<&'a [u8]>>,
}

impl<'a> Members<'a> {
    fn of(bytes: &'a [u8]) -> Members<'a> {
        Members { member: Some(GzDecoder::new(bytes)) }
    }
}

impl Read for Members<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while let Some(member) = &mut self.member {
            let n = member.read(buffer)?;
            if n > 0 || buffer.is_empty() {
                return Ok(n);
            }
            let rest = self.member.take().map_or(&[][..], GzDecoder::into_inner);
            if is_gzip(rest) {
                self.member = Some(GzDecoder::new(rest));
            } else if rest.iter().any(|byte| *byte != 0) {
                return Err(Error::new(ErrorKind::InvalidData, "something else stands after the gzip data"));
            }
        }
        Ok(0)
    }
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
    fn exactly_the_limit_passes_and_one_byte_more_does_not() {
        let bytes = gzip(&vec![7u8; 1000]);
        let limits = |n| Limits { inflated_bytes: n, ..Limits::default() };
        assert_eq!(gunzip(&bytes, &limits(1000)).expect("fits").len(), 1000);
        assert!(matches!(gunzip(&bytes, &limits(999)), Err(Problem::TooLarge { limit: 999 })));
    }

    #[test]
    fn a_bomb_below_the_limit_is_still_inflated_whole() {
        let size = HARMLESS + (1 << 20);
        let bytes = gzip(&vec![0u8; size]);
        assert!(size / SUSPICIOUS_RATIO > bytes.len(), "the test wants a suspicious ratio");
        assert_eq!(gunzip(&bytes, &Limits::default()).expect("fits").len(), size);
        let limits = Limits { inflated_bytes: HARMLESS as u64 + 1, ..Limits::default() };
        assert!(matches!(gunzip(&bytes, &limits), Err(Problem::TooLarge { .. })));
    }
}
