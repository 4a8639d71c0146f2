//! The upper tail of the standard normal distribution.

/// P(Z ≥ `z`) for a standard normal Z, relative error below 1e-10; NaN gives 1, which is no evidence.
///
/// Below 3 the series Φ(z) = ½ + φ(z)·(z + z³/3 + z⁵/(3·5) + …) (Abramowitz and Stegun 26.2.11), above it the
/// continued fraction of Mills' ratio (26.2.14).
pub(super) fn normal_upper_tail(z: f64) -> f64 {
    if z.is_nan() {
        return 1.0;
    }
    if z < 0.0 {
        return 1.0 - normal_upper_tail(-z);
    }
    let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
    if z < 3.0 {
        let mut term = z;
        let mut sum = z;
        for odd in 1..60 {
            term *= z * z / f64::from(2 * odd + 1);
            sum += term;
        }
        (0.5 - density * sum).max(0.0)
    } else if density > 0.0 {
        let fraction = (1..120).rev().fold(z, |below, k| z + f64::from(k) / below);
        density / fraction
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_tables() {
        let table = [
            (0.0, 0.5),
            (1.0, 0.158_655_253_931_457_05),
            (1.644_853_626_951_472_2, 0.05),
            (2.5, 0.006_209_665_325_776_132),
            (3.0, 0.001_349_898_031_630_094_6),
            (6.0, 9.865_876_450_376_98e-10),
            (-2.0, 0.977_249_868_051_820_8),
        ];
        for (z, want) in table {
            let got = normal_upper_tail(z);
            assert!((got / want - 1.0).abs() < 1e-8, "P(Z >= {z}): {got} is not {want}");
        }
    }

    #[test]
    fn stays_a_probability_at_the_edges() {
        assert_eq!(normal_upper_tail(f64::INFINITY), 0.0);
        assert_eq!(normal_upper_tail(f64::NEG_INFINITY), 1.0);
        assert_eq!(normal_upper_tail(f64::NAN), 1.0);
        assert!(normal_upper_tail(30.0) > 0.0 && normal_upper_tail(100.0) == 0.0);
    }
}
