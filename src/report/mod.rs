//! The report: an analysis becomes one [`Document`] in which every name, unit and sentence is resolved; a format is
//! a function from the document to text.

mod awaited;
mod build;
mod detail;
mod document;
mod dot;
mod effect;
mod evidence;
mod explain;
mod functions;
mod html;
mod inert;
mod inspection;
mod json;
mod layout;
mod ledger;
mod link_base;
mod links;
mod markdown;
mod overview;
mod pprof;
mod resolver;
mod sarif;
mod sentences;
mod service;
mod shell;
mod source_lines;
mod terminal;
mod units;

pub use build::build_document;
pub use detail::{SiteDetail, SizeRow, Waits};
pub use document::{
    AcceptedView, CallerView, CauseView, ChangeView, DetectableView, Document, ExampleView, ExcerptView,
    Figures, ForecastView, FrameView, Grown, InputView, JoinedView, LifeView, LineView, PassedOverView,
    Provenance, RoutingView, RowView, SchemaVersion, ServiceView, SetAside, ShownTotal, SiteView,
    SuspectKind, SuspectView, TotalView, UnjudgedView, Warning,
};
pub use dot::dot;
pub use effect::{
    EFFECT_SCHEMA, EffectDocument, EffectView, PaceView, SeriesView, build_effect_document, effect_html,
    effect_json, effect_markdown, effect_terminal,
};
pub use explain::{RuleColumn, explain_list, explain_model, explain_page, explain_policy, explain_table};
pub(crate) use html::{Assets, spans};
pub use html::{HtmlOptions, html};
pub use inert::inert;
pub use inspection::{
    ChurnView, GroupView, HeldByView, HolderView, INSPECTION_SCHEMA, IfItGrows, InspectionDocument,
    MemoryPlaceView, MemoryView, ProgramView, ProofView, ProvedView, SizeView, StackView, StepView,
    WaitsView, build_inspection_document, inspection_json, inspection_markdown, inspection_terminal,
};
pub use json::{BRIEF_BYTES, BRIEF_SCHEMA, JSON_SCHEMA, NotAReport, brief_json, json, read_json};
pub(crate) use layout::capital;
pub use layout::{sparks, summary as suspect_summary};
pub use ledger::{CollectorView, LedgerRow, LedgerView, MomentView};
pub use link_base::{LinkBase, NoLinkBase, address_of};
pub use links::SourceLinks;
pub(crate) use markdown::escape::prose;
pub use markdown::{MarkdownOptions, markdown};
pub use overview::{
    JobRow, Overview, OverviewRow, OverviewSuspect, Together, UnjudgedRow, overview_html, overview_markdown,
    overview_terminal,
};
pub use pprof::pprof;
pub use sarif::sarif;
pub use shell::shell_word;
pub(crate) use terminal::Writer;
pub use terminal::{Next, TerminalOptions, terminal};
pub(crate) use units::signed;
pub use units::{moment, quantity};
