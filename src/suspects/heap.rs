//! Judging the live heap: every group is weighed, and those that leak become suspects.

use super::choose::{Assessments, choose, heaviest_blame, one_a_line, sum_of_finest};
use super::clean::{self, Resolution};
use super::evidence::Evidence;
use super::heap_growth::{
    CONTAINER_KEEPS, growth_of, is_hot, is_with_load, keeps_no_objects, site_growths, slope_and_shape,
    total_growth,
};
use super::passed_over::{PassedOver, passed_over};
use super::spread::{busy_place, spread};
use super::weigh::{About, Scale, Weighed, most_if_uncertain};
use super::{Candidate, Confidence, Criteria, HeapMetric};
use crate::clusters::{Blame, Groups, Subject, Sums, TINY_BLOCK, Tally, heap_tally, sized_tally, sum_up};
use crate::growth::{Growth, PValues, Slope, Test, q_values};
use crate::judge::policy::{EXPLAINS, LEAST_SHARE, LEAST_SHARE_OF_PAIR, OFFSET, RETAINED};
use crate::judge::{Class, Counts, Estimate, HeapLife, Sizes, confidence};
use crate::profile::Owner;
use crate::series::{Names, Sampling, Track, Window};
use foldhash::{HashMap, HashMapExt};

/// So many object sizes are listed.
const SIZES_LISTED: usize = 3;

/// What the heap snapshots say.
#[derive(Debug)]
pub struct HeapJudgement {
    /// What may leak.
    pub candidates: Vec<Candidate>,
    /// The whole heap, without what was set aside.
    pub total: Tally,
    /// The growth of the whole heap in live bytes, without what was set aside.
    pub total_growth: Growth,
    /// Whether the whole heap may keep what it allocates, as it does where a suspect is of medium confidence.
    pub total_grows: bool,
    /// The function that carries most of its growth, and how much in bytes.
    pub carrier: Option<(Blame, f64)>,
    /// Whether most of it was allocated where the profile has no stack, so that nothing can be blamed.
    pub is_stackless: bool,
    /// The least leak, in bytes over the time looked at, that would have been called.
    pub resolution: Resolution,
    /// What else grew, and why it is no suspect.
    pub passed_over: Vec<PassedOver>,
}

/// What all groups are judged with.
pub(super) struct HeapScene<'a> {
    pub(super) track: &'a Track,
    pub(super) names: &'a Names,
    pub(super) groups: &'a Groups,
    pub(super) window: &'a Window,
    pub(super) criteria: &'a Criteria,
    pub(super) scale: Scale<'a>,
    /// By group.
    briefs: Vec<Brief>,
    q_values: Vec<f64>,
    /// The growth of everything that grew and is no hot path, in bytes, and of everything.
    gross: (f64, f64),
    /// Whether sampled counts were recovered in both snapshots.
    certain: bool,
}

/// What is remembered of a group that need not be a suspect: there are tens of thousands of them.
#[derive(Clone, Copy, Default)]
struct Brief {
    /// The growth in live bytes.
    delta: f64,
    is_hot: bool,
    p_value: f64,
    /// By how many sampled objects more it has in the second snapshot.
    rise: f64,
    /// How many sampled ones were there at the start or came since.
    passed: f64,
}

/// A group that was judged.
pub(super) struct Judged {
    pub(super) confidence: Confidence,
    pub(super) weighed: Weighed,
    pub(super) evidence: Vec<Evidence>,
}

