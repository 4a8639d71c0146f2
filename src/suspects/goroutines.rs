//! Judging goroutines: proved, persistent or growing.

use super::census::{Census, Figures};
use super::choose::{Assessments, choose, heaviest_blame};
use super::clean::{Resolution, is_said};
use super::evidence::Evidence;
use super::load::rising_load;
use super::{Candidate, Confidence, Criteria, SiteGrowth, most_if_uncertain};
use crate::clusters::{Blamer, Groups, Subject};
use crate::growth::{Change, Growth, Point, Test, q_values, shape, theil_sen_correlated};
use crate::judge::policy::{
    EXPLAINS, FEW_CONNECTIONS, FEW_OF_PAIR, FILLINGS, FILLINGS_COUNTED, FILLINGS_OF_PEERS,
    HELD_BY_A_GOROUTINE, LEAST_PLACES, LEAST_RISE, LEAST_SHARE_ALONE, MOST_AHEAD, PROVED, RAMPS_OF_PEERS,
    SURELY_ENDS, TURNED_OVER,
};
use crate::judge::{
    Class, GoroutineLife, HeapLife, Posterior, Prior, SoFar, Weight, confidence, more_snapshots, moves,
    over_lives, rise, weigh_rise, with_prior, worth_weighing,
};
use crate::profile::Owner;
use crate::series::{FunctionId, Names, Sampling, Track, Window};
use foldhash::{HashMap, HashMapExt};
use std::collections::BTreeMap;

/// The goroutines of a process, and what else shows what they do.
pub struct GoroutineTracks<'a> {
    /// The dumps.
    pub track: &'a Track,
    /// Those that are judged.
    pub window: &'a Window,
    /// Other lives of the process, in order.
    pub lives: &'a [Window],
    /// How many of these come before the one that is judged.
    pub judged: usize,
    /// A goroutineleak profile, which proves.
    pub proof: Option<&'a Track>,
    /// The heap, which shows the load.
    pub heap: Option<(&'a Track, &'a Window)>,
}

/// What the dumps say.
#[derive(Debug)]
pub struct GoroutineJudgement {
    /// What may leak.
    pub candidates: Vec<Candidate>,
    /// The least leak, in goroutines over the time looked at, that would have been called.
    pub resolution: Resolution,
    /// Those of which no place says anything, where they may well leak together.
    pub rest: Option<Rest>,
}

/// Goroutines at places that did not grow beyond chance by themselves, and without a stack in the dumps.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    /// How many there were and are.
    pub change: Change,
    /// Whether most of those that came have no stack, so that nothing can be blamed; then these alone are counted.
    pub is_stackless: bool,
}

/// What all groups are judged with.
struct GoroutineScene<'a> {
    tracks: &'a GoroutineTracks<'a>,
    names: &'a Names,
    groups: &'a Groups,
    criteria: &'a Criteria,
    lives: Vec<GoroutineLife<'a>>,
    census: Census<'a>,
    counts: Vec<Figures>,
    tests: Vec<Test>,
    q_values: Vec<f64>,
    proved: BTreeMap<FunctionId, u64>,
    /// How much of the first count the load explains at each snapshot, where ids do not tell.
    load: Option<Vec<f64>>,
    places: f64,
    gross: f64,
}

/// Judges the goroutine groups of some tracks.
pub fn judge_goroutines(
    tracks: &GoroutineTracks<'_>,
    names: &Names,
    groups: &Groups,
    criteria: &Criteria,
) -> GoroutineJudgement {
    let scene = GoroutineScene::of(tracks, names, groups, criteria);
    let mut judged: HashMap<usize, (Confidence, Vec<Evidence>)> = HashMap::new();
    for root in groups.roots().take_while(|_| !criteria.is_out_of_time()) {
        let risen = |index: &usize| scene.counts[*index].change.after > 0;
        let parts = groups.all_parts(root).filter(risen).count().max(1) as f64;
        for index in std::iter::once(root).chain(groups.all_parts(root)) {
            let ln_weight = if index == root { 0.0 } else { -parts.ln() };
            judged.extend(scene.judge(index, index == root, ln_weight).map(|found| (index, found)));
        }
    }
    let mut assessed: Assessments = vec![None; groups.len()];
    judged.iter().for_each(|(index, (confidence, _))| assessed[*index] = Some(*confidence));
    let mut chosen = Vec::new();
    for root in groups.roots() {
        choose(root, groups, &assessed, &mut chosen);
    }
    let candidates: Vec<Candidate> =
        chosen.into_iter().filter_map(|index| Some(scene.candidate(index, judged.remove(&index)?))).collect();
    GoroutineJudgement { resolution: scene.resolution(&candidates), rest: scene.rest(), candidates }
}

