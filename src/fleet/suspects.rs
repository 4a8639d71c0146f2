//! From what all instances say of each place to the suspects of a service.

use super::answer::{CauseOf, FleetSuspect, ShownBy, Worst};
use super::onset::since;
use super::place::{FleetPlace, Own, Reported};
use super::pool::JobPool;
use crate::analysis::least_share;
use crate::clusters::Subject;
use crate::growth::grows_with_load;
use crate::judge::policy::{
    FILLINGS, FILLINGS_COUNTED, FILLINGS_OF_PEERS, LEAST_PLACES, LEAST_SURE, MEDIUM, PROVED, RETAINED,
};
use crate::judge::{
    Class, Logs, Posterior, Prior, Weight, affected, as_lasting, at_least, confidence, either,
    lasted_by_minutes, lead, over_instances, over_lives, weigh_rise, worth_weighing,
};
use crate::profile::Unit;
use crate::suspects::{Confidence, place_id};
use std::collections::{BTreeMap, BTreeSet};

/// A place of all instances, weighed.
pub(super) struct Pooled {
    pub(super) log: Logs,
    /// What instances say each for itself.
    each: Logs,
    /// The weight of its lives laid over each other, where there are several.
    together: Option<Together>,
    intervals: usize,
}

/// What lives laid over each other say.
pub(super) struct Together {
    /// Kept in each life an hour, as many as were counted, and the share that is kept.
    rate: f64,
    share: f64,
    rise: f64,
    /// Whether it grows as what is allocated does.
    is_with_load: bool,
}

/// The suspects of a job.
pub(super) fn suspects(pool: &JobPool, min_growth: f64) -> Vec<FleetSuspect> {
    if pool.instances.len() == 1 {
        return of_one(pool);
    }
    let units = pool.units.iter();
    let found =
        units.filter_map(|((subject, id), unit)| of_many(pool, *subject, id, unit, min_growth)).collect();
    one_each(found, pool)
}

/// Of one instance its own report is the answer.
fn of_one(pool: &JobPool) -> Vec<FleetSuspect> {
    let mut found: Vec<(usize, FleetSuspect)> = Vec::new();
    for ((subject, id), unit) in &pool.units {
        let Some(reported) = unit.reported.first() else { continue };
        let log = reported.log.unwrap_or([0.0; Class::ALL.len()]);
        let says = unit.by_instance(None);
        let mut suspect = describe(pool, (*subject, id), unit, &says, reported.confidence, &log);
        suspect.probability = (!reported.facts.proved).then(|| reported.leak());
        found.push((reported.facts.rank, suspect));
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, suspect)| suspect).collect()
}

/// What several instances say of a place; `None` for nothing.
fn of_many(
    pool: &JobPool,
    subject: Subject,
    id: &str,
    unit: &FleetPlace,
    min_growth: f64,
) -> Option<FleetSuspect> {
    let says = unit.by_instance(None);
    if unit.reported.is_empty() && !may_show(unit, &says) {
        return None;
    }
    let prior = prior(pool, subject, unit);
    let pooled = pooled(pool, subject, unit, &prior, &says);
    let proved = unit.reported.iter().filter(|reported| reported.facts.proved).max_by_key(|r| r.confidence);
    let posterior = match proved {
        Some(_) => Posterior::proved(PROVED),
        None => Posterior::of(&pooled.log, &prior),
    };
    let word = match proved {
        Some(reported) => reported.confidence,
        None => match confidence(&posterior, pooled.intervals + 1)? {
            Confidence::High if is_young(subject, unit, &pooled, &prior) => Confidence::Medium,
            word => word,
        },
    };
    let mut suspect = describe(pool, (subject, id), unit, &says, word, &pooled.log);
    suspect.probability = proved.is_none().then(|| posterior.leak());
    // What instances say each for itself is not enough: all together show it.
    if proved.is_none() && Posterior::of(&pooled.each, &prior).leak() < MEDIUM {
        by_all_together(&mut suspect, unit, &pooled, pool.instances.len());
    }
    if proved.is_none() {
        suspect.confidence = word.min(most(subject, unit, &pooled, &suspect, min_growth));
        suspect.since = since(pool, subject, unit, &prior);
    }
    // What one of many names for a reason of its own, and none keeps anything of, is nothing to look at.
    let is_something = suspect.confidence > Confidence::Low || suspect.per_hour > 0.0;
    is_something.then_some(suspect)
}

