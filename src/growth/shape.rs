//! What a series looks like: steady, a leak's line, a warm-up's plateau, a step, a sawtooth.

use super::falls::{legs, noise_of};
use super::fit::{Fit, WeightedFit};

/// Fewer points cannot tell the models apart: with three parameters and their correction AICc asks for twice the
/// evidence at eight points that it asks for at twelve.
const LEAST_POINTS: usize = 12;
/// A simpler model stays unless its AICc is larger than the best by this: "considerably less support" begins at 4 to
/// 7 (Burnham and Anderson 2002, section 2.6), and the best split and the best τ are each searched for, which costs
/// some 3 more than the parameter counted for them.
const EVIDENCE: f64 = 6.0;
/// Errors are at least this part of the range: a deviation that nobody would see in a plot needs no model, and
/// exact values have no error to divide by.
const ERROR_FLOOR: f64 = 0.01;
/// Errors are at least this part of the median error: a count of 0 or 1 has an estimated error near 0, and would
/// otherwise outweigh all others.
const MEDIAN_FLOOR: f64 = 0.5;
/// A saturating curve is a plateau from this many time constants in the series on: then its last third adds less
/// than a tenth of its rise. With fewer it is still growing.
const TIME_CONSTANTS: f64 = 3.0;
/// Time constants tried, as parts of the span: up to 2, where the curve is a line but for a ninth, down to a
/// fiftieth, where it is a step.
const LONGEST_TIME_CONSTANT: f64 = 2.0;
const TIME_CONSTANTS_TRIED: u32 = 24;
/// The factor from one to the next: 24 steps of it are a hundred.
const TIME_CONSTANT_STEP: f64 = 0.825;
/// Points on either side of a step; a single one is an outlier.
const LEAST_SIDE: usize = 2;
/// Scatter with a variance beyond this many times that of the errors is not sampling alone; χ²/dof of twelve points
/// reaches it once in a hundred by chance (2.25).
const OVERDISPERSED: f64 = 2.25;
/// Scatter (its standard deviation) within this part of the level is steady whatever the errors say.
const STEADY_SCATTER: f64 = 0.05;
/// Where the scatter is more than sampling, a model must explain at least this part of the variance to give the
/// series its name.
const LEAST_EXPLAINED: f64 = 0.5;
/// A sawtooth falls at least this often: once is a step.
const SAWTOOTH_FALLS: usize = 2;
/// Each by at least this part of the range.
const SAWTOOTH_PART: f64 = 0.25;
/// And climbs at least so many times as long as it falls: the shortest tooth that four points can show climbs three
/// and falls one, noise and the waves of day and night take equal time for both.
const SAWTOOTH_SKEW: f64 = 2.5;

/// What a series looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// No direction, scatter as sampling explains it or small against the level.
    Steady,
    /// Grows at one pace, or slows down too little to end.
    Linear,
    /// Grows ever faster, or began to grow on the way.
    Accelerating,
    /// Rose and has stopped: a warm-up.
    Plateau,
    /// Rose at one time, level before and after.
    Step,
    /// Climbs and falls back, again and again.
    Sawtooth,
    /// Declines.
    Receding,
    /// Swings beyond what sampling explains, without a pattern.
    Noisy,
}

impl Shape {
    /// The word for it in reports.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Steady => "steady",
            Shape::Linear => "linear",
            Shape::Accelerating => "accelerating",
            Shape::Plateau => "plateau",
            Shape::Step => "step",
            Shape::Sawtooth => "sawtooth",
            Shape::Receding => "receding",
            Shape::Noisy => "noisy",
        }
    }
}

/// A model with its fit, and the shape it stands for; parameters count the ones searched for.
struct Model {
    shape: Shape,
    fit: Fit,
    parameters: usize,
}

