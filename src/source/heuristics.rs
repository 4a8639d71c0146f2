//! What the reader of source can do without, to measure what each is worth (`examples/ablation.rs`).

macro_rules! heuristics {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A heuristic of the reader.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Heuristic {
            $($(#[$doc])* $name,)*
        }

        impl Heuristic {
            /// All of them.
            pub const ALL: &'static [Heuristic] = &[$(Heuristic::$name),*];
        }
    };
}

heuristics! {
    /// Local variables that are a container, or an entry of it.
    AliasReach,
    /// What takes out is looked for in functions that a container is handed to.
    CallsThatTakeOut,
    /// A variable that started empty and gets what is kept of a container.
    KeptRest,
    /// The value that holds the container is replaced.
    HolderReplaced,
    /// Another container is put in its place.
    Replaced,
    /// All that takes out of containers.
    Removals,
    /// Values are followed into functions that they are handed to.
    HandedInto,
    /// Values are followed through functions that give them back.
    PassedBack,
    /// Values that are returned are followed to the caller.
    Callers,
    /// Packages that are imported are read.
    OtherPackages,
    /// The only method of a name, where the receiver's type is not known.
    OnlyMethod,
    /// Methods of embedded types.
    Embedded,
    /// Functions that give a part.
    Parts,
    /// Methods of sync.Map and list.List that keep a value and give something back.
    Keepers,
    /// Methods that put what they read into their receiver.
    Fillers,
    /// Functions that write into their first argument, where that is a variable of the function.
    Printers,
    /// Functions that put what they read into their last argument.
    Decoders,
    /// Variables whose address is given to a call.
    Addressed,
    /// Contexts that carry the value.
    CarriedByContext,
    /// New values that refer to the old one through a local variable.
    LinkedThroughLocal,
    /// A value's own fields do not keep it.
    OwnFields,
    /// Fields of what is made in the function.
    MadeHere,
    /// Parameters that escape where a profile names the line of their function.
    EscapedParameters,
    /// Whatever is deferred in the loop that made it.
    AnyDeferredInLoop,
    /// Ways out before something is given back.
    LeftBefore,
    /// Whether what was acquired leaves the function.
    LeavesFunction,
    /// Functions that read from what they are given and do not keep it.
    Readers,
    /// Ways out that leave a lock taken.
    LeftLocked,
    /// What callers give to a parameter that is a channel.
    ChannelsOfCallers,
    /// Contexts that are made without keeping their `cancel`, where a goroutine waits for their end.
    LostCancels,
    /// Contexts that never end.
    EndlessContexts,
    /// Selects that wait for a time.
    Timeouts,
    /// Whether a channel is closed in the package.
    ClosedChannels,
    /// Channels that are never made.
    NeverMade,
}