impl<'a> GoroutineScene<'a> {
    fn of(
        tracks: &'a GoroutineTracks<'a>,
        names: &'a Names,
        groups: &'a Groups,
        criteria: &'a Criteria,
    ) -> GoroutineScene<'a> {
        let GoroutineTracks { track, window, .. } = *tracks;
        let census = Census::take(track, names, window);
        let counts: Vec<Figures> = (0..groups.len()).map(|i| census.count(track, groups.rows(i))).collect();
        let test =
            |c: &Figures| Test { p_value: c.change.p_value(), least_p_value: c.change.least_p_value() };
        let tests: Vec<Test> = counts.iter().map(test).collect();
        let q_values = q_values(&tests, Criteria::MEDIUM_Q);
        let gross = groups.roots().map(|root| counts[root].delta().max(0.0)).sum();
        let mut lives: Vec<GoroutineLife<'a>> =
            tracks.lives.iter().map(|life| GoroutineLife::of(track, life)).collect();
        lives.insert(tracks.judged, GoroutineLife::of(track, window));
        let life = &lives[tracks.judged];
        let load = match (life.knows_ids(), tracks.heap) {
            (false, Some((heap, window))) => {
                rising_load(heap, &HeapLife::of(heap, window), life.intervals() + 1)
            }
            _ => None,
        };
        let places = groups.roots().filter(|root| moves(&life.live(groups.rows(*root)))).count() as f64;
        let proved = tracks.proof.map(|track| proved_by_function(track, names)).unwrap_or_default();
        GoroutineScene {
            tracks,
            names,
            groups,
            criteria,
            lives,
            census,
            counts,
            tests,
            q_values,
            proved,
            load,
            places,
            gross,
        }
    }

    fn life(&self) -> &GoroutineLife<'a> {
        &self.lives[self.tracks.judged]
    }

    /// What would have shown.
    fn resolution(&self, candidates: &[Candidate]) -> Resolution {
        let is_said = is_said(self.criteria, self.life().intervals(), candidates);
        let seen = |root: usize| self.life().observation(self.groups.rows(root), self.load.as_deref());
        let passed = |root: usize| {
            let seen = seen(root);
            (root, seen.start + seen.all_births())
        };
        let roots = self.groups.roots().filter(|_| is_said).map(passed).collect();
        let fillings = if self.life().knows_ids() { FILLINGS_OF_PEERS } else { FILLINGS_COUNTED };
        let prior = Prior { places: self.places.max(LEAST_PLACES), fillings };
        Resolution::of(self.groups, roots, seen, &prior, LEAST_SHARE_ALONE, 1.0)
    }

    /// Those of which no place says anything, if they became more, by more than chance, and nothing that ends explains that.
    fn rest(&self) -> Option<Rest> {
        let is_small = |root: &usize| self.q_values[*root] > Criteria::MEDIUM_Q;
        let small = self.groups.roots().filter(is_small).flat_map(|root| self.groups.rows(root));
        let rows: Vec<usize> = small.chain(self.groups.stackless_rows()).copied().collect();
        let count = |rows: &[usize]| self.census.count(self.tracks.track, rows);
        let together = count(&rows);
        if together.delta() <= 0.0 || together.change.p_value() > Criteria::HIGH_Q {
            return None;
        }
        let prior = Prior { places: 1.0, fillings: FILLINGS };
        let posterior = Posterior::of(&over_lives(&self.weigh(&rows, prior.places)), &prior);
        if posterior.leak() <= 1.0 - SURELY_ENDS {
            return None;
        }
        let stackless = count(self.groups.stackless_rows());
        let is_stackless = stackless.delta() >= EXPLAINS * together.delta();
        Some(Rest { change: if is_stackless { stackless } else { together }.change, is_stackless })
    }

    /// The weight of a group, one of so many places, in each life.
    fn weigh(&self, rows: &[usize], places: f64) -> Vec<Weight> {
        let of = |life: &GoroutineLife<'_>| {
            let seen = life.observation(rows, self.load.as_deref());
            let enough = worth_weighing(places);
            life.weigh(rows, &seen, |seen| weigh_rise(seen, LEAST_SHARE_ALONE, enough))
        };
        self.lives.iter().map(of).collect()
    }

    /// The confidence in a group and what led to it; `None` for no suspect.
    fn judge(&self, index: usize, is_root: bool, ln_weight: f64) -> Option<(Confidence, Vec<Evidence>)> {
        let (counts, rows) = (&self.counts[index], self.groups.rows(index));
        // The proof is matched by function: it was taken at another moment than the stacks here.
        let by_function =
            if is_root { self.proved.get(&self.groups.get(index).blame.function) } else { None };
        let proved = by_function.copied().unwrap_or(0).max(counts.marked);
        let (p_value, q_value) = (self.tests[index].p_value, self.q_values[index]);
        let is_pair = self.is_pair();
        if proved == 0
            && (counts.change.after == 0
                || (self.lives.len() == 1 && rise(&self.life().live(rows)) < LEAST_RISE))
        {
            return None;
        }
        let is_network = 2 * counts.network > counts.change.after;
        let fillings = match self.life().knows_ids() && !is_network {
            // Two snapshots are medium at most in any case.
            _ if is_pair => FILLINGS,
            true if 2 * counts.dead > counts.change.after => FILLINGS,
            true => FILLINGS_OF_PEERS,
            false => FILLINGS_COUNTED,
        };
        let prior = Prior { places: self.places.max(LEAST_PLACES), fillings };
        let log = with_prior(over_lives(&self.weigh(rows, self.places)), ln_weight);
        let posterior = match proved {
            0 => Posterior::of(&log, &prior),
            _ => Posterior::proved(PROVED),
        };
        let intervals: usize = self.lives.iter().map(GoroutineLife::intervals).sum();
        // Peers that come and stay for long look like a leak for longer than what waits for what never comes.
        let ramps = match fillings {
            FILLINGS_OF_PEERS => Prior { fillings: RAMPS_OF_PEERS, ..prior },
            _ => prior,
        };
        let surest = confidence(&Posterior::of(&log, &ramps), intervals + 1).unwrap_or(Confidence::Low);
        let word = match confidence(&posterior, intervals + 1) {
            Some(Confidence::High) if proved == 0 => Some(surest.max(Confidence::Medium)),
            word => word,
        };
        // What grew between two dumps beyond chance is reported, also where its members come and go; and so is what counts alone show, for
        // these tell long lives and leaks apart as little.
        let by_counts = is_pair || !self.life().knows_ids();
        let grew = q_value <= Criteria::HIGH_Q && counts.delta() > 0.0;
        let word = word.or((by_counts && grew).then_some(Confidence::Low))?;
        let mut evidence = Vec::new();
        let share = self.share(counts);
        let material =
            self.criteria.material(counts.delta() * HELD_BY_A_GOROUTINE, share, self.tracks.window);
        let is_material = matches!(material, Evidence::Material { held: true, .. });
        if proved > 0 {
            evidence.push(Evidence::Proved(proved));
        } else {
            let so_far = SoFar { intervals, lasted: intervals as f64, each: 1.0 };
            let more = more_snapshots(&log, &ramps, so_far, MOST_AHEAD)
                .filter(|_| word < Confidence::High)
                .map(|more| self.tracks.window.in_snapshots(more, self.life().intervals()));
            evidence.push(Evidence::Probability { posterior, lives: self.lives.len(), more });
        }
        let Change { before, after, .. } = counts.change;
        evidence.push(Evidence::Significance { p_value, q_value, counts: (before, after), turnover: None });
        if let Some((of_middle, stayed, of)) = counts.who_stayed() {
            evidence.push(Evidence::Stayed { of_middle, stayed, of });
        }
        evidence.push(material);
        if proved > 0 {
            // Certain that they leak; whether more of them do is what the counts say.
            let grows = counts.delta() > 0.0;
            return Some((if grows { Confidence::High } else { Confidence::Medium }, evidence));
        }
        let most = self.most(counts, is_network, &mut evidence);
        let most = if is_material { most } else { Confidence::Low };
        let certain = is_pair && counts.is_persistent() && q_value <= Criteria::HIGH_Q && is_material;
        if posterior.best() == Class::Turnover {
            evidence.push(if self.load.is_some() { Evidence::LoadGrows } else { Evidence::WithLoad });
        }
        Some((if certain { Confidence::High } else { word.min(most) }, evidence))
    }

    /// Whether two snapshots of one process are all there is.
    fn is_pair(&self) -> bool {
        self.tracks.window.len() < 3 && self.lives.len() == 1
    }

    /// How sure a group can be that nothing proves, and why not surer.
    fn most(&self, counts: &Figures, is_network: bool, evidence: &mut Vec<Evidence>) -> Confidence {
        let (mut most, is_pair) = (Confidence::High, self.is_pair());
        let turned_over =
            counts.who_stayed().is_some_and(|(_, stayed, of)| (stayed as f64) < TURNED_OVER * of as f64);
        if (is_pair || !self.life().knows_ids()) && turned_over {
            most = Confidence::Low;
        }
        if !self.life().knows_ids() && 2 * counts.passing > counts.change.after {
            evidence.push(Evidence::PassingWait);
            most = Confidence::Low;
        }
        if is_network {
            evidence.push(Evidence::NetworkWait);
            let few = counts.change.after < FEW_CONNECTIONS;
            most = most.min(if few { Confidence::Low } else { Confidence::Medium });
        }
        let GoroutineTracks { track, window, .. } = *self.tracks;
        if [window.first(), window.last()].iter().any(|i| track.snapshots[*i].sampling == Sampling::Merged) {
            evidence.push(Evidence::UncertainSampling);
            most = most.min(most_if_uncertain(window));
        }
        if is_pair && !counts.is_persistent() {
            evidence.push(Evidence::TwoSnapshots);
            let few = counts.delta() < FEW_OF_PAIR && 2 * counts.dead <= counts.change.after;
            most = most.min(if few { Confidence::Low } else { Confidence::Medium });
        }
        most
    }

    /// The part of all growth that a group carries; `None` where nothing grew.
    fn share(&self, counts: &Figures) -> Option<f64> {
        (self.gross > 0.0).then(|| (counts.delta() / self.gross).clamp(0.0, 1.0))
    }

    fn candidate(&self, index: usize, (confidence, mut evidence): (Confidence, Vec<Evidence>)) -> Candidate {
        let GoroutineTracks { track, window, .. } = *self.tracks;
        let (names, groups) = (self.names, self.groups);
        self.census.describe(groups.rows(index), track, &mut evidence);
        let counts = &self.counts[index];
        let mut growth = growth_of(track, groups.rows(index), counts, window);
        growth.p_value = Some(self.tests[index].p_value);
        growth.q_value = Some(self.q_values[index]);
        if window.len() > 2 {
            let values: Vec<f64> = growth.points.iter().map(|point| point.value).collect();
            growth.slope = theil_sen_correlated(&window.hours(), &values);
            growth.shape = shape(&window.hours(), &values, &vec![0.0; values.len()]);
        }
        let blame = heaviest_blame(index, groups, &|i: usize| self.counts[i].delta());
        Candidate {
            subject: Subject::Goroutine,
            confidence,
            is_own: names.info(blame.function).owner == Owner::Own,
            known_by: groups.get(index).blame.function,
            blame,
            growth,
            weight: counts.delta() * HELD_BY_A_GOROUTINE,
            live_growth: 0.0,
            kept: None,
            share: self.share(counts),
            evidence,
            sites: site_growths(track, names, groups.rows(index), window),
        }
    }
}