/// Judges every group of the heap between the snapshots of `window`, with what the other `lives` of the process say of it;
/// `judged` of these, in order, come before the one of the window.
pub fn judge_heap(
    track: &Track,
    names: &Names,
    groups: &Groups,
    window: &Window,
    (lives, judged): (&[Window], usize),
    criteria: &Criteria,
) -> HeapJudgement {
    let mut all: Vec<HeapLife<'_>> = lives.iter().map(|life| HeapLife::of(track, life)).collect();
    all.insert(judged, HeapLife::of(track, window));
    let scene = HeapScene::of(track, names, groups, window, criteria, Scale::of(track, all, judged));
    let total = heap_tally(track, groups.all_rows(), window.first(), window.last());
    let mut found = scene.judge_groups();
    let mut chosen = Vec::new();
    let mut assessed: Assessments = vec![None; groups.len()];
    found.iter().for_each(|(index, judged)| assessed[*index] = Some(judged.confidence));
    groups.roots().for_each(|root| choose(root, groups, &assessed, &mut chosen));
    let leaks = one_a_line(chosen, groups);
    let mut candidates: Vec<Candidate> = Vec::with_capacity(leaks.len());
    for leak in leaks.into_iter().take_while(|_| !criteria.is_out_of_time()) {
        // Of several groups of one line the surest speaks for all.
        let surest = |a: &&usize, b: &&usize| {
            let leak = |index: &usize| found.get(index).map_or(0.0, |judged| judged.weighed.posterior.leak());
            leak(a).total_cmp(&leak(b))
        };
        let Some(judged) = leak.iter().max_by(surest).copied().and_then(|best| found.remove(&best)) else {
            continue;
        };
        candidates.push(scene.candidate(&leak, judged));
    }
    let explained: f64 =
        candidates.iter().filter(|s| s.confidence >= Confidence::Medium).map(|s| s.weight.max(0.0)).sum();
    if explained < EXPLAINS * total.after.inuse_space.saturating_sub(total.before.inuse_space) as f64 {
        let more = spread(&scene, &candidates).or_else(|| busy_place(&scene, &candidates));
        if let Some(more) = more {
            // What stands below it is a part of it.
            candidates.retain(|s| {
                s.confidence > Confidence::Low
                    || !s.sites.iter().any(|site| more.sites.iter().any(|m| m.site == site.site))
            });
            candidates.push(more);
        }
    }
    let is_sure = candidates.iter().any(|candidate| candidate.confidence >= Confidence::Medium);
    HeapJudgement {
        total_growth: total_growth(track, groups.all_rows(), &total, window),
        carrier: clean::carrier(&scene, &total),
        is_stackless: clean::is_stackless(&scene, &total),
        total_grows: is_sure || clean::total_grows(&scene, &total),
        resolution: clean::resolution(&scene, &candidates),
        // Somebody reads the report; a scheduled round that finds nothing writes none.
        passed_over: if criteria.plants { passed_over(&scene, &candidates) } else { Vec::new() },
        candidates,
        total,
    }
}

