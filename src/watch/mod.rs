//! The scheduled job: rounds that scrape, store, judge and report, each by the part of the library that does just that.

mod judge;
mod judging;
mod rounds;
mod sentry;
mod telling;

pub use judge::{Judge, JudgeOptions, Judgement, NotJudged};
pub use rounds::{Report, Watch, WatchOptions};
