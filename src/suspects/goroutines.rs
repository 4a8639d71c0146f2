//! Judging goroutines between two snapshots: proved, persistent or growing.

use super::course::{Course, Figures, LaterPart};
use super::evidence::Evidence;
use super::fingerprint::fingerprint;
use super::{Assessments, Confidence, Criteria, Load, SiteGrowth, Suspect, Window, choose, heaviest_blame};
use crate::causes::BACKGROUND_READ;
use crate::clusters::{Blame, Blamer, Groups, Subject, members_between};
use crate::growth::{Change, Growth, Point, Test, q_values};
use crate::profile::{Goroutine, Owner};
use crate::series::{FunctionId, Names, SiteId, Track};
use foldhash::{HashMap, HashMapExt};
use std::collections::{BTreeMap, BTreeSet};

/// The smallest stack of a goroutine in bytes (`stackMin` in Go's runtime/stack.go): what each one costs at least.
const SMALLEST_STACK: f64 = 2048.0;
/// Waits that nothing can end, or that a healthy service is never found in for long: a sender whose receiver is gone,
/// and channels that can never be ready. A receiver or a select may be a parked worker, so it is not among them.
const DEAD_WAITS: [&str; 4] =
    ["chan send", "chan send (nil chan)", "chan receive (nil chan)", "select (no cases)"];
/// A wait that ends by itself: such a group may be a busy moment, unless the same goroutines are seen again.
const PASSING_WAIT: &str = "time.Sleep";
/// Companions of connections: one runs beside each, whatever it waits in, so their number is that of the connections.
const CONNECTION_COMPANIONS: [&str; 2] = ["net/http.(*persistConn).writeLoop", BACKGROUND_READ];
/// So many labels are told.
const LABELS_TOLD: usize = 5;
/// A wait for the network: a connection, and connections come and go with their peers, which a profile does not see.
const NETWORK_WAIT: &str = "internal/poll.runtime_pollWait";
/// A group is persistent when at least this share of it was there before and stayed; some of a leaking group may
/// still finish.
const PERSISTENT_SHARE: f64 = 0.9;
/// When less of the first dump's group is left, its members come and go: load, however large. In a series the middle
/// may speak instead: a few may have been let go at the start, and all that came later stay.
const TURNED_OVER_SHARE: f64 = 0.5;
/// Fewer connections than this are those of a handful of peers, which open some more and keep them alive.
const FEW_CONNECTIONS: u64 = 100;

