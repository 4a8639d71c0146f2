//! Two continuous profilers, as far as their published interfaces say: what they were sent they give back, column by column, without
//! sizes of objects and without counts of allocations.

use crate::support::{Answer, Server, gzip, read};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pprof_leaks::input::proto::{self, Profile};
use prost::Message;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A round minute: 2026-01-01.
pub(crate) const START: i64 = 1_767_225_600_000;
pub(crate) const MINUTE: i64 = 60_000;

/// One column of one profile, as such a server keeps it.
pub(crate) struct Kept {
    labels: BTreeMap<&'static str, String>,
    type_id: &'static str,
    millis: i64,
    profile: Profile,
}

const HEAP: [(&str, &str); 4] = [
    ("memory:alloc_objects:count:space:bytes", "alloc_objects"),
    ("memory:alloc_space:bytes:space:bytes", "alloc_space"),
    ("memory:inuse_objects:count:space:bytes", "inuse_objects"),
    ("memory:inuse_space:bytes:space:bytes", "inuse_space"),
];
const GOROUTINES: (&str, &str) = ("goroutine:goroutine:count:goroutine:count", "goroutine");

/// One column of a recorded profile: samples of one stack added up, labels with numbers left out.
fn column(whole: &Profile, name: &str) -> Profile {
    let text = |index: i64| whole.string_table[index as usize].as_str();
    let at = whole.sample_type.iter().position(|of| text(of.r#type) == name).expect("a column");
    let mut sums: HashMap<&[u64], i64> = HashMap::new();
    whole.sample.iter().for_each(|sample| *sums.entry(&sample.location_id).or_default() += sample.value[at]);
    let mut sample: Vec<proto::Sample> = sums
        .into_iter()
        .filter(|(_, value)| *value > 0)
        .map(|(stack, value)| proto::Sample {
            location_id: stack.to_vec(),
            value: vec![value],
            label: Vec::new(),
        })
        .collect();
    sample.sort_by(|a, b| a.location_id.cmp(&b.location_id));
    Profile { sample_type: vec![whole.sample_type[at]], sample, ..whole.clone() }
}

/// What a program recorded over eight minutes, as the profiles of a process with these labels; two in each minute.
pub(crate) fn recorded(program: &str, labels: &[(&'static str, &str)], offset: i64) -> Vec<Kept> {
    let mut kept = Vec::new();
    let labels: BTreeMap<&'static str, String> =
        labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    for round in 1..=8 {
        for (kind, columns) in [("heap", &HEAP[..]), ("goroutine", &[GOROUTINES][..])] {
            let whole = read(&format!("{program}/{kind}-0{round}.pb.gz"));
            for (type_id, name) in columns {
                for second in [20_000, 50_000] {
                    kept.push(Kept {
                        labels: labels.clone(),
                        type_id,
                        millis: START + (round - 1) * MINUTE + second + offset,
                        profile: column(&whole, name),
                    });
                }
            }
        }
    }
    kept
}

/// The matchers of a selector, all of the form `name="value"`; an empty value is that of a label that is not there.
fn matches(kept: &Kept, selector: &str) -> bool {
    let inner = selector.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).expect("braces");
    inner.split(',').filter(|matcher| !matcher.is_empty()).all(|matcher| {
        let (name, value) = matcher.split_once('=').expect("a matcher");
        let value = value.trim_matches('"');
        match name {
            "__profile_type__" => kept.type_id == value,
            name => kept.labels.get(name).map_or("", String::as_str) == value,
        }
    })
}

fn ok(body: impl Into<Vec<u8>>, content_type: &str) -> Answer {
    Answer::Whole("200 OK", format!("Content-Type: {content_type}\r\n"), body.into())
}

pub(crate) fn refusal(status: &'static str, message: &str) -> Answer {
    let body = json!({ "code": "invalid_argument", "message": message });
    Answer::Whole(status, "Content-Type: application/json\r\n".to_owned(), body.to_string().into())
}

/// The sum of profiles that are all the same.
fn sum(found: &[&Kept]) -> Option<Profile> {
    let mut profile = found.first()?.profile.clone();
    assert!(found.iter().all(|kept| kept.profile == profile), "nothing else is added up in these tests");
    let count = found.len() as i64;
    profile.sample.iter_mut().flat_map(|sample| &mut sample.value).for_each(|value| *value *= count);
    Some(profile)
}

/// `querier.v1.SelectMergeProfileRequest`.
#[derive(Clone, PartialEq, Message)]
struct SelectMergeProfile {
    #[prost(string, tag = "1")]
    type_id: String,
    #[prost(string, tag = "2")]
    selector: String,
    #[prost(int64, tag = "3")]
    start: i64,
    #[prost(int64, tag = "4")]
    end: i64,
}

/// A server of Pyroscope below `/pyroscope`.
pub(crate) fn pyroscope(kept: Vec<Kept>) -> Server {
    let kept = Arc::new(kept);
    Server::hearing(move |path, body| answer_of_pyroscope(&kept, path, body))
}

pub(crate) fn answer_of_pyroscope(kept: &[Kept], path: &str, body: &[u8]) -> Answer {
    let Some(method) = path.strip_prefix("/pyroscope/querier.v1.QuerierService/") else {
        return Answer::Whole("404 Not Found", String::new(), b"404 page not found".to_vec());
    };
    if method == "SelectMergeProfile" {
        let request = SelectMergeProfile::decode(body).expect("a request");
        let within = |kept: &&Kept| (request.start..=request.end).contains(&kept.millis);
        let of = |kept: &&Kept| kept.type_id == request.type_id && matches(kept, &request.selector);
        let found: Vec<&Kept> = kept.iter().filter(of).filter(within).collect();
        let mut profile = sum(&found).unwrap_or_default();
        profile.time_nanos = request.end * 1_000_000;
        profile.duration_nanos = (request.end - request.start) * 1_000_000;
        return ok(profile.encode_to_vec(), "application/proto");
    }
    let request: Value = serde_json::from_slice(body).expect("JSON");
    let number = |name: &str| request[name].as_i64().expect("a number");
    let (start, end) = (number("start"), number("end"));
    let text = |name: &str| request[name].as_str().expect("a text");
    let answer = match method {
        "ProfileTypes" => {
            json!({ "profileTypes": HEAP.iter().chain([&GOROUTINES]).map(|of| json!({ "ID": of.0 })).collect::<Vec<_>>() })
        }
        "Series" => {
            let selector = request["matchers"][0].as_str().expect("a matcher");
            let names: Vec<&str> =
                request["labelNames"].as_array().expect("names").iter().filter_map(Value::as_str).collect();
            let mut sets: Vec<Value> = Vec::new();
            for kept in
                kept.iter().filter(|kept| matches(kept, selector) && (start..=end).contains(&kept.millis))
            {
                let wanted = kept.labels.iter().filter(|(name, _)| names.contains(name));
                let set = json!({ "labels": wanted.map(|(name, value)| json!({ "name": name, "value": value })).collect::<Vec<_>>() });
                if !sets.contains(&set) {
                    sets.push(set);
                }
            }
            json!({ "labelsSet": sets })
        }
        "SelectSeries" => {
            // A point at each step, for what came since the one before it.
            let step = (request["step"].as_f64().expect("seconds") * 1000.0).round() as i64;
            let mut points: Vec<i64> = kept
                .iter()
                .filter(|kept| kept.type_id == text("profileTypeID") && matches(kept, text("labelSelector")))
                .filter(|kept| kept.millis > start - step && kept.millis <= end)
                .map(|kept| start + (kept.millis - start + step - 1).div_euclid(step) * step)
                .collect();
            points.sort_unstable();
            points.dedup();
            let points: Vec<Value> =
                points.iter().map(|at| json!({ "value": 1.0, "timestamp": at.to_string() })).collect();
            json!({ "series": [{ "labels": [], "points": points }] })
        }
        other => return refusal("404 Not Found", &format!("no method {other}")),
    };
    ok(answer.to_string(), "application/json")
}

/// A server of Parca.
pub(crate) fn parca(kept: Vec<Kept>) -> Server {
    let kept = Arc::new(kept);
    Server::hearing(move |path, _| answer_of_parca(&kept, path))
}

fn answer_of_parca(kept: &[Kept], path: &str) -> Answer {
    let (path, query) = path.split_once('?').expect("parameters");
    let parameters: HashMap<&str, String> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| {
            (name, percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned())
        })
        .collect();
    let time = |name: &str| {
        let time: jiff::Timestamp = parameters[name].parse().expect("a time");
        time.as_millisecond()
    };
    let of = |name: &str| {
        let (type_id, selector) = parameters[name].split_once('{').expect("a query");
        let selector = format!("{{{selector}");
        kept.iter().filter(|kept| kept.type_id == type_id && matches(kept, &selector)).collect::<Vec<&Kept>>()
    };
    match path {
        "/api/profiles/types" => {
            let types = HEAP.iter().chain([&GOROUTINES]).map(|(id, _)| {
                let part = |index: usize| id.split(':').nth(index);
                json!({ "name": part(0), "sampleType": part(1), "sampleUnit": part(2), "periodType": part(3), "periodUnit": part(4), "delta": false })
            });
            ok(json!({ "types": types.collect::<Vec<_>>() }).to_string(), "application/json")
        }
        "/api/profiles/query_range" => {
            let (start, end) = (time("start"), time("end"));
            let step: i64 = parameters["step"].strip_suffix('s').expect("seconds").parse().expect("a number");
            let mut series: BTreeMap<Vec<(&str, &str)>, BTreeMap<i64, i64>> = BTreeMap::new();
            for kept in of("query").into_iter().filter(|kept| (start..=end).contains(&kept.millis)) {
                let labels = kept.labels.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let bucket = if step > 0 { kept.millis / (step * 1000) } else { kept.millis };
                series.entry(labels).or_default().entry(bucket).or_insert(kept.millis);
            }
            if series.is_empty() {
                return refusal("404 Not Found", "No data found");
            }
            let series = series.into_iter().map(|(labels, times)| {
                let labels: Vec<Value> =
                    labels.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
                let time =
                    |millis: &i64| jiff::Timestamp::from_millisecond(*millis).expect("a time").to_string();
                let samples: Vec<Value> =
                    times.values().map(|at| json!({ "timestamp": time(at), "value": "1" })).collect();
                json!({ "labelset": { "labels": labels }, "samples": samples })
            });
            ok(json!({ "series": series.collect::<Vec<_>>() }).to_string(), "application/json")
        }
        "/api/profiles/query" => {
            assert_eq!(parameters["reportType"], "REPORT_TYPE_PPROF");
            let found: Vec<&Kept> = match parameters["mode"].as_str() {
                "MODE_SINGLE_UNSPECIFIED" => {
                    let at = time("single.time");
                    of("single.query").into_iter().filter(|kept| kept.millis == at).collect()
                }
                "MODE_MERGE" => {
                    let (start, end) = (time("merge.start"), time("merge.end"));
                    of("merge.query")
                        .into_iter()
                        .filter(|kept| (start..=end).contains(&kept.millis))
                        .collect()
                }
                other => panic!("{other}"),
            };
            let Some(profile) = sum(&found) else {
                return refusal("404 Not Found", "could not find profile");
            };
            ok(
                json!({ "pprof": STANDARD.encode(gzip(&profile.encode_to_vec())) }).to_string(),
                "application/json",
            )
        }
        _ => Answer::Whole("404 Not Found", String::new(), b"404 page not found".to_vec()),
    }
}
