//! A profile.proto as OpenTelemetry's profiles, the way its Collector translates it: a profile for each type of value.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "the fuzz targets use it too")]

use pprof_leaks::input::proto;
use serde::{Serialize, Serializer};
use std::collections::HashMap;

#[derive(Clone, PartialEq, prost::Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    #[prost(message, repeated, tag = "1")]
    pub resource_profiles: Vec<ResourceProfiles>,
    #[prost(message, optional, tag = "2")]
    pub dictionary: Option<Dictionary>,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceProfiles {
    #[prost(message, optional, tag = "1")]
    pub resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    pub scope_profiles: Vec<ScopeProfiles>,
    #[prost(string, tag = "3")]
    pub schema_url: String,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
pub struct Resource {
    #[prost(message, repeated, tag = "1")]
    pub attributes: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
pub struct KeyValue {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(message, optional, tag = "2")]
    pub value: Option<Value>,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
pub struct ScopeProfiles {
    #[prost(message, repeated, tag = "2")]
    pub profiles: Vec<Profile>,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    #[prost(message, optional, tag = "1")]
    pub sample_type: Option<ValueType>,
    #[prost(message, repeated, tag = "2")]
    pub samples: Vec<Sample>,
    #[prost(fixed64, tag = "3")]
    #[serde(serialize_with = "as_text")]
    pub time_unix_nano: u64,
    #[prost(uint64, tag = "4")]
    #[serde(serialize_with = "as_text")]
    pub duration_nano: u64,
    #[prost(message, optional, tag = "5")]
    pub period_type: Option<ValueType>,
    #[prost(int64, tag = "6")]
    #[serde(serialize_with = "as_text")]
    pub period: i64,
    #[prost(bytes = "vec", tag = "7")]
    #[serde(skip)]
    pub profile_id: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, prost::Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ValueType {
    #[prost(int32, tag = "1")]
    pub type_strindex: i32,
    #[prost(int32, tag = "2")]
    pub unit_strindex: i32,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    #[prost(int32, tag = "1")]
    pub stack_index: i32,
    #[prost(int32, repeated, tag = "2")]
    pub attribute_indices: Vec<i32>,
    #[prost(int64, repeated, tag = "4")]
    pub values: Vec<i64>,
    #[prost(fixed64, repeated, tag = "5")]
    pub timestamps_unix_nano: Vec<u64>,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dictionary {
    #[prost(message, repeated, tag = "1")]
    pub mapping_table: Vec<Mapping>,
    #[prost(message, repeated, tag = "2")]
    pub location_table: Vec<Location>,
    #[prost(message, repeated, tag = "3")]
    pub function_table: Vec<Function>,
    #[prost(string, repeated, tag = "5")]
    pub string_table: Vec<String>,
    #[prost(message, repeated, tag = "6")]
    pub attribute_table: Vec<Attribute>,
    #[prost(message, repeated, tag = "7")]
    pub stack_table: Vec<Stack>,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mapping {
    #[prost(uint64, tag = "1")]
    #[serde(serialize_with = "as_text")]
    pub memory_start: u64,
    #[prost(uint64, tag = "2")]
    #[serde(serialize_with = "as_text")]
    pub memory_limit: u64,
    #[prost(uint64, tag = "3")]
    #[serde(serialize_with = "as_text")]
    pub file_offset: u64,
    #[prost(int32, tag = "4")]
    pub filename_strindex: i32,
    #[prost(int32, repeated, tag = "5")]
    pub attribute_indices: Vec<i32>,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    #[prost(int32, tag = "1")]
    pub mapping_index: i32,
    #[prost(uint64, tag = "2")]
    #[serde(serialize_with = "as_text")]
    pub address: u64,
    #[prost(message, repeated, tag = "3")]
    pub lines: Vec<Line>,
    #[prost(int32, repeated, tag = "4")]
    pub attribute_indices: Vec<i32>,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    #[prost(int32, tag = "1")]
    pub function_index: i32,
    #[prost(int64, tag = "2")]
    #[serde(serialize_with = "as_text")]
    pub line: i64,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Function {
    #[prost(int32, tag = "1")]
    pub name_strindex: i32,
    #[prost(int32, tag = "2")]
    pub system_name_strindex: i32,
    #[prost(int32, tag = "3")]
    pub filename_strindex: i32,
    #[prost(int64, tag = "4")]
    pub start_line: i64,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    #[prost(int32, tag = "1")]
    pub key_strindex: i32,
    #[prost(message, optional, tag = "2")]
    pub value: Option<Value>,
    #[prost(int32, tag = "3")]
    pub unit_strindex: i32,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Value {
    #[prost(string, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    #[prost(int64, optional, tag = "3")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub int_value: Option<i64>,
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stack {
    #[prost(int32, repeated, tag = "1")]
    pub location_indices: Vec<i32>,
}

/// Whole numbers of 64 bits are texts in JSON.
fn as_text<T: ToString, S: Serializer>(number: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&number.to_string())
}

/// What is said of a service.
pub fn resource(instance: &str) -> Resource {
    let value = Value { string_value: Some(instance.to_owned()), int_value: None };
    Resource { attributes: vec![KeyValue { key: "service.instance.id".to_owned(), value: Some(value) }] }
}

/// Whether a profile can be said in OTLP: its ids are distinct and there, and its texts are.
pub fn is_faithful(profile: &proto::Profile) -> bool {
    let is_text = |index: i64| usize::try_from(index).is_ok_and(|index| index < profile.string_table.len());
    let labels = || profile.sample.iter().flat_map(|sample| &sample.label);
    labels().all(|label| is_text(label.key) && is_text(label.str))
        && profile.sample.iter().all(|sample| sample.value.len() == profile.sample_type.len())
}

/// The message that holds one profile, whose ids must be there.
pub fn of(profile: &proto::Profile) -> Message {
    let mut tables = Tables::of(profile);
    let stacks: Vec<i32> = profile.sample.iter().map(|sample| tables.stack(&sample.location_id)).collect();
    let labels: Vec<Vec<i32>> = profile.sample.iter().map(|sample| tables.labels(&sample.label)).collect();
    let value_type =
        |of: &proto::ValueType| ValueType { type_strindex: of.r#type as i32, unit_strindex: of.unit as i32 };
    let column = |(column, sample_type): (usize, &proto::ValueType)| Profile {
        sample_type: Some(value_type(sample_type)),
        samples: (profile.sample.iter().zip(&stacks).zip(&labels))
            .map(|((sample, stack), labels)| Sample {
                stack_index: *stack,
                attribute_indices: labels.clone(),
                values: vec![sample.value[column]],
                timestamps_unix_nano: Vec::new(),
            })
            .collect(),
        time_unix_nano: profile.time_nanos as u64,
        duration_nano: profile.duration_nanos as u64,
        period_type: profile.period_type.as_ref().map(value_type),
        period: profile.period,
        profile_id: vec![7; 16],
    };
    let profiles = profile.sample_type.iter().enumerate().map(column).collect();
    Message {
        resource_profiles: vec![ResourceProfiles {
            resource: Some(resource("shop-1")),
            scope_profiles: vec![ScopeProfiles { profiles }],
            schema_url: String::new(),
        }],
        dictionary: Some(tables.dictionary),
    }
}

/// The tables as they fill.
struct Tables {
    dictionary: Dictionary,
    /// Of locations, by id.
    places: HashMap<u64, i32>,
    stacks: HashMap<Vec<u64>, i32>,
    /// By key, text, number and unit.
    attributes: HashMap<(i64, i64, i64, i64), i32>,
}

impl Tables {
    fn of(profile: &proto::Profile) -> Tables {
        let place = |ids: Vec<u64>| (1..).zip(ids).map(|(place, id)| (id, place)).collect::<HashMap<_, _>>();
        let functions = place(profile.function.iter().map(|function| function.id).collect());
        let mappings = place(profile.mapping.iter().map(|mapping| mapping.id).collect());
        let at = |places: &HashMap<u64, i32>, id| places.get(&id).copied().unwrap_or(0);
        let mut dictionary = Dictionary {
            mapping_table: vec![Mapping::default()],
            location_table: vec![Location::default()],
            function_table: vec![Function::default()],
            string_table: profile.string_table.clone(),
            attribute_table: vec![Attribute::default()],
            stack_table: vec![Stack::default()],
        };
        let build_id = dictionary.string_table.len() as i32;
        dictionary.string_table.push("process.executable.build_id.gnu".to_owned());
        for mapping in &profile.mapping {
            let text = profile.string_table.get(mapping.build_id as usize).cloned();
            dictionary.attribute_table.push(Attribute {
                key_strindex: build_id,
                value: Some(Value { string_value: text, int_value: None }),
                unit_strindex: 0,
            });
            dictionary.mapping_table.push(Mapping {
                memory_start: mapping.memory_start,
                memory_limit: mapping.memory_limit,
                file_offset: mapping.file_offset,
                filename_strindex: mapping.filename as i32,
                attribute_indices: vec![dictionary.attribute_table.len() as i32 - 1],
            });
        }
        dictionary.function_table.extend(profile.function.iter().map(|function| Function {
            name_strindex: function.name as i32,
            system_name_strindex: function.system_name as i32,
            filename_strindex: function.filename as i32,
            start_line: function.start_line,
        }));
        dictionary.location_table.extend(profile.location.iter().map(|location| {
            Location {
                mapping_index: at(&mappings, location.mapping_id),
                address: location.address,
                lines: (location.line.iter())
                    .map(|line| Line { function_index: at(&functions, line.function_id), line: line.line })
                    .collect(),
                attribute_indices: Vec::new(),
            }
        }));
        let places = place(profile.location.iter().map(|location| location.id).collect());
        Tables { dictionary, places, stacks: HashMap::new(), attributes: HashMap::new() }
    }

    fn stack(&mut self, locations: &[u64]) -> i32 {
        let table = &mut self.dictionary.stack_table;
        *self.stacks.entry(locations.to_vec()).or_insert_with(|| {
            let location_indices =
                locations.iter().map(|id| self.places.get(id).copied().unwrap_or(0)).collect();
            table.push(Stack { location_indices });
            table.len() as i32 - 1
        })
    }

    fn labels(&mut self, labels: &[proto::Label]) -> Vec<i32> {
        let Dictionary { attribute_table, string_table, .. } = &mut self.dictionary;
        let mut number = |label: &proto::Label| {
            let key = (label.key, label.str, label.num, label.num_unit);
            *self.attributes.entry(key).or_insert_with(|| {
                let text = (label.str != 0).then(|| string_table[label.str as usize].clone());
                let int_value = text.is_none().then_some(label.num);
                attribute_table.push(Attribute {
                    key_strindex: label.key as i32,
                    value: Some(Value { string_value: text, int_value }),
                    unit_strindex: label.num_unit as i32,
                });
                attribute_table.len() as i32 - 1
            })
        };
        labels.iter().map(&mut number).collect()
    }
}
