//! Finds memory leaks by comparing pprof heap and goroutine profiles, and says how sure it is.
//!
//! Data flows one way. Bytes are read into a [`profile::RawProfile`] by [`input::parse`]; the profiles of one process
//! are set side by side in a [`series::Series`]; [`clusters`] sums the sites that one line of the user's code is to
//! blame for; [`growth`] measures by how much a sum grew, and in what course; [`judge`] weighs by one model whether it
//! leaks; [`suspects`] chooses what to report, and [`diagnose`] names its cause; [`pipeline::compare`] calls all of these in order; [`report`] resolves the outcome into a
//! [`report::Document`] once, from which each format is rendered.
//!
//! ```
//! use pprof_leaks::{input, pipeline, report};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let read = |path: &str| -> Result<_, Box<dyn std::error::Error>> {
//!     Ok(input::parse(&std::fs::read(path)?, path, &input::Limits::default())?)
//! };
//! let before = read("testdata/map-cache/heap-01.pb.gz")?;
//! let after = read("testdata/map-cache/heap-08.pb.gz")?;
//!
//! let analysis = pipeline::compare(vec![before], vec![after], &pipeline::Options::default())?;
//! let document = report::build_document(&analysis);
//! assert_eq!(document.suspects[0].blame.function, "main.(*sessionCache).open");
//! print!("{}", report::markdown(&document, &report::MarkdownOptions::default()));
//! # Ok(())
//! # }
//! ```
//!
//! The modules, floor by floor; each knows only those above it in this list:
//!
//! | floor | module | what it is |
//! | --- | --- | --- |
//! | 0 | [`profile`] | the model of one profile, in columns |
//! | 0 | `files` | opening what is read again and again, which nothing may keep waiting |
//! | 1 | [`input`] | bytes, files and URLs become profiles |
//! | 1 | [`store`] | snapshots on disk: plain files, whole or not at all |
//! | 2 | [`series`] | the snapshots of one process side by side |
//! | 2 | [`collect`] | targets are scraped, and what they answer is stored |
//! | 3 | [`growth`] | the statistics, knowing nothing of Go |
//! | 3 | [`graph`] | the growth graph: dominators, retained growth, callers |
//! | 3 | [`source`] | what Go source does with the value that is allocated at a frame |
//! | 4 | [`clusters`] | which sites belong together, and whom to blame |
//! | 4 | [`judge`] | one probabilistic model of births and deaths: what may have happened, and how likely |
//! | 5 | [`diagnose`] | the rules: they name causes, and what to change |
//! | 6 | [`suspects`] | confidence, order, fingerprints, verdict |
//! | 7 | [`analysis`] | the stages between series and report, and what comes out |
//! | 8 | [`pipeline`] | the calls in order, for every command |
//! | 9 | [`report`] | the document and its formats |
//! | 10 | [`alert`] | who hears of suspects, once each, and metrics |
//! | 10 | [`fleet`] | many processes of many services: evidence of each, pooled |
//! | 11 | [`watch`] | rounds that scrape, store, judge and report |

#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

pub mod alert;
pub mod analysis;
pub mod clusters;
pub mod collect;
pub mod diagnose;
mod files;
pub mod fleet;
pub mod graph;
pub mod growth;
pub mod input;
pub mod judge;
pub mod pipeline;
pub mod profile;
pub mod report;
pub mod series;
pub mod source;
pub mod store;
pub mod suspects;
pub mod watch;
