//! What profile.proto tells once: sample types, mappings, times and period.

use super::mappings::Mappings;
use super::{Texts, decode, field};
use crate::input::wire::{Value, varints, wrong_type};
use crate::input::{Limits, Problem, proto};
use crate::profile::{
    Difference, Form, HeapColumns, Kind, Notice, NoticeCode, OF_MANY, RawProfile, SampleType, SamplingRate,
    TakenAt, TimeSource, Unit,
};

/// So many comments are looked at.
const MOST_COMMENTS: usize = 16;
/// What is to be known of a profile of many processes.
const MERGED: &str = "each snapshot is the average of all processes of the service, since no label distinguishes them: a restart or a \
     deploy shows as growth or as a fall, and figures are those of a process on average. Nothing is above medium; label the processes \
     where they are profiled, by pod or instance, and pull again with --instance-label";

/// The facts as they stand in the file, their texts still indexes.
#[derive(Default)]
pub(super) struct Facts {
    sample_types: Vec<proto::ValueType>,
    mappings: Mappings,
    time_nanos: i64,
    times: u32,
    duration_nanos: i64,
    period_type: Option<proto::ValueType>,
    period_types: u32,
    period: i64,
    comments: Vec<i64>,
}

impl Facts {
    /// Takes a field of message Profile; passes over those that belong elsewhere and those it does not know.
    pub(super) fn take(&mut self, tag: u32, value: Value<'_>, limits: &Limits) -> Result<(), Problem> {
        match (tag, value) {
            (field::MAPPING, Value::Bytes(message)) => self.mappings.read(message, limits)?,
            (field::SAMPLE_TYPE, Value::Bytes(message)) => {
                if self.sample_types.len() == limits.sample_types {
                    return Err(Problem::TooMany { what: "sample types", limit: limits.sample_types });
                }
                self.sample_types.push(decode(message, "a sample type")?);
            }
            (field::PERIOD_TYPE, Value::Bytes(message)) => {
                self.period_types += 1;
                self.period_type = Some(decode(message, "the period type")?);
            }
            (field::TIME_NANOS, Value::Varint(v)) => {
                self.times += u32::from(v != 0);
                self.time_nanos = v as i64;
            }
            (field::DURATION_NANOS, Value::Varint(v)) => self.duration_nanos = v as i64,
            (field::PERIOD, Value::Varint(v)) => self.period = v as i64,
            // One that is broken says nothing.
            (field::COMMENT, value) => {
                let _ = varints(&value, |comment| {
                    if self.comments.len() < MOST_COMMENTS {
                        self.comments.push(comment as i64);
                    }
                    Ok(())
                });
            }
            (field::SAMPLE_TYPE..=field::STRING_TABLE, _) | (field::TIME_NANOS..=field::PERIOD, _) => {
                return Err(wrong_type());
            }
            _ => {}
        }
        Ok(())
    }

