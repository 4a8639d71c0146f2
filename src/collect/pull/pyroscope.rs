//! Pyroscope: `querier.v1.QuerierService`, asked by the Connect protocol in plain HTTP.

use super::ProfileType;
use super::selector::Selector;
use super::server::{LabelSet, Labels, Profiler, Server, When};
use super::steps::Span;
use crate::collect::Failure;
use crate::collect::client::Sent;
use crate::input::proto;
use prost::Message;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// Profiles of a process are seconds apart, and are found to the second.
const SECOND: i64 = 1000;

/// A server of Pyroscope.
pub(super) struct Pyroscope<'a>(pub(super) Server<'a>);

/// `querier.v1.SelectMergeProfileRequest`, as far as it is used.
#[derive(Clone, PartialEq, Message)]
struct SelectMergeProfile {
    #[prost(string, tag = "1")]
    profile_type: String,
    #[prost(string, tag = "2")]
    label_selector: String,
    #[prost(int64, tag = "3")]
    start: i64,
    #[prost(int64, tag = "4")]
    end: i64,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ProfileTypes {
    profile_types: Vec<Type>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Type {
    #[serde(rename = "ID")]
    id: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SeriesAnswer {
    labels_set: Vec<LabelSet>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SelectSeries {
    series: Vec<Series>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Series {
    points: Vec<Point>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Point {
    #[serde(deserialize_with = "millis")]
    timestamp: i64,
}

/// A number of 64 bits, which this protocol writes as a text.
fn millis<'de, D: Deserializer<'de>>(value: D) -> Result<i64, D::Error> {
    match Value::deserialize(value)? {
        Value::String(text) => text.parse().map_err(D::Error::custom),
        Value::Number(number) => number.as_i64().ok_or_else(|| D::Error::custom("a time is no whole number")),
        _ => Err(D::Error::custom("a time is no number")),
    }
}

impl Pyroscope<'_> {
    fn call<T: DeserializeOwned>(&self, method: &str, request: &Value) -> Result<T, Failure> {
        let body = request.to_string();
        let sent = Sent { content_type: "application/json", body: body.as_bytes() };
        self.0.ask_json(&path(method), Some(sent))
    }
}

fn path(method: &str) -> String {
    format!("querier.v1.QuerierService/{method}")
}

impl Profiler for Pyroscope<'_> {
    fn job_label(&self) -> &'static str {
        "service_name"
    }

    fn counts_allocations(&self) -> bool {
        false
    }

    fn types(&self, span: Span) -> Result<Vec<String>, Failure> {
        let types: ProfileTypes =
            self.call("ProfileTypes", &json!({ "start": span.start, "end": span.end }))?;
        Ok(types.profile_types.into_iter().map(|of| of.id).collect())
    }

    fn label_sets(
        &self,
        of: &ProfileType,
        selector: &Selector,
        span: Span,
        names: &[&str],
    ) -> Result<Vec<Labels>, Failure> {
        let matchers = [selector.with("__profile_type__", &of.id).to_string()];
        let request =
            json!({ "matchers": matchers, "labelNames": names, "start": span.start, "end": span.end });
        let answer: SeriesAnswer = self.call("Series", &request)?;
        Ok(answer.labels_set.into_iter().map(LabelSet::labels).collect())
    }

    fn moments(
        &self,
        of: &ProfileType,
        selector: &Selector,
        span: Span,
        one_by_one: bool,
    ) -> Result<Vec<i64>, Failure> {
        // A point stands for what came since the point before it.
        let step = if one_by_one { 1 } else { SECOND };
        let request = json!({
            "profileTypeID": of.id,
            "labelSelector": selector.to_string(),
            "start": span.start + step,
            "end": span.end,
            "step": step as f64 / SECOND as f64,
        });
        let answer: SelectSeries = self.call("SelectSeries", &request)?;
        let points = answer.series.into_iter().flat_map(|series| series.points);
        Ok(points.map(|point| point.timestamp).collect())
    }

    fn profile(
        &self,
        of: &ProfileType,
        selector: &Selector,
        when: When,
    ) -> Result<Option<proto::Profile>, Failure> {
        // Its clock has nanoseconds, and a point is named after the millisecond.
        let (start, end) = match when {
            When::Moment(millis) => (millis - SECOND + 1, millis + 1),
            When::All(span) => (span.start + 1, span.end),
        };
        let request = SelectMergeProfile {
            profile_type: of.id.clone(),
            label_selector: selector.to_string(),
            start,
            end,
        };
        let body = request.encode_to_vec();
        let sent = Sent { content_type: "application/proto", body: &body };
        let answer = self.0.ask(&path("SelectMergeProfile"), Some(sent))?;
        let profile = proto::Profile::decode(answer.as_slice())
            .map_err(|_| Failure::Strange("what it sends is no profile".to_owned()))?;
        Ok((!profile.sample.is_empty()).then_some(profile))
    }
}