/// The shape of a series in order of time; `None` below twelve points, or if they are all of one time. Times in any
/// unit; points of which a number is not finite are left out.
///
/// A sawtooth is recognised first, by its falls. Then constant, line, step, saturating and accelerating curve are
/// compared by QAICc (Burnham and Anderson 2002, section 2.5): weighted by the standard errors, with χ² divided by
/// the reduced χ² of the best model where that is more than 1, so that scatter beyond sampling is not taken for form.
/// The simplest model within 6 of the best gives the name.
///
/// It describes and proves nothing: the errors are taken as independent. (sim) Steady live counts whose objects live
/// for two to six points wander, and are called linear or accelerating in 1 to 15 % of series: whether it is growth is
/// for the judgement to say.
pub fn shape(times: &[f64], values: &[f64], errors: &[f64]) -> Option<Shape> {
    let series = Series::new(times, values, errors)?;
    if series.is_flat() {
        return Some(Shape::Steady);
    }
    if series.is_sawtooth() {
        return Some(Shape::Sawtooth);
    }
    let models = series.models()?;
    let n = series.times.len() as f64;
    let reduced = |model: &Model| model.fit.chi_square / (n - model.parameters as f64);
    let dispersion = models.iter().map(reduced).fold(f64::INFINITY, f64::min).max(1.0);
    let criterion = |model: &Model| {
        // The dispersion is one more parameter.
        let k = model.parameters as f64 + 1.0;
        model.fit.chi_square / dispersion + 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0)
    };
    let best = models.iter().map(criterion).fold(f64::INFINITY, f64::min);
    let enough = |model: &&Model| criterion(model) <= best + EVIDENCE;
    let simplest = models.iter().filter(enough).map(|model| model.parameters).min()?;
    let chosen = models
        .iter()
        .filter(|model| model.parameters == simplest)
        .min_by(|a, b| a.fit.chi_square.total_cmp(&b.fit.chi_square))?;
    let constant = models.first()?;
    let overdispersed = reduced(chosen) > OVERDISPERSED;
    if chosen.shape == Shape::Steady {
        let loose = overdispersed && series.scatter() > STEADY_SCATTER;
        return Some(if loose { Shape::Noisy } else { Shape::Steady });
    }
    let explained = 1.0 - chosen.fit.chi_square / constant.fit.chi_square.max(f64::MIN_POSITIVE);
    Some(if overdispersed && explained < LEAST_EXPLAINED { Shape::Noisy } else { chosen.shape })
}

/// The finite points in order of time, times and values from 0 to 1, errors in the same unit and with their floor.
struct Series {
    times: Vec<f64>,
    values: Vec<f64>,
    errors: Vec<f64>,
    /// The lowest value, in units of the range.
    base: f64,
}

impl Series {
    fn new(times: &[f64], values: &[f64], errors: &[f64]) -> Option<Series> {
        let points =
            times.iter().zip(values).zip(errors).map(|((time, value), error)| (*time, *value, *error));
        let mut points: Vec<(f64, f64, f64)> =
            points.filter(|(t, v, e)| t.is_finite() && v.is_finite() && e.is_finite()).collect();
        if points.len() < LEAST_POINTS {
            return None;
        }
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (start, end) = (points.first()?.0, points.last()?.0);
        let least = points.iter().map(|p| p.1).fold(f64::INFINITY, f64::min);
        let range = points.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max) - least;
        if !(end > start && (end - start).is_finite() && range.is_finite()) {
            return None;
        }
        // In units of the range no square can overflow, and what all values have in common costs no digits.
        let scale = if range > 0.0 { range } else { 1.0 };
        let mut sorted: Vec<f64> = points.iter().map(|p| p.2.abs() / scale).collect();
        sorted.sort_by(f64::total_cmp);
        let floor = ERROR_FLOOR.max(MEDIAN_FLOOR * sorted.get(sorted.len() / 2)?);
        Some(Series {
            times: points.iter().map(|p| (p.0 - start) / (end - start)).collect(),
            values: points.iter().map(|p| (p.1 - least) / scale).collect(),
            errors: points.iter().map(|p| (p.2.abs() / scale).max(floor)).collect(),
            base: least / scale,
        })
    }

    fn is_flat(&self) -> bool {
        self.values.iter().all(|value| *value == 0.0)
    }

    /// The standard deviation of the values as a part of their mean.
    fn scatter(&self) -> f64 {
        let n = self.values.len() as f64;
        let mean = self.values.iter().sum::<f64>() / n;
        let variance = self.values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        variance.sqrt() / (self.base + mean).abs().max(f64::MIN_POSITIVE)
    }

    /// Several falls of a good part of the range and far beyond their error, between climbs that take longer. Legs
    /// are counted in points, because a fall happens somewhere within one gap, however long.
    fn is_sawtooth(&self) -> bool {
        let turn = |from: usize, to: usize| SAWTOOTH_PART.max(noise_of(&self.errors, from, to));
        let legs = legs(&self.values, turn);
        let down: Vec<usize> = legs.iter().filter(|leg| !leg.rises).map(|leg| leg.to - leg.from).collect();
        let up: Vec<usize> = legs.iter().filter(|leg| leg.rises).map(|leg| leg.to - leg.from).collect();
        let mean = |lengths: &[usize]| lengths.iter().sum::<usize>() as f64 / lengths.len().max(1) as f64;
        down.len() >= SAWTOOTH_FALLS && !up.is_empty() && mean(&up) >= SAWTOOTH_SKEW * mean(&down)
    }

    /// All models that can be fitted, the constant first.
    fn models(&self) -> Option<Vec<Model>> {
        let data = WeightedFit::new(&self.values, &self.errors);
        let along = |of: &dyn Fn(f64) -> f64| -> Vec<f64> { self.times.iter().map(|t| of(*t)).collect() };
        let signed = |shape: Shape, rises: bool| if rises { shape } else { Shape::Receding };
        let mut models = vec![Model { shape: Shape::Steady, fit: data.constant(), parameters: 1 }];
        let time = along(&|t| t);
        let line = data.with(&[&time])?;
        models.push(Model { shape: signed(Shape::Linear, line.first() > 0.0), fit: line, parameters: 2 });
        models.extend(best((LEAST_SIDE..=self.times.len() - LEAST_SIDE).filter_map(|split| {
            let after: Vec<f64> = (0..self.times.len()).map(|i| if i < split { 0.0 } else { 1.0 }).collect();
            let fit = data.with(&[&after])?;
            Some(Model { shape: signed(Shape::Step, fit.first() > 0.0), fit, parameters: 3 })
        })));
        models.extend(best((0..TIME_CONSTANTS_TRIED).filter_map(|step| {
            let tau = LONGEST_TIME_CONSTANT * TIME_CONSTANT_STEP.powf(f64::from(step));
            let fit = data.with(&[&along(&|t| 1.0 - (-t / tau).exp())])?;
            let rising = if tau * TIME_CONSTANTS <= 1.0 { Shape::Plateau } else { Shape::Linear };
            Some(Model { shape: signed(rising, fit.first() > 0.0), fit, parameters: 3 })
        })));
        // Bends upwards, ends higher than it began, and does not fall for more than half of the time.
        let bent = data.with(&[&time, &along(&|t| t * t)]).filter(|fit| {
            let (slope, curvature) = (fit.first(), fit.second());
            curvature > 0.0 && slope + curvature > 0.0 && slope >= -curvature
        });
        models.extend(bent.map(|fit| Model { shape: Shape::Accelerating, fit, parameters: 3 }));
        Some(models)
    }
}

