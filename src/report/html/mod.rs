//! The report as one page that needs nothing else: no network, no other file, and no script to be read.
//!
//! The page is a template (`page.html`, within `frame.html`) in which every value is escaped; its style and its script
//! stand in files of their own and are the only ones that the page's content security policy lets through, by their
//! hashes. The page on a change (`effect.html`) has the same frame.

mod axes;
mod card;
pub(super) mod chart;
mod flame;
mod rows;

use super::document::{Document, Warning};
use super::layout::{
    ACCEPTED_TITLE, LEDGER_TITLE, LIVES_HEADER, UNJUDGED_HEADER, accepted, capital, ledger_rows, lives,
    totals, unjudged_row,
};
use super::link_base::{LinkBase, Links};
use super::units::{duration, moment};
use super::{sentences, service};
use crate::suspects::Verdict;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use card::Card;
pub(crate) use card::spans;
use chart::{LOW, chart};
use flame::flames;
use rows::{Crowd, Row};
use sha2::{Digest, Sha256};

/// The style of all pages.
pub(in crate::report) const CSS: &str = include_str!("page.css");
const JS: &str = concat!(include_str!("page.js"), include_str!("charts.js"), include_str!("flame.js"));

/// Sites listed; of more, the smallest changes are in the JSON report.
const MOST_SITES: usize = 5000;
/// Sites shown before the reader asks for all.
const FIRST_SITES: usize = 40;

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    document: &'a Document,
    assets: Assets,
    verdict: &'static str,
    /// The headline without the verdict, which stands beside it.
    headline: String,
    /// The process, the build and the time.
    service: Option<String>,
    /// Whether the first suspect is what this is about.
    alarms: bool,
    span: Option<String>,
    totals: Vec<Total>,
    forecast: Option<String>,
    warnings: Vec<&'a Warning>,
    cards: Vec<Card<'a>>,
    /// The trees for the script, as JSON that is fit to stand in a page.
    flames: String,
    crowds: Vec<Crowd>,
    /// Whether the document has every site.
    is_full: bool,
    sites: Vec<Row>,
    sites_left_out: usize,
    lives: Vec<[String; 5]>,
    ledger: Vec<[String; 4]>,
    accepted: Vec<(String, String)>,
    unjudged: Vec<(&'a str, Vec<Unjudged>)>,
    inputs: Vec<Input<'a>>,
}

/// The style and the script that every page has, with what the page's policy knows them by.
pub(crate) struct Assets {
    pub(crate) css: &'static str,
    pub(crate) js: &'static str,
    pub(crate) css_hash: String,
    pub(crate) js_hash: String,
}

impl Assets {
    pub(crate) fn new() -> Assets {
        Assets { css: CSS, js: JS, css_hash: hash(CSS), js_hash: hash(JS) }
    }
}

/// The cells of a row that judges nothing, and the position of its frame.
type Unjudged = ([String; 4], String);

/// A sum at the top.
struct Total {
    cells: [String; 5],
    grew: bool,
    chart: Option<String>,
}

struct Input<'a> {
    source: &'a str,
    kind: &'static str,
    taken_at: String,
    time: i64,
    build: &'a str,
    life: String,
    sha256: &'a str,
}

/// What a page can have besides the report.
#[derive(Clone, Debug, Default)]
pub struct HtmlOptions {
    /// Where the source is read in a browser, if positions are to lead there. Default: they lead nowhere.
    pub link_base: Option<LinkBase>,
}

/// Renders a document as a page. Of a report that was saved without every site, what shows them is left out, and the
/// page says so.
///
/// # Errors
/// If a value cannot be written as text, which each can.
pub fn html(document: &Document, options: &HtmlOptions) -> Result<String, std::fmt::Error> {
    let sites = document.sites.as_deref().unwrap_or_default();
    let flames = flames(sites);
    let ends =
        |index: usize| flames.iter().find_map(|flame| (flame.ends[index] >= 0).then_some(flame.ends[index]));
    let links = Links::of(options.link_base.as_ref(), &document.known_sites());
    let mut rows: Vec<Row> = rows::rows(sites, &ends, &links);
    let sites_left_out = rows.len().saturating_sub(MOST_SITES);
    rows.truncate(MOST_SITES);
    let page = Page {
        document,
        assets: Assets::new(),
        verdict: document.verdict.name(),
        headline: headline(&document.headline, document.verdict.name()),
        service: service::line(&document.service),
        alarms: matches!(document.verdict, Verdict::Leak | Verdict::Suspicious),
        span: document.hours.map(duration),
        totals: top(document),
        forecast: document.forecast.as_ref().map(|f| sentences::forecast(f, &document.lives)),
        warnings: document.further_warnings().collect(),
        cards: card::cards(document, sites, &links),
        flames: script_json(&flames),
        crowds: rows::crowds(sites, document, &links),
        is_full: document.sites.is_some(),
        sites: rows,
        sites_left_out,
        lives: lives(document),
        ledger: document.ledger.as_ref().map_or_else(Vec::new, |ledger| ledger_rows(ledger).collect()),
        accepted: accepted(document).collect(),
        unjudged: document
            .unjudged
            .iter()
            .map(|table| (table.title.as_str(), table.rows.iter().map(unjudged_row).collect()))
            .collect(),
        inputs: inputs(document),
    };
    page.render().map_err(|_| std::fmt::Error)
}

/// A headline without its first word, where that is the verdict, which stands beside it.
pub(super) fn headline(headline: &str, verdict: &str) -> String {
    let rest = match headline.split_once(": ") {
        Some((word, rest)) if word.to_lowercase().starts_with(verdict) => rest,
        _ => headline,
    };
    // A name at its start is written as it is.
    let is_name = rest.split(' ').next().is_some_and(|word| word.contains(['.', '(', '/']));
    if is_name { rest.to_owned() } else { capital(rest) }
}

fn top(document: &Document) -> Vec<Total> {
    document
        .shown_totals()
        .zip(totals(document))
        .map(|(total, cells)| Total {
            cells,
            grew: total.last > total.first,
            chart: chart(&total.points, total.unit, &document.lives, LOW),
        })
        .collect()
}

fn inputs(document: &Document) -> Vec<Input<'_>> {
    let of = |input: &'_ super::InputView| (input.taken_at.map(moment), input.taken_at.unwrap_or(0));
    document
        .inputs
        .iter()
        .map(|input| {
            let (taken_at, time) = of(input);
            Input {
                source: &input.source,
                kind: input.kind.name(),
                taken_at: taken_at.unwrap_or_else(|| "unknown".to_owned()),
                time,
                build: input.build_id.as_deref().unwrap_or_default(),
                life: input.incarnation.map_or(String::new(), |life| life.to_string()),
                sha256: input.sha256.as_deref().unwrap_or_default(),
            }
        })
        .collect()
}

/// A name in parts between which its line may break.
pub(in crate::report) fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split_inclusive(['/', '.'])
}

/// What a content security policy lets a style or script through by.
pub(in crate::report) fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// JSON within a `script` element, which only a `<` could end.
fn script_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default().replace('<', "\\u003c")
}
