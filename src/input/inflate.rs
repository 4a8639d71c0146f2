//! Gzip with a bound on what comes out.

use super::source::Source;
use super::{Limits, Problem};
use flate2::{Crc, Decompress, FlushDecompress, Status};
use std::cell::Cell;
use std::io::{Error, ErrorKind, SeekFrom};

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

const SOMETHING_ELSE: &str = "something else stands after the gzip data";

/// Whether the bytes start like gzip (RFC 1952).
pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// Inflates all members of a gzip file, as much at a time as there is room for.
///
/// An input that inflates beyond a suspicious ratio is counted to its end in constant memory before it goes on, so that a
/// bomb is refused without being stored.
pub(super) struct Gunzip<'a> {
    members: Members<'a>,
    limits: &'a Limits,
    /// How many bytes go in, and the last four of them, which say how many come out.
    size_and_end: (u64, [u8; 4]),
    /// How many bytes came out.
    inflated: u64,
    counted: bool,
}

impl<'a> Gunzip<'a> {
    /// Inflates a source that is at its start and has this size and end.
    pub(super) fn of(
        source: &'a mut (dyn Source + 'a),
        size_and_end: (u64, [u8; 4]),
        limits: &'a Limits,
    ) -> Gunzip<'a> {
        Gunzip { members: Members::of(source), limits, size_and_end, inflated: 0, counted: false }
    }

    /// What the end of the file says that it inflates to, as far as a real profile may, and one byte more, so that the end is
    /// seen without growing. It may be wrong, so it only saves room and growing.
    pub(super) fn expected_size(&self) -> usize {
        let (size, end) = self.size_and_end;
        let most = size.saturating_mul(SUSPICIOUS_RATIO);
        u64::from(u32::from_le_bytes(end)).min(most).clamp(CHUNK as u64, HARMLESS) as usize + 1
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
            let (size, _) = self.size_and_end;
            let is_suspicious = self.inflated > HARMLESS && self.inflated / SUSPICIOUS_RATIO > size;
            if is_suspicious && !std::mem::replace(&mut self.counted, true) {
                count(&mut *self.members.source, self.size_and_end, self.limits)?;
            }
        }
        Ok(true)
    }
}

/// Inflates all into a buffer that is thrown away, to learn whether it stays below the limit, and goes back to where it was.
fn count(source: &mut dyn Source, size_and_end: (u64, [u8; 4]), limits: &Limits) -> Result<(), Problem> {
    let position = source.stream_position()?;
    source.rewind()?;
    let mut gunzip = Gunzip { counted: true, ..Gunzip::of(&mut *source, size_and_end, limits) };
    let mut buffer = Vec::with_capacity(CHUNK);
    while gunzip.fill(&mut buffer)? {
        buffer.clear();
    }
    drop(gunzip);
    source.seek(SeekFrom::Start(position))?;
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
    source: &'a mut (dyn Source + 'a),
    /// Of the member that is being inflated.
    checksum: Option<Crc>,
    is_first: bool,
}

impl<'a> Members<'a> {
    fn of(source: &'a mut (dyn Source + 'a)) -> Members<'a> {
        Members { state: STATE.take(), source, checksum: None, is_first: true }
    }

    /// Goes to the data of the next member; false if there is none.
    fn open(&mut self) -> std::io::Result<bool> {
        let mut header = Header { source: self.source, checksum: Crc::new() };
        if !self.is_first && !header.stands_here()? {
            return Ok(false);
        }
        self.is_first = false;
        let [first, second, method, flags, ..] = header.read::<10>()?;
        if !is_gzip(&[first, second]) {
            return Err(damaged(SOMETHING_ELSE));
        }
        let has = |flag: u8| flags & 1 << flag != 0;
        if method != DEFLATE || flags & RESERVED != 0 {
            return Err(damaged("invalid gzip header"));
        }
        if has(EXTRA) {
            let length = u16::from_le_bytes(header.read()?);
            for _ in 0..length {
                header.read::<1>()?;
            }
        }
        for text in [NAME, COMMENT] {
            while has(text) && header.read()? != [0] {}
        }
        if has(HEADER_CHECKSUM) {
            let expected = (header.checksum.sum() as u16).to_le_bytes();
            if header.read()? != expected {
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
            let input = self.source.fill_buf()?;
            let is_end = input.is_empty();
            let status = state
                .decompress_vec(input, out, FlushDecompress::None)
                .map_err(|_| damaged("corrupt deflate stream"))?;
            let read = (state.total_in() - before) as usize;
            self.source.consume(read);
            checksum.update(&out[start..]);
            if status == Status::StreamEnd {
                let expected = [checksum.sum().to_le_bytes(), checksum.amount().to_le_bytes()].concat();
                self.checksum = None;
                let mut trailer = [0; 8];
                self.source.read_exact(&mut trailer)?;
                if trailer[..] != expected {
                    return Err(damaged("the checksum does not match"));
                }
            } else if read == 0 && out.len() == start && out.len() < out.capacity() {
                return Err(match is_end {
                    true => ErrorKind::UnexpectedEof.into(),
                    false => damaged("corrupt deflate stream"),
                });
            }
            if out.len() > start {
                return Ok(true);
            }
        }
    }
}

/// The header of a member while it is read.
struct Header<'a> {
    source: &'a mut dyn Source,
    checksum: Crc,
}

impl Header<'_> {
    /// Whether there is one. What stands behind the last member may be zeros and nothing else.
    fn stands_here(&mut self) -> std::io::Result<bool> {
        let mut is_padded = false;
        loop {
            let bytes = self.source.fill_buf()?;
            match (bytes, bytes.iter().position(|byte| *byte != 0)) {
                ([], _) => return Ok(false),
                ([0x1f, ..], _) if !is_padded => return Ok(true),
                (_, Some(_)) => return Err(damaged(SOMETHING_ELSE)),
                (zeros, None) => {
                    let count = zeros.len();
                    self.source.consume(count);
                    is_padded = true;
                }
            }
        }
    }

    fn read<const N: usize>(&mut self) -> std::io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes)?;
        self.checksum.update(&bytes);
        Ok(bytes)
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
        ErrorKind::InvalidData => Problem::BadGzip(error.to_string()),
        _ => Problem::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::size_and_end;
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::{Cursor, Write};

    fn gunzip(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Problem> {
        let (mut source, mut out) = (Cursor::new(bytes), Vec::with_capacity(100));
        let size_and_end = size_and_end(&mut source)?;
        let mut gunzip = Gunzip::of(&mut source, size_and_end, limits);
        while gunzip.fill(&mut out)? {
            out.reserve(1);
        }
        Ok(out)
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
    fn nothing_but_zeros_may_stand_behind_the_last_member() {
        let whole = gzip(b"heap");
        for (behind, is_valid) in
            [(&[0; 9][..], true), (&[0, 0, 7], false), (&[0x1f, 7], false), (&whole, true)]
        {
            let bytes = [&whole[..], behind].concat();
            assert_eq!(gunzip(&bytes, &Limits::default()).is_ok(), is_valid, "{behind:?}");
        }
        let padded_between = [&whole[..], &[0; 9], &whole].concat();
        let problem = gunzip(&padded_between, &Limits::default()).expect_err("a member after the padding");
        assert!(problem.to_string().contains(SOMETHING_ELSE));
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