/// The model of the least χ².
fn best(models: impl Iterator<Item = Model>) -> Option<Model> {
    models.min_by(|a, b| a.fit.chi_square.total_cmp(&b.fit.chi_square))
}

#[cfg(test)]
mod tests {
    use super::super::simulate::Random;
    use super::*;
    use proptest::prelude::*;

    /// A clean series of the shape, from 0 to about 1 at times from 0 to 1.
    fn clean(shape: Shape, t: f64, points: usize) -> f64 {
        match shape {
            Shape::Steady | Shape::Noisy => 0.5,
            Shape::Linear => t,
            Shape::Accelerating => t * t,
            Shape::Plateau => 1.0 - (-t * 7.0).exp(),
            Shape::Step => f64::from(t > 0.48),
            // Teeth of four points.
            Shape::Sawtooth => ((t * (points - 1) as f64).round() % 4.0) / 3.0,
            Shape::Receding => 1.0 - t,
        }
    }

    /// The share of 200 draws of each shape that are classified right.
    fn right(random: &mut Random, wanted: Shape, points: usize, error: f64) -> f64 {
        let times: Vec<f64> = (0..points).map(|i| i as f64 * 60.0).collect();
        let right = (0..200).filter(|_| {
            let values: Vec<f64> = (0..points)
                .map(|i| {
                    let noise = if wanted == Shape::Noisy { 6.0 } else { 1.0 } * error;
                    100.0
                        * (1.0
                            + clean(wanted, i as f64 / (points - 1) as f64, points)
                            + noise * random.normal())
                })
                .collect();
            let got = shape(&times, &values, &vec![100.0 * error; points]);
            got == Some(wanted)
        });
        right.count() as f64 / 200.0
    }

    const ALL: [Shape; 8] = [
        Shape::Steady,
        Shape::Linear,
        Shape::Accelerating,
        Shape::Plateau,
        Shape::Step,
        Shape::Sawtooth,
        Shape::Receding,
        Shape::Noisy,
    ];