/// Judges the goroutine groups of `track` between the snapshots of `window`, with the proof of a goroutineleak
/// profile and the load that the heap shows, if these were taken.
pub fn judge_goroutines(
    track: &Track,
    names: &Names,
    groups: &Groups,
    window: &Window,
    criteria: &Criteria,
    proof: Option<&Track>,
    load: Option<&Load<'_>>,
) -> Vec<Suspect> {
    let proved = proof.map(|track| proved_by_function(track, names)).unwrap_or_default();
    let census = Census::take(track, names, window);
    let roots: Vec<usize> = groups.roots().collect();
    let counts: Vec<Counts> = (0..groups.len()).map(|i| census.count(track, groups.rows(i))).collect();
    let tests: Vec<Test> = counts
        .iter()
        .map(|c| Test { p_value: c.change.p_value(), least_p_value: c.change.least_p_value() })
        .collect();
    let q = q_values(&tests, Criteria::MEDIUM_Q);
    let gross: f64 = roots.iter().map(|root| counts[*root].delta().max(0.0)).sum();

    let judged: Vec<Option<(Confidence, Vec<Evidence>)>> = (0..groups.len())
        .map(|i| {
            let counts = &counts[i];
            // The proof is matched by function: it was taken at another moment than the stacks here.
            // Roots stand in ascending order, parents before their parts.
            let proved_elsewhere = match roots.binary_search(&i).is_ok() {
                true => proved.get(&groups.get(i).blame.function).copied().unwrap_or(0),
                false => 0,
            };
            let share = (gross > 0.0).then(|| (counts.delta() / gross).clamp(0.0, 1.0));
            let material = criteria.material(counts.delta() * SMALLEST_STACK, share, window);
            let course = course(track, groups.rows(i), window);
            let proved = proved_elsewhere.max(counts.marked);
            let mut found = assess(counts, proved, (tests[i].p_value, q[i]), material, course.as_ref())?;
            let explained = |load: &Load<'_>| {
                let counts = counts_along(track, groups.rows(i), window);
                let counts: Vec<f64> = counts.iter().map(|count| *count as f64).collect();
                load.explains(&counts, window, groups.get(i).blame.function, names)
            };
            if found.0 == Confidence::High && proved == 0 && load.is_some_and(explained) {
                found.0 = Confidence::Medium;
                found.1.push(Evidence::LoadGrows);
            }
            Some(found)
        })
        .collect();
    let assessed: Assessments =
        judged.iter().map(|j| j.as_ref().map(|(confidence, _)| *confidence)).collect();
    let mut chosen = Vec::new();
    for root in &roots {
        choose(*root, groups, &assessed, &mut chosen);
    }
    let weight = |i: usize| counts[i].delta();
    chosen
        .into_iter()
        .filter_map(|index| {
            let (confidence, mut evidence) = judged[index].clone()?;
            census.describe(groups.rows(index), track, &mut evidence);
            let counts = &counts[index];
            let mut growth = growth_of(track, groups.rows(index), counts, window);
            growth.p_value = Some(tests[index].p_value);
            growth.q_value = Some(q[index]);
            if let Some(course) = course(track, groups.rows(index), window) {
                growth.slope = course.slope;
                growth.shape = course.shape;
            }
            let sites = site_growths(track, names, groups.rows(index), window);
            let blame = heaviest_blame(index, groups, &weight);
            Some(Suspect {
                subject: Subject::Goroutine,
                confidence,
                is_own: names.info(blame.function).owner == Owner::Own,
                blame,
                growth,
                weight: counts.delta() * SMALLEST_STACK,
                live_growth: 0.0,
                joined: Vec::new(),
                entrances: Vec::new(),
                cause: None,
                excerpt: None,
                share: (gross > 0.0).then(|| (counts.delta() / gross).clamp(0.0, 1.0)),
                evidence,
                fingerprint: identity(names, &groups.get(index).blame),
                sites,
            })
        })
        .collect()
}

/// How many goroutines of a group each snapshot shows.
fn counts_along(track: &Track, rows: &[usize], window: &Window) -> Vec<u64> {
    let at = |snapshot: &usize| rows.iter().map(|row| live(track, *snapshot, *row)).sum();
    window.snapshots().iter().map(at).collect()
}

/// How a group moved; `None` for two snapshots.
fn course(track: &Track, rows: &[usize], window: &Window) -> Option<Course> {
    let counts = counts_along(track, rows, window);
    let figures = Figures {
        window,
        values: counts.iter().map(|count| *count as f64).collect(),
        errors: vec![0.0; counts.len()],
        allocated: None,
    };
    let last = *counts.last()?;
    let since = |position: usize| LaterPart {
        p_value: Change { before: counts[position], after: last, allocated: None }.p_value(),
        retained: false,
        climbs: false,
        swells: false,
    };
    Course::follow(&figures, &since)
}

/// How many goroutines the latest goroutineleak profile proves, by blamed function.
fn proved_by_function(track: &Track, names: &Names) -> BTreeMap<FunctionId, u64> {
    let mut proved = BTreeMap::new();
    let last = track.snapshots.len() - 1;
    let blamer = Blamer::of(names);
    for (index, row) in track.rows.iter().enumerate() {
        let count = live(track, last, index);
        if let Some(blame) = blamer.blame(track, row.site).filter(|_| count > 0) {
            let sum = proved.entry(blame.function).or_insert(0u64);
            *sum = sum.saturating_add(count);
        }
    }
    proved
}

/// Who stands where in the two snapshots.
struct Census<'a> {
    window: &'a Window,
    names: &'a Names,
    stayed: Option<HashMap<SiteId, u64>>,
    /// The same from the middle of a series on, with the snapshot that is.
    stayed_since_middle: Option<(usize, HashMap<SiteId, u64>)>,
    members: HashMap<SiteId, Vec<&'a Goroutine>>,
}

/// The figures of one group.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    change: Change,
    /// Of those before, how many stayed; `None` unless both snapshots are dumps.
    stayed: Option<u64>,
    /// Of those in the middle of a series, how many stayed, and how many there were.
    stayed_since_middle: Option<(u64, u64)>,
    /// Marked `(leaked)` in the last dump.
    marked: u64,
    /// In the last dump, waiting for what never comes.
    dead: u64,
    /// In the last snapshot, waiting for what comes by itself.
    passing: u64,
    /// In the last snapshot, waiting for the network.
    network: u64,
}

