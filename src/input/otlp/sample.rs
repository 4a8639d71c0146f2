//! The samples of a snapshot: those of all its profiles, each of which has one value of a sample, side by side.

use super::{Profile, for_each, older};
use crate::input::wire::{Value, varints};
use crate::input::{Limits, Problem};
use std::collections::HashMap;

/// Samples with a value for each profile.
#[derive(Default)]
pub(super) struct Rows {
    width: usize,
    rows: Vec<Row>,
    /// The numbers of attributes of all rows, each row's in order.
    attributes: Vec<u32>,
    values: Vec<i64>,
}

/// What a sample is of: its stack and its attributes.
#[derive(Clone, Copy)]
struct Row {
    stack: u32,
    end_of_attributes: usize,
}

/// A sample of one profile.
#[derive(Default)]
struct Sample {
    stack: u32,
    attributes: Vec<u32>,
    value: i64,
}

impl Rows {
    /// The samples of profiles that were taken together. Those with the same stack and attributes are one; where a profile has
    /// several of them, the first is put to the first of another profile, and so on.
    pub(super) fn of(profiles: &[&Profile<'_>], limits: &Limits) -> Result<Rows, Problem> {
        let mut rows = Rows { width: profiles.len(), ..Rows::default() };
        let mut places = None;
        for (column, profile) in profiles.iter().enumerate() {
            if column > 0 && rows.are_those_of(profile)? {
                rows.take_in_order(profile, column)?;
            } else if column == 0 {
                let mut sample = Sample::default();
                profile.each_sample(|message| {
                    sample.read(message)?;
                    let row = rows.push(&sample, limits)?;
                    rows.values[row * rows.width] = sample.value;
                    Ok(())
                })?;
            } else {
                rows.take_by_place(profile, column, &mut places, limits)?;
            }
        }
        Ok(rows)
    }

    /// Whether a profile has the samples that are here in the same order, as what was a profile.proto has them.
    fn are_those_of(&self, profile: &Profile<'_>) -> Result<bool, Problem> {
        let mut sample = Sample::default();
        let (mut row, mut are_same) = (0, profile.samples == self.rows.len());
        profile.each_sample(|message| {
            if are_same {
                sample.read(message)?;
                are_same = (self.rows[row].stack, self.attributes_of(row))
                    == (sample.stack, sample.attributes.as_slice());
                row += 1;
            }
            Ok(())
        })?;
        Ok(are_same)
    }

    fn take_in_order(&mut self, profile: &Profile<'_>, column: usize) -> Result<(), Problem> {
        let (mut sample, mut row) = (Sample::default(), 0);
        profile.each_sample(|message| {
            sample.read(message)?;
            self.values[row * self.width + column] = sample.value;
            row += 1;
            Ok(())
        })
    }

    fn take_by_place(
        &mut self,
        profile: &Profile<'_>,
        column: usize,
        places: &mut Option<Places>,
        limits: &Limits,
    ) -> Result<(), Problem> {
        let places = places.get_or_insert_with(|| Places::of(self));
        let mut seen = Places::default();
        let (mut sample, mut number) = (Sample::default(), 0);
        profile.each_sample(|message| {
            sample.read(message)?;
            if number == limits.samples {
                return Err(Problem::TooMany { what: "samples", limit: limits.samples });
            }
            let repeat = seen.add(&sample, number).len() - 1;
            number += 1;
            let known = places.rows_of(&sample).get(repeat).copied();
            let row = match known {
                Some(row) => row,
                None => {
                    let row = self.push(&sample, limits)?;
                    places.add(&sample, row);
                    row
                }
            };
            self.values[row * self.width + column] = sample.value;
            Ok(())
        })
    }

    /// Adds a row without values.
    fn push(&mut self, sample: &Sample, limits: &Limits) -> Result<usize, Problem> {
        if self.rows.len() == limits.samples {
            return Err(Problem::TooMany { what: "samples", limit: limits.samples });
        }
        if self.values.len() + self.width > limits.values {
            return Err(Problem::TooMany { what: "values", limit: limits.values });
        }
        if self.attributes.len() + sample.attributes.len() > limits.values {
            return Err(Problem::TooMany { what: "attributes of samples", limit: limits.values });
        }
        self.attributes.extend(&sample.attributes);
        self.rows.push(Row { stack: sample.stack, end_of_attributes: self.attributes.len() });
        self.values.resize(self.values.len() + self.width, 0);
        Ok(self.rows.len() - 1)
    }

    fn attributes_of(&self, row: usize) -> &[u32] {
        let start = row.checked_sub(1).map_or(0, |before| self.rows[before].end_of_attributes);
        &self.attributes[start..self.rows[row].end_of_attributes]
    }

    /// The stack, the attributes and the values of each sample.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &[u32], &[i64])> {
        self.rows.iter().enumerate().map(|(row, of)| {
            (of.stack, self.attributes_of(row), &self.values[row * self.width..][..self.width])
        })
    }
}

/// Where samples stand, by stack and attributes.
#[derive(Default)]
struct Places(HashMap<(u32, Vec<u32>), Vec<usize>>);

impl Places {
    fn of(rows: &Rows) -> Places {
        let mut places = Places::default();
        for (row, (stack, attributes, _)) in rows.iter().enumerate() {
            places.0.entry((stack, attributes.to_vec())).or_default().push(row);
        }
        places
    }

    fn add(&mut self, sample: &Sample, row: usize) -> &[usize] {
        let rows = self.0.entry((sample.stack, sample.attributes.clone())).or_default();
        rows.push(row);
        rows
    }

    fn rows_of(&self, sample: &Sample) -> &[usize] {
        self.0.get(&(sample.stack, sample.attributes.clone())).map_or(&[], Vec::as_slice)
    }
}

impl Sample {
    /// Reads message Sample. Several values are those of several moments, and add up; where there are only moments, each is a
    /// value of 1.
    fn read(&mut self, message: &[u8]) -> Result<(), Problem> {
        self.attributes.clear();
        (self.stack, self.value) = (0, 0);
        let (mut values, mut moments) = (0, 0i64);
        for_each(message, |tag, value| match (tag, value) {
            (1, Value::Varint(stack)) => {
                self.stack = u32::try_from(stack).map_err(|_| stack_not_there(stack))?;
                Ok(())
            }
            (2, value) => varints(&value, |number| {
                match u32::try_from(number) {
                    Ok(0) => {}
                    Ok(number) => self.attributes.push(number),
                    Err(_) => {
                        return Err(Problem::malformed("a sample names an attribute that is not there"));
                    }
                }
                Ok(())
            }),
            (4, value) => varints(&value, |value| {
                values += 1;
                self.value = self.value.saturating_add(value as i64);
                Ok(())
            }),
            (5, Value::Bytes(packed)) => {
                moments += packed.len() as i64 / 8;
                Ok(())
            }
            (5, Value::Fixed64(_)) => {
                moments += 1;
                Ok(())
            }
            (1 | 5, _) => Err(older()),
            _ => Ok(()),
        })?;
        if values == 0 && moments == 0 {
            return Err(older());
        }
        if values == 0 {
            self.value = moments;
        }
        self.attributes.sort_unstable();
        self.attributes.dedup();
        Ok(())
    }
}

#[cold]
pub(super) fn stack_not_there(stack: u64) -> Problem {
    Problem::malformed(format!("a sample names stack {stack}, which is not there"))
}