    #[test]
    fn each_shape_is_recognised_at_five_per_cent_noise() {
        let mut random = Random::new(11);
        for wanted in ALL {
            for points in [12, 24, 60] {
                let right = right(&mut random, wanted, points, 0.05);
                // Twelve points of noise alone rise and fall like a sawtooth once in twenty times.
                let least = if wanted == Shape::Noisy && points == 12 { 0.85 } else { 0.9 };
                println!("{}, {points} points: {right:.3}", wanted.name());
                assert!(right >= least, "{}, {points} points: {right}", wanted.name());
            }
        }
    }

    #[test]
    fn a_leak_counted_by_sampling_is_hardly_ever_called_a_plateau() {
        let mut random = Random::new(12);
        for leaked in [20.0, 50.0, 100.0] {
            for points in [12, 24, 60] {
                let (mut growing, mut plateaus) = (0, 0);
                for _ in 0..500 {
                    let mut live = 0.0;
                    let step = |_| {
                        live += random.poisson(leaked / points as f64);
                        live
                    };
                    let counts: Vec<f64> = (0..points).map(step).collect();
                    let times: Vec<f64> = (0..points).map(|i| i as f64).collect();
                    let errors: Vec<f64> = counts.iter().map(|n| n.sqrt()).collect();
                    let shape = shape(&times, &counts, &errors).unwrap();
                    growing += i32::from(matches!(shape, Shape::Linear | Shape::Accelerating));
                    plateaus += i32::from(shape == Shape::Plateau);
                }
                println!("{leaked} leaked, {points} points: growing {growing}, plateau {plateaus} of 500");
                assert!(growing >= 490 && plateaus <= 5, "{leaked} leaked, {points} points");
            }
        }
    }

    #[test]
    fn a_warm_up_counted_by_sampling_is_not_called_growth() {
        let mut random = Random::new(13);
        for points in [24, 60] {
            let mut growing = 0;
            for _ in 0..200 {
                let times: Vec<f64> = (0..points).map(|i| i as f64 / points as f64).collect();
                let counts: Vec<f64> =
                    times.iter().map(|t| random.poisson(100.0 * (1.0 - (-8.0 * t).exp()))).collect();
                let errors: Vec<f64> = counts.iter().map(|n| n.sqrt()).collect();
                let shape = shape(&times, &counts, &errors).unwrap();
                growing += i32::from(matches!(shape, Shape::Linear | Shape::Accelerating));
            }
            println!("warm-up, {points} points: growing {growing} of 200");
            assert!(growing <= 4, "{points} points: {growing}");
        }
    }

    #[test]
    fn exact_values_have_a_shape_too() {
        let times: Vec<f64> = (0..24).map(f64::from).collect();
        for wanted in ALL.into_iter().filter(|wanted| *wanted != Shape::Noisy) {
            let values: Vec<f64> =
                times.iter().map(|t| (5.0 + 60.0 * clean(wanted, t / 23.0, 24)).round()).collect();
            assert_eq!(shape(&times, &values, &[0.0; 24]), Some(wanted));
        }
    }

    #[test]
    fn eleven_points_or_one_time_have_no_shape() {
        let values: Vec<f64> = (0..12).map(f64::from).collect();
        assert_eq!(shape(&values[..11], &values[..11], &[0.0; 11]), None);
        assert_eq!(shape(&[3.0; 12], &values, &[0.0; 12]), None);
        assert_eq!(shape(&values, &values, &[f64::NAN; 12]), None);
        assert_eq!(shape(&values, &values, &[0.0; 12]), Some(Shape::Linear));
        assert_eq!(shape(&values, &[5e15; 12], &[0.0; 12]), Some(Shape::Steady));
    }

    proptest! {
        #[test]
        fn anything_is_classified_or_refused(points in prop::collection::vec(any::<(f64, f64, f64)>(), 0..40)) {
            let column = |of: fn(&(f64, f64, f64)) -> f64| -> Vec<f64> { points.iter().map(of).collect() };
            shape(&column(|p| p.0), &column(|p| p.1), &column(|p| p.2));
        }

        #[test]
        fn units_and_origin_of_time_do_not_matter(
            values in prop::collection::vec(0u32..1000, 12..30),
            unit in 1u32..1000,
        ) {
            let times: Vec<f64> = (0..values.len()).map(|i| i as f64).collect();
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let later: Vec<f64> = times.iter().map(|t| 1024.0 + 64.0 * t).collect();
            let scale = f64::from(unit.next_power_of_two());
            let scaled: Vec<f64> = values.iter().map(|v| v * scale).collect();
            let errors = vec![1.0; values.len()];
            let scaled_errors = vec![scale; values.len()];
            prop_assert_eq!(shape(&times, &values, &errors), shape(&later, &scaled, &scaled_errors));
        }
    }
}
