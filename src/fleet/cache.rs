//! The evidence of an instance beside its snapshots, so that what did not change is not judged again.

use super::row::{EVIDENCE_VERSION, Row};
use crate::files;
use crate::pipeline::Options;
use crate::store::{Entry, Instance, Store};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader, Read, Write};
use std::time::UNIX_EPOCH;

/// The file; not named as a snapshot is.
const NAME: &str = "evidence.cache";
/// Rises when rows hold more than before or are weighed otherwise, so that those of an older program are made anew.
const CONTENTS: u32 = 6;
/// No evidence is larger: what has no end must not be read to it.
const LARGEST: u64 = 1 << 30;

/// What evidence was made from: a digest of the snapshots' names, sizes and times, of the options and of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inputs(String);

/// The first line of the file.
#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    inputs: String,
    rows: usize,
}

/// Where the evidence of an instance is kept, and what it must be made from.
pub(super) struct Cache<'a> {
    pub(super) store: &'a Store,
    pub(super) instance: &'a Instance,
    pub(super) inputs: Inputs,
}

impl Inputs {
    /// `None` where evidence rests on files that are not looked at here.
    pub(super) fn of(entries: &[Entry], options: &Options) -> Option<Inputs> {
        if options.source.is_some() || options.baseline.is_some() {
            return None;
        }
        let mut digest = Sha256::new();
        let mut take = |text: &str| {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text.as_bytes());
        };
        take(env!("CARGO_PKG_VERSION"));
        take(&format!(
            "{EVIDENCE_VERSION} {CONTENTS} {:?} {:?} {:?}",
            options.sites, options.criteria, options.memory_limit
        ));
        for entry in entries {
            let metadata = entry.path.symlink_metadata().ok()?;
            let age = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
            take(&format!(
                "{} {} {} {}",
                entry.path.display(),
                entry.kind.name(),
                metadata.len(),
                age.as_nanos()
            ));
        }
        let hexadecimal = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Some(Inputs(hexadecimal))
    }
}

impl Cache<'_> {
    /// The rows that were made from the same; `None` for none, or for a file that is not whole.
    pub(super) fn read(&self) -> Option<Vec<Row>> {
        let file = files::open(&self.store.folder(self.instance).join(NAME)).ok()?;
        let mut lines = BufReader::new(GzDecoder::new(BufReader::new(file)).take(LARGEST));
        let mut line = String::new();
        lines.read_line(&mut line).ok()?;
        let head: Head = serde_json::from_str(&line).ok()?;
        if head.version != EVIDENCE_VERSION || head.inputs != self.inputs.0 {
            return None;
        }
        let mut rows = Vec::new();
        loop {
            line.clear();
            // The end of the stream is checked by its checksum.
            if lines.read_line(&mut line).ok()? == 0 {
                break;
            }
            rows.push(serde_json::from_str(&line).ok()?);
        }
        (rows.len() == head.rows).then_some(rows)
    }

    /// Keeps rows. What cannot be written is made again the next time.
    pub(super) fn write(&self, rows: &[Row]) {
        let head = Head { version: EVIDENCE_VERSION, inputs: self.inputs.0.clone(), rows: rows.len() };
        let pack = || -> std::io::Result<Vec<u8>> {
            let mut out = GzEncoder::new(Vec::new(), Compression::fast());
            serde_json::to_writer(&mut out, &head)?;
            out.write_all(b"\n")?;
            for row in rows {
                serde_json::to_writer(&mut out, row)?;
                out.write_all(b"\n")?;
            }
            out.finish()
        };
        if let Ok(bytes) = pack() {
            let _ = self.store.write_beside(self.instance, NAME, &bytes);
        }
    }
}
