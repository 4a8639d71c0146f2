//! What is judged as one over all instances: a function, a path below it, or a suspect that an instance reports.

use super::row::{Rates, Row, RowKind, SuspectFacts};
use crate::judge::policy::FILLINGS;
use crate::judge::{Class, Cohort, Logs, Overlay, Posterior, Prior, Weight, over_lives};
use crate::suspects::Confidence;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Everything known of a place.
#[derive(Debug)]
pub(super) struct FleetPlace {
    pub(super) function: String,
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) is_path: bool,
    pub(super) is_runtime: bool,
    /// Whether any life counts births exactly.
    pub(super) is_certain: bool,
    /// The lives laid over each other, by build.
    pub(super) overlays: BTreeMap<String, BTreeMap<Cohort, Overlay>>,
    /// What each life says by itself.
    pub(super) own: Vec<Own>,
    /// What instances report of it.
    pub(super) reported: Vec<Reported>,
    /// What one of those counted is worth: the sum over rows, and how many there are.
    each: (f64, f64),
}

/// What one life says.
#[derive(Clone, Debug)]
pub(super) struct Own {
    pub(super) instance: usize,
    pub(super) build: String,
    pub(super) intervals: usize,
    /// As [`Weight::lasted`].
    pub(super) lasted: f64,
    /// `None` for too little to say anything.
    pub(super) log: Option<Logs>,
    /// How many were born.
    pub(super) births: f64,
    /// What it gained, and in which time.
    pub(super) net: f64,
    pub(super) hours: f64,
    /// What it keeps an hour, should it leak.
    pub(super) rates: Rates,
}

/// What an instance reports.
#[derive(Clone, Debug)]
pub(super) struct Reported {
    pub(super) instance: usize,
    pub(super) confidence: Confidence,
    pub(super) limit: Option<Confidence>,
    pub(super) log: Option<Logs>,
    pub(super) sharing: f64,
    pub(super) intervals: usize,
    pub(super) rates: Rates,
    pub(super) line: u32,
    pub(super) facts: SuspectFacts,
}

impl Reported {
    pub(super) fn of(row: &Row, instance: usize) -> Option<Reported> {
        Some(Reported {
            instance,
            confidence: row.confidence?,
            limit: row.limit,
            log: row.logs(),
            sharing: row.sharing?,
            intervals: row.intervals? as usize,
            rates: row.rates(),
            line: row.line.unwrap_or(0),
            facts: serde_json::from_str(row.facts.as_deref()?).ok()?,
        })
    }

    /// The probability of a leak that the instance by itself gives.
    pub(super) fn leak(&self) -> f64 {
        let prior = Prior { places: self.sharing, fillings: FILLINGS };
        Posterior::of(&self.log.unwrap_or([0.0; Class::ALL.len()]), &prior).leak()
    }
}

impl FleetPlace {
    /// A place of which nothing is known but where it is.
    pub(super) fn at(row: &Row) -> FleetPlace {
        FleetPlace {
            function: row.function.clone().unwrap_or_default(),
            file: row.file.clone().unwrap_or_default(),
            line: row.line.unwrap_or(0),
            is_path: row.row == RowKind::Path,
            is_runtime: row.runtime == Some(true),
            is_certain: false,
            overlays: BTreeMap::new(),
            own: Vec::new(),
            reported: Vec::new(),
            each: (0.0, 0.0),
        }
    }

    /// Takes in what a row says of the place itself.
    pub(super) fn see(&mut self, row: &Row, is_certain: bool) {
        self.is_certain |= is_certain;
        self.is_runtime = row.runtime == Some(true);
        self.is_path = row.row == RowKind::Path;
        if self.reported.is_empty() {
            self.line = row.line.unwrap_or(self.line);
        }
        let worth = row.each.filter(|each| each.is_finite() && *each > 0.0);
        // Of more objects the mean is better known.
        let count = row.births.as_ref().map_or(0.0, |births| births.iter().map(|n| f64::from(*n)).sum());
        if let Some(each) = worth {
            self.each = (self.each.0 + each * (count + 1.0), self.each.1 + count + 1.0);
        }
    }

    /// Lays a life over those of its build.
    pub(super) fn overlay(&mut self, build: &str, cohort: Cohort, overlay: Overlay) {
        match self.overlays.entry(build.to_owned()).or_default().entry(cohort) {
            Entry::Vacant(place) => {
                place.insert(overlay);
            }
            Entry::Occupied(mut there) => there.get_mut().add(&overlay),
        }
    }

    /// Takes in what an instance reports: the line that is blamed there is nearer than that of the function.
    pub(super) fn report(&mut self, reported: Reported) {
        self.line = reported.line;
        self.reported.push(reported);
    }

    /// What one of those counted is worth.
    pub(super) fn each(&self) -> f64 {
        if self.each.1 > 0.0 { self.each.0 / self.each.1 } else { 0.0 }
    }

    /// What each instance says: its report, else its lives together; only those that say anything. `build` restricts it to lives of one.
    ///
    /// A report is the best of several looks at a place (whole, line, stack, size), chosen afterwards. Below medium it is no more than that, and over many
    /// instances such choices add up to a leak where there is none: the lives count, where they were weighed.
    pub(super) fn by_instance(&self, build: Option<&str>) -> BTreeMap<usize, Logs> {
        let mut lives: BTreeMap<usize, Vec<Weight>> = BTreeMap::new();
        let mut builds: BTreeMap<usize, (bool, bool)> = BTreeMap::new();
        for own in &self.own {
            let is_of = build.is_none_or(|build| build == own.build);
            let (all, any) = builds.entry(own.instance).or_insert((true, false));
            (*all, *any) = (*all && is_of, *any || is_of);
            if is_of {
                let log = own.log.unwrap_or([0.0; Class::ALL.len()]);
                let weight = Weight { log, lasted: own.lasted, ..Weight::silent(own.intervals) };
                lives.entry(own.instance).or_default().push(weight);
            }
        }
        let weighed: BTreeSet<usize> =
            self.own.iter().filter(|own| own.log.is_some()).map(|own| own.instance).collect();
        let mut says: BTreeMap<usize, Logs> = lives
            .into_iter()
            .filter(|(_, lives)| lives.iter().any(|weight| weight.log != [0.0; Class::ALL.len()]))
            .map(|(instance, lives)| (instance, over_lives(&lives)))
            .collect();
        for reported in &self.reported {
            // What an instance reports is about all its lives.
            let is_of = build.is_none() || builds.get(&reported.instance).is_some_and(|(all, _)| *all);
            let is_surer = reported.confidence >= Confidence::Medium || !weighed.contains(&reported.instance);
            if let Some(log) = reported.log.filter(|_| is_of && is_surer) {
                says.insert(reported.instance, log);
            }
        }
        says
    }

    /// What each instance keeps an hour: by its report, else by what its lives would keep.
    pub(super) fn rates(&self) -> BTreeMap<usize, Rates> {
        let mut rates: BTreeMap<usize, Rates> = BTreeMap::new();
        for own in &self.own {
            let rate = rates.entry(own.instance).or_default();
            *rate = rate.max(own.rates);
        }
        rates.extend(self.reported.iter().map(|reported| (reported.instance, reported.rates)));
        rates
    }
}
