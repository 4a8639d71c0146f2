//! Columns become one snapshot: profilers keep a profile's columns apart, each with symbols of its own.

use super::ProfileType;
use crate::collect::Failure;
use crate::input::proto::{Function, Label, Line, Location, Mapping, Profile, Sample, ValueType};
use crate::profile::OF_MANY;
use std::collections::HashMap;

/// The columns of one snapshot.
pub(super) struct Columns<'a> {
    /// When it was taken, in milliseconds since the Unix epoch.
    pub(super) millis: i64,
    /// So many profiles were added up, of many processes; `None` for one profile of one.
    pub(super) sum_of: Option<u64>,
    /// The columns, with their types.
    pub(super) parts: &'a [(&'a ProfileType, Profile)],
}

/// A function as it is known in every column.
type FunctionKey = [i64; 4];
/// A location: its mapping, its address, and its lines.
type LocationKey = (u64, u64, Vec<[i64; 3]>);

#[derive(Default)]
struct Builder {
    profile: Profile,
    strings: HashMap<String, i64>,
    mappings: HashMap<[i64; 5], u64>,
    functions: HashMap<FunctionKey, u64>,
    locations: HashMap<LocationKey, u64>,
    samples: HashMap<(Vec<u64>, Vec<[i64; 2]>), usize>,
}

/// One profile of all columns, or the average of those that were added up.
pub(super) fn join(columns: &Columns<'_>) -> Result<Profile, Failure> {
    let mut builder = Builder::default();
    builder.string("");
    for (of, _) in columns.parts {
        let value_type = builder.value_type(of.column, of.unit);
        builder.profile.sample_type.push(value_type);
    }
    for (index, (of, part)) in columns.parts.iter().enumerate() {
        let column = column_of(part, of)?;
        builder.add(part, column, (index, columns.parts.len())).ok_or_else(|| {
            Failure::Strange("a profile that it sends refers to what is not in it".to_owned())
        })?;
    }
    let mut profile = builder.profile;
    if let Some(count) = columns.sum_of {
        let count = i64::try_from(count.max(1)).unwrap_or(i64::MAX);
        let values = profile.sample.iter_mut().flat_map(|sample| &mut sample.value);
        values.for_each(|value| *value /= count);
        profile.comment.push(profile.string_table.len() as i64);
        profile.string_table.push(OF_MANY.to_owned());
    }
    profile.sample.retain(|sample| sample.value.iter().any(|value| *value != 0));
    profile.time_nanos = columns.millis.saturating_mul(1_000_000);
    Ok(profile)
}

