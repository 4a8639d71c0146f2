//! The answers as a page that needs nothing else, in the frame and the style of all reports.

use super::answer::{FleetReport, FleetSuspect, JobAnswer};
use super::sentences;
use crate::report::{Assets, capital, inert, spans};
use crate::suspects::Verdict;
use askama::Template;

/// So many services have their first suspect open from the start.
const OPEN_JOBS: usize = 3;

#[derive(Template)]
#[template(path = "fleet.html")]
struct Page<'a> {
    report: &'a FleetReport,
    version: &'static str,
    assets: Assets,
    /// The worst verdict.
    class: &'static str,
    jobs: Vec<Job<'a>>,
    ages_title: &'static str,
    ages_header: [&'static str; 6],
}

/// A service.
struct Job<'a> {
    /// Its place, from 1.
    number: usize,
    /// Whether its first suspect is open from the start.
    opens: bool,
    answer: &'a JobAnswer,
    name: String,
    verdict: &'static str,
    line: String,
    restart: Option<String>,
    cards: Vec<Card>,
    left_out: usize,
    nothing: &'static str,
    notes: Vec<String>,
    ages: Vec<[String; 6]>,
}

/// A suspect.
struct Card {
    fingerprint: String,
    confidence: &'static str,
    function: String,
    position: String,
    rate: String,
    spread: String,
    sentences: Vec<String>,
    cause: Option<Cause>,
}

/// Its cause.
struct Cause {
    id: String,
    title: String,
    advice: String,
    evidence: Vec<String>,
}

/// Renders the report on a fleet as a page. `top` suspects of a service are shown.
///
/// # Errors
/// If a value cannot be written as text, which each can.
pub fn fleet_html(report: &FleetReport, top: usize) -> Result<String, std::fmt::Error> {
    let page = Page {
        report,
        version: env!("CARGO_PKG_VERSION"),
        assets: Assets::new(),
        class: report.jobs.first().map_or(Verdict::Inconclusive, |job| job.verdict).name(),
        jobs: (1..).zip(&report.jobs).map(|(number, answer)| job(number, answer, top)).collect(),
        ages_title: sentences::AGES_TITLE,
        ages_header: sentences::AGES_HEADER,
    };
    page.render().map_err(|_| std::fmt::Error)
}

fn job(number: usize, answer: &JobAnswer, top: usize) -> Job<'_> {
    Job {
        number,
        opens: number <= OPEN_JOBS,
        answer,
        name: inert(&answer.job),
        verdict: answer.verdict.name(),
        line: sentences::job(answer),
        restart: answer.restart.as_ref().map(|restart| capital(&sentences::restart(restart))),
        cards: answer.suspects.iter().take(top).map(card).collect(),
        left_out: answer.suspects.len().saturating_sub(top),
        nothing: sentences::nothing(answer.verdict),
        notes: sentences::notes(answer).collect(),
        ages: sentences::ages(answer),
    }
}

fn card(suspect: &FleetSuspect) -> Card {
    let (rate, spread) = sentences::brief(suspect);
    Card {
        fingerprint: inert(&suspect.fingerprint),
        confidence: suspect.confidence.name(),
        function: sentences::function(suspect),
        position: sentences::position(suspect),
        rate,
        spread,
        sentences: sentences::of_suspect(suspect).iter().map(|sentence| capital(sentence)).collect(),
        cause: suspect.cause.as_ref().map(|cause| Cause {
            id: inert(&cause.id),
            title: inert(&cause.title),
            advice: inert(&cause.advice),
            evidence: cause.evidence.iter().map(|reason| capital(&inert(reason))).collect(),
        }),
    }
}
