//! Every number of the judgement, with its reason and the test that holds it.
//!
//! `pprof-leaks explain --policy` prints this table, and docs/judging.md is generated from it.

/// A number of the judgement.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    /// Its name in the code.
    pub name: &'static str,
    /// Its value as it is written in the code.
    pub value: &'static str,
    /// What it is, and why it has this value.
    pub reason: &'static [&'static str],
    /// The test or command that calibrates it.
    pub calibrated_by: &'static str,
}

macro_rules! policy {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ty = $value:expr, by $test:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: $kind = $value;)+

        /// All of them, in the order of the model.
        pub const NUMBERS: &[Number] = &[
            $(Number { name: stringify!($name), value: stringify!($value), reason: &[$($doc),+], calibrated_by: $test },)+
        ];
    };
}

policy! {
    /// What a goroutine is taken to hold, in bytes, where it has to matter: its stack of 2 KiB at least, and what it refers to. With the
    /// default of --min-growth, 512 goroutines more a day matter.
    HELD_BY_A_GOROUTINE: f64 = 20.0 * 1024.0, by "slow_goroutines: a few hundred goroutines more a day are not clean";
    /// Neighbouring intervals are added up to so many: more resolution costs time and shows nothing more of a share.
    MOST_INTERVALS: usize = 24, by "judge::observation: merging keeps what was born";

    /// Fewer objects more than at the lowest point can never matter: three kept and none freed are worth a factor of 3.
    LEAST_RISE: f64 = 3.0, by "judge::weight: few objects say little";
    /// A place of one life is no more than low if its live objects rose by fewer: one more or less would decide.
    LEAST_SURE: f64 = 5.0, by "accuracy: blocked-select";
    /// What keeps less of its births is judged only where nothing else explains the growth: an object born while the collector marks
    /// counts as live for that cycle, so a busy place seems to grow with any heap (S40).
    LEAST_SHARE: f64 = 0.1, by "accuracy: corpus, healthy";
    /// And this is the least share that is looked for there.
    LEAST_SHARE_ALONE: f64 = 0.005, by "accuracy: long-map, handler-receive";
    /// A site whose live ones rose by less of its births is not looked at at all.
    LEAST_RISE_SHARE: f64 = 0.02, by "accuracy: corpus, healthy";

    /// What it says against a leak, in ln, that a site holds no more than it did: as a death of each of five kept objects.
    NOTHING_ROSE: f64 = 5.0, by "judge::posterior: a leak may come with a later life";

    /// The common points for the share of births that is kept.
    SHARES: [f64; 6] = [0.1, 0.25, 0.5, 0.75, 0.95, 1.0], by "false_positives::series: a leak among a thousand sites is high from eight snapshots and never from four";
    /// Their prior: a leak of everything that a site allocates is the commonest.
    SHARES_PRIOR: [f64; 6] = [0.1, 0.1, 0.15, 0.15, 0.2, 0.3], by "false_positives::series: a leak among a thousand sites is high from eight snapshots and never from four";
    /// The widest step between the three points around a site's own share.
    WIDEST_SHARE_STEP: f64 = 0.1, by "judge::grid: weights add up to one";
    /// The largest prior weight of each of these three points.
    MOST_OWN_WEIGHT: f64 = 0.1, by "judge::grid: weights add up to one";
    /// The largest own share below 1; what keeps all is a point of its own.
    LARGEST_OWN_SHARE: f64 = 0.999, by "judge::grid: weights add up to one";
    /// Births and deaths come one by one, four or twenty at a time.
    CLUMPS: [f64; 3] = [1.0, 4.0, 20.0], by "false_positives::services: bursts tiny blocks and large buffers stay below medium";
    /// The prior of that, before the births are looked at, whose swing shows it.
    CLUMPS_PRIOR: [f64; 3] = [0.6, 0.25, 0.15], by "false_positives::services: bursts tiny blocks and large buffers stay below medium";
    /// The local mean that clumps swing around is that of so many intervals to either side.
    CLUMP_REACH: usize = 2, by "false_positives::services: bursts tiny blocks and large buffers stay below medium";
    /// The least overdispersion in the likelihood of single births, so that no shape is infinite.
    LEAST_SWING: f64 = 0.02, by "false_positives::services: bursts tiny blocks and large buffers stay below medium";
    /// A coarse look misses no more than this of the ln Bayes factor; a place that is further than this below what would be reported is not weighed on the
    /// whole grid.
    WORTH_A_LOOK: f64 = 4.0, by "judge::weight: a coarse look misses little";
    /// Lifetimes around the one that the deaths show, in standard errors: an even grid was wrong by ten units of log likelihood.
    LIFETIMES_NEAR: [f64; 7] = [-2.4, -1.6, -0.8, 0.0, 0.8, 1.6, 2.4], by "judge::weight: golden values";
    /// So many below these, evenly down to the shortest.
    LIFETIMES_BELOW: usize = 6, by "judge::weight: golden values";
    /// Where the last of those below stands, as a share of the way.
    LIFETIMES_BELOW_LAST: f64 = 0.12, by "judge::weight: golden values";
    /// The way down to the shortest lifetime is at least so long, in ln.
    LIFETIMES_LEAST_WAY: f64 = 0.1, by "judge::weight: golden values";
    /// And these above the last of them, in ln: longer lifetimes than the deaths show.
    LIFETIMES_ABOVE: [f64; 2] = [0.7, 1.8], by "judge::weight: golden values";
    /// The shortest lifetime, as a part of an interval: whatever lives for less is not seen at all.
    SHORTEST_LIFETIME: f64 = 0.2, by "judge::weight: golden values";
    /// And as a part of the lifetime that the least live count asks for.
    SHORTEST_LEVEL: f64 = 0.333, by "judge::weight: golden values";
    /// What turns over beside a leak lives for this part of the time at most: otherwise it would look like what is kept.
    LONGEST_BESIDE: f64 = 0.25, by "false_positives::series: ten thousand sites without a leak raise no more than the stated rate";
    /// The prior that objects outlive the time looked at, so that deaths echo the births of long ago.
    LONG_LIVED: f64 = 0.2, by "false_positives::series: what looks like a leak is distinguished from one";
    /// Whoever outlives the time looked at and dies in it was there at its start, but for chance.
    LONG_LIVED_EXCESS: f64 = 1.2, by "false_positives::series: what looks like a leak is distinguished from one";
    /// Deaths of long-lived objects may exceed those by so many more, whatever their number.
    LONG_LIVED_SLACK: f64 = 2.0, by "false_positives::series: what looks like a leak is distinguished from one";
    /// How well the births of the first half show the pace before them: the shape of a gamma, so within a third.
    STATIONARY_SHAPE: f64 = 8.0, by "false_positives::series: what looks like a leak is distinguished from one";
    /// The same where births are steady: within a tenth.
    STEADY_SHAPE: f64 = 100.0, by "judge::hypotheses::turnover: a straight rise is no echo of the births of long ago";
    /// The relative swing of how many of the objects born in an interval are in use at its end.
    LEVEL_NOISE: f64 = 0.1, by "false_positives::series: ten thousand sites without a leak raise no more than the stated rate";
    /// The probability that what is born in an interval comes at its very end, as in a burst: then little of it has died before the snapshot.
    BUNCHED: f64 = 0.02, by "accuracy: spike-end";
    /// The probability that an interval does anything to what turns over: a burst, a collection late.
    OUTLIER: f64 = 0.01, by "false_positives::series: ten thousand sites without a leak raise no more than the stated rate";
    /// An outlier may take as many standard errors of what is kept as well.
    OUTLIER_REACH: f64 = 2.0, by "false_positives::series: ten thousand sites without a leak raise no more than the stated rate";

    /// The prior that growth began before the first snapshot: most did, or nobody would look.
    FROM_START: f64 = 0.6, by "accuracy: late-leak, deploy";
    /// So many beginnings are tried, evenly over the time looked at.
    ONSETS: usize = 6, by "judge::weight: golden values";
    /// The beginnings of the last so many intervals are tried as well, where there are at least twice as many intervals.
    LATE_ONSETS: usize = 2, by "judge::weight: golden values";
    /// Growth in one interval alone is a burst or a step rather than a leak, of three intervals or more: one point is not a trend.
    BURST: f64 = 0.1, by "accuracy: spike, real servers";
    /// So many ends are tried for each beginning, evenly.
    ENDS: usize = 8, by "judge::weight: golden values";
    /// An interval without births never speaks more than this against growth that goes on.
    PAUSE: f64 = 0.1, by "judge::weight: golden values";
    /// Traffic swings by the gamma of this shape, so by half.
    RATE_SHAPE: f64 = 4.0, by "false_positives::series: what looks like a leak is distinguished from one";
    /// What an interval says of the pace is worth so much one interval later.
    RATE_MEMORY: f64 = 0.95, by "false_positives::series: what looks like a leak is distinguished from one";
    /// The growth of a store that fills slows down with these time constants, as parts of the time.
    SLOWDOWNS: [f64; 3] = [0.2, 0.4, 0.8], by "accuracy: warm-up";
    /// How evenly a leak grows from stretch to stretch: the concentration of a Dirichlet distribution, so within a seventh.
    EVENNESS: f64 = 50.0, by "accuracy: warm-up";
    /// So many stretches are compared.
    STRETCHES: usize = 6, by "accuracy: warm-up";
    /// A sawtooth is flushed in an interval with one of these probabilities.
    FLUSHES: [f64; 3] = [0.05, 0.15, 0.4], by "accuracy: sawtooth";
    /// With fewer live objects there is nothing to flush.
    LEAST_FLUSHED: f64 = 5.0, by "accuracy: sawtooth";
    /// A flush takes this part of the objects at least: four of five hundred that go together are none.
    LEAST_FLUSHED_SHARE: f64 = 0.25, by "judge::weight: a few that go together are no flush";

    /// A container grows by this factor at least: append adds a quarter, and rounding to a size class takes some of it.
    SMALLEST_RUNG: f64 = 1.15, by "judge::container: a slice that is appended to grows";
    /// And by this at most: buffers double, one step may be missed, and rounding adds an eighth.
    LARGEST_RUNG: f64 = 5.0, by "judge::container: a slice that is appended to grows";
    /// What an object is worth, in ln, that came and went between two snapshots at the size of a rung: at random it would be one in two.
    REGULAR_RUNG: f64 = 0.69, by "accuracy: two snapshots";
    /// Sizes double exactly within this: tables of maps and buffers do, and what varies does rarely.
    EXACTLY_DOUBLE: f64 = 0.02, by "accuracy: real servers";
    /// What an exact doubling is worth, in ln: one in four by chance.
    DOUBLE_RUNG: f64 = 1.4, by "accuracy: real servers";
    /// A larger p-value of sizes says nothing.
    LARGEST_P: f64 = 0.2, by "judge::container: several that became larger weigh by their p value";
    /// A large object that is larger at each snapshot may be copied into a larger one, or be a buffer as long as what is written. The prior of the
    /// former, as a part of that of a container.
    COPIED: f64 = 0.2, by "accuracy: real servers";
    /// The next rung is overdue after so many times the last gap: it takes twice as long if growth is even and sizes double.
    CONTAINER_OVERDUE: f64 = 2.2, by "judge::container: one that is overdue is full";
    /// What it says against going on, in ln, that the rung is overdue, for each time it is.
    CONTAINER_LATE: f64 = 2.0, by "judge::container: one that is overdue is full";

    /// Expected leaks in a service, shared by all its places: somebody looks because something grows.
    LEAKS: f64 = 1.0, by "false_positives::calibration: a stated probability is a frequency";
    /// Expected stores that fill: as many as leaks, and only time shows which it is.
    FILLINGS: f64 = 1.0, by "false_positives::calibration: a stated probability is a frequency";
    /// The same where births are not counted: pools, connections and traffic rise as leaks do.
    FILLINGS_COUNTED: f64 = 3.0, by "accuracy: peers, clients-ramp";
    /// The same for goroutines that wait for what may still come: a set of peers that grows keeps one each.
    FILLINGS_OF_PEERS: f64 = 2.0, by "accuracy: peers, clients-ramp";
    /// The same before they are called high: while a ramp of long-lived peers can be all of it, it is medium at most.
    RAMPS_OF_PEERS: f64 = 4.0, by "accuracy: peers, clients-ramp";
    /// And besides, of each place: of ten thousand some are always filling, whatever the service.
    FILLINGS_EACH: f64 = 1e-4, by "false_positives::series: ten thousand sites without a leak raise no more than the stated rate";
    /// Expected stores that are flushed from time to time, in a service.
    SAWTEETH: f64 = 0.2, by "accuracy: sawtooth";
    /// The prior of a container that leaks is divided by so many places at least: few places allocate objects so large.
    LEAST_CONTAINERS: f64 = 4.0, by "accuracy: table-slice, slice-append";
    /// In a series of so many intervals goroutines are looked at in two ways: all, and those that two dumps in a row have seen; of fewer too
    /// little is left of these.
    LEAST_TO_SETTLE: usize = 3, by "slow_goroutines: goroutines that never end show beside many that do";
    /// Where goroutines are counted alone, waves of load hide what stays below them. So the least count of several snapshots in a row is looked at
    /// besides: of so many or more, for of two or three it is hardly lower than they are,
    SHORTEST_WAVE: usize = 4, by "accuracy: sealed2/clinicdb, sealed8/ferrybook";
    /// where this many of them are left at least, for of three some rise by chance,
    LEAST_TROUGHS: usize = 5, by "slow_goroutines: what stays below waves shows at their troughs";
    /// and where falls are this part of the rises at least: where nothing falls there are no waves.
    LEAST_WAVES: f64 = 0.1, by "slow_goroutines: what stays below waves shows at their troughs";
    /// The prior is shared by so many places at least.
    LEAST_PLACES: f64 = 10.0, by "accuracy: corpus";
    /// The prior that a function leaks as a whole, and not one of its lines, stacks or sizes.
    AS_A_WHOLE: f64 = 0.5, by "accuracy: services";
    /// A place is looked at in three ways: all objects, those of one size, its containers. Of those whose probability reaches this part of the highest,
    /// the one with most evidence is reported.
    NEARLY_AS_SURE: f64 = 0.9, by "accuracy: two snapshots";
    /// The prior that objects of a size that tables of maps may have are such tables, which are split when they are full.
    OTHER_TABLES: f64 = 0.3, by "accuracy: dedup-set";
    /// Counts that are not known, or without births, say no more than low of fewer snapshots, and never more than medium.
    LEAST_WITHOUT_BIRTHS: usize = 5, by "accuracy: first 4 and 5 snapshots";
    /// Of two snapshots what keeps less of what it allocates may as well be a cache: the least share, by its lower bound.
    LEAST_SHARE_OF_PAIR: f64 = 0.5, by "accuracy: two snapshots";
    /// The prior that a leak is spread over many places below one function, as a part of that of a leak at one place.
    SPREAD: f64 = 0.2, by "accuracy: spread, real servers";
    /// What carries so much of the growth of the best function carries the leak, and the deepest that does is blamed.
    CARRIES: f64 = 0.5, by "accuracy: spread, real servers";
    /// What keeps less of its births, and grows as they do while objects stay no longer than before (Little's law), grows with the load: the
    /// swing of the pace within an interval hides a small share.
    RETAINED: f64 = 0.5, by "false_positives::series: what looks like a leak is distinguished from one";
    /// Growth is explained if suspects of medium confidence and better carry so much of it.
    EXPLAINS: f64 = 0.5, by "accuracy: corpus, healthy";
    /// What one stack gains and others of its function lose is no leak, if they lose so much of it.
    OFFSET: f64 = 0.5, by "accuracy: corpus, healthy";
    /// The prior that a leak is in all lives of a process, and did not come with a later one.
    IN_ALL_LIVES: f64 = 0.5, by "accuracy: lives, deploy";

    /// Of many processes: the prior that all are alike; smaller parts of them share the rest.
    IN_ALL_PROCESSES: f64 = 0.5, by "judge::pooled: a leak in one of two hundred has to be surer than in one alone";
    /// The odds, as a combined Bayes factor, at which so many processes are said to leak at least: 95 %.
    SURELY_LEAKS: f64 = 20.0, by "judge::pooled: so many leak at least";
    /// Lives of processes are laid over each other in so many intervals.
    OVERLAID_INTERVALS: usize = 12, by "judge::pooled: a leak too small for any process is found in three hundred";
    /// And only where their lengths differ by less than this factor.
    ALIKE_IN_LENGTH: f64 = 1.25, by "judge::pooled: a leak too small for any process is found in three hundred";

    /// Of the suspects of all services that are called high so many may be false, by chance.
    FALSE_DISCOVERIES: f64 = 0.05, by "fleet_bound: of those called high no more than a twentieth are healthy";
    /// Until a leak is fixed a restart is suggested after this part of the time in which the fastest instance fills its memory limit with live objects:
    /// the heap grows beyond these before it is collected, and load swings.
    RESTART_EARLY: f64 = 0.5, by "fleet::answers: a restart is suggested in half the time to the memory limit";

    /// P(leak) from which a suspect is high: of those called so 97 in 100 leak, on all recordings and by their first 6 to 16 snapshots. From 0.8 to
    /// 0.85 it is 87 in 100 of those with 6 or 8.
    HIGH: f64 = 0.85, by "false_positives::calibration: a stated probability is a frequency";
    /// P(leak) from which it is medium: rather a leak than not.
    MEDIUM: f64 = 0.5, by "false_positives::calibration: a stated probability is a frequency";
    /// P(leak or filling) from which a place is worth a look.
    LOW: f64 = 0.3, by "false_positives::calibration: a stated probability is a frequency";
    /// P(leak) from which a place is not clean, though nothing is said of it above low.
    UNDECIDED: f64 = 0.2, by "accuracy: called clean";
    /// The heap as a whole grew if it did by so many standard errors.
    BEYOND_ERROR: f64 = 3.0, by "accuracy: called clean";
    /// The heap as a whole, or goroutines at many places, have ended growing if that is so likely.
    SURELY_ENDS: f64 = 0.9, by "accuracy: called clean";
    /// Snapshots that high asks for: with four intervals one in five of the stores that fill still looks like a leak.
    LEAST_FOR_HIGH: usize = 6, by "accuracy: first 4 and 5 snapshots";
    /// Before memory is called high, the law of filling takes five minutes, in hours, for each shorter interval: just after the start of a process
    /// nearly all that is kept is a store that fills, as evenly as a leak, however often it is looked at. With one minute, five of five at high after
    /// eight to twelve minutes were stores (the tenth sealed set); from two to five, four of 69 leaks lose the word, and three of four false highs.
    SHORTEST_FILLING: f64 = 5.0 / 60.0, by "judge::decide: ten intervals of seconds are no long time for a store";
    /// Where source shows in what memory is kept, and nothing that takes out of it, that its objects come and go is so much less likely: others
    /// may be allocated at the same place.
    NOT_TAKEN_OUT_TURNS_OVER: f64 = 0.2, by "judge::posterior: what source shows is evidence like any other";
    /// Where it shows something that does take out, or the store is a library's bounded cache, a store that fills or is flushed is so much
    /// likelier: all of these have that, of leaks a quarter, which forget one way.
    TAKEN_OUT_FILLS: f64 = 4.0, by "judge::posterior: what source shows is evidence like any other";
    /// What one kept object is worth in ln Bayes factor, where none is freed.
    WORTH_OF_ONE: f64 = 0.3, by "false_positives::series: a leak among a thousand sites is high from eight snapshots and never from four";
    /// The lead of a leak over everything else, in ln, that medium asks for beside the prior.
    LEAST_LEAD: f64 = 0.7, by "false_positives::series: a leak among a thousand sites is high from eight snapshots and never from four";
    /// A leak is planted at a place where much comes and goes in sizes that grow by this factor, to see which would have shown.
    PLANTED_STEP: f64 = 1.25, by "judge::planted: what would have shown shows";
    /// So many sizes of planted leaks are tried at most.
    MOST_PLANTED: usize = 20, by "judge::planted: what would have shown shows";
    /// What shows is so many times what shows in the one course that was seen, for what comes and goes beside it is another each time.
    PLANTED_MARGIN: f64 = 1.5, by "judge::planted: what would have shown shows";
    /// So many places are tried, those where most comes and goes.
    PLANTED_PLACES: usize = 3, by "judge::planted: more comes and goes more is hidden";
    /// What carries most of the growth of a heap that surely grew is not clean while it leaks with this probability: clean promises 95 %.
    CLEAN: f64 = 0.05, by "accuracy: called clean";
    /// A load that rises by less of its first level over the time looked at explains nothing.
    LEAST_LOAD_RISE: f64 = 0.3, by "accuracy: traffic-ramp";
    /// Of goroutines waiting for the network fewer are those of a handful of peers, which open some more and keep them alive.
    FEW_CONNECTIONS: u64 = 100, by "accuracy: real servers";
    /// Workers, watchers and peers are started once, by the ten, and two snapshots do not show that it ends: fewer goroutines more are no
    /// more than low between two, unless they wait for what never comes.
    FEW_OF_PAIR: f64 = 50.0, by "accuracy: two snapshots";
    /// Two dumps make a group certain whose members wait for what never comes, if so many of them do and so many stayed.
    PERSISTENT: f64 = 0.9, by "accuracy: two snapshots";
    /// If fewer of the first dump are there in the last its members come and go.
    TURNED_OVER: f64 = 0.5, by "accuracy: two snapshots";
    /// Further ahead than so many snapshots nothing is said of what more of them would add.
    MOST_AHEAD: usize = 512, by "judge::decide: what grows on is surer by and by";
    /// What the collector has proved unreachable is a leak; the rest is left to errors of reading.
    PROVED: f64 = 0.999, by "accuracy: goroutineleak";

    /// In place of zero where something is divided by, or its logarithm taken.
    TINY: f64 = 1e-9, by "judge::weight: golden values";
}
