//! The report: an analysis becomes one [`Document`] in which every name, unit and sentence is resolved; a format is
//! a function from the document to text.

mod document;
mod explain;
mod inert;
mod json;
mod layout;
mod ledger;
mod markdown;
mod resolver;
mod sentences;
mod terminal;
mod units;

pub use document::{
    Document, Figures, FrameView, InputView, RowView, SiteView, SuspectView, TotalView, Warning,
    build_document,
};
pub use explain::{RuleColumn, explain_list, explain_page, explain_table};
pub use inert::inert;
pub use json::{JSON_SCHEMA, json};
pub use layout::summary as suspect_summary;
pub use ledger::{LedgerRow, LedgerView};
pub use markdown::markdown;
pub use terminal::{TerminalOptions, terminal};
pub use units::{moment, quantity};
