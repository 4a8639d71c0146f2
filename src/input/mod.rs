//! Reading: bytes of any form that `/debug/pprof` serves become one [`RawProfile`].
//!
//! The form is known by content, never by name. A reader either does not recognise the bytes, and the next one is
//! asked, or it does, and then what is wrong with them is final.

mod address;
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
mod secret;
mod service;
mod sniff;
mod source;
mod stream;
mod text;
mod wire;

pub use address::{Address, AddressError, Login, without_secrets};
pub use error::{InputError, Problem};
pub use fetch::Fetcher;
pub(crate) use in_order::in_order;
pub use limits::Limits;
pub use location::{Loaded, Survey, Unread, load, read_each, survey, survey_bytes};
pub use quantity::{parse_bytes, parse_duration, parse_rate};
pub use secret::{Secret, SecretError};
pub(crate) use service::goroutines_on;
pub use service::{FEW_GOROUTINES, Named, named};

use crate::profile::{Heading, RawProfile};
use sha2::{Digest, Sha256};
use sniff::Content;
use source::{DigestedFile, Source};
use std::fs::File;
use std::io::Cursor;
use stream::Stream;

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
    let content = &mut Cursor::new(bytes);
    let mut profile = with_content(content, limits, |content| read(content, source, limits))?;
    profile.sha256 = limits.digests.then(|| Sha256::digest(bytes).into());
    Ok(profile)
}

/// Reads one profile from a file as [`parse`] does from its bytes, which need not lie in memory then.
fn parse_file(file: File, source: &str, limits: &Limits) -> Result<RawProfile, Problem> {
    if !limits.digests {
        return with_content(&mut source::file(file), limits, |content| read(content, source, limits));
    }
    let mut file = DigestedFile::of(file);
    let mut profile = with_content(file.source(), limits, |content| read(content, source, limits))?;
    profile.sha256 = Some(file.digest()?);
    Ok(profile)
}

/// Reads the heading of one profile as [`Heading::of`] would give it, in less time. Damage that only stacks or symbols show
/// is not reported.
///
/// # Errors
/// As [`parse`].
pub fn parse_heading(bytes: &[u8], source: &str, limits: &Limits) -> Result<Heading, Problem> {
    heading(&mut Cursor::new(bytes), source, limits)
}

fn heading(content: &mut dyn Source, source: &str, limits: &Limits) -> Result<Heading, Problem> {
    with_content(content, limits, |content| match sniff::content(content.beginning())? {
        Content::Proto => pprof::read_heading(content, source, limits),
        _ => read(content, source, limits).map(|profile| Heading::of(&profile)),
    })
}

/// Gives what is in a file, inflated, to a reader.
fn with_content<T>(
    source: &mut dyn Source,
    limits: &Limits,
    reader: impl FnOnce(Stream<'_>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let content = Stream::of(source, limits)?;
    if !content.is_gzip() {
        return reader(content);
    }
    // Go has gzipped the profile; a proxy that compresses what it passes on has done so once more.
    let inner = content.whole()?;
    reader(Stream::of(&mut Cursor::new(inner), limits)?)
}

fn read(content: Stream<'_>, source: &str, limits: &Limits) -> Result<RawProfile, Problem> {
    match sniff::content(content.beginning())? {
        Content::Proto => pprof::read(content, source, limits),
        Content::HeapText => heap_text::read(&text::decode(&content.whole()?), source, limits),
        Content::GoroutineText => goroutine_text::read(&text::decode(&content.whole()?), source, limits),
        Content::GoroutineDump => goroutine_dump::read(&text::decode(&content.whole()?), source, limits),
    }
}
