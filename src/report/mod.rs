//! The report: an analysis becomes one [`Document`] in which every name, unit and sentence is resolved; a format is
//! a function from the document to text.

mod build;
mod document;
mod effect;
mod explain;
mod inert;
mod json;
mod layout;
mod ledger;
mod links;
mod markdown;
mod resolver;
mod sentences;
mod terminal;
mod units;

pub use build::build_document;
pub use document::{
    AcceptedView, CauseView, Document, Figures, FrameView, InputView, JoinedView, Provenance, RowView,
    SetAside, SiteView, SuspectView, TotalView, Warning,
};
pub use effect::{
    EFFECT_SCHEMA, EffectDocument, EffectView, SeriesView, build_effect_document, effect_json,
    effect_markdown, effect_terminal,
};
pub use explain::{RuleColumn, explain_list, explain_page, explain_table};
pub use inert::inert;
pub use json::{JSON_SCHEMA, NotAReport, json, read_json};
pub use ledger::{CollectorView, LedgerRow, LedgerView};
pub use links::SourceLinks;
pub use markdown::{MarkdownOptions, markdown};
pub use terminal::{TerminalOptions, terminal};
