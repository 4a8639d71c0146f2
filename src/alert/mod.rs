//! Who hears of suspects, when, and how: the memory of what was reported, Alertmanager and webhooks, report files,
//! metrics and pages. Nothing here judges; everything is taken from the report's [`Document`](crate::report::Document).
//!
//! [`Alerts`] is the whole of it: it is given the documents of a round and reports what is new.

mod alerts;
mod error;
mod message;
mod metrics;
mod options;
mod outbox;
mod pages;
mod receiver;
mod reports;
mod server;
mod sighting;
mod state;
mod whole;

pub use alerts::{Alerts, Judged, Outcome, Telling};
pub use error::AlertError;
pub use metrics::{Metrics, RoundDone, Scrape};
pub use options::AlertOptions;
pub use pages::Pages;
pub use receiver::{Patience, Receiver, ReceiverError, ReceiverKind};
pub use reports::Report;
pub use server::{Server, ServerError};
pub use sighting::{Sighting, Target};
pub use state::{News, NewsKind};
