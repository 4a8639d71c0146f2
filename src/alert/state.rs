//! What was reported of which suspect, and so what is news: a suspect is reported once, again when it got worse, and once
//! when it is gone.

use super::sighting::{Sighting, Target};
use crate::suspects::Confidence;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is known of one open suspect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Open {
    /// When it was first reported, RFC 3339.
    pub(super) since: String,
    /// Its size when it was last reported.
    pub(super) told_size: f64,
    /// Its confidence when it was last reported.
    pub(super) told_confidence: String,
    /// As it was last seen.
    pub(super) latest: Sighting,
    /// Its last report file, if one was written.
    pub(super) report: Option<String>,
    /// How many seconds of the process's life the judgement covered that it was first reported by.
    #[serde(default)]
    pub(super) span: u64,
    /// How many judgements in a row could have seen it and did not.
    #[serde(default)]
    pub(super) absent: u32,
}

/// The open suspects of one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct OfTarget {
    /// The target as it was last seen.
    pub(super) target: Target,
    /// By fingerprint.
    pub(super) open: BTreeMap<String, Open>,
    /// Suspects that are sure enough to be reported, but have to last first, and from how many seconds of the process's life on
    /// they were seen so.
    #[serde(default)]
    pub(super) lasting: BTreeMap<String, u64>,
}

/// What was reported, of all targets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    /// By [`Target::key`].
    pub(super) targets: BTreeMap<String, OfTarget>,
}

/// Why a suspect is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewsKind {
    /// Never reported, or gone and back.
    New,
    /// Grown by the factor since it was last reported, or surer than then.
    Worse,
    /// Not there any more.
    Resolved,
}

/// One thing to report.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    /// Why.
    pub kind: NewsKind,
    /// Of whom.
    pub target: Target,
    /// The suspect; one that is resolved as it was last seen.
    pub sighting: Sighting,
    /// When it was first reported, RFC 3339.
    pub since: String,
}

impl State {
    /// Takes in the suspects of one target and gives what is news.
    ///
    /// `conclusive` says whether the judgement could have seen them: one that could not resolves nothing. Neither does one
    /// of a life that is shorter, with its `span` in seconds, than the suspect took to be seen: a restart empties every
    /// leak for a while. A suspect that is open stays open while it is listed at all, or was missing only once or twice, so
    /// that one at the edge of a confidence does not come and go.
    pub(super) fn observe(
        &mut self,
        target: &Target,
        sightings: &[Sighting],
        (conclusive, span): (bool, u64),
        rules: &Rules,
        now: &str,
    ) -> Vec<News> {
        let mut news = Vec::new();
        let of_target = self.targets.entry(target.key()).or_insert_with(|| OfTarget::new(target));
        of_target.target.clone_from(target);
        of_target.note_lasting(sightings, span, rules);
        for sighting in sightings {
            let kind = match of_target.open.get_mut(&sighting.fingerprint) {
                None => {
                    let from = of_target.lasting.get(&sighting.fingerprint).copied();
                    let is_new = rules.is_worth_reporting(sighting.confidence(), span, from);
                    is_new.then_some(NewsKind::New)
                }
                Some(open) => {
                    open.latest.clone_from(sighting);
                    open.absent = 0;
                    let before = Sighting { confidence: open.told_confidence.clone(), ..sighting.clone() };
                    let grown =
                        sighting.size >= open.told_size * rules.factor && sighting.size > open.told_size;
                    let surer = sighting.confidence() > before.confidence();
                    (grown || surer).then_some(NewsKind::Worse)
                }
            };
            let Some(kind) = kind else { continue };
            let open = of_target.open.entry(sighting.fingerprint.clone()).or_insert_with(|| Open {
                since: now.to_owned(),
                told_size: 0.0,
                told_confidence: String::new(),
                latest: sighting.clone(),
                report: None,
                span,
                absent: 0,
            });
            open.told_size = sighting.size;
            open.told_confidence.clone_from(&sighting.confidence);
            news.push(News {
                kind,
                target: target.clone(),
                sighting: sighting.clone(),
                since: open.since.clone(),
            });
        }
        let listed = |fingerprint: &str| sightings.iter().any(|s| s.fingerprint == fingerprint);
        for (_, open) in
            of_target.open.iter_mut().filter(|(id, open)| !listed(id) && conclusive && span >= open.span)
        {
            open.absent += 1;
        }
        let gone = |open: &Open| open.absent >= rules.absences;
        let ids: Vec<String> =
            of_target.open.iter().filter(|(_, open)| gone(open)).map(|(id, _)| id.clone()).collect();
        let ended = ids.iter().filter_map(|id| of_target.open.remove(id));
        news.extend(ended.map(|open| resolved(target, open)));
        if of_target.open.is_empty() && of_target.lasting.is_empty() {
            self.targets.remove(&target.key());
        }
        news
    }

