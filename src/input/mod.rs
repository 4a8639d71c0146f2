//! Reading: bytes of any form that `/debug/pprof` serves, or that is made of it, become one [`RawProfile`].
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
mod log;
mod mem_stats;
mod otlp;
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
use log::{Part, Text};
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
    the_only(parse_all(bytes, source, limits)?)
}

/// Reads all profiles of one input: one, but for a log that several were written to.
///
/// # Errors
/// As [`parse`].
fn parse_all(bytes: &[u8], source: &str, limits: &Limits) -> Result<Vec<RawProfile>, Problem> {
    let content = &mut Cursor::new(bytes);
    let mut profiles = with_content(content, limits, |content| read(content, source, limits))?;
    let sha256 = limits.digests.then(|| Sha256::digest(bytes).into());
    profiles.iter_mut().for_each(|profile| profile.sha256 = sha256);
    Ok(profiles)
}

/// Reads the profiles of a file as [`parse_all`] does from its bytes, which need not lie in memory then.
fn parse_file(file: File, source: &str, limits: &Limits) -> Result<Vec<RawProfile>, Problem> {
    if !limits.digests {
        return with_content(&mut source::file(file), limits, |content| read(content, source, limits));
    }
    let mut file = DigestedFile::of(file);
    let mut profiles = with_content(file.source(), limits, |content| read(content, source, limits))?;
    let sha256 = Some(file.digest()?);
    profiles.iter_mut().for_each(|profile| profile.sha256 = sha256);
    Ok(profiles)
}

fn the_only(mut profiles: Vec<RawProfile>) -> Result<RawProfile, Problem> {
    profiles.pop().filter(|_| profiles.is_empty()).ok_or(Problem::Concatenated)
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
    match headings(content, source, limits)? {
        Headings::One(heading) => Ok(heading),
        Headings::Of(_) => Err(Problem::Concatenated),
    }
}

/// What is known of an input before it is read.
enum Headings {
    /// It holds one profile, with this heading.
    One(Heading),
    /// It holds several, which are read already.
    Of(Vec<RawProfile>),
}

fn headings(content: &mut dyn Source, source: &str, limits: &Limits) -> Result<Headings, Problem> {
    with_content(content, limits, |content| match sniff::content(content.beginning())? {
        Content::Proto => pprof::read_heading(content, source, limits).map(Headings::One),
        Content::Otlp | Content::OtlpJson | Content::Text => {
            read(content, source, limits).map(|profiles| match profiles.as_slice() {
                [one] => Headings::One(Heading::of(one)),
                _ => Headings::Of(profiles),
            })
        }
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

fn read(content: Stream<'_>, source: &str, limits: &Limits) -> Result<Vec<RawProfile>, Problem> {
    match sniff::content(content.beginning())? {
        Content::Proto => return Ok(vec![pprof::read(content, source, limits)?]),
        Content::Otlp => return otlp::read(&content.whole()?, source, limits),
        Content::OtlpJson => return otlp::read_json(&content.whole()?, source, limits),
        Content::Text => {}
    }
    let text = Text::of(content.whole()?)?;
    let first = text.profile().ok_or_else(|| sniff::no_profile(text.as_str()))?;
    match read_part(&text, first, source, limits) {
        Err(Problem::Concatenated) => read_several(&text, source, limits),
        one => one.map(|profile| vec![profile]),
    }
}

fn read_part(text: &Text, part: Part<'_>, source: &str, limits: &Limits) -> Result<RawProfile, Problem> {
    let reader = match part.form {
        log::TextForm::Heap => heap_text::read,
        log::TextForm::Goroutines => goroutine_text::read,
        log::TextForm::Dump => goroutine_dump::read,
    };
    reader(part.text, source, limits).map_err(|problem| problem.further_down(text.lines_before(part.at)))
}

/// Reads the profiles that follow each other in a log, and numbers them.
fn read_several(text: &Text, source: &str, limits: &Limits) -> Result<Vec<RawProfile>, Problem> {
    let mut parts = Vec::new();
    for part in text.profiles() {
        let starts =
            if part.form == log::TextForm::Dump { goroutine_dump::starts(part.text) } else { vec![0] };
        let ends = starts.iter().skip(1).copied().chain([part.text.len()]);
        parts.extend(starts.iter().zip(ends).map(|(start, end)| Part {
            text: &part.text[*start..end],
            at: part.at + start,
            ..part
        }));
    }
    if parts.len() > limits.inputs {
        return Err(Problem::TooManyInputs { limit: limits.inputs });
    }
    let named = |(number, part)| read_part(text, part, &format!("{source} #{number}"), limits);
    (1..).zip(parts).map(named).collect()
}
