//! The reader of OpenTelemetry's profiles, in protobuf and in JSON.
//!
//! A message holds a profile for each type of value, and tables that all of them share. What belongs to one snapshot is
//! put together again and given, field by field, to the reader of profile.proto, from which this form descends: see
//! [`snapshot`]. Numbers of fields are those of opentelemetry-proto 1.10 and later.

mod json;
mod sample;
mod snapshot;
mod tables;

use super::pprof;
use super::wire::{Fields, Value, wrong_type};
use super::{Limits, Problem};
use crate::profile::RawProfile;
use prost::encoding::{WireType, encode_key, encode_varint};
use snapshot::{Snapshot, Translated};
use std::collections::HashMap;
use tables::Tables;

/// Whether a file starts as a message in protobuf. Its first field is a list of scopes, or else a dictionary whose first
/// mapping is empty; in a profile.proto there are two numbers, or else the stack of a sample.
pub(super) fn is_message(bytes: &[u8]) -> bool {
    let Some((tag, content)) = bytes.split_first() else { return false };
    let length = content.iter().position(|byte| *byte < 0x80).map_or(content.len(), |last| last + 1);
    match (*tag, &content[length..]) {
        (0x0a, [0x0a | 0x12 | 0x1a, ..]) => content[0] != 0,
        (0x12, [0x0a, 0, ..]) => content[0] != 0,
        _ => false,
    }
}

/// Whether a text starts as a message in JSON.
pub(super) fn is_json(text: &[u8]) -> bool {
    let Some(content) = text.trim_ascii_start().strip_prefix(b"{") else { return false };
    let Some(name) = content.trim_ascii_start().strip_prefix(b"\"") else { return false };
    let ends = name.iter().position(|byte| *byte == b'"').unwrap_or(name.len());
    json::is_name_of_message(&name[..ends])
}

/// Reads the snapshots of a message in protobuf.
pub(super) fn read(message: &[u8], source: &str, limits: &Limits) -> Result<Vec<RawProfile>, Problem> {
    read_messages(&[message], source, limits)
}

/// Reads the snapshots of messages in JSON, one behind the other, as the Collector's file exporter writes them.
pub(super) fn read_json(text: &[u8], source: &str, limits: &Limits) -> Result<Vec<RawProfile>, Problem> {
    let messages = json::to_protobuf(text, limits)?;
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    read_messages(&messages, source, limits)
}

fn read_messages(messages: &[&[u8]], source: &str, limits: &Limits) -> Result<Vec<RawProfile>, Problem> {
    let mut processes = HashMap::new();
    let messages = messages
        .iter()
        .map(|bytes| Message::of(bytes, &mut processes, limits))
        .collect::<Result<Vec<_>, Problem>>()?;
    let mut snapshots = Vec::new();
    let mut other = None;
    for message in &messages {
        for snapshot in message.snapshots(limits)? {
            match snapshot.kind() {
                Ok(_) => snapshots.push(snapshot),
                Err(problem) => other = other.or(Some(problem)),
            }
        }
    }
    let process = snapshots.first().map(Snapshot::process);
    if snapshots.iter().any(|snapshot| Some(snapshot.process()) != process) {
        return Err(Problem::SeveralResources);
    }
    if snapshots.len() > limits.inputs {
        return Err(Problem::TooManyInputs { limit: limits.inputs });
    }
    match snapshots.as_slice() {
        [] => Err(other.unwrap_or_else(no_profile)),
        [one] => Ok(vec![pprof::read(Translated { snapshot: one, limits }, source, limits)?]),
        several => (1..)
            .zip(several)
            .map(|(number, snapshot)| {
                pprof::read(Translated { snapshot, limits }, &format!("{source} #{number}"), limits)
            })
            .collect(),
    }
}

fn no_profile() -> Problem {
    Problem::Unsuitable {
        what: "an OTLP message without any profile in it".to_owned(),
        advice: "Give one that the profiles of a Go service were exported in",
    }
}

/// A message: the profiles of some processes, and what all of them refer to.
struct Message<'a> {
    tables: Tables<'a>,
    profiles: Vec<Profile<'a>>,
}

/// A profile of one type of value, its samples not yet read.
struct Profile<'a> {
    /// The number of the process by its resource.
    process: usize,
    /// The number of its scope in the message.
    scope: usize,
    sample_type: &'a [u8],
    time: u64,
    duration: u64,
    period_type: &'a [u8],
    period: u64,
    /// How many samples it has.
    samples: usize,
    bytes: &'a [u8],
}