    /// Forgets a target that nobody looks at any more, and gives what that resolves.
    pub(super) fn forget(&mut self, target: &Target) -> Vec<News> {
        let of_target = self.targets.remove(&target.key());
        of_target
            .into_iter()
            .flat_map(|of| of.open.into_values())
            .map(|open| resolved(target, open))
            .collect()
    }

    /// The last report of a target with open suspects.
    pub(super) fn report_of(&self, target: &Target) -> Option<&str> {
        let open = &self.targets.get(&target.key())?.open;
        open.values().filter_map(|open| open.report.as_deref()).max()
    }

    /// Notes where the report of a target's suspects is.
    pub(super) fn set_report(&mut self, target: &Target, fingerprints: &[&str], report: &str) {
        let Some(of_target) = self.targets.get_mut(&target.key()) else { return };
        for fingerprint in fingerprints {
            if let Some(open) = of_target.open.get_mut(*fingerprint) {
                open.report = Some(report.to_owned());
            }
        }
    }

    /// The ids of the open suspects of a target.
    pub(super) fn open_of(&self, target: &Target) -> impl Iterator<Item = &str> {
        self.targets.get(&target.key()).into_iter().flat_map(|of| of.open.keys().map(String::as_str))
    }

    /// The open suspects with their targets.
    pub(super) fn open(&self) -> impl Iterator<Item = (&Target, &Open)> {
        self.targets.values().flat_map(|of| of.open.values().map(move |open| (&of.target, open)))
    }
}

impl OfTarget {
    fn new(target: &Target) -> OfTarget {
        OfTarget { target: target.clone(), open: BTreeMap::new(), lasting: BTreeMap::new() }
    }

    /// Notes which suspects are sure enough to be reported, and since when. One that is not in between begins anew.
    fn note_lasting(&mut self, sightings: &[Sighting], span: u64, rules: &Rules) {
        // High waits for nothing.
        let has_to_last = |s: &Sighting| (rules.at_least..Confidence::High).contains(&s.confidence());
        let is_lasting = |s: &&Sighting| has_to_last(s) && !self.open.contains_key(&s.fingerprint);
        let from = |s: &Sighting| self.lasting.get(&s.fingerprint).map_or(span, |from| span.min(*from));
        self.lasting =
            sightings.iter().filter(is_lasting).map(|s| (s.fingerprint.clone(), from(s))).collect();
    }
}

fn resolved(target: &Target, open: Open) -> News {
    News { kind: NewsKind::Resolved, target: target.clone(), sighting: open.latest, since: open.since }
}

/// When a suspect is news.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// The least confidence of a suspect that is reported. Default high: whatever is less sure pages nobody unless asked for.
    pub(super) at_least: Confidence,
    /// One that is not of high confidence is reported only by a judgement that covers so many seconds of a life. Default half an hour: after
    /// each deploy caches warm up, which for some minutes looks like a leak.
    pub(super) unsure_after: u64,
    /// And once so many times as much of the life was seen as when it first was so sure. Default 1.25: a leak lasts, and what
    /// passes, such as a wave of requests or a cache that fills, takes about as long as was looked.
    pub(super) lasting: f64,
    /// How many times larger a suspect has to be than when it was last reported. Default 2, so that the number of times
    /// goes with the logarithm of the leak: from 10 MiB to 10 GiB it is reported ten times, at any pace.
    pub(super) factor: f64,
    /// How many judgements in a row have to miss a suspect before it is gone. Default 3.
    pub(super) absences: u32,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules { at_least: Confidence::High, unsure_after: 30 * 60, lasting: 1.25, factor: 2.0, absences: 3 }
    }
}

