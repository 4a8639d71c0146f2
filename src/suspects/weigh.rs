//! What one group of the heap says: its counts, the sizes of its objects and the containers among them, weighed by the model.

use crate::clusters::{LARGEST_TABLE, TABLE_SIZES, TINY_BLOCK};
use crate::growth::Climb;
use crate::judge::policy::{
    AS_A_WHOLE, COPIED, FILLINGS, FILLINGS_COUNTED, LEAST_CONTAINERS, LEAST_PLACES, LEAST_RISE, LEAST_SURE,
    LEAST_WITHOUT_BIRTHS, MOST_AHEAD, NEARLY_AS_SURE, OTHER_TABLES, SMALLEST_RUNG,
};
use crate::judge::{
    Birth, Births, Class, Confidence, Container, Counts, HeapLife, Observation, Posterior, Prior, Sizes,
    SoFar, Weight, as_lasting, confidence, lasted_by_minutes, may_keep, more_snapshots, over_lives, weigh,
    weigh_container, weigh_swelling, with_prior, worth_weighing,
};
use crate::series::{SiteId, Track, Window};
use foldhash::{HashMap, HashMapExt};
use std::cell::{OnceCell, RefCell};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Larger objects have pages of their own (`maxSmallSize` in Go's runtime/sizeclasses.go): mostly buffers and arrays.
const SMALL_OBJECT: i64 = 32_768;

/// The most that is said of a place whose counts are not known, or without births.
pub fn most_if_uncertain(window: &Window) -> Confidence {
    if window.len() < LEAST_WITHOUT_BIRTHS { Confidence::Low } else { Confidence::Medium }
}

/// The lives of a process, and what was weighed in them.
pub(super) struct Scale<'a> {
    pub(super) track: &'a Track,
    /// In order; each with two snapshots at least.
    pub(super) lives: Vec<HeapLife<'a>>,
    /// The one whose figures are shown.
    pub(super) judged: usize,
    /// How many places could have leaked.
    pub(super) allocating: f64,
    containers: OnceCell<f64>,
    /// What was weighed, by what was seen: levels of one function often show the same.
    known: RefCell<HashMap<(Vec<u64>, Births), Weight>>,
}

/// What a group says.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    pub(super) posterior: Posterior,
    /// ln Bayes factors, to say what more snapshots would add.
    pub(super) log: [f64; Class::ALL.len()],
    pub(super) prior: Prior,
    /// In the life that is shown; what lasted longest in any.
    pub(super) weight: Weight,
    pub(super) about: About,
}

/// What the evidence is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum About {
    /// All objects.
    All,
    /// Those of one size.
    Size(i64),
    /// Blocks of the tiny allocator alone.
    Tiny,
    /// One object that is replaced by bigger ones.
    Container(Climb),
    /// Several containers that became larger: the p-value.
    Swelling(f64),
}

impl Weighed {
    pub(super) fn of(log: [f64; Class::ALL.len()], prior: Prior, weight: Weight, about: About) -> Weighed {
        Weighed { posterior: Posterior::of(&log, &prior), log, prior, weight, about }
    }

    /// The probabilities if stores fill for minutes rather than intervals, by which it has to be high as well; and how many more snapshots
    /// would make it so. Rounds of work are counted whatever their time. `intervals` are those of all lives, `window` is what is shown.
    pub(super) fn by_minutes(&self, intervals: usize, window: &Window) -> (Posterior, Option<usize>) {
        let Weight { lasted, hours, .. } = self.weight;
        let hours = if window.is_in_rounds() { f64::INFINITY } else { hours };
        let minutes = lasted_by_minutes(lasted, hours);
        let log = as_lasting(self.log, lasted, minutes);
        let posterior = Posterior::of(&log, &self.prior);
        if confidence(&posterior, intervals + 1) == Some(Confidence::High) {
            return (posterior, None);
        }
        let so_far = SoFar { intervals, lasted: minutes, each: minutes / lasted.max(1.0) };
        let more = more_snapshots(&log, &self.prior, so_far, MOST_AHEAD);
        (posterior, more.map(|more| window.in_snapshots(more, self.weight.intervals)))
    }
}

