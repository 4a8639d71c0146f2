//! A fleet: many processes of many services, judged in two steps. What each says is [`evidence()`], in rows; [`Pool`] makes one answer a service of
//! them. docs/fleet.md has the contract and the model.

mod ages;
mod answer;
#[cfg(feature = "fleet")]
pub mod arrow;
mod cache;
mod evidence;
mod markdown;
mod onset;
mod page;
mod place;
mod pool;
mod restart;
mod row;
mod sentences;
mod stores;
mod suspects;
mod terminal;

pub use answer::{
    AgeView, Alone, BuildView, CauseOf, FLEET_SCHEMA, FLEET_VERSION, FleetReport, FleetSuspect, JobAnswer,
    Quantiles, Restart, ShownBy, Since, Unjudged, Worst,
};
pub use evidence::{evidence, unjudged};
pub use markdown::fleet_markdown;
pub use page::fleet_html;
pub use pool::{NotPooled, Pool};
pub use row::{EVIDENCE_VERSION, InstanceFacts, MemoryFacts, Row, RowKind, SuspectFacts};
pub use sentences::together;
pub use stores::{FleetOptions, NotAFleet, Snapshots, Work, each_evidence, fleet};
pub use terminal::fleet_terminal;
