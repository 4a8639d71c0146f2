//! Ids of an analysis turned into the names of a document.

use super::awaited;
use super::document::{
    AcceptedView, CallerView, CauseView, ChangeView, ExampleView, ExcerptView, Figures, FrameView, Grown,
    JoinedView, RoutingView, SetAside, SiteView, SuspectView,
};
use super::evidence;
use super::inert::inert;
use super::source_lines::line_values;
use super::units::percent;
use crate::analysis::Analysis;
use crate::clusters::{Blame, Subject};
use crate::diagnose::Cause;
use crate::graph::GrowthGraph;
use crate::growth::{Growth, Point};
use crate::profile::{Kind, Unit, readable};
use crate::series::{FrameId, FunctionId, Names, SiteId, Track, Window};
use crate::source::{Change, Excerpt, Routing};
use crate::suspects::{
    Accepted, Candidate, Confidence, Entrance, HeapMetric, SiteGrowth, Suspect, group_growth,
};
use std::collections::HashSet;

/// Of so many suspects, the first ones, it is said who has what their goroutines wait for: all goroutines are looked at each time.
const AWAITED: usize = 10;
/// So many callers of a blamed function are shown.
const CALLERS: usize = 5;

/// Turns ids into names.
pub(super) struct Resolver<'a> {
    pub(super) names: &'a Names,
    pub(super) metric: HeapMetric,
}

impl Resolver<'_> {
    pub(super) fn figures(&self, kind: Kind, growth: &Growth) -> Figures {
        let unit = if kind == Kind::Heap && self.metric.is_bytes() { Unit::Bytes } else { Unit::Count };
        let mut growth = growth.clone();
        // Without times the positions stand in for the hours, which is good for a direction, not for a pace.
        growth.slope = growth.slope.filter(|_| growth.hours().is_some());
        Figures::of(unit, growth)
    }

    /// The growth of all memory of a suspect, and of its goroutines.
    fn grown(&self, suspect: &Suspect, analysis: &Analysis) -> Grown {
        let kind = |member: &Candidate| member.subject.track(&analysis.series).map(|track| track.kind);
        let of = |subject: Subject| -> Option<Figures> {
            if suspect.subject == subject {
                return Some(self.figures(kind(suspect)?, &suspect.growth));
            }
            let mut members = suspect.joined.iter().filter(|joined| joined.subject == subject);
            let first = members.next()?;
            let growth = match subject {
                Subject::Goroutine => first.growth.clone(),
                Subject::Heap => members.fold(first.growth.clone(), |sum, member| sum.plus(&member.growth)),
            };
            Some(self.figures(kind(first)?, &growth))
        };
        Grown { heap: of(Subject::Heap), goroutines: of(Subject::Goroutine) }
    }

    fn frame(&self, frame: FrameId) -> FrameView {
        let info = self.names.info_of(frame);
        FrameView {
            function: inert(&readable(&info.name)),
            file: inert(&info.file),
            line: self.names.line_of(frame),
            owner: info.owner,
            inlined: Some(self.names.is_inlined(frame)),
            moved_from: None,
        }
    }

    pub(super) fn blame(&self, blame: &Blame) -> FrameView {
        let info = self.names.info(blame.function);
        FrameView {
            function: inert(&readable(&info.name)),
            file: inert(&info.file),
            line: blame.line,
            owner: info.owner,
            inlined: None,
            moved_from: (blame.first_line != blame.line).then_some(blame.first_line),
        }
    }

    pub(super) fn stack(&self, track: &Track, site: SiteId) -> Vec<FrameView> {
        let latest = track.latest_stack(site);
        let mut stack: Vec<FrameView> = latest.iter().map(|frame| self.frame(frame)).collect();
        if track.site(site).has_moved() {
            for (view, frame) in stack.iter_mut().zip(latest.iter()) {
                view.moved_from = self.names.moved_from(self.names.function_of(frame), view.line);
            }
        }
        stack
    }

    pub(super) fn site(&self, track: &Track, site: &SiteGrowth) -> SiteView {
        let info = track.site(site.site);
        SiteView {
            kind: track.kind,
            stack: self.stack(track, site.site),
            figures: self.figures(track.kind, &site.growth),
            set_aside: match (info.is_profiler, info.is_filtered) {
                (true, _) => Some(SetAside::Profiler),
                (_, true) => Some(SetAside::Filtered),
                _ => None,
            },
            detail: None,
        }
    }

    pub(super) fn suspect(&self, rank: usize, suspect: &Suspect, analysis: &Analysis) -> Option<SuspectView> {
        let track = suspect.subject.track(&analysis.series)?;
        let joined = || {
            suspect.joined.iter().filter_map(|other| Some((other, other.subject.track(&analysis.series)?)))
        };
        let members = std::iter::once((&suspect.lead, track)).chain(joined());
        let growth = self.grown(suspect, analysis);
        let findings = suspect
            .evidence
            .iter()
            .map(|evidence| evidence::evidence(evidence, suspect.subject))
            .chain(self.entrances(suspect));
        let (evidence_for, evidence) =
            findings.map(|(speaks_for, sentence)| (speaks_for, inert(&sentence))).unzip();
        Some(SuspectView {
            fingerprint: suspect.fingerprint.clone(),
            rank,
            kind: growth.kind(),
            subject: suspect.subject,
            confidence: suspect.confidence,
            probability: suspect.posterior().map(|posterior| to_three_digits(posterior.leak())),
            more_snapshots: suspect.more_snapshots().filter(|_| suspect.confidence < Confidence::High),
            cause: self.cause(rank, suspect, analysis),
            blame: self.blame(&suspect.blame),
            share: suspect.share,
            growth,
            history: self.history(suspect, track, analysis),
            excerpt: suspect.excerpt.as_ref().map(|excerpt| ExcerptView {
                values: analysis.window(track.kind).map_or_else(Vec::new, |window| {
                    line_values(excerpt, suspect, track, window, self.names, self.metric)
                }),
                ..ExcerptView::of(excerpt)
            }),
            routing: suspect.routing.as_ref().map(RoutingView::of),
            callers: self.callers(suspect, track),
            joined: joined()
                .map(|(other, track)| JoinedView {
                    subject: other.subject,
                    blame: self.blame(&other.blame),
                    figures: self.figures(track.kind, &other.growth),
                })
                .collect(),
            sites: members
                .flat_map(|(member, track)| member.sites.iter().map(|site| self.site(track, site)))
                .collect(),
            evidence,
            evidence_for,
            advice: suspect.cause.advice.to_owned(),
        })
    }

    pub(super) fn accepted(&self, suspect: &Suspect, entry: &Accepted, analysis: &Analysis) -> AcceptedView {
        let kind = suspect.subject.track(&analysis.series).map_or(Kind::Heap, |track| track.kind);
        let figures = self.figures(kind, &suspect.growth);
        AcceptedView {
            fingerprint: entry.fingerprint.clone(),
            blame: self.blame(&suspect.blame),
            confidence: suspect.confidence,
            delta: figures.delta,
            unit: figures.unit,
            figures,
            reason: inert(&entry.reason),
            owner: inert(&entry.owner),
            expires: entry.expires.map(|day| day.to_string()),
        }
    }

    /// The cause, and behind the first of its reasons who has what goroutines wait for.
    fn cause(&self, rank: usize, suspect: &Suspect, analysis: &Analysis) -> CauseView {
        let mut cause = CauseView::of(&suspect.cause);
        if rank <= AWAITED
            && let Some(holder) = awaited::holder(self, suspect, analysis)
        {
            cause.because.insert(cause.because.len().min(1), holder);
        }
        cause
    }

    /// Which own code to look at, where the stacks have none.
    fn entrances(&self, suspect: &Suspect) -> Option<(bool, String)> {
        let entrance = |entrance: &Entrance| {
            let caller = self.blame(&entrance.caller);
            format!("{} ({})", caller.place(), percent(entrance.share))
        };
        let named: Vec<String> = suspect.entrances.iter().map(entrance).collect();
        (!named.is_empty()).then(|| (true, format!("your code calls in from {}", named.join(", "))))
    }

    /// The figures of a suspect's own sites in the snapshots of all lives.
    fn history(&self, suspect: &Suspect, track: &Track, analysis: &Analysis) -> Vec<Point> {
        if analysis.lives.len() < 2 {
            return Vec::new();
        }
        let times = track.snapshots.iter().map(|snapshot| snapshot.taken_at.map(|t| t.nanos)).collect();
        let Some(window) = Window::new((0..track.snapshots.len()).collect(), times) else {
            return Vec::new();
        };
        let sites: HashSet<SiteId> = suspect.sites.iter().map(|site| site.site).collect();
        let rows: Vec<usize> =
            (0..track.rows.len()).filter(|row| sites.contains(&track.rows[*row].site)).collect();
        group_growth(track, self.names, &rows, &window, self.metric).points
    }

    /// Who calls the blamed function, by the growth of the suspect's own stacks.
    fn callers(&self, suspect: &Suspect, track: &Track) -> Vec<CallerView> {
        let stacks = suspect.sites.iter().map(|site| {
            let stack = track.latest_stack(site.site);
            let functions = stack.iter().map(|frame| self.names.function_of(frame)).collect();
            (functions, site.growth.delta())
        });
        let callers = GrowthGraph::new(stacks).callers(suspect.blame.function);
        let caller = |(function, share): (FunctionId, f64)| {
            let info = self.names.info(function);
            let (function, file) = (inert(&readable(&info.name)), inert(&info.file));
            CallerView { function, file, owner: info.owner, share }
        };
        callers.into_iter().take(CALLERS).map(caller).collect()
    }
}