impl Counts {
    fn delta(&self) -> f64 {
        self.change.after as f64 - self.change.before as f64
    }
}

impl<'a> Census<'a> {
    fn take(track: &'a Track, names: &'a Names, window: &'a Window) -> Census<'a> {
        let last = &track.snapshots[window.last()].members;
        let mut members: HashMap<SiteId, Vec<&Goroutine>> = HashMap::with_capacity(last.len().min(1 << 10));
        for member in last {
            members.entry(member.site).or_default().push(&member.goroutine);
        }
        let since = |first: usize| members_between(track, first, window.last());
        // Of most dumps between the first and the last the goroutines are no longer known.
        let inner = window.snapshots().iter().enumerate().skip(1).take(window.len().saturating_sub(2));
        let middle = inner
            .filter(|(_, snapshot)| !track.snapshots[**snapshot].members.is_empty())
            .min_by_key(|(at, _)| (2 * at).abs_diff(window.len()))
            .map(|(_, snapshot)| *snapshot);
        Census {
            window,
            names,
            stayed: since(window.first()),
            stayed_since_middle: middle.and_then(|middle| Some((middle, since(middle)?))),
            members,
        }
    }

    fn is_connection(&self, track: &Track, site: SiteId) -> bool {
        let root = track
            .latest_stack(site)
            .iter()
            .next_back()
            .map_or("", |frame| self.names.info_of(frame).name.as_str());
        self.leaf_of(track, site) == NETWORK_WAIT || CONNECTION_COMPANIONS.contains(&root)
    }

    /// The leaf above the runtime: what the goroutines of a site wait in.
    fn leaf_of(&self, track: &Track, site: SiteId) -> &str {
        let leaf = track.latest_stack(site).iter().nth(track.site(site).hidden_leaves as usize);
        leaf.map_or("", |frame| self.names.info_of(frame).name.as_str())
    }

    fn count(&self, track: &Track, rows: &[usize]) -> Counts {
        let mut counts = Counts {
            stayed: self.stayed.as_ref().map(|_| 0),
            stayed_since_middle: self.stayed_since_middle.as_ref().map(|_| (0, 0)),
            ..Counts::default()
        };
        for &row in rows {
            let change = &mut counts.change;
            change.before = change.before.saturating_add(live(track, self.window.first(), row));
            change.after = change.after.saturating_add(live(track, self.window.last(), row));
            let site = track.rows[row].site;
            let here = live(track, self.window.last(), row);
            if self.leaf_of(track, site) == PASSING_WAIT {
                counts.passing += here;
            } else if self.is_connection(track, site) {
                counts.network += here;
            }
            if let (Some(sum), Some(stayed)) = (&mut counts.stayed, &self.stayed) {
                *sum += stayed.get(&site).copied().unwrap_or(0);
            }
            if let (Some((sum, of)), Some((middle, stayed))) =
                (&mut counts.stayed_since_middle, &self.stayed_since_middle)
            {
                *sum += stayed.get(&site).copied().unwrap_or(0);
                *of = of.saturating_add(live(track, *middle, row));
            }
            for goroutine in self.members.get(&site).into_iter().flatten() {
                counts.marked += u64::from(goroutine.leaked);
                counts.dead += u64::from(DEAD_WAITS.contains(&goroutine.state.as_str()));
            }
        }
        counts.change.allocated = counts.stayed.map(|stayed| counts.change.after.saturating_sub(stayed));
        counts
    }

    /// Adds what the last dump tells of a group: states, longest wait, creators.
    fn describe(&self, rows: &[usize], track: &Track, evidence: &mut Vec<Evidence>) {
        let sites: BTreeSet<SiteId> = rows.iter().map(|row| track.rows[*row].site).collect();
        let members = || sites.iter().filter_map(|site| self.members.get(site)).flatten();
        let states = most_frequent(members().map(|g| g.state.clone()));
        if !states.is_empty() {
            evidence.push(Evidence::States(states));
        }
        let mut labels: BTreeMap<&str, u64> = BTreeMap::new();
        let labelled = &track.snapshots[self.window.last()].labels;
        for (_, label, count) in labelled.iter().filter(|(site, _, _)| sites.contains(site)) {
            let sum = labels.entry(label).or_insert(0);
            *sum = sum.saturating_add(*count);
        }
        let mut labels: Vec<(String, u64)> =
            labels.into_iter().map(|(l, count)| (l.to_owned(), count)).collect();
        labels.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        labels.truncate(LABELS_TOLD);
        if !labels.is_empty() {
            evidence.push(Evidence::Labels(labels));
        }
        if let Some(minutes) = members().filter_map(|g| g.wait_minutes).max() {
            evidence.push(Evidence::LongestWait(minutes));
        }
        let creators = most_frequent(members().filter_map(|g| g.created_by.clone()));
        if let Some((creator, count)) = creators.into_iter().next() {
            evidence.push(Evidence::CreatedBy(creator, count));
        }
    }
}

fn most_frequent(texts: impl Iterator<Item = String>) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_insert(0) += 1;
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// The confidence of a group; `None` for no suspect.
fn assess(
    counts: &Counts,
    proved: u64,
    (p_value, q_value): (f64, f64),
    material: Evidence,
    course: Option<&Course>,
) -> Option<(Confidence, Vec<Evidence>)> {
    let change = &counts.change;
    let significant = q_value <= Criteria::MEDIUM_Q;
    let mut evidence = Vec::new();
    if proved > 0 {
        evidence.push(Evidence::Proved(proved));
    } else if !significant || counts.delta() <= 0.0 {
        return None;
    }
    let is_material = matches!(material, Evidence::Material { held: true, .. });
    let share = |(stayed, of): (u64, u64)| (of > 0).then(|| stayed as f64 / of as f64);
    let since_first = counts.stayed.map(|stayed| (stayed, change.before));
    // Those that were there in the middle are more, and speak for how it goes on.
    let since_middle = counts
        .stayed_since_middle
        .filter(|_| since_first.and_then(share).is_some_and(|share| share < TURNED_OVER_SHARE));
    let share_stayed = since_middle.or(since_first).and_then(share);
    evidence.push(Evidence::Significance {
        held: significant,
        p_value,
        q_value,
        counts: (change.before, change.after),
        turnover: None,
    });
    if let Some((stayed, of)) = since_middle.or(since_first).filter(|(_, of)| *of > 0) {
        evidence.push(Evidence::Stayed { of_middle: since_middle.is_some(), stayed, of });
    }
    evidence.push(material);
    if let Some(course) = course {
        evidence.extend(course.evidence(true));
    }
    let confidence = if proved > 0 {
        // Certain that they leak; whether more of them do is what the counts say.
        if counts.delta() > 0.0 { Confidence::High } else { Confidence::Medium }
    } else if !is_material || share_stayed.is_some_and(|share| share < TURNED_OVER_SHARE) {
        Confidence::Low
    } else if counts.stayed.is_none() && 2 * counts.passing > change.after {
        evidence.push(Evidence::PassingWait);
        Confidence::Low
    } else if 2 * counts.network > change.after {
        evidence.push(Evidence::NetworkWait);
        match course {
            _ if change.after < FEW_CONNECTIONS => Confidence::Low,
            Some(course) => course.confidence(q_value, true).min(Confidence::Medium),
            None => {
                evidence.push(Evidence::TwoSnapshots);
                Confidence::Medium
            }
        }
    } else if let Some(course) = course {
        course.confidence(q_value, true)
    } else if q_value <= Criteria::HIGH_Q
        && share_stayed.is_some_and(|share| share >= PERSISTENT_SHARE)
        && counts.dead as f64 >= PERSISTENT_SHARE * change.after as f64
    {
        Confidence::High
    } else {
        evidence.push(Evidence::TwoSnapshots);
        Confidence::Medium
    };
    Some((confidence, evidence))
}

fn growth_of(track: &Track, rows: &[usize], counts: &Counts, window: &Window) -> Growth {
    let at = |snapshot: usize| rows.iter().map(|row| live(track, snapshot, *row)).sum::<u64>() as f64;
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

/// The goroutines of a row in a snapshot. Capped at a number that no process reaches, so that sums fit whatever a file
/// says.
fn live(track: &Track, snapshot: usize, row: usize) -> u64 {
    u64::try_from(track.cell(snapshot, row).inuse_objects).unwrap_or(0).min(1 << 40)
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

fn identity(names: &Names, blame: &Blame) -> String {
    fingerprint(["goroutine", names.info(blame.function).name.as_str()].into_iter())
}