/// How many goroutines the latest goroutineleak profile proves, by blamed function.
fn proved_by_function(track: &Track, names: &Names) -> BTreeMap<FunctionId, u64> {
    let mut proved = BTreeMap::new();
    let last = track.snapshots.len() - 1;
    let blamer = Blamer::of(names);
    for (index, row) in track.rows.iter().enumerate() {
        let count = track.goroutines(last, index);
        if let Some(blame) = blamer.blame(track, row.site).filter(|_| count > 0) {
            let sum = proved.entry(blame.function).or_insert(0u64);
            *sum = sum.saturating_add(count);
        }
    }
    proved
}

fn growth_of(track: &Track, rows: &[usize], counts: &Figures, window: &Window) -> Growth {
    let at = |snapshot: usize| rows.iter().map(|row| track.goroutines(snapshot, *row)).sum::<u64>() as f64;
    let points = window.snapshots().iter().zip(window.times());
    Growth {
        points: points.map(|(s, time)| Point { time: *time, value: at(*s), standard_error: 0.0 }).collect(),
        delta_error: 0.0,
        p_value: None,
        q_value: None,
        slope: None,
        shape: None,
        retention: counts.change.retention(),
    }
}

/// The growth of a group of goroutines.
pub(super) fn group_growth(track: &Track, names: &Names, rows: &[usize], window: &Window) -> Growth {
    growth_of(track, rows, &Census::take(track, names, window).count(track, rows), window)
}

/// The growth of each stack among some rows, largest first.
pub(super) fn site_growths(
    track: &Track,
    names: &Names,
    among: &[usize],
    window: &Window,
) -> Vec<SiteGrowth> {
    let census = Census::take(track, names, window);
    let mut sites: Vec<SiteGrowth> = among
        .iter()
        .map(|row| SiteGrowth {
            site: track.rows[*row].site,
            growth: {
                let row = std::slice::from_ref(row);
                growth_of(track, row, &census.count(track, row), window)
            },
        })
        .collect();
    sites.sort_by(|a, b| {
        b.growth.delta().total_cmp(&a.growth.delta()).then_with(|| track.by_frames(names, a.site, b.site))
    });
    sites
}
