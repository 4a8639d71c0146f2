//! What the samples of a profile.proto add up to, without their stacks.

use super::samples::{read_values, wrong_width};
use crate::input::wire::Fields;
use crate::input::{Limits, Problem};

/// The number of samples, and the sum of each column.
#[derive(Default)]
pub(super) struct Sums {
    samples: usize,
    totals: Vec<i128>,
    /// Of the sample being read.
    values: Vec<i64>,
    /// What is wrong with the first bad sample; see [`super::samples::SampleReader`].
    problem: Option<Problem>,
}

impl Sums {
    /// Adds message Sample.
    pub(super) fn add(&mut self, message: &[u8], limits: &Limits) {
        if self.problem.is_none() {
            self.problem = self.add_sample(message, limits).err();
        }
    }

    fn add_sample(&mut self, message: &[u8], limits: &Limits) -> Result<(), Problem> {
        if self.samples == limits.samples {
            return Err(Problem::TooMany { what: "samples", limit: limits.samples });
        }
        self.values.clear();
        let mut fields = Fields::of(message);
        while let Some((tag, value)) = fields.next()? {
            if tag == 2 {
                read_values(&value, &mut self.values, limits.sample_types)?;
            }
        }
        if self.samples == 0 {
            self.totals.resize(self.values.len(), 0);
        }
        if self.values.len() != self.totals.len() {
            return Err(wrong_width());
        }
        for (total, value) in self.totals.iter_mut().zip(&self.values) {
            *total += i128::from(*value);
        }
        self.samples += 1;
        Ok(())
    }

    /// The number of samples and the sums, those of each column times its factor.
    ///
    /// # Errors
    /// What is wrong with the first bad sample.
    pub(super) fn finish(mut self, factors: &[i64]) -> Result<(usize, Vec<i128>), Problem> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        if self.samples == 0 {
            self.totals.resize(factors.len(), 0);
        }
        if self.totals.len() != factors.len() {
            return Err(wrong_width());
        }
        self.totals.iter_mut().zip(factors).for_each(|(total, factor)| *total *= i128::from(*factor));
        Ok((self.samples, self.totals))
    }
}