/// Whether the memory of a place has grown for so few minutes, in every process, that a store which fills would look the same.
fn is_young(subject: Subject, unit: &FleetPlace, pooled: &Pooled, prior: &Prior) -> bool {
    let hours = |own: &Own| own.hours * own.lasted / own.intervals.max(1) as f64;
    let longest =
        unit.own.iter().map(|own| (own.lasted, hours(own))).reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)));
    let Some((lasted, hours)) = longest.filter(|_| subject == Subject::Heap) else { return false };
    let log = as_lasting(pooled.log, lasted, lasted_by_minutes(lasted, hours));
    let posterior = Posterior::of(&log, prior);
    confidence(&posterior, pooled.intervals + 1) != Some(Confidence::High)
}

/// Whether anything that was counted at a place could make it a suspect: it costs much to weigh.
fn may_show(unit: &FleetPlace, says: &BTreeMap<usize, Logs>) -> bool {
    says.values().any(|log| lead(log) > 0.0) || unit.own.iter().map(|own| own.net).sum::<f64>() > 0.0
}

/// The prior of a place in its service.
fn prior(pool: &JobPool, subject: Subject, unit: &FleetPlace) -> Prior {
    let reported = unit.reported.iter().map(|reported| reported.sharing);
    let sharing = pool.sharing.get(&subject).copied().unwrap_or(0.0);
    let fillings = match subject {
        Subject::Heap if unit.is_certain || unit.own.is_empty() => FILLINGS,
        Subject::Heap => FILLINGS_COUNTED,
        Subject::Goroutine => FILLINGS_OF_PEERS,
    };
    Prior { places: reported.fold(sharing.max(LEAST_PLACES), f64::max), fillings }
}

/// What all instances say of a place by two models: each for itself, and all lives laid over each other.
fn pooled(
    pool: &JobPool,
    subject: Subject,
    unit: &FleetPlace,
    prior: &Prior,
    says: &BTreeMap<usize, Logs>,
) -> Pooled {
    let own = || unit.own.iter();
    let reported = || unit.reported.iter().map(|reported| reported.intervals);
    let intervals = own().map(|own| own.intervals).chain(reported()).max().unwrap_or(1);
    let longest = own().map(|own| own.lasted).fold(intervals as f64, f64::max);
    let logs: Vec<Logs> = says.values().copied().collect();
    let each = over_instances(&logs, pool.instances.len(), longest, prior);
    match together(pool, subject, unit, prior, None) {
        Some((log, together)) => {
            // Where each by itself is too little to say anything, there is one model.
            let log = if logs.is_empty() { log } else { either(&each, &log) };
            Pooled { log, each, together: Some(together), intervals }
        }
        None => Pooled { log: each, each, together: None, intervals },
    }
}

/// What the lives of a place say if they share all numbers; `None` where there are not several. `build` restricts it to one.
pub(super) fn together(
    pool: &JobPool,
    subject: Subject,
    unit: &FleetPlace,
    prior: &Prior,
    build: Option<&str>,
) -> Option<(Logs, Together)> {
    let least_share = least_share(subject);
    let enough = worth_weighing(prior.places);
    let builds = pool.builds();
    let order =
        builds.iter().map(|(name, _)| name.as_str()).filter(|name| build.is_none_or(|build| build == *name));
    let overlays: Vec<_> =
        order.filter_map(|name| unit.overlays.get(name)).flat_map(BTreeMap::values).collect();
    if overlays.iter().map(|overlay| overlay.lives()).sum::<f64>() < 2.0 {
        return None;
    }
    let weights: Vec<Weight> =
        overlays.iter().map(|overlay| weigh_rise(overlay.seen(), least_share, enough)).collect();
    let (mut rate, mut share, mut lives, mut rise) = (0.0, 0.0, 0.0, 0.0);
    let mut is_with_load = false;
    for (overlay, weight) in overlays.iter().zip(&weights).filter(|(_, weight)| weight.of(Class::Leak) > 0.0)
    {
        rate += weight.rate.mean;
        share += weight.share.mean * overlay.lives();
        lives += overlay.lives();
        rise += overlay.seen().rise();
        let seen = overlay.seen();
        let (mut born, mut hours) = (vec![0.0], vec![0.0]);
        for (births, gap) in seen.births.iter().zip(&seen.gaps) {
            born.push(born[born.len() - 1] + births);
            hours.push(hours[hours.len() - 1] + gap);
        }
        is_with_load |= grows_with_load(&seen.live(), &born, &hours) == Some(true);
    }
    let together = Together {
        rate: if lives > 0.0 { rate / lives } else { 0.0 },
        share: if lives > 0.0 { share / lives } else { 0.0 },
        rise,
        is_with_load,
    };
    Some((over_lives(&weights), together))
}