/// A probability to three digits, and never certain.
fn to_three_digits(probability: f64) -> f64 {
    (probability * 1e3).round().min(999.0) / 1e3
}

/// Source with spaces for tabs, which are control characters.
fn with_spaces(source: &str) -> String {
    source.replace('\t', "    ")
}

impl ExcerptView {
    pub(super) fn of(excerpt: &Excerpt) -> ExcerptView {
        ExcerptView {
            file: inert(&excerpt.file),
            first_line: excerpt.first_line,
            statement: excerpt.statement,
            lines: excerpt.lines.iter().map(|line| inert(&with_spaces(line))).collect(),
            values: Vec::new(),
        }
    }
}

impl RoutingView {
    fn of(routing: &Routing) -> RoutingView {
        let change = |change: &Change| ChangeView {
            commit: change.commit.clone(),
            written: change.seconds.checked_mul(1_000_000_000),
            author: inert(&change.author),
            summary: inert(&change.summary),
        };
        RoutingView {
            last_change: routing.last_change.as_ref().map(change),
            owners: routing.owners.iter().map(|owner| inert(owner)).collect(),
        }
    }
}

impl CauseView {
    fn of(cause: &Cause) -> CauseView {
        CauseView {
            id: cause.entry.id.to_owned(),
            title: cause.entry.title.to_owned(),
            certainty: cause.certainty,
            because: cause.because.iter().map(|reason| inert(reason)).collect(),
            runner_up: cause.runner_up.map(|entry| entry.id.to_owned()),
            example: Some(ExampleView {
                before: with_spaces(cause.entry.before),
                after: with_spaces(cause.entry.after),
            }),
        }
    }
}
