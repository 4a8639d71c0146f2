//! Parca: the gateway of `parca.query.v1alpha1.QueryService`, which speaks plain HTTP and JSON.

use super::ProfileType;
use super::selector::Selector;
use super::server::{LabelSet, Labels, Profiler, Server, When};
use super::steps::Span;
use crate::collect::Failure;
use crate::input::proto;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use prost::Message;
use serde::Deserialize;
use std::io::Read;

/// A server of Parca.
pub(super) struct Parca<'a>(pub(super) Server<'a>);

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProfileTypes {
    types: Vec<Type>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Type {
    name: String,
    sample_type: String,
    sample_unit: String,
    period_type: String,
    period_unit: String,
    delta: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct QueryRange {
    series: Vec<Series>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Series {
    labelset: LabelSet,
    samples: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    timestamp: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Query {
    pprof: String,
}

/// A moment as the gateway reads it.
fn time(millis: i64) -> String {
    Timestamp::from_millisecond(millis).unwrap_or_default().to_string()
}

/// A path with its parameters.
fn path(of: &str, parameters: &[(&str, &str)]) -> String {
    let pairs = parameters.iter().map(|(name, value)| {
        let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
        format!("{name}={value}")
    });
    format!("api/profiles/{of}?{}", pairs.collect::<Vec<_>>().join("&"))
}

fn query(of: &ProfileType, selector: &Selector) -> String {
    format!("{}{selector}", of.id)
}

/// Nothing, where it answers that it has nothing.
fn found<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Err(Failure::Refused { status: 404, .. }) => Ok(None),
        answer => answer.map(Some),
    }
}

/// What is in a gzip file, if it is one; of no more bytes than an answer may have that is sent as it is.
fn inflated(gzipped: &[u8], most: u64) -> Result<Option<Vec<u8>>, Failure> {
    let mut bytes = Vec::new();
    let read = MultiGzDecoder::new(gzipped).take(most.saturating_add(1)).read_to_end(&mut bytes);
    match bytes.len() as u64 > most {
        true => Err(Failure::TooLarge(most)),
        false => Ok(read.is_ok().then_some(bytes)),
    }
}

impl Parca<'_> {
    /// The series of a time; of each profile, or of one a `step` in milliseconds.
    fn range(
        &self,
        of: &ProfileType,
        selector: &Selector,
        span: Span,
        step: i64,
    ) -> Result<Vec<Series>, Failure> {
        let (start, end) = (time(span.start + 1), time(span.end));
        let step = format!("{}s", step / 1000);
        let query = query(of, selector);
        let parameters: [(&str, &str); 4] =
            [("query", &query), ("start", &start), ("end", &end), ("step", &step)];
        let answer = self.0.ask_json::<QueryRange>(&path("query_range", &parameters), None);
        Ok(found(answer)?.unwrap_or_default().series)
    }
}

impl Profiler for Parca<'_> {
    fn job_label(&self) -> &'static str {
        "job"
    }

    fn counts_allocations(&self) -> bool {
        true
    }

    fn types(&self, span: Span) -> Result<Vec<String>, Failure> {
        let (start, end) = (time(span.start), time(span.end));
        let parameters: [(&str, &str); 2] = [("start", &start), ("end", &end)];
        let types = found(self.0.ask_json::<ProfileTypes>(&path("types", &parameters), None))?;
        let of_one_moment = types.unwrap_or_default().types.into_iter().filter(|of| !of.delta);
        Ok(of_one_moment
            .map(|of| [of.name, of.sample_type, of.sample_unit, of.period_type, of.period_unit].join(":"))
            .collect())
    }

    fn label_sets(
        &self,
        of: &ProfileType,
        selector: &Selector,
        span: Span,
        _names: &[&str],
    ) -> Result<Vec<Labels>, Failure> {
        let series = self.range(of, selector, span, span.end - span.start)?;
        Ok(series.into_iter().map(|series| series.labelset.labels()).collect())
    }

    fn moments(
        &self,
        of: &ProfileType,
        selector: &Selector,
        span: Span,
        _one_by_one: bool,
    ) -> Result<Vec<i64>, Failure> {
        let samples = self.range(of, selector, span, 0)?.into_iter().flat_map(|series| series.samples);
        let moment = |sample: Sample| match sample.timestamp.parse::<Timestamp>() {
            Ok(time) => Ok(time.as_millisecond()),
            Err(_) => Err(Failure::Strange("a time that it gives is none".to_owned())),
        };
        samples.map(moment).collect()
    }

    fn profile(
        &self,
        of: &ProfileType,
        selector: &Selector,
        when: When,
    ) -> Result<Option<proto::Profile>, Failure> {
        let query = query(of, selector);
        let report = ("reportType", "REPORT_TYPE_PPROF");
        let path = match when {
            When::Moment(millis) => {
                let mode = ("mode", "MODE_SINGLE_UNSPECIFIED");
                path("query", &[mode, ("single.query", &query), ("single.time", &time(millis)), report])
            }
            When::All(span) => {
                let (start, end) = (time(span.start + 1), time(span.end));
                let mode = ("mode", "MODE_MERGE");
                let (start, end) = (("merge.start", start.as_str()), ("merge.end", end.as_str()));
                path("query", &[mode, ("merge.query", &query), start, end, report])
            }
        };
        let Some(answer) = found(self.0.ask_json::<Query>(&path, None))? else { return Ok(None) };
        let strange = || Failure::Strange("what it sends is no profile".to_owned());
        let gzipped = STANDARD.decode(answer.pprof).map_err(|_| strange())?;
        if gzipped.is_empty() {
            return Ok(None);
        }
        let bytes = inflated(&gzipped, self.0.max_bytes())?.ok_or_else(strange)?;
        let profile = proto::Profile::decode(bytes.as_slice()).map_err(|_| strange())?;
        Ok((!profile.sample.is_empty()).then_some(profile))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    #[test]
    fn what_inflates_beyond_the_bound_of_answers_is_refused() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&[7; 5000]).expect("memory");
        let gzipped = gzip.finish().expect("memory");
        assert_eq!(inflated(&gzipped, 5000).expect("small enough").map(|bytes| bytes.len()), Some(5000));
        assert!(matches!(inflated(&gzipped, 4999), Err(Failure::TooLarge(4999))));
        assert_eq!(inflated(&gzipped[..20], 5000).expect("small enough"), None);
        assert_eq!(inflated(b"no gzip", 5000).expect("small enough"), None);
    }
}
