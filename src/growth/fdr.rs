//! Which of thousands of sites: the false-discovery rate.

/// One hypothesis: its p-value, and the least p-value its margins could have given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// The p-value.
    pub p_value: f64,
    /// The smallest p-value that was possible.
    pub least_p_value: f64,
}

/// The q-value of each test: the false-discovery rate at which it would be called (Benjamini and Hochberg 1995).
///
/// Tests that could not have reached `level` whatever happened are left out first (Tarone 1990); that costs nothing,
/// because the margins carry no evidence of growth, and without it a thousand idle sites take all power from the
/// others. What was left out gets q = 1.
pub fn q_values(tests: &[Test], level: f64) -> Vec<f64> {
    let bound = level / tarone_factor(tests, level) as f64;
    let mut order: Vec<usize> = (0..tests.len()).filter(|i| tests[*i].least_p_value <= bound).collect();
    order.sort_by(|a, b| tests[*a].p_value.total_cmp(&tests[*b].p_value));
    let mut q_values = vec![1.0; tests.len()];
    let mut least = 1.0f64;
    for (rank, index) in order.iter().enumerate().rev() {
        least = least.min(tests[*index].p_value * order.len() as f64 / (rank + 1) as f64);
        q_values[*index] = least;
    }
    q_values
}

/// From which ln e-value on hypotheses are called, so that the false-discovery rate among them is no more than `level`, whatever
/// depends on what (e-BH, Wang and Ramdas 2022). `leads` are the e-values of those that may be called, among `tests`; infinity for none.
pub fn e_bh(leads: &[f64], tests: usize, level: f64) -> f64 {
    let mut sorted: Vec<f64> = leads.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let called = |k: &usize| sorted[*k - 1] >= (tests.max(sorted.len()) as f64 / (level * *k as f64)).ln();
    (1..=sorted.len()).rev().find(called).map_or(f64::INFINITY, |k| sorted[k - 1])
}

/// Tarone's K: the smallest k such that at most k tests could reach level/k.
fn tarone_factor(tests: &[Test], level: f64) -> usize {
    // The others reach no level.
    let mut least: Vec<f64> = tests.iter().map(|t| t.least_p_value).filter(|p| *p <= level).collect();
    least.sort_unstable_by(f64::total_cmp);
    (1..=least.len().max(1))
        .find(|k| least.partition_point(|p| *p <= level / *k as f64) <= *k)
        .unwrap_or(least.len().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(p_value: f64, least_p_value: f64) -> Test {
        Test { p_value, least_p_value }
    }

    #[test]
    fn q_is_benjamini_hochberg() {
        let tests: Vec<Test> = [0.01, 0.04, 0.03, 0.5].iter().map(|p| test(*p, 0.0)).collect();
        let q = q_values(&tests, 0.05);
        for (got, want) in q.iter().zip([0.04, 0.16 / 3.0, 0.16 / 3.0, 0.5]) {
            assert!((got - want).abs() < 1e-12, "{q:?}");
        }
    }

    #[test]
    fn a_thousand_idle_sites_cost_no_power() {
        let mut tests = vec![test(1.0, 1.0); 1000];
        tests.push(test(0.001, 0.001));
        assert_eq!(q_values(&tests, 0.05)[1000], 0.001);
    }

    #[test]
    fn the_more_are_called_the_less_each_has_to_say() {
        // ln(1000 / 0.05) is 9.9; of five the last needs 8.3.
        assert_eq!(e_bh(&[9.0], 1000, 0.05), f64::INFINITY);
        assert_eq!(e_bh(&[9.0, 8.5, 12.0, 11.0, 10.0, 3.0], 1000, 0.05), 8.5);
        assert_eq!(e_bh(&[], 1000, 0.05), f64::INFINITY);
    }

    #[test]
    fn no_tests_are_no_trouble() {
        assert!(q_values(&[], 0.05).is_empty());
    }
}