impl<'a> Scale<'a> {
    pub(super) fn of(track: &'a Track, lives: Vec<HeapLife<'a>>, judged: usize) -> Scale<'a> {
        Scale {
            track,
            lives,
            judged,
            allocating: 0.0,
            containers: OnceCell::new(),
            known: RefCell::new(HashMap::new()),
        }
    }

    pub(super) fn life(&self) -> &HeapLife<'a> {
        &self.lives[self.judged]
    }

    /// All intervals of all lives.
    pub(super) fn intervals(&self) -> usize {
        self.lives.iter().map(HeapLife::intervals).sum()
    }

    /// How many places share the prior.
    pub(super) fn places(&self) -> f64 {
        self.allocating.max(LEAST_PLACES)
    }

    /// How many places allocate large objects.
    fn containers(&self) -> f64 {
        *self.containers.get_or_init(|| {
            let sites: BTreeSet<SiteId> =
                self.life().large_rows().map(|row| self.track.rows[row].site).collect();
            sites.len() as f64
        })
    }

    pub(super) fn prior(&self, places: f64) -> Prior {
        let fillings = if self.life().counts_births() { FILLINGS } else { FILLINGS_COUNTED };
        Prior { places, fillings }
    }

    /// Weighs a group of which `counts` are those of all its objects in the life that is shown. `ln_weight` is the prior of this
    /// group among those of its function. `None` where nothing rose.
    pub(super) fn weigh(
        &self,
        rows: &[usize],
        counts: &Counts,
        least_share: f64,
        ln_weight: f64,
    ) -> Option<Weighed> {
        let weighed = |lives: Vec<Weight>, places: f64, ln_weight: f64, about: About| {
            let log = with_prior(over_lives(&lives), ln_weight);
            let longest = |of: fn(&Weight) -> f64| lives.iter().map(of).fold(0.0, f64::max);
            let (lasted, hours) = (longest(|weight| weight.lasted), longest(|weight| weight.hours));
            let weight = Weight { lasted, hours, ..lives[self.judged].clone() };
            Weighed::of(log, self.prior(places), weight, about)
        };
        let sizes = self.sizes(rows);
        let by_size = self.by_size(rows);
        let of = |size: i64| {
            let first_of = |least: i64| by_size.partition_point(|row| self.track.rows[*row].size < least);
            &by_size[first_of(size)..first_of(size.saturating_add(1))]
        };
        let mut found: Vec<Weighed> = Vec::new();
        if counts.rise() >= LEAST_RISE || self.lives.len() > 1 {
            if let Some(lives) = self.over(rows, Sizes::All, Some(counts), least_share) {
                found.push(weighed(lives, self.places(), ln_weight, About::All));
            }
            if sizes.len() > 1 {
                let lives_of =
                    |size: i64| Some((size, self.over(of(size), Sizes::One(size), None, least_share)?));
                // Of several large sizes one may replace another, as a queue does that doubles.
                let is_large = |(size, _): &&(i64, f64)| *size > SMALL_OBJECT;
                let replaced = sizes.iter().filter(is_large).count() > 1;
                let alone = |size: &&(i64, f64)| !(replaced && is_large(size));
                // What has fewer live ones than a rise cannot have risen.
                let may_have_risen = |(_, live): &&(i64, f64)| *live >= LEAST_RISE || self.lives.len() > 1;
                let risen = sizes.iter().filter(alone).filter(may_have_risen);
                let risen: Vec<(i64, Vec<Weight>)> = risen.filter_map(|(size, _)| lives_of(*size)).collect();
                let ln_each = ln_weight + ((1.0 - AS_A_WHOLE) / AS_A_WHOLE / risen.len().max(1) as f64).ln();
                let as_size = |(size, lives)| weighed(lives, self.places(), ln_each, About::Size(size));
                found.extend(risen.into_iter().map(as_size));
            }
        }
        let tables =
            |size: &i64| (TABLE_SIZES[0]..=LARGEST_TABLE).contains(size) && !TABLE_SIZES.contains(size);
        for size in sizes.iter().map(|(size, _)| *size).filter(tables) {
            if let Some(lives) = self.over(of(size), Sizes::Tables(size), None, least_share) {
                let ln_each = ln_weight + (OTHER_TABLES / sizes.len() as f64).ln();
                found.push(weighed(lives, self.places(), ln_each, About::Size(size)));
            }
        }
        if let Some((weight, climb)) = self.container(rows) {
            found.push(weighed(
                self.alone(weight),
                self.containers().max(LEAST_CONTAINERS),
                ln_weight,
                About::Container(climb),
            ));
        }
        if found.is_empty()
            && sizes.iter().any(|(size, _)| *size == TINY_BLOCK)
            && let Some(lives) = self.over(rows, Sizes::Tiny, None, least_share)
        {
            found.push(weighed(lives, self.places(), ln_weight, About::Tiny));
        }
        self.best(rows, found)
    }

    /// What says nearly as much for a leak as the surest, not by a few objects if there is a choice, and rests on most.
    fn best(&self, rows: &[usize], mut found: Vec<Weighed>) -> Option<Weighed> {
        let surest = found.iter().map(|w| w.posterior.leak()).fold(0.0, f64::max);
        found.retain(|w| w.posterior.leak() >= NEARLY_AS_SURE * surest);
        let has_choice = found.len() > 1;
        let is_by_few = |w: &Weighed| has_choice && self.few(rows, &w.about).is_some();
        let key = |w: &Weighed| (!is_by_few(w), w.log[Class::Leak as usize]);
        found.into_iter().max_by(|a, b| key(a).partial_cmp(&key(b)).unwrap_or(Ordering::Equal))
    }

    /// By how much the count on which a group was weighed rose, if that is so little that one object more or less decides.
    pub(super) fn few(&self, rows: &[usize], about: &About) -> Option<f64> {
        let sizes = match about {
            About::All => Sizes::All,
            About::Size(size) => Sizes::One(*size),
            About::Tiny | About::Container(_) | About::Swelling(_) => return None,
        };
        let rise = (self.lives.len() == 1).then(|| self.life().counts(rows, sizes).rise());
        rise.filter(|rise| *rise < LEAST_SURE)
    }

    /// Some rows by the sizes of their objects, so that those of one size are found without looking at all.
    fn by_size(&self, rows: &[usize]) -> Vec<usize> {
        let mut rows = rows.to_vec();
        rows.sort_by_key(|row| self.track.rows[*row].size);
        rows
    }

    /// The sizes of the objects of some rows, ascending, with how many sampled ones are live at the end of the life that is shown.
    fn sizes(&self, rows: &[usize]) -> Vec<(i64, f64)> {
        let of = |row: &usize| (self.track.rows[*row].size, self.life().live_at_end(*row));
        let mut sizes: Vec<(i64, f64)> = rows.iter().map(of).collect();
        sizes.sort_unstable_by_key(|(size, _)| *size);
        sizes.dedup_by(|next, one| {
            let is_same = next.0 == one.0;
            one.1 += if is_same { next.1 } else { 0.0 };
            is_same
        });
        sizes
    }

    /// Weighs a group by the sizes of its live containers, of which there are several.
    pub(super) fn weigh_swelling(&self, p_values: &[f64], ln_weight: f64) -> Option<Weighed> {
        let p_value = p_values.iter().copied().fold(0.0, f64::max);
        let weight = weigh_swelling(p_value, self.life().gaps())?;
        let log = with_prior(weight.log, ln_weight);
        Some(Weighed::of(log, self.prior(self.places()), weight, About::Swelling(p_value)))
    }

    /// The weight of the counts in each life; `None` where nothing rose in the one that is shown.
    fn over(
        &self,
        rows: &[usize],
        sizes: Sizes,
        counts: Option<&Counts>,
        least_share: f64,
    ) -> Option<Vec<Weight>> {
        let observation = |life: usize, counts: Option<&Counts>| match counts {
            Some(counts) => self.lives[life].observation(counts),
            None => self.lives[life].observation(&self.lives[life].counts(rows, sizes)),
        };
        let shown = observation(self.judged, counts);
        if self.lives.len() == 1 && !may_keep(&shown, least_share) {
            return None;
        }
        let all = (0..self.lives.len()).map(|life| {
            let seen = if life == self.judged { shown.clone() } else { observation(life, None) };
            self.weight(&seen, least_share)
        });
        let all: Vec<Weight> = all.collect();
        all.iter().any(|weight| weight.of(Class::Leak) > 0.0).then_some(all)
    }

    fn weight(&self, seen: &Observation, least_share: f64) -> Weight {
        if seen.rise() < 1.0 {
            return Weight::of_no_rise(seen);
        }
        let numbers = [seen.start, seen.born_before.unwrap_or(-1.0), least_share];
        let key: Vec<u64> = numbers
            .iter()
            .chain(&seen.births)
            .chain(&seen.deaths)
            .chain(&seen.gaps)
            .map(|number| number.to_bits())
            .collect();
        let key = (key, seen.births_are);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let weight = weigh(seen, least_share, worth_weighing(self.places()));
        self.known.borrow_mut().insert(key, weight.clone());
        weight
    }

    /// The evidence of the life that is shown, the others silent.
    fn alone(&self, weight: Weight) -> Vec<Weight> {
        let silent = |life: usize| Weight::silent(self.lives[life].intervals());
        (0..self.lives.len())
            .map(|life| if life == self.judged { weight.clone() } else { silent(life) })
            .collect()
    }

    /// The evidence for a container among the rows, and how it climbed.
    fn container(&self, rows: &[usize]) -> Option<(Weight, Climb)> {
        let life = self.life();
        let of = |(container, births): (Container, Vec<Birth>), least_rung: f64| {
            let weight = weigh_container(&container, &births, life.gaps(), least_rung)?;
            let (from, to) = (container.size as i64, births.last()?.size as i64);
            Some((weight, Climb { from, to, steps: births.len() - usize::from(from == 0) }))
        };
        let by_births = life.container(rows).and_then(|found| of(found, SMALLEST_RUNG));
        // What is copied into a larger one each time leaves so much garbage behind that it may as well be what comes and goes.
        let by_size = life.largest_alone(rows).and_then(|found| of(found, 1.0)).map(|(mut weight, climb)| {
            weight.log = with_prior(weight.log, COPIED.ln());
            (weight, climb)
        });
        let leak = |found: &Option<(Weight, Climb)>| found.as_ref().map(|(weight, _)| weight.of(Class::Leak));
        if leak(&by_births) >= leak(&by_size) { by_births } else { by_size }
    }
}