    /// A profile that has them, but no samples and symbols, the factor that turns each column's values into base units, and what
    /// was mapped.
    ///
    /// # Errors
    /// If they contradict each other, or are not those of a heap or goroutine profile.
    pub(super) fn profile(
        self,
        source: &str,
        texts: &Texts,
    ) -> Result<(RawProfile, Vec<i64>, Mappings), Problem> {
        // A profile has one of each; two files joined with `cat` are one valid message with two.
        if self.times > 1 || self.period_types > 1 {
            return Err(Problem::Concatenated);
        }
        if self.sample_types.is_empty() {
            return Err(Problem::malformed("it has no sample types; this may not be a pprof profile at all"));
        }
        let mut sample_types = Vec::with_capacity(self.sample_types.len());
        let mut factors = Vec::with_capacity(self.sample_types.len());
        for value_type in &self.sample_types {
            let unit = texts.get(value_type.unit, "a unit")?;
            let (unit, factor) = Unit::parse(unit).unwrap_or((Unit::Count, 1));
            let name = texts.get(value_type.r#type, "a sample type")?.to_owned();
            sample_types.push(SampleType { name, unit });
            factors.push(factor);
        }
        let kind = kind_of(&sample_types)?;
        let build_id = self.mappings.build_id(texts)?;
        self.mappings.ids()?;
        let mut profile = RawProfile::new(source, kind, Form::Proto, sample_types);
        profile.taken_at =
            (self.time_nanos > 0).then_some(TakenAt { nanos: self.time_nanos, source: TimeSource::Profile });
        profile.difference = (self.duration_nanos != 0).then_some(Difference::Over(self.duration_nanos));
        profile.is_of_many =
            self.comments.iter().any(|index| texts.get(*index, "a comment").ok() == Some(OF_MANY));
        if profile.is_of_many {
            profile.notices.push(Notice::new(NoticeCode::MergedProcesses, MERGED));
        }
        profile.rate = self.sampling_rate(texts, kind)?;
        profile.build_id = (!build_id.is_empty()).then(|| build_id.to_owned());
        profile.program = self.mappings.program(texts)?;
        Ok((profile, factors, self.mappings))
    }

    /// The period of a heap profile, where its type says that it is a distance in bytes.
    fn sampling_rate(&self, texts: &Texts, kind: Kind) -> Result<Option<SamplingRate>, Problem> {
        let Some(period_type) = self.period_type.as_ref().filter(|_| kind == Kind::Heap && self.period > 0)
        else {
            return Ok(None);
        };
        let unit = texts.get(period_type.unit, "the period's unit")?;
        Ok(match Unit::parse(unit) {
            Some((Unit::Bytes, factor)) => self.period.checked_mul(factor).map(SamplingRate),
            _ => None,
        })
    }
}

/// What the profile measures, by its sample types; the default sample type is never trusted (S1).
pub(in crate::input) fn kind_of(types: &[SampleType]) -> Result<Kind, Problem> {
    let has = |name: &str| types.iter().any(|t| t.name == name);
    if has("goroutine") {
        return Ok(Kind::Goroutine);
    }
    if has("goroutineleak") {
        return Ok(Kind::GoroutineLeak);
    }
    if HeapColumns::find(types).is_some() {
        return Ok(Kind::Heap);
    }
    let names: Vec<&str> = types.iter().map(|t| t.name.as_str()).collect();
    let (what, advice) = if has("cpu") || has("samples") || has("wall") {
        ("a CPU profile".to_owned(), "Fetch /debug/pprof/heap?gc=1 instead of /debug/pprof/profile")
    } else if has("contentions") || has("delay") {
        ("a mutex or block profile".to_owned(), "Fetch /debug/pprof/heap?gc=1 or /debug/pprof/goroutine")
    } else if has("deallocated_space") {
        (
            "tcmalloc's profile of how long allocations live".to_owned(),
            "It counts what came and went while it was taken, not what is live: give tcmalloc's heap profile",
        )
    } else if has("threadcreate") {
        ("a thread creation profile".to_owned(), "Fetch /debug/pprof/heap?gc=1 or /debug/pprof/goroutine")
    } else {
        (
            format!("a profile of {}", names.join(", ").chars().take(80).collect::<String>()),
            "A heap profile has a sample type inuse_space or space, in bytes",
        )
    };
    Err(Problem::OtherProfile { what, advice })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_of_allocations_are_no_live_memory() {
        let names = [
            "allocated_objects",
            "allocated_space",
            "deallocated_objects",
            "deallocated_space",
            "censored_allocated_objects",
            "censored_allocated_space",
        ];
        let unit = |name: &str| if name.ends_with("space") { Unit::Bytes } else { Unit::Count };
        let types = names.map(|name| SampleType { name: name.to_owned(), unit: unit(name) });
        let problem = kind_of(&types).expect_err("nothing says what is live").to_string();
        assert!(
            problem.contains("this is tcmalloc's profile of how long allocations live, not a heap"),
            "{problem}"
        );
        assert!(problem.contains("give tcmalloc's heap profile"), "{problem}");
    }
}
