//! With which build of a service a leak came.

use super::{made, pooled};
use pprof_leaks::fleet::RowKind;

#[test]
fn the_build_that_brought_a_leak_is_named() {
    let mut dice = fastrand::Rng::with_seed(5);
    let report = pooled((0..80).map(|i| match i % 2 {
        0 => made(&mut dice, i, "old", &[]),
        _ => made(&mut dice, i, "new", &[(3, 8.0 / 24.0)]),
    }));
    let suspect = &report.jobs[0].suspects[0];
    let since = suspect.since.as_ref().expect("two builds");
    assert_eq!((suspect.function.as_str(), since.build.as_str()), ("main.place3", "new"));
    assert_eq!(since.not_in.as_deref(), Some("old"));
    assert!(since.probability > 0.9 && since.p_value.is_some_and(|p| p < 0.01), "{since:?}");
}

#[test]
fn a_build_of_another_program_in_the_job_is_not_the_one_before() {
    let mut dice = fastrand::Rng::with_seed(5);
    let mut of_another = |instance| {
        let mut rows = made(&mut dice, instance, "another", &[]);
        for row in rows.iter_mut().filter(|row| row.row == RowKind::Function) {
            row.id = row.id.as_ref().map(|id| id.replace("00000", "fffff"));
            row.function = row.function.as_ref().map(|function| function.replace("main.", "other."));
        }
        rows
    };
    let others: Vec<_> = (0..40).map(&mut of_another).collect();
    let mut dice = fastrand::Rng::with_seed(6);
    let ours = (40..80).map(|i| made(&mut dice, i, "new", &[(3, 8.0 / 24.0)]));
    let report = pooled(others.into_iter().chain(ours));
    let suspect = &report.jobs[0].suspects[0];
    assert_eq!((suspect.function.as_str(), &suspect.since), ("main.place3", &None));
    assert_eq!(report.jobs[0].builds.len(), 2);
}
