//! What Go source says about the statements that a stack runs through.

/// A frame whose source is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The function as the profile names it, type arguments folded: `example.com/shop.(*Cart).Add.func1`.
    pub function: String,
    /// The source file as the profile names it; another machine's path, often.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// What it calls there that is not own code, as the profile names it.
    pub calls: Option<String>,
}

/// A place in the source that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, from the folder that was given: `internal/cart/cart.go`.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// Lines of source around a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The file, from the folder that was given.
    pub file: String,
    /// The number of the first line shown.
    pub first_line: u32,
    /// The lines, tabs as they are, long ones cut.
    pub lines: Vec<String>,
    /// First and last line of the statement itself.
    pub statement: (u32, u32),
}

/// Whom a ticket on a line goes to, as far as its repository says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routing {
    /// The commit that the line comes from.
    pub last_change: Option<Change>,
    /// The owners of its file by CODEOWNERS.
    pub owners: Vec<String>,
}

/// A commit that changed a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its hash.
    pub commit: String,
    /// When it was written, in seconds since the Unix epoch.
    pub seconds: i64,
    /// By whom.
    pub author: String,
    /// The first line of its message.
    pub summary: String,
}

/// What was found out about one stack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The lines at the leaf-most position that was found.
    pub excerpt: Option<Excerpt>,
    /// What the statements do, in the order in which the value meets them: first at the leaf-most position, then
    /// along the function, then in callers the value is returned to.
    pub facts: Vec<Fact>,
    /// Why there is no more: the file is not below the folders, or it does not fit the profile.
    pub problem: Option<Problem>,
}

/// Why source could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No file of that name is below the folders.
    NotFound {
        /// The file as the profile names it.
        file: String,
    },
    /// The source differs from the running build: the line is out of range, or the function is not there.
    Differs {
        /// The file, from the folder that was given.
        file: String,
        /// What does not fit.
        why: String,
    },
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Where.
    pub place: Place,
    /// The statement on one line, cut to a readable length.
    pub statement: String,
    /// What it does.
    pub kind: FactKind,
    /// Where the value that it keeps was cut out of a whole: the place of a [`FactKind::Sliced`].
    pub cut: Option<Place>,
}

/// What a statement does with the value that is allocated at, or flows through, the position; or what it waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum FactKind {
    /// Stored under a key: `m[k] = v`, or as a key: `m[v] = struct{}{}`.
    MapEntry(Container),
    /// `s = append(s, v)`. `in_map`: the slice is itself an entry of a map, `m[k] = append(m[k], v)`.
    Appended {
        /// The slice, or the map whose entry it is.
        container: Container,
        /// Whether it is an entry of a map.
        in_map: bool,
    },
    /// `ch <- v`, where the value is what memory is kept by.
    Sent(Channel),
    /// Assigned to a field, a global or through a pointer. `links_previous`: the new value refers to the one that
    /// was there, as in a linked list or a chain of closures.
    Stored {
        /// Where it is kept.
        container: Container,
        /// Whether the new value refers to the old one.
        links_previous: bool,
    },
    /// Handed to a method or function whose source is not read: `x.Store(k, v)`, `list.PushBack(v)`.
    PassedTo {
        /// The callee as written: `c.entries.Store`.
        callee: String,
        /// The type of the receiver where it is declared in the source: `sync.Map`, `list.List`.
        receiver_type: Option<String>,
        /// What takes it in: the receiver, or the first argument of `heap.Push`.
        container: Option<Container>,
    },
    /// A part of it is taken, which keeps all of it: `data[5:10]`, `page[a:b]`, `strings.Split(page, ...)`,
    /// a submatch.
    Sliced {
        /// What made the whole: the callee as written (`os.ReadFile`, `io.ReadAll`), or a conversion (`string`).
        of: Option<String>,
        /// Whether the whole is a string.
        is_string: bool,
    },
    /// The position's statement is, or the value is released by, a `defer`.
    Deferred {
        /// The deferred call as written.
        call: String,
        /// Inside a loop of the same function.
        in_loop: bool,
    },
    /// `runtime.SetFinalizer(v, ...)` or `runtime.AddCleanup`. `cyclic`: the value can be reached from itself.
    FinalizerSet {
        /// Whether the source shows a reference from the value back to itself.
        cyclic: bool,
    },
    /// A call whose result has to be given back: `context.WithCancel`, `time.NewTicker`, `os.Open`, `http.Get`,
    /// `db.Query`, `(*http.Client).Do`.
    Acquired {
        /// The callee as written.
        callee: String,
        /// What would give it back: `cancel`, `Stop`, `Close`, `Body.Close`.
        release: &'static str,
        /// Whether that is done.
        released: Released,
    },
    /// The position waits to send.
    WaitsToSend(Channel),
    /// The position waits to receive; `ranged`: in `for range ch`.
    WaitsToReceive {
        /// The channel.
        channel: Channel,
        /// Whether it ranges over the channel.
        ranged: bool,
    },
    /// The position waits in a `select`.
    WaitsInSelect {
        /// How many cases it has, `default` not counted.
        cases: usize,
        /// Whether one of them is a timer.
        has_timeout: bool,
        /// The context whose end one of them waits for, as written.
        context: Option<String>,
        /// Where the context that one of them waits for is given as `context.Background()`, which never ends.
        never_done: Option<Place>,
    },
    /// The position calls something that waits: a lock, `wg.Wait`, `cond.Wait`, another function.
    Calls {
        /// The callee as written.
        callee: String,
        /// For a lock, the line of a return behind it that leaves it locked.
        left_at: Option<u32>,
    },
}