/// Where the column stands in a profile that has it.
fn column_of(profile: &Profile, of: &ProfileType) -> Result<usize, Failure> {
    let name = |value_type: &ValueType| text(profile, value_type.r#type);
    match profile.sample_type.iter().position(|value_type| name(value_type) == Some(of.column)) {
        Some(column) => Ok(column),
        None => Err(Failure::Strange(format!("a profile that it sends has no column {}", of.column))),
    }
}

fn text(profile: &Profile, index: i64) -> Option<&str> {
    Some(profile.string_table.get(usize::try_from(index).ok()?)?.as_str())
}

impl Builder {
    fn string(&mut self, text: &str) -> i64 {
        if let Some(index) = self.strings.get(text) {
            return *index;
        }
        let index = self.profile.string_table.len() as i64;
        self.strings.insert(text.to_owned(), index);
        self.profile.string_table.push(text.to_owned());
        index
    }

    fn value_type(&mut self, name: &str, unit: &str) -> ValueType {
        ValueType { r#type: self.string(name), unit: self.string(unit) }
    }

    /// Adds a column at its place among so many; `None` if an index of the profile points nowhere.
    fn add(&mut self, part: &Profile, column: usize, (place, width): (usize, usize)) -> Option<()> {
        if self.profile.period_type.is_none() {
            if let Some(of) = &part.period_type {
                let period_type = self.value_type(text(part, of.r#type)?, text(part, of.unit)?);
                self.profile.period_type = Some(period_type);
            }
            self.profile.period = part.period;
        }
        let strings: Vec<i64> = part.string_table.iter().map(|text| self.string(text)).collect();
        let string = |index: i64| strings.get(usize::try_from(index).ok()?).copied();
        let mut mappings = HashMap::new();
        for mapping in &part.mapping {
            mappings.insert(mapping.id, self.mapping(mapping, &string)?);
        }
        let mut functions = HashMap::new();
        for function in &part.function {
            functions.insert(function.id, self.function(function, &string)?);
        }
        let mut locations = HashMap::new();
        for location in &part.location {
            let mapping = match location.mapping_id {
                0 => 0,
                id => *mappings.get(&id)?,
            };
            locations.insert(location.id, self.location(location, mapping, &functions)?);
        }
        for sample in &part.sample {
            let stack = sample.location_id.iter().map(|id| locations.get(id).copied());
            let stack = stack.collect::<Option<Vec<u64>>>()?;
            let pairs = sample.label.iter().filter(|label| label.str != 0);
            let pairs = pairs.map(|label| Some([string(label.key)?, string(label.str)?]));
            let pairs = pairs.collect::<Option<Vec<[i64; 2]>>>()?;
            let value = *sample.value.get(column)?;
            let cell = &mut self.sample(stack, pairs, width).value[place];
            *cell = cell.saturating_add(value);
        }
        Some(())
    }

    fn mapping(&mut self, of: &Mapping, string: &dyn Fn(i64) -> Option<i64>) -> Option<u64> {
        let (filename, build_id) = (string(of.filename)?, string(of.build_id)?);
        let [start, limit, offset] = [of.memory_start, of.memory_limit, of.file_offset].map(u64::cast_signed);
        let next = self.profile.mapping.len() as u64 + 1;
        let mappings = &mut self.profile.mapping;
        let id = self.mappings.entry([start, limit, offset, filename, build_id]).or_insert_with(|| {
            mappings.push(Mapping { id: next, filename, build_id, ..*of });
            next
        });
        Some(*id)
    }

    fn function(&mut self, of: &Function, string: &dyn Fn(i64) -> Option<i64>) -> Option<u64> {
        let (name, system_name, filename) = (string(of.name)?, string(of.system_name)?, string(of.filename)?);
        let next = self.profile.function.len() as u64 + 1;
        let functions = &mut self.profile.function;
        let id = self.functions.entry([name, system_name, filename, of.start_line]).or_insert_with(|| {
            functions.push(Function { id: next, name, system_name, filename, start_line: of.start_line });
            next
        });
        Some(*id)
    }

    fn location(&mut self, of: &Location, mapping: u64, functions: &HashMap<u64, u64>) -> Option<u64> {
        let lines = of.line.iter().map(|line| match line.function_id {
            0 => Some(Line { function_id: 0, ..*line }),
            id => Some(Line { function_id: *functions.get(&id)?, ..*line }),
        });
        let line = lines.collect::<Option<Vec<Line>>>()?;
        let key = line.iter().map(|line| [line.function_id.cast_signed(), line.line, line.column]);
        let next = self.profile.location.len() as u64 + 1;
        let locations = &mut self.profile.location;
        let id = self.locations.entry((mapping, of.address, key.collect())).or_insert_with(|| {
            locations.push(Location {
                id: next,
                mapping_id: mapping,
                address: of.address,
                line,
                is_folded: of.is_folded,
            });
            next
        });
        Some(*id)
    }

    fn sample(&mut self, location_id: Vec<u64>, pairs: Vec<[i64; 2]>, width: usize) -> &mut Sample {
        let next = self.profile.sample.len();
        let at = *self.samples.entry((location_id, pairs)).or_insert_with_key(|(stack, pairs)| {
            let label = pairs.iter().map(|[key, str]| Label { key: *key, str: *str, ..Label::default() });
            self.profile.sample.push(Sample {
                location_id: stack.clone(),
                value: vec![0; width],
                label: label.collect(),
            });
            next
        });
        &mut self.profile.sample[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Limits, parse};
    use crate::profile::{Kind, NoticeCode};
    use prost::Message;

    fn of(column: &'static str, unit: &'static str) -> ProfileType {
        ProfileType { id: String::new(), column, unit }
    }

    /// A profile of one column, whose only stack has this value; `before` other strings and functions shift its numbers.
    fn part(column: &str, unit: &str, value: i64, before: usize) -> Profile {
        let mut table = vec![String::new()];
        table.extend((0..before).map(|n| format!("other{n}")));
        let at = table.len() as i64;
        table.extend([column, unit, "main.leak", "main.go", "space", "bytes"].map(str::to_owned));
        let id = before as u64 + 1;
        Profile {
            string_table: table,
            sample_type: vec![ValueType { r#type: at, unit: at + 1 }],
            function: vec![Function { id, name: at + 2, filename: at + 3, ..Function::default() }],
            location: vec![Location {
                id,
                line: vec![Line { function_id: id, line: 7, column: 0 }],
                ..Location::default()
            }],
            sample: vec![Sample { location_id: vec![id], value: vec![value], label: Vec::new() }],
            period_type: Some(ValueType { r#type: at + 4, unit: at + 5 }),
            period: 512 << 10,
            ..Profile::default()
        }
    }

    #[test]
    fn columns_with_symbols_of_their_own_become_one_profile() {
        let (bytes, objects) = (of("inuse_space", "bytes"), of("inuse_objects", "count"));
        let parts = [
            (&bytes, part("inuse_space", "bytes", 6000, 0)),
            (&objects, part("inuse_objects", "count", 7, 3)),
        ];
        for (sum_of, values) in [(None, [6000, 7]), (Some(3), [2000, 2])] {
            let joined = join(&Columns { millis: 5, sum_of, parts: &parts }).expect("a profile");
            let read =
                parse(&joined.encode_to_vec(), "it", &Limits::default()).expect("one that can be read");
            assert_eq!((read.kind, read.samples.len()), (Kind::Heap, 1));
            assert_eq!(read.samples.totals(), values.map(i128::from));
            assert_eq!(read.taken_at.map(|at| at.nanos), Some(5_000_000));
            assert_eq!(read.is_of_many, sum_of.is_some());
            let is_said = read.notices.iter().any(|notice| notice.code == NoticeCode::MergedProcesses);
            assert_eq!(is_said, sum_of.is_some());
        }
    }

    #[test]
    fn a_profile_that_contradicts_itself_is_refused() {
        let bytes = of("inuse_space", "bytes");
        let broken: [fn(&mut Profile); 6] = [
            |profile| profile.sample[0].location_id = vec![9],
            |profile| profile.sample[0].value.clear(),
            |profile| profile.location[0].mapping_id = 4,
            |profile| profile.location[0].line[0].function_id = 4,
            |profile| profile.function[0].name = -1,
            |profile| profile.sample_type.clear(),
        ];
        for change in broken {
            let mut profile = part("inuse_space", "bytes", 1, 0);
            change(&mut profile);
            let parts = [(&bytes, profile)];
            assert!(join(&Columns { millis: 5, sum_of: None, parts: &parts }).is_err());
        }
    }
}
