//! What speaks for a suspect and what against, with the numbers. Sentences are made of it in the report.

use crate::growth::{Change, Climb, Retention};

/// One finding about a suspect.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// The two-snapshot test.
    Significance {
        /// Whether it is significant at the rate that medium asks for.
        held: bool,
        /// The p-value.
        p_value: f64,
        /// The false-discovery rate.
        q_value: f64,
        /// Sampled objects, or goroutines: before, after.
        counts: (u64, u64),
        /// Newly allocated and freed in between, if counted.
        turnover: Option<(u64, u64)>,
    },
    /// How much of what it allocated it kept.
    Retention {
        /// Whether the lower bound passes the gate.
        held: bool,
        /// The retention; `None` where allocations are not counted.
        retention: Option<Retention>,
        /// The size in bytes of the objects it is about, where it is not about all.
        size: Option<i64>,
    },
    /// Whether it matters.
    Material {
        /// Whether it does.
        held: bool,
        /// Growth in bytes a day, if times are known.
        per_day: Option<f64>,
        /// Share of all growth of its kind.
        share: Option<f64>,
        /// The threshold in bytes a day.
        min_growth: f64,
    },
    /// One object was replaced by bigger ones.
    Climbs(Climb),
    /// Several containers became larger.
    Swells {
        /// The p-value of the rank-sum test of their sizes.
        p_value: f64,
        /// The false-discovery rate.
        q_value: f64,
        /// The part of the allocated bytes that stayed.
        kept: f64,
    },
    /// The object sizes that carry the growth: bytes an object, growth in bytes.
    Sizes(Vec<(i64, i64)>),
    /// It keeps next to nothing of what it allocates, but nothing else explains why the heap grows.
    BusyPlace,
    /// Only the tiny allocator's shared blocks grew.
    TinyBlocks,
    /// Only the runtime's own bookkeeping grew: descriptors of goroutines and threads, which follow their numbers.
    RuntimeOwn,
    /// Goroutines that are suspects themselves hold it: how many more there are, and the growth in bytes for each.
    PinnedBy {
        /// Goroutines more than before.
        goroutines: f64,
        /// Bytes of growth for each of them.
        bytes_each: f64,
    },
    /// As many objects of one size as goroutines, all along: each goroutine seems to hold one.
    OneForOne {
        /// Bytes an object.
        size: i64,
        /// Objects more than before.
        objects: f64,
        /// The standard error of that.
        error: f64,
        /// Goroutines more than before.
        goroutines: f64,
    },
    /// Estimates without recoverable counts keep the confidence low.
    UncertainSampling,
    /// Two snapshots prove growth, not that it goes on.
    TwoSnapshots,
    /// Whether growth goes on in the later part of a series.
    GoesOn {
        /// Whether it does.
        held: bool,
        /// Snapshots in the series.
        points: usize,
        /// The p-value of growth in the last half of the time.
        half_p: f64,
        /// The p-value of growth in the last third.
        third_p: f64,
        /// A container still grew in the last half.
        climbs: bool,
        /// Where it does not: whether it has slowed down, or too little is known of the last third to say.
        slowed: bool,
    },
    /// The trend over all snapshots.
    Trend {
        /// Whether it is significant.
        held: bool,
        /// Its one-sided p-value.
        p_value: f64,
        /// Snapshots in the series.
        points: usize,
    },
    /// It goes on growing, but has slowed down.
    Slowed {
        /// Its pace in the last third as a part of that over the whole time.
        pace: f64,
    },
    /// It fell back by this share of its growth.
    FallsBack {
        /// The largest fall as a share of the growth from end to end.
        share: f64,
    },
    /// Other stacks of the same function lost this share of what these gained.
    Offset {
        /// The falls beyond chance as a share of the growth.
        share: f64,
    },
    /// It grows as the load does, and each object lives no longer than before.
    WithLoad,
    /// There are more goroutines as the rest of the process allocates more.
    LoadGrows,
    /// So many more snapshots could make it high.
    TooShort {
        /// How many more.
        more: usize,
    },
    /// The garbage collector proved this many goroutines unreachable.
    Proved(u64),
    /// Of the goroutines of the first dump, how many stand at the same place in the last.
    Stayed {
        /// Whether those of the middle of a series are meant, not of its first dump.
        of_middle: bool,
        /// Still there.
        stayed: u64,
        /// Were there.
        of: u64,
    },
    /// They wait for the network: connections, whose number follows that of the peers.
    NetworkWait,
    /// They sleep, and whether they are the same ones as before is not known.
    PassingWait,
    /// What the goroutines of the last dump wait in, most frequent first.
    States(Vec<(String, u64)>),
    /// The labels that most of them carry in the last snapshot, as `key=value` with a count.
    Labels(Vec<(String, u64)>),
    /// The longest wait in the last dump, in minutes.
    LongestWait(u64),
    /// The function that starts them, and how many it started.
    CreatedBy(String, u64),
}

impl Evidence {
    /// What the test of these sampled objects says; `held` says whether it is significant.
    pub(super) fn significance(held: bool, (p_value, q_value): (f64, f64), change: &Change) -> Evidence {
        let turnover = change.allocated.zip(change.freed());
        Evidence::Significance { held, p_value, q_value, counts: (change.before, change.after), turnover }
    }
}
