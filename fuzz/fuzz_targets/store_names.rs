//! Names of jobs and instances: whatever they are, the folder of one lies below the store and stands for no other.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pprof_leaks::store::{Instance, Store};
use std::path::Component;

fuzz_target!(|names: (&str, &str, &str, &str)| {
    let root = std::env::temp_dir().join(format!("pprof-leaks-fuzz-store-{}", std::process::id()));
    let store = Store::open(&root).expect("a temporary folder");
    let [one, other] =
        [(names.0, names.1), (names.2, names.3)].map(|(job, name)| Instance::new(job, name).ok());
    let (Some(one), Some(other)) = (one, other) else { return };
    let folder = store.folder(&one);
    let below = folder.strip_prefix(store.root()).expect("below the store");
    assert!(below.components().all(|part| matches!(part, Component::Normal(_))), "{}", folder.display());
    let same = (one.job(), one.name()) == (other.job(), other.name());
    assert_eq!(folder == store.folder(&other), same, "{one:?} and {other:?}");
});
