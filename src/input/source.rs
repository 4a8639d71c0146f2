//! Where the bytes of an input come from: at hand already, or a file that is read a piece at a time and digested on the way.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Result, Seek, SeekFrom};

/// How much of a file is read at a time.
const PIECE: usize = 128 << 10;

/// Bytes that are read once from start to end; gone back to is only for what is suspicious.
pub(super) trait Source: BufRead + Seek {}

impl<T: BufRead + Seek> Source for T {}

/// How many bytes a source has, and its last four; it is at its start then.
pub(super) fn size_and_end(source: &mut dyn Source) -> Result<(u64, [u8; 4])> {
    let size = source.seek(SeekFrom::End(0))?;
    let mut end = [0; 4];
    if size >= 4 {
        source.seek(SeekFrom::End(-4))?;
        source.read_exact(&mut end)?;
    }
    source.rewind()?;
    Ok((size, end))
}

/// A file as a source, from its start on.
pub(super) fn file(file: File) -> BufReader<File> {
    BufReader::with_capacity(PIECE, file)
}

/// A file as a source, with the SHA-256 of its bytes in the end.
pub(super) struct DigestedFile(BufReader<Digesting>);

struct Digesting {
    file: File,
    /// Where the next byte is read.
    position: u64,
    digest: Sha256,
    /// The digest is that of all bytes before this one.
    digested: u64,
}

impl DigestedFile {
    /// A file, from its start on.
    pub(super) fn of(file: File) -> DigestedFile {
        let digesting = Digesting { file, position: 0, digest: Sha256::new(), digested: 0 };
        DigestedFile(BufReader::with_capacity(PIECE, digesting))
    }

    /// Its bytes.
    pub(super) fn source(&mut self) -> &mut dyn Source {
        &mut self.0
    }

    /// The SHA-256 of all its bytes; of what was read nothing is read again.
    pub(super) fn digest(self) -> Result<[u8; 32]> {
        let mut digesting = self.0.into_inner();
        digesting.seek(SeekFrom::Start(digesting.digested))?;
        std::io::copy(&mut digesting, &mut std::io::sink())?;
        Ok(digesting.digest.finalize().into())
    }
}

impl Read for Digesting {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = loop {
            match self.file.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                count => break count?,
            }
        };
        let end = self.position + count as u64;
        // Not what was read before, and not what is looked at ahead.
        if self.position <= self.digested && self.digested < end {
            self.digest.update(&buffer[(self.digested - self.position) as usize..count]);
            self.digested = end;
        }
        self.position = end;
        Ok(count)
    }
}

impl Seek for Digesting {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.position = self.file.seek(to)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_digest_is_that_of_all_bytes_however_they_are_read() {
        let bytes: Vec<u8> = (0..3 * PIECE as u32 + 17).map(|i| (i.wrapping_mul(i) >> 7) as u8).collect();
        let want: [u8; 32] = Sha256::digest(&bytes).into();
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(&bytes).expect("room");
        let fresh = || {
            let mut file = file.try_clone().expect("open");
            file.rewind().expect("a file");
            DigestedFile::of(file)
        };
        assert_eq!(fresh().digest().expect("readable"), want);
        let mut looked_at = fresh();
        let source = looked_at.source();
        let mut four = [0; 4];
        source.seek(SeekFrom::End(-4)).and_then(|_| source.read_exact(&mut four)).expect("long enough");
        assert_eq!(four, bytes[bytes.len() - 4..]);
        source.rewind().expect("a file");
        let mut some = vec![0; PIECE + 5];
        source.read_exact(&mut some).expect("long enough");
        source.rewind().expect("a file");
        source.read_exact(&mut some).expect("long enough");
        assert_eq!(some, bytes[..some.len()]);
        assert_eq!(looked_at.digest().expect("readable"), want);
    }
}