/// The most that is said of a place, however probable a leak there is.
fn most(
    subject: Subject,
    unit: &FleetPlace,
    pooled: &Pooled,
    suspect: &FleetSuspect,
    min_growth: f64,
) -> Confidence {
    if suspect.bytes_a_day() < min_growth || unit.is_runtime {
        return Confidence::Low;
    }
    let mut most = Confidence::High;
    // What those who report it say of its nature, most of them; who is not sure by itself that it leaks knows no more of that.
    let sure = unit.reported.iter().filter(|reported| reported.leak() >= MEDIUM);
    let mut limits: Vec<Confidence> =
        sure.map(|reported| reported.limit.unwrap_or(Confidence::High)).collect();
    limits.sort_unstable();
    if let Some(limit) = limits.get(limits.len() / 2) {
        most = most.min(*limit);
    }
    if !unit.is_certain && !unit.own.is_empty() {
        most = most.min(Confidence::Medium);
    }
    let together =
        pooled.together.as_ref().filter(|_| suspect.shown_by == ShownBy::Together || limits.is_empty());
    if let Some(together) = together {
        let is_load = together.share < RETAINED && together.is_with_load;
        if together.rise < LEAST_SURE || is_load {
            return Confidence::Low;
        }
        // What they wait in is not known.
        if subject == Subject::Goroutine {
            most = most.min(Confidence::Medium);
        }
    }
    most
}

/// A suspect of which the instances tell how much and where.
fn describe(
    pool: &JobPool,
    (subject, id): (Subject, &str),
    unit: &FleetPlace,
    says: &BTreeMap<usize, Logs>,
    word: Confidence,
    log: &Logs,
) -> FleetSuspect {
    let rates: BTreeMap<usize, f64> =
        unit.rates().into_iter().map(|(instance, rates)| (instance, rates.mean)).collect();
    let leads: Vec<f64> = says.values().map(lead).collect();
    let ill = ill(unit, says, pool.instances.len());
    let per_hour: f64 = ill.iter().filter_map(|instance| rates.get(instance)).sum();
    let worst = ill.iter().max_by(|a, b| {
        let rate = |instance: &usize| rates.get(instance).copied().unwrap_or(0.0);
        rate(a).total_cmp(&rate(b)).then(b.cmp(a))
    });
    let named =
        |confidence: Confidence| unit.reported.iter().filter(move |r| r.confidence >= confidence).count();
    let proofs = unit.reported.iter().filter(|reported| reported.facts.proved).count();
    let of_worst = worst.and_then(|worst| unit.reported.iter().find(|reported| reported.instance == *worst));
    let limits = ill.iter().filter_map(|instance| pool.instances[*instance].hours_to_limit);
    FleetSuspect {
        fingerprint: id.to_owned(),
        kind: subject,
        confidence: word,
        function: unit.function.clone(),
        file: unit.file.clone(),
        line: of_worst.map_or(unit.line, |reported| reported.line),
        probability: None,
        lead: lead(log),
        shown_by: ShownBy::Instances,
        per_hour,
        per_hour_each: per_hour / ill.len().max(1) as f64,
        unit: if subject == Subject::Heap { Unit::Bytes } else { Unit::Count },
        affected: Some(ill.len()),
        affected_at_least: at_least(&leads, pool.instances.len())
            .max(proofs)
            .max(usize::from(pool.instances.len() == 1)),
        of: pool.instances.len(),
        alone: named(Confidence::Medium),
        worst: worst.map(|instance| Worst {
            instance: pool.instances[*instance].name.clone(),
            per_hour: rates.get(instance).copied().unwrap_or(0.0),
        }),
        since: None,
        cause: cause(unit, word, of_worst),
        hours_to_limit: limits.reduce(f64::min),
    }
}

