//! What an analysis goes by, besides the snapshots.

use crate::series::SiteOptions;
use crate::source::{AtHand, Sources};
use crate::suspects::{Baseline, Criteria};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::sync::{Arc, Mutex};

/// How snapshots are judged, and what else is known of their program.
#[derive(Clone, Debug)]
pub struct Options {
    /// How sites are matched and which are left out.
    pub sites: SiteOptions,
    /// The thresholds, and what is shown.
    pub criteria: Criteria,
    /// The memory limit of the process in bytes, to say when its live heap reaches it.
    pub memory_limit: Option<f64>,
    /// Whether to keep the growth of every site, not only of the suspects'.
    pub full: bool,
    /// Whether to keep what was counted at every place in every life, to be pooled with that of other processes.
    pub places: bool,
    /// Whether a series was taken at quiet points, one after each round of the same work.
    pub rounds: bool,
    /// The source of the program, to name causes by; shared, as what was read once is kept.
    pub source: Option<Arc<Mutex<Sources>>>,
    /// The module of the working directory, whose source is read where it is that of the program and no other was given.
    pub at_hand: Option<Arc<AtHand>>,
    /// What is left out when causes are named, as [`crate::diagnose::Case::without`] says.
    pub without: Vec<String>,
    /// Of the suspects so many are named and reported at most, those first that are surest. By default all of them.
    pub most_suspects: usize,
    /// The suspects that are accepted.
    pub baseline: Option<Baseline>,
    /// The day on which entries of the baseline are valid or not; by default this one, in UTC, so that an entry expires
    /// everywhere at once.
    pub today: fn() -> Date,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            sites: SiteOptions::default(),
            criteria: Criteria::default(),
            memory_limit: None,
            full: false,
            places: false,
            rounds: false,
            source: None,
            at_hand: None,
            without: Vec::new(),
            most_suspects: usize::MAX,
            baseline: None,
            today: || TimeZone::UTC.to_datetime(Timestamp::now()).date(),
        }
    }
}
