//! Reading: bytes of any form that `/debug/pprof` serves become one [`RawProfile`].
//!
//! The form is told by content, never by name. A reader either does not recognise the bytes, and the next one is
//! asked, or it does, and then what is wrong with them is final.

mod error;
mod fetch;
mod goroutine_dump;
mod goroutine_text;
mod heap_text;
mod ids;
mod in_order;
mod inflate;
mod limits;
mod location;
mod mem_stats;
mod pprof;
mod quantity;
mod sniff;
mod text;
mod wire;

pub use error::{InputError, Problem};
pub use fetch::Fetcher;
pub use limits::Limits;
pub use location::{Loaded, Survey, Unread, load, read_each, survey, without_secrets};
pub use quantity::{parse_bytes, parse_duration};

use crate::profile::RawProfile;
use sha2::{Digest, Sha256};
use sniff::Content;

/// The definitions that prost generated from `proto/profile.proto`.
#[allow(missing_docs, unreachable_pub, clippy::all)]
pub mod proto {
    include!(concat!(env!("OUT_DIR"), "/perftools.profiles.rs"));
}

/// Reads one profile. `source` names the input in notices and reports.
///
/// # Errors
/// What is wrong with the bytes and what to do about it; see [`Problem`].
pub fn parse(bytes: &[u8], source: &str, limits: &Limits) -> Result<RawProfile, Problem> {
    let mut profile = read(bytes, source, limits)?;
    profile.sha256 = Some(Sha256::digest(bytes).into());
    Ok(profile)
}

fn read(bytes: &[u8], source: &str, limits: &Limits) -> Result<RawProfile, Problem> {
    let mut inflated: Vec<u8>;
    let mut bytes = bytes;
    // Go has gzipped the profile; a proxy that compresses what it passes on has done so once more.
    for _ in 0..2 {
        if inflate::is_gzip(bytes) {
            inflated = inflate::gunzip(bytes, limits)?;
            bytes = &inflated;
        }
    }
    if bytes.len() as u64 > limits.inflated_bytes {
        return Err(Problem::TooLarge { limit: limits.inflated_bytes });
    }
    match sniff::content(bytes)? {
        Content::Proto => pprof::read(bytes, source, limits),
        Content::HeapText => heap_text::read(&text::decode(bytes), source, limits),
        Content::GoroutineText => goroutine_text::read(&text::decode(bytes), source, limits),
        Content::GoroutineDump => goroutine_dump::read(&text::decode(bytes), source, limits),
    }
}
