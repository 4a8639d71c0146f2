//! Scheduled scraping: targets, how they are asked, and rounds that put what they answer into the store. And what a continuous
//! profiler has scraped already.
//!
//! Bytes of a target are stored before anybody reads them. Nothing here judges, and nothing here prints.

mod card;
mod client;
mod config;
mod discovery;
mod failure;
mod job;
mod memory;
mod pull;
mod queue;
mod round;
mod schedule;
mod scrape;
mod stop;
mod target;

pub use crate::input::{Address, AddressError, Login, Secret, SecretError};
pub use card::Card;
pub use config::{Config, ConfigError, JobConfig};
pub use discovery::{Discovered, Discovery};
pub use failure::Failure;
pub use job::{Credentials, Job};
pub use pull::{
    ProfilerKind, PullError, PullOptions, Pulled, Selector, SelectorError, Steps, StepsError, pull,
};
pub use round::{Round, RoundOptions, Scraper};
pub use schedule::Schedule;
pub use scrape::Scraped;
pub use stop::Stop;
pub use target::{Target, TargetError};
