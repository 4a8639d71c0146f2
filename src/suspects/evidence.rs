//! What speaks for a suspect and what against, with the numbers. Sentences are made of it in the report.

use crate::diagnose::Outlet;
use crate::growth::{Change, Climb};
use crate::judge::{Class, Estimate, Posterior};

/// One finding about a suspect.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// What may have happened here, and how likely that is.
    Probability {
        /// The probabilities.
        posterior: Posterior,
        /// So many lives of the process tell of it.
        lives: usize,
        /// So many more snapshots, as far apart, would make it high if it goes on so; `None` if it is, or would take too many.
        more: Option<usize>,
    },
    /// How much of what is born here is never freed, if it is a leak.
    Kept {
        /// The share.
        share: Estimate,
        /// The size in bytes of the objects it is about, where it is not about all.
        size: Option<i64>,
    },
    /// What was counted from end to end, and the two-snapshot test of it.
    Significance {
        /// The p-value.
        p_value: f64,
        /// The false-discovery rate.
        q_value: f64,
        /// Sampled objects, or goroutines: before, after.
        counts: (u64, u64),
        /// Newly allocated and freed in between, if counted.
        turnover: Option<(u64, u64)>,
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
        /// The part of the allocated bytes that stayed.
        kept: f64,
    },
    /// The object sizes that carry the growth: bytes an object, growth in bytes.
    Sizes(Vec<(i64, i64)>),
    /// Many places below this function grow a little each, and together they do.
    Spread {
        /// How many stacks grew.
        stacks: usize,
    },
    /// It keeps next to nothing of what it allocates, but nothing else explains why the heap grows.
    BusyPlace,
    /// The count that speaks for it rose by so little that one object more or less decides: by how many sampled ones.
    Few(f64),
    /// It has grown for so short a time that a store which fills since the start of the process would look the same; but for that
    /// it were high.
    Young {
        /// For so many hours, by what was kept before the first snapshot as well.
        hours: f64,
    },
    /// How memory leaves what keeps it, where that bears on how sure it is: not at all, which made it high, or somehow, which speaks against it.
    Outlet(Outlet),
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
    /// Other stacks of the same function lost this share of what these gained.
    Offset {
        /// The falls as a share of the growth.
        share: f64,
    },
    /// It grows as the load does: what is allocated there comes and goes, and there is more of it.
    WithLoad,
    /// There are more goroutines as the rest of the process allocates more.
    LoadGrows,
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
    /// What the test of these sampled objects says.
    pub(super) fn significance((p_value, q_value): (f64, f64), change: &Change) -> Evidence {
        let turnover = change.allocated.zip(change.freed());
        Evidence::Significance { p_value, q_value, counts: (change.before, change.after), turnover }
    }

    /// The probability of what happened, if this is about it.
    pub fn posterior(&self) -> Option<&Posterior> {
        match self {
            Evidence::Probability { posterior, .. } => Some(posterior),
            _ => None,
        }
    }

    /// Whether this says that growth has most likely ended, or is flushed from time to time.
    pub fn has_ended(&self) -> bool {
        self.posterior().is_some_and(|posterior| matches!(posterior.best(), Class::Full | Class::Flushed))
    }
}