impl Rules {
    /// Whether a suspect that was never reported is, when it is so sure, so many seconds of a life were seen, and it has been so
    /// sure from so many on.
    fn is_worth_reporting(&self, confidence: Confidence, span: u64, from: Option<u64>) -> bool {
        let lasted = from.is_some_and(|from| span as f64 >= self.lasting * from as f64);
        confidence >= self.at_least
            && (confidence == Confidence::High || (span >= self.unsure_after && lasted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        Target { job: "shop".into(), instance: "a:1".into(), labels: BTreeMap::new() }
    }

    fn seen(size: f64, confidence: &str) -> Sighting {
        Sighting {
            fingerprint: "f1".into(),
            confidence: confidence.into(),
            cause: "unknown-growth".into(),
            function: "main.f".into(),
            position: "f.go:1".into(),
            size,
            per_hour: None,
            unit: "bytes".into(),
            summary: String::new(),
            advice: String::new(),
        }
    }

    /// Rules by which medium is enough, at once.
    fn anything() -> Rules {
        Rules { at_least: Confidence::Medium, unsure_after: 0, lasting: 1.0, ..Rules::default() }
    }

    /// What each of these rounds reports; `None` is an inconclusive one without suspects.
    fn reported(rounds: &[Option<&[Sighting]>]) -> Vec<Option<NewsKind>> {
        let mut state = State::default();
        let observe = |round: &Option<&[Sighting]>| {
            let sightings = round.unwrap_or_default();
            let rules = Rules { absences: 2, ..anything() };
            let news = state.observe(&target(), sightings, (round.is_some(), 60), &rules, "now");
            assert!(news.len() < 2);
            news.first().map(|news| news.kind)
        };
        rounds.iter().map(observe).collect()
    }

    #[test]
    fn a_suspect_is_told_once_and_again_only_when_it_doubled_or_is_surer() {
        let sizes = [10.0, 12.0, 19.9, 20.0, 39.0, 40.0];
        let rounds = sizes.map(|size| [seen(size, "medium")]);
        let rounds: Vec<Option<&[Sighting]>> = rounds.iter().map(|round| Some(round.as_slice())).collect();
        let worse = Some(NewsKind::Worse);
        assert_eq!(reported(&rounds), [Some(NewsKind::New), None, None, worse, None, worse]);
        let (medium, high) = ([seen(10.0, "medium")], [seen(10.0, "high")]);
        assert_eq!(
            reported(&[Some(&medium), Some(&high), Some(&medium), Some(&high)]),
            [Some(NewsKind::New), worse, None, None]
        );
    }

    #[test]
    fn what_is_gone_is_told_once_and_only_by_a_judgement_that_could_have_seen_it() {
        let (medium, low) = ([seen(10.0, "medium")], [seen(10.0, "low")]);
        let rounds: [Option<&[Sighting]>; 9] = [
            Some(&medium),
            None,
            Some(&[]),
            Some(&low),
            Some(&[]),
            Some(&[]),
            Some(&[]),
            Some(&low),
            Some(&medium),
        ];
        let new = Some(NewsKind::New);
        assert_eq!(
            reported(&rounds),
            [new, None, None, None, None, Some(NewsKind::Resolved), None, None, new],
            "once is not enough, and a low one keeps it open"
        );
    }

    #[test]
    fn a_restart_resolves_nothing_until_the_leak_would_be_seen_again() {
        let mut state = State::default();
        let rules = Rules { absences: 1, ..anything() };
        let mut observe = |sightings: &[Sighting], span: u64| {
            state.observe(&target(), sightings, (true, span), &rules, "now").first().map(|news| news.kind)
        };
        assert_eq!(observe(&[seen(10.0, "medium")], 3600), Some(NewsKind::New));
        assert_eq!([observe(&[], 60), observe(&[], 3599)], [None, None]);
        assert_eq!(observe(&[], 3600), Some(NewsKind::Resolved));
    }

    #[test]
    fn what_is_not_high_has_to_last_before_it_is_reported() {
        let rules = Rules { at_least: Confidence::Medium, unsure_after: 100, ..Rules::default() };
        let reported_at = |rounds: &[(u64, Option<&str>)]| {
            let mut state = State::default();
            let spans = |(span, word): &(u64, Option<&str>)| {
                let sightings: Vec<Sighting> = word.iter().map(|word| seen(10.0, word)).collect();
                (!state.observe(&target(), &sightings, (true, *span), &rules, "now").is_empty())
                    .then_some(*span)
            };
            let spans: Vec<u64> = rounds.iter().filter_map(spans).collect();
            (spans, state.targets.is_empty())
        };
        let medium = Some("medium");
        assert_eq!(reported_at(&[(40, medium), (60, medium), (90, medium), (100, medium)]).0, [100]);
        assert_eq!(reported_at(&[(120, medium), (140, medium), (150, medium)]).0, [150], "a quarter more");
        let wave = [(120, medium), (140, Some("low")), (150, medium), (180, medium), (190, None)];
        assert_eq!(
            reported_at(&wave),
            (vec![], true),
            "what passes is not reported, and nothing of it remembered"
        );
        assert_eq!(
            reported_at(&[(120, medium), (5, medium), (10, medium)]).0,
            [0; 0],
            "a restart begins anew"
        );
        assert_eq!(reported_at(&[(40, medium), (50, Some("high"))]).0, [50], "high waits for nothing");
    }
}