impl<'a> Message<'a> {
    fn of(
        bytes: &'a [u8],
        processes: &mut HashMap<&'a [u8], usize>,
        limits: &Limits,
    ) -> Result<Message<'a>, Problem> {
        let mut message = Message { tables: Tables::default(), profiles: Vec::new() };
        let mut scopes = 0;
        for_each(bytes, |tag, value| match (tag, value) {
            (1, Value::Bytes(resource)) => message.read_resource(resource, processes, &mut scopes, limits),
            (2, Value::Bytes(dictionary)) => message.tables.read(dictionary, limits),
            (1 | 2, _) => Err(wrong_type()),
            _ => Ok(()),
        })?;
        Ok(message)
    }

    fn read_resource(
        &mut self,
        bytes: &'a [u8],
        processes: &mut HashMap<&'a [u8], usize>,
        scopes: &mut usize,
        limits: &Limits,
    ) -> Result<(), Problem> {
        let mut resource: &[u8] = &[];
        for_each(bytes, |tag, value| {
            if let (1, Value::Bytes(bytes)) = (tag, value) {
                resource = bytes;
            }
            Ok(())
        })?;
        let next = processes.len();
        let process = *processes.entry(resource).or_insert(next);
        for_each(bytes, |tag, value| {
            let (2, Value::Bytes(scope)) = (tag, value) else { return Ok(()) };
            *scopes += 1;
            for_each(scope, |tag, value| match (tag, value) {
                (2, Value::Bytes(profile)) => {
                    // Each type of a snapshot has one.
                    if self.profiles.len() >= limits.inputs.saturating_mul(limits.sample_types) {
                        return Err(Problem::TooMany { what: "profiles", limit: self.profiles.len() });
                    }
                    self.profiles.push(Profile::of(profile, process, *scopes)?);
                    Ok(())
                }
                _ => Ok(()),
            })
        })
    }

    /// The snapshots: profiles of one process and moment that were sampled together.
    fn snapshots(&self, limits: &Limits) -> Result<Vec<Snapshot<'_>>, Problem> {
        let mut numbers = HashMap::new();
        let mut snapshots: Vec<Snapshot<'_>> = Vec::new();
        for profile in &self.profiles {
            let name = self.tables.name_of(profile.sample_type)?;
            // It stands by itself, whatever else was counted at the same time.
            let alone = [&b"goroutine"[..], b"goroutineleak"].iter().position(|kind| *kind == name);
            let sampled = (profile.period_type, profile.period, alone);
            let key = (profile.scope, profile.process, profile.time, profile.duration, sampled);
            let number = *numbers.entry(key).or_insert(snapshots.len());
            match snapshots.get_mut(number) {
                Some(snapshot) => snapshot.add(profile, limits)?,
                None => snapshots.push(Snapshot::of(&self.tables, profile)),
            }
        }
        // Each has all tables for its own.
        let bytes = (self.tables.bytes() as u64).saturating_mul(snapshots.len() as u64);
        match bytes > limits.inflated_bytes {
            true => Err(Problem::TooLarge { limit: limits.inflated_bytes }),
            false => Ok(snapshots),
        }
    }
}

impl<'a> Profile<'a> {
    fn of(bytes: &'a [u8], process: usize, scope: usize) -> Result<Profile<'a>, Problem> {
        let mut profile = Profile {
            process,
            scope,
            sample_type: &[],
            time: 0,
            duration: 0,
            period_type: &[],
            period: 0,
            samples: 0,
            bytes,
        };
        for_each(bytes, |tag, value| {
            match (tag, value) {
                (1, Value::Bytes(sample_type)) => profile.sample_type = sample_type,
                (2, Value::Bytes(_)) => profile.samples += 1,
                (3, Value::Fixed64(time)) => profile.time = time,
                (4, Value::Varint(duration)) => profile.duration = duration,
                (5, Value::Bytes(period_type)) => profile.period_type = period_type,
                (6, Value::Varint(period)) => profile.period = period,
                (1..=6, _) => return Err(older()),
                _ => {}
            }
            Ok(())
        })?;
        Ok(profile)
    }

    /// Calls `each` with every message Sample.
    fn each_sample(&self, mut each: impl FnMut(&[u8]) -> Result<(), Problem>) -> Result<(), Problem> {
        for_each(self.bytes, |tag, value| match (tag, value) {
            (2, Value::Bytes(sample)) => each(sample),
            _ => Ok(()),
        })
    }
}

/// What is wrong where fields are of other types than they should be, or a sample has no value.
#[cold]
fn older() -> Problem {
    Problem::malformed("it is not of the form of OTLP that opentelemetry-proto has had since version 1.10")
}

/// Calls `each` with every field of a message.
fn for_each<'a>(
    message: &'a [u8],
    mut each: impl FnMut(u32, Value<'a>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut fields = Fields::of(message);
    while let Some((tag, value)) = fields.next()? {
        each(tag, value)?;
    }
    Ok(())
}

/// Writes a field that is a number.
fn put_field(tag: u32, number: u64, message: &mut Vec<u8>) {
    encode_key(tag, WireType::Varint, message);
    encode_varint(number, message);
}

/// Writes a field that is a text, a list or a message.
fn put_bytes(tag: u32, bytes: &[u8], message: &mut Vec<u8>) {
    encode_key(tag, WireType::LengthDelimited, message);
    encode_varint(bytes.len() as u64, message);
    message.extend_from_slice(bytes);
}