/// The instances, of so many, that leak at a place by the best guess, from what each says ([`FleetPlace::by_instance`]).
pub(super) fn ill(unit: &FleetPlace, says: &BTreeMap<usize, Logs>, instances: usize) -> BTreeSet<usize> {
    let leads: Vec<f64> = says.values().map(lead).collect();
    let known = affected(&leads, instances);
    let mut ill: BTreeSet<usize> = says.keys().zip(known).filter(|(_, is)| *is).map(|(i, _)| *i).collect();
    let sure = unit.reported.iter().filter(|reported| reported.facts.proved || instances == 1);
    ill.extend(sure.map(|reported| reported.instance));
    ill
}

/// The cause by the report with most to say: of the worst instance, else of the surest. What is likely a leak does not
/// get its cause from an instance that takes the place for something else, such as growth that follows the load.
fn cause(unit: &FleetPlace, word: Confidence, of_worst: Option<&Reported>) -> Option<CauseOf> {
    let agrees = |reported: &&Reported| {
        word == Confidence::Low || reported.leak() >= MEDIUM || reported.limit != Some(Confidence::Low)
    };
    let surest = || unit.reported.iter().filter(agrees).max_by_key(|reported| reported.confidence);
    let facts = &of_worst.filter(agrees).or_else(surest)?.facts;
    Some(CauseOf {
        id: facts.cause.clone(),
        title: facts.title.clone(),
        advice: facts.advice.clone(),
        evidence: facts.evidence.clone(),
    })
}

/// The figures of a leak that no instance shows by itself.
fn by_all_together(suspect: &mut FleetSuspect, unit: &FleetPlace, pooled: &Pooled, instances: usize) {
    let Some(together) = &pooled.together else { return };
    suspect.shown_by = ShownBy::Together;
    suspect.affected = None;
    suspect.per_hour_each = together.rate * unit.each();
    suspect.per_hour = suspect.per_hour_each * instances as f64;
    // Together they leak, so at least one does.
    suspect.affected_at_least =
        suspect.affected_at_least.max(usize::from(suspect.probability >= Some(MEDIUM)));
}

/// Each leak once: not a function beside its path that is no surer, and not what is a part of a suspect that instances report.
fn one_each(found: Vec<FleetSuspect>, pool: &JobPool) -> Vec<FleetSuspect> {
    let unit_of = |suspect: &FleetSuspect| pool.units.get(&(suspect.kind, suspect.fingerprint.clone()));
    let is_reported = |suspect: &FleetSuspect| unit_of(suspect).is_some_and(|unit| !unit.reported.is_empty());
    let same_function = |a: &FleetSuspect, b: &FleetSuspect| a.kind == b.kind && a.function == b.function;
    let is_whole = |s: &FleetSuspect| place_id(s.kind, &s.function, std::iter::empty()) == s.fingerprint;
    // What a suspect is put together from, with the most that is said of any such.
    let mut parts: BTreeMap<(Subject, &str), Confidence> = BTreeMap::new();
    for whole in &found {
        let reported = unit_of(whole).into_iter().flat_map(|unit| &unit.reported);
        for (kind, function) in reported.flat_map(|reported| &reported.facts.parts) {
            let most = parts.entry((*kind, function)).or_insert(whole.confidence);
            *most = (*most).max(whole.confidence);
        }
    }
    let stays = |suspect: &FleetSuspect| {
        if is_reported(suspect) {
            return true;
        }
        if parts
            .get(&(suspect.kind, suspect.function.as_str()))
            .is_some_and(|most| *most >= suspect.confidence)
        {
            return false;
        }
        let mut others = found.iter().filter(|other| same_function(suspect, other) && *other != suspect);
        match is_whole(suspect) {
            // The whole, unless one of its paths is surer.
            true => !others.any(|path| path.confidence > suspect.confidence),
            false => !others.any(|whole| is_whole(whole) && whole.confidence >= suspect.confidence),
        }
    };
    found.iter().filter(|suspect| stays(suspect)).cloned().collect()
}
