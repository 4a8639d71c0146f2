//! Weighted least squares with a constant and at most two regressors.

/// A regressor that the others explain but for this part of its variance adds nothing but rounding.
const COLLINEAR: f64 = 1e-9;

/// Values with their weights, ready to be fitted.
pub(super) struct WeightedFit {
    weights: Vec<f64>,
    residuals: Vec<f64>,
}

/// The outcome of a fit.
pub(super) struct Fit {
    /// The sum of the squared residuals over the squared errors.
    pub(super) chi_square: f64,
    coefficients: [f64; 2],
}

impl Fit {
    /// The coefficient of the first regressor, 0 if there is none.
    pub(super) fn first(&self) -> f64 {
        self.coefficients[0]
    }

    /// The coefficient of the second regressor, 0 if there is none.
    pub(super) fn second(&self) -> f64 {
        self.coefficients[1]
    }
}

impl WeightedFit {
    /// `values` with their standard `errors`, which are above 0.
    pub(super) fn new(values: &[f64], errors: &[f64]) -> WeightedFit {
        let mut fit = WeightedFit {
            weights: errors.iter().map(|error| 1.0 / (error * error)).collect(),
            residuals: Vec::new(),
        };
        fit.residuals = fit.centred(values);
        fit
    }

    /// The constant alone.
    pub(super) fn constant(&self) -> Fit {
        Fit { chi_square: self.product(&self.residuals, &self.residuals), coefficients: [0.0; 2] }
    }

    /// A constant and one or two regressors, each made orthogonal to those before it (Gram and Schmidt); `None` if
    /// one of them is constant or follows from the other.
    pub(super) fn with(&self, regressors: &[&[f64]]) -> Option<Fit> {
        let first = self.centred(regressors.first()?);
        let first_norm = self.norm(&first, &first)?;
        let along_first = self.product(&first, &self.residuals) / first_norm;
        let left = less(&self.residuals, &first, along_first);
        let Some(second) = regressors.get(1) else {
            return Some(Fit { chi_square: self.product(&left, &left), coefficients: [along_first, 0.0] });
        };
        let second = self.centred(second);
        let shared = self.product(&first, &second) / first_norm;
        let rest = less(&second, &first, shared);
        let along_second = self.product(&rest, &left) / self.norm(&rest, &second)?;
        let left = less(&left, &rest, along_second);
        let coefficients = [along_first - shared * along_second, along_second];
        Some(Fit { chi_square: self.product(&left, &left), coefficients })
    }

    /// Less the weighted mean.
    fn centred(&self, values: &[f64]) -> Vec<f64> {
        let total: f64 = self.weights.iter().sum();
        let mean = self.product(values, &vec![1.0; values.len()]) / total;
        values.iter().map(|value| value - mean).collect()
    }

    fn product(&self, a: &[f64], b: &[f64]) -> f64 {
        self.weights.iter().zip(a).zip(b).map(|((weight, a), b)| weight * a * b).sum()
    }

    /// The squared length of what is left of `whole`; `None` if that is nothing.
    fn norm(&self, left: &[f64], whole: &[f64]) -> Option<f64> {
        let norm = self.product(left, left);
        let enough = self.product(whole, whole) * COLLINEAR;
        (norm.is_finite() && norm > 0.0 && norm > enough).then_some(norm)
    }
}

fn less(values: &[f64], direction: &[f64], length: f64) -> Vec<f64> {
    values.iter().zip(direction).map(|(value, d)| value - length * d).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parabola_is_found_exactly_whatever_the_weights() {
        let times: Vec<f64> = (0..10).map(f64::from).collect();
        let squares: Vec<f64> = times.iter().map(|t| t * t).collect();
        let values: Vec<f64> = times.iter().map(|t| 5.0 - 2.0 * t + 3.0 * t * t).collect();
        let errors: Vec<f64> = times.iter().map(|t| 1.0 + t).collect();
        let fit = WeightedFit::new(&values, &errors).with(&[&times, &squares]).unwrap();
        assert!((fit.first() + 2.0).abs() < 1e-9 && (fit.second() - 3.0).abs() < 1e-9);
        assert!(fit.chi_square < 1e-15);
    }

    #[test]
    fn regressors_that_say_nothing_new_are_refused() {
        let times: Vec<f64> = (0..10).map(f64::from).collect();
        let data = WeightedFit::new(&times, &[1.0; 10]);
        assert!(data.with(&[&[4.0; 10]]).is_none());
        assert!(data.with(&[&times, &times]).is_none());
        assert!((data.constant().chi_square - 82.5).abs() < 1e-9);
    }
}