impl FactKind {
    /// What a kind is called here: `MapEntry`.
    pub fn name(&self) -> String {
        format!("{self:?}").chars().take_while(|letter| letter.is_alphanumeric()).collect()
    }

    /// Whether it keeps a value.
    pub fn keeps(&self) -> bool {
        matches!(self, FactKind::Stored { .. } | FactKind::Sent(_)) || self.takes_any_number()
    }

    /// Whether it keeps a value beside any number of others.
    pub fn takes_any_number(&self) -> bool {
        matches!(self, FactKind::MapEntry(_) | FactKind::Appended { .. } | FactKind::PassedTo { .. })
    }

    /// What it keeps a value in beside any number of others, if that outlives its function.
    pub fn outliving_store(&self) -> Option<&Container> {
        let outlives = |container: &&Container| matches!(container.scope, Scope::Field | Scope::Global);
        self.container().filter(outlives).filter(|_| self.takes_any_number())
    }

    /// What a value is put into, if it is.
    pub fn container(&self) -> Option<&Container> {
        match self {
            FactKind::MapEntry(container)
            | FactKind::Appended { container, .. }
            | FactKind::Stored { container, .. } => Some(container),
            FactKind::PassedTo { container, .. } => container.as_ref(),
            _ => None,
        }
    }

    /// Whether something is acquired that is not given back in time on every way.
    pub fn leaves_open(&self) -> bool {
        let FactKind::Acquired { released, .. } = self else { return false };
        matches!(released, Released::Never | Released::NotAlways { .. } | Released::DeferredInLoop)
    }
}

/// Whether what was acquired is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// In the same function, by `defer` outside of loops or on the way.
    Here,
    /// In the same function, but a `return` or `continue` at this line comes before it, other than that on the error of
    /// the call itself.
    NotAlways {
        /// Its line, from 1.
        line: u32,
    },
    /// By a `defer` inside a loop: only when the function returns.
    DeferredInLoop,
    /// Nowhere in the function, and the value does not leave it; or it is assigned to `_`.
    Never,
    /// It leaves the function (returned, stored, passed on), so another place may do it.
    Elsewhere,
}

/// What keeps the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// As written: `c.sessions`.
    pub expression: String,
    /// Where it lives.
    pub scope: Scope,
    /// Its declared type, if the source shows it: `map[string]*session`, `[]func(int)`, `sync.Map`.
    pub declared: Option<String>,
    /// Where the package takes something out of the container or resets it: `delete(...)`, `clear(...)`, `x = x[1:]`,
    /// `x[k] = nil`, `x = make(...)` outside of its creation; through a local variable, too.
    pub shrinks: Vec<Place>,
}

/// Where a container lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A variable of the function.
    Local,
    /// A parameter of the function.
    Parameter,
    /// A field, of the receiver or of another value.
    Field,
    /// A variable of the package.
    Global,
    /// A captured variable of an outer function.
    Captured,
}

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// As written: `x.queue`.
    pub expression: String,
    /// Its capacity as the source shows: `Some("0")` for `make(chan T)`, `Some("1 << 20")`; `None` if no `make` was found.
    pub capacity: Option<String>,
    /// Whether the package closes a channel of this name anywhere.
    pub is_closed: bool,
    /// Whether it is a nil channel by declaration: declared and never made.
    pub never_made: bool,
}
