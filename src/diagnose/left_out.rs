//! What a diagnosis can do without, to measure what each part of it is worth (`examples/ablation.rs`).

use super::RuleId;

macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident = $name:literal,)*) => {
        /// A part of the diagnosis that no rule stands for: a kind of evidence, or what weighs findings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Part {
            $($(#[$doc])* $part,)*
        }

        impl Part {
            /// All of them.
            pub(super) const ALL: &'static [Part] = &[$(Part::$part),*];

            /// What it is called where it is left out.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Part::$part => $name,)*
                }
            }
        }
    };
}

parts! {
    /// The share of new objects that stayed.
    Kept = "evidence: kept",
    /// Whether the growth is surely a leak.
    SurelyKept = "evidence: surely kept",
    /// Containers that were replaced by bigger ones.
    ContainersGrow = "evidence: containers grow",
    /// Whether it grows as the load does.
    WithLoad = "evidence: with load",
    /// What a dump says that goroutines wait in.
    States = "evidence: states",
    /// The functions that are running.
    Running = "evidence: running",
    /// A finalizer that does not return.
    StuckFinalizer = "evidence: stuck finalizer",
    /// Tables of maps elsewhere.
    TablesBeside = "evidence: tables beside",
    /// Goroutines elsewhere.
    GoroutinesBeside = "evidence: goroutines beside",
    /// Single objects that were replaced by bigger ones.
    Climbs = "evidence: climbs",
    /// Growth with load makes other causes less sure.
    LoadLowersOthers = "weight: load lowers others",
    /// Findings of better evidence come first.
    EvidenceRanked = "weight: evidence ranked",
    /// Findings of more specific rules come first.
    SpecificFirst = "weight: specific first",
    /// Goroutines that wait make causes of memory less sure.
    WaitsLowerMemory = "weight: waits lower memory",
    /// Containers of functions hold listeners.
    ListsOfFunctions = "weight: lists of functions",
    /// Containers of channels hold listeners.
    ListsOfChannels = "weight: lists of channels",
    /// Names of containers say that they hold listeners.
    NamesOfListeners = "weight: names of listeners",
    /// Names of functions say that they take listeners in.
    NamesOfRegisters = "weight: names of registers",
    /// What the source shows limits how sure a container can be.
    Surest = "weight: surest",
    /// Parameters and variables are less sure.
    Scope = "weight: scope",
    /// Containers that something takes out of are less sure.
    Shrinks = "weight: shrinks",
}

/// What a recogniser is called where it is left out: by its rule, the list or table it stands in, and its place there.
pub(super) fn recogniser(id: RuleId, list: &str, at: usize) -> String {
    format!("{} {list} {}", id.name(), at + 1)
}