impl<'a> HeapScene<'a> {
    fn of(
        track: &'a Track,
        names: &'a Names,
        groups: &'a Groups,
        window: &'a Window,
        criteria: &'a Criteria,
        mut scale: Scale<'a>,
    ) -> HeapScene<'a> {
        let mut p_values = PValues::default();
        let mut tests = vec![Test { p_value: 1.0, least_p_value: 1.0 }; groups.len()];
        let mut briefs = vec![Brief::default(); groups.len()];
        let mut each = |index: usize, sums: &Sums| {
            let (all, change) = (sums.change, sums.change_without_tiny);
            let is_hot = is_hot(&all, sums.kept_bytes());
            let p_value = if keeps_no_objects(&change) { 1.0 } else { p_values.of(&change) };
            tests[index] = Test { p_value, least_p_value: change.least_p_value() };
            let rise = [change, all].map(|change| change.after as f64 - change.before as f64);
            let passed = all.before as f64 + all.allocated.unwrap_or(0) as f64;
            briefs[index] =
                Brief { delta: sums.delta(), is_hot, p_value, rise: rise[0].max(rise[1]), passed };
        };
        for root in groups.roots() {
            let sums = sum_up(track, groups, root, (window.first(), window.last()), &mut each);
            scale.allocating += f64::from(u8::from(sums.change.allocated.unwrap_or(sums.change.after) > 0));
        }
        let q_values = q_values(&tests, Criteria::MEDIUM_Q);
        // What hot paths seem to gain is garbage for the most part: no leak has to stand beside it to matter, but it is reported.
        let gross_of = |with_hot: bool| {
            let briefs = groups.roots().map(|root| &briefs[root]).filter(|brief| with_hot || !brief.is_hot);
            briefs.map(|brief| brief.delta.max(0.0)).sum::<f64>()
        };
        let gross = (gross_of(false), gross_of(true));
        let sampling = [window.first(), window.last()].map(|i| track.snapshots[i].sampling);
        let certain = sampling == [Sampling::Recovered; 2];
        HeapScene { track, names, groups, window, criteria, scale, briefs, q_values, gross, certain }
    }

    /// Judges every group that rose.
    fn judge_groups(&self) -> HashMap<usize, Judged> {
        let mut found = HashMap::new();
        for root in self.groups.roots().take_while(|_| !self.criteria.is_out_of_time()) {
            let mut risen: Vec<(usize, Counts)> = Vec::new();
            let rise = match self.scale.intervals() {
                1 => self.counts_of_pair(root, &mut risen),
                _ => self.counts(root, &mut risen).rise(),
            };
            let parts = risen.iter().filter(|(index, _)| *index != root).count();
            for (index, counts) in &risen {
                let ln_weight = if *index == root { 0.0 } else { -(parts as f64).ln() };
                if let Some(mut judged) = self.judge(*index, counts, LEAST_SHARE, ln_weight) {
                    self.set_against(&mut judged, counts.rise(), rise);
                    found.insert(*index, judged);
                }
            }
        }
        found
    }

    /// [`counts`](Self::counts) of two snapshots, whose sums are known: of tens of thousands of groups few rose. Gives by how much
    /// the whole did.
    fn counts_of_pair(&self, root: usize, risen: &mut Vec<(usize, Counts)>) -> f64 {
        let life = self.scale.life();
        let is_large = |row: &usize| self.track.rows[*row].size >= life.rate();
        let holds_large = self.groups.rows(root).iter().any(is_large);
        for index in std::iter::once(root).chain(self.groups.all_parts(root)) {
            let Brief { rise, delta, .. } = self.briefs[index];
            let rows = self.groups.rows(index);
            // A container that was replaced by a bigger one is no object more, but more bytes.
            if rise >= 1.0 || (holds_large && delta > 0.0 && rows.iter().any(is_large)) {
                risen.push((index, life.counts(rows, Sizes::All)));
            }
        }
        self.briefs[root].rise.max(0.0)
    }

    /// The counts of a group, and of all its parts that may have risen.
    fn counts(&self, index: usize, risen: &mut Vec<(usize, Counts)>) -> Counts {
        let life = self.scale.life();
        let place = risen.len();
        let mut counts = Counts::default();
        let mut parts = self.groups.parts(index).peekable();
        match parts.peek() {
            None => counts = life.counts(self.groups.rows(index), Sizes::All),
            Some(_) => parts.for_each(|part| counts.add(&self.counts(part, risen))),
        }
        let rows = self.groups.rows(index);
        if counts.rise() >= 1.0 || rows.iter().any(|row| self.grows_uncounted(*row)) {
            risen.insert(place, (index, counts.clone()));
        }
        counts
    }

    /// Whether a row may grow though its count does not: a container, or blocks of the tiny allocator.
    fn grows_uncounted(&self, row: usize) -> bool {
        let size = self.track.rows[row].size;
        size >= self.scale.life().rate() || size == TINY_BLOCK
    }

    /// The confidence in a group, and what led to it; `None` where there is nothing to say.
    pub(super) fn judge(
        &self,
        index: usize,
        counts: &Counts,
        least_share: f64,
        ln_weight: f64,
    ) -> Option<Judged> {
        let rows = self.groups.rows(index);
        let delta = self.briefs[index].delta;
        if delta <= 0.0 && self.scale.lives.len() == 1 && counts.rise() < 1.0 {
            return None;
        }
        let mut weighed = self.scale.weigh(rows, counts, least_share, ln_weight);
        if self.groups.parts(index).next().is_none()
            && rows.len() > 1
            && let Some(swells) = self.swells(rows, ln_weight)
            && weighed.as_ref().is_none_or(|w| w.posterior.leak() < swells.posterior.leak())
        {
            weighed = Some(swells);
        }
        let weighed = weighed?;
        self.decide(weighed, rows, (self.briefs[index].p_value, self.q_values[index]), index)
    }

    /// The weight of live containers that became larger, of one stack.
    fn swells(&self, rows: &[usize], ln_weight: f64) -> Option<Weighed> {
        let snapshots = self.window.snapshots();
        let starts = match snapshots.len() {
            0..3 => vec![self.window.first()],
            _ => vec![self.window.first(), snapshots[self.window.since(0.5)]],
        };
        let mut p_values = Vec::new();
        for start in starts {
            let tally = sized_tally(self.track, rows, start, self.window.last());
            let grows = tally.after.inuse_space > tally.before.inuse_space;
            let keeps = tally.kept_bytes().is_some_and(|kept| kept >= CONTAINER_KEEPS);
            p_values.push(tally.larger.filter(|_| grows && keeps)?);
        }
        self.scale.weigh_swelling(&p_values, ln_weight)
    }

    /// From what was weighed to a confidence, with the evidence for it.
    pub(super) fn decide(
        &self,
        weighed: Weighed,
        rows: &[usize],
        figures: (f64, f64),
        index: usize,
    ) -> Option<Judged> {
        let word = confidence(&weighed.posterior, self.scale.intervals() + 1)?;
        let tally = sized_tally(self.track, rows, self.window.first(), self.window.last());
        let delta = tally.delta();
        let share = (self.gross.0 > 0.0).then(|| (delta / self.gross.0).clamp(0.0, 1.0));
        let material = self.criteria.material(delta, share, self.window);
        let is_material = matches!(material, Evidence::Material { held: true, .. });
        let is_runtime = self.names.info(self.groups.get(index).blame.function).is_runtime;
        let is_pair = self.scale.intervals() < 2;
        let (by_minutes, more) = weighed.by_minutes(self.scale.intervals(), self.window);
        let is_young =
            word == Confidence::High && confidence(&by_minutes, self.scale.intervals() + 1) != Some(word);
        let posterior = if word == Confidence::High { by_minutes } else { weighed.posterior };
        let lives = self.scale.lives.len();
        let mut evidence = vec![Evidence::Probability { posterior, lives, more }];
        match &weighed.about {
            About::Container(climb) => evidence.push(Evidence::Climbs(*climb)),
            About::Swelling(p_value) => {
                evidence
                    .push(Evidence::Swells { p_value: *p_value, kept: tally.kept_bytes().unwrap_or(0.0) });
            }
            // What was born in a round and is gone at its end is not counted then.
            _ if self.window.is_in_rounds() => {}
            About::All | About::Size(_) | About::Tiny => evidence.push(Evidence::Kept {
                share: weighed.weight.share,
                size: if let About::Size(size) = weighed.about { Some(size) } else { None },
            }),
        }
        evidence.push(Evidence::significance(figures, &tally.change_without_tiny));
        evidence.push(material);
        let sizes: Vec<(i64, i64)> = tally.sizes.iter().copied().take(SIZES_LISTED).collect();
        if !sizes.is_empty() {
            evidence.push(Evidence::Sizes(sizes));
        }
        let mut most = if is_material { Confidence::High } else { Confidence::Low };
        let mut cap = |to: Confidence, why: Evidence| {
            most = most.min(to);
            evidence.push(why);
        };
        if let Some(objects) = self.scale.few(rows, &weighed.about) {
            cap(Confidence::Low, Evidence::Few(objects));
        }
        if weighed.about == About::Tiny {
            cap(Confidence::Low, Evidence::TinyBlocks);
        }
        if is_runtime {
            cap(Confidence::Low, Evidence::RuntimeOwn);
        }
        if !self.certain || !self.scale.life().counts_births() {
            cap(most_if_uncertain(self.window), Evidence::UncertainSampling);
        }
        if is_pair {
            let by_count = !matches!(weighed.about, About::Container(_) | About::Swelling(_));
            let keeps = !by_count || weighed.weight.share.low >= LEAST_SHARE_OF_PAIR;
            cap(if keeps { Confidence::Medium } else { Confidence::Low }, Evidence::TwoSnapshots);
        }
        // What serves requests grows with them: its residence stays (Little's law), and most of it is freed.
        let with_load =
            || weighed.weight.share.mean < RETAINED && is_with_load(self.track, rows, self.window);
        let by_count = matches!(weighed.about, About::All | About::Size(_));
        if weighed.posterior.best() == Class::Turnover || (by_count && with_load()) {
            cap(Confidence::Low, Evidence::WithLoad);
        }
        if is_young && most == Confidence::High {
            most = Confidence::Medium;
            evidence.push(Evidence::Young { hours: weighed.weight.hours });
        }
        Some(Judged { confidence: word.min(most), weighed, evidence })
    }

    /// Sets a part of a function against the whole: what others of its stacks lost is not gained.
    fn set_against(&self, judged: &mut Judged, rise: f64, whole: f64) {
        let share = 1.0 - whole / rise.max(1.0);
        if share >= OFFSET && judged.weighed.about == About::All {
            judged.confidence = Confidence::Low;
            judged.evidence.push(Evidence::Offset { share });
        }
    }

    /// A suspect of the groups of one line.
    pub(super) fn candidate(&self, leak: &[usize], judged: Judged) -> Candidate {
        let mut rows: Vec<usize> = leak.iter().flat_map(|index| self.groups.rows(*index)).copied().collect();
        rows.sort_unstable();
        // Hot stacks seem to grow with any heap.
        let quiet = |stack: usize| if self.briefs[stack].is_hot { 0.0 } else { self.briefs[stack].delta };
        let quiet_of = |index: usize| sum_of_finest(index, self.groups, &quiet);
        let is_quiet = quiet_of(leak[0]) > 0.0;
        let weight = |i: usize| if is_quiet { quiet_of(i) } else { self.briefs[i].delta };
        let p_value = leak.iter().map(|index| self.briefs[*index].p_value).reduce(f64::min);
        let q_value = leak.iter().map(|index| self.q_values[*index]).reduce(f64::min);
        self.candidate_of(&rows, heaviest_blame(leak[0], self.groups, &weight), judged, (p_value, q_value))
    }

    /// A suspect of some rows.
    pub(super) fn candidate_of(
        &self,
        rows: &[usize],
        blame: Blame,
        judged: Judged,
        (p_value, q_value): (Option<f64>, Option<f64>),
    ) -> Candidate {
        let HeapScene { track, window, criteria, names, .. } = *self;
        let tally = heap_tally(track, rows, window.first(), window.last());
        let delta = tally.delta();
        let mut growth = growth_of(track, rows, criteria.metric, window);
        (growth.p_value, growth.q_value) = (p_value, q_value);
        let (slope, shape) = slope_and_shape(track, rows, window);
        growth.slope = slope.filter(|_| criteria.metric == HeapMetric::InuseSpace);
        growth.shape = shape;
        Candidate {
            subject: Subject::Heap,
            confidence: judged.confidence,
            is_own: names.info(blame.function).owner == Owner::Own,
            known_by: blame.function,
            blame,
            growth,
            weight: delta,
            live_growth: delta,
            kept: self.kept(rows, &judged.weighed, &tally),
            share: (self.gross.1 > 0.0).then(|| (delta / self.gross.1).clamp(0.0, 1.0)),
            evidence: judged.evidence,
            sites: site_growths(track, names, rows, window, criteria.metric),
        }
    }

    /// What is never freed, in bytes an hour: the kept objects, each worth as much as those that are live at the end.
    fn kept(&self, rows: &[usize], weighed: &Weighed, tally: &Tally) -> Option<Slope> {
        let sampled = self.scale.life().counts(rows, Sizes::All).last();
        if !matches!(weighed.about, About::All | About::Size(_)) || self.window.len() < 3 || sampled < 1.0 {
            return None;
        }
        let each = tally.after.inuse_space as f64 / sampled;
        let Estimate { low, mean, high } = weighed.weight.rate;
        Some(Slope { per_hour: mean * each, low: low * each, high: high * each })
    }

    /// Whether a group keeps next to nothing of what it allocates.
    pub(super) fn is_hot(&self, index: usize) -> bool {
        self.briefs[index].is_hot
    }

    /// How many sampled objects of a group were there at the start or came since.
    pub(super) fn passed(&self, index: usize) -> f64 {
        self.briefs[index].passed
    }

    /// The growth of everything that grew, in live bytes.
    pub(super) fn gross_growth(&self) -> f64 {
        self.gross.1
    }

    /// The growth of a group in live bytes.
    pub(super) fn delta(&self, index: usize) -> f64 {
        self.briefs[index].delta
    }
}
