//! The functions by which libraries are known, in named sets: the one place where their names stand.
//!
//! A set says in which versions it was seen and which recording in `testdata` shows it; `tests/symbols.rs` looks there.

/// A set of functions, by their full names.
#[derive(Clone, Copy, Debug)]
pub struct Symbols {
    /// The name of the set.
    pub name: &'static str,
    /// These functions,
    pub is: &'static [&'static str],
    /// those whose names start so,
    pub starts: &'static [&'static str],
    /// those that have this in their names, wherever they were copied to,
    pub within: &'static [&'static str],
    /// and those whose names end so.
    pub ends: &'static [&'static str],
    /// The versions it was seen in.
    pub seen_in: &'static str,
    /// The recording in `testdata` that shows it; empty for what is known from reading alone.
    pub shown_by: &'static str,
}

const NONE: Symbols =
    Symbols { name: "", is: &[], starts: &[], within: &[], ends: &[], seen_in: "", shown_by: "" };

impl Symbols {
    /// Whether a function is one of these.
    pub fn has(&self, function: &str) -> bool {
        self.is.contains(&function)
            || self.starts.iter().any(|start| function.starts_with(start))
            || self.within.iter().any(|part| function.contains(part))
            || self.ends.iter().any(|end| function.ends_with(end))
    }
}

/// The package of commands, which own code calls in few places.
pub(crate) const COMMAND_PACKAGE: &str = "os/exec";

/// Makes a static of each set, and the list of them.
macro_rules! symbols {
    ($($(#[$doc:meta])* $name:ident { $($how:ident: [$($function:literal),* $(,)?]),* $(,)? }
        seen in $versions:literal, shown by $recording:literal;)*) => {
        $($(#[$doc])* pub static $name: Symbols = Symbols {
            name: stringify!($name),
            $($how: &[$($function),*],)*
            seen_in: $versions,
            shown_by: $recording,
            ..NONE
        };)*

        /// All sets.
        pub static SETS: &[&Symbols] = &[$(&$name),*];
    };
}

symbols! {
    // --- channels, locks and sleep: package runtime and package sync ---

    /// Who waits to send on a channel.
    CHANNEL_SEND { is: ["runtime.chansend1", "runtime.chansend", "runtime.selectnbsend"] }
    seen in "Go 1.27", shown by "blocked-send";

    /// Who waits to receive from a channel.
    CHANNEL_RECEIVE { is: ["runtime.chanrecv1", "runtime.chanrecv2", "runtime.chanrecv"] }
    seen in "Go 1.27", shown by "blocked-goroutine";

    /// Who waits in a select.
    SELECT { is: ["runtime.selectgo"] }
    seen in "Go 1.27", shown by "blocked-select";

    /// Who waits in a select without cases.
    EMPTY_SELECT { is: ["runtime.block"] }
    seen in "Go 1.27", shown by "";

    /// Who waits for a lock. `Lock` did all by itself until Go 1.12.
    LOCK {
        is: [
            "sync.(*Mutex).lockSlow",
            "internal/sync.(*Mutex).lockSlow",
            "sync.(*Mutex).Lock",
            "sync.(*RWMutex).Lock",
            "sync.(*RWMutex).RLock",
            "sync.runtime_SemacquireMutex",
            "internal/sync.runtime_SemacquireMutex",
        ],
        starts: ["sync.runtime_SemacquireRWMutex"],
    }
    seen in "Go 1.12 to 1.27", shown by "mutex";

    /// Who waits for a lock to read.
    READ_LOCK { is: ["sync.(*RWMutex).RLock"] }
    seen in "Go 1.27", shown by "services/cfgd";

    /// Who waits for a lock to write that others have to read.
    WRITE_LOCK { is: ["sync.(*RWMutex).Lock"] }
    seen in "Go 1.27", shown by "";

    /// Who waits in a WaitGroup.
    WAITGROUP { is: ["sync.(*WaitGroup).Wait"] }
    seen in "Go 1.27", shown by "waitgroup";

    /// Who waits for a Cond.
    COND { is: ["sync.(*Cond).Wait"] }
    seen in "Go 1.27", shown by "cond";

    /// Who sleeps.
    SLEEP { is: ["time.Sleep"] }
    seen in "Go 1.27", shown by "after-func";

    /// The goroutines that run finalizers and cleanups. Until Go 1.24 one ran both, as runfinq.
    FINALIZERS { is: ["runtime.runfinq", "runtime.runFinalizers", "runtime.runCleanups"] }
    seen in "Go 1.24 to 1.27", shown by "finalizer-stuck";

    /// Iterators of `iter.Pull`.
    PULLED { starts: ["iter.Pull[", "iter.Pull2["] }
    seen in "Go 1.27", shown by "";

    /// What makes timers and tickers.
    TIMERS {
        is: ["time.NewTicker", "time.NewTimer", "time.newTimer", "time.AfterFunc", "time.After", "time.Tick"],
    }
    seen in "Go 1.27", shown by "after-func";

    // --- contexts ---

    /// What makes contexts that can be cancelled.
    CONTEXTS {
        starts: [
            "context.WithCancel",
            "context.WithDeadline",
            "context.WithTimeout",
            "context.WithoutCancel",
            "context.withCancel",
            "context.newCancelCtx",
            "context.(*cancelCtx).",
        ],
    }
    seen in "Go 1.27", shown by "context";

    /// What own code calls to make a context.
    CONTEXT_CALLS {
        starts: [
            "context.WithCancel",
            "context.WithDeadline",
            "context.WithTimeout",
            "context.WithValue",
            "context.WithoutCancel",
        ],
    }
    seen in "Go 1.27", shown by "context";

    /// All of the package.
    CONTEXT_PACKAGE { starts: ["context."] }
    seen in "Go 1.27", shown by "context";

    /// The goroutine that watches a parent of another type on behalf of a child; a function of its own until Go 1.20.
    CONTEXT_WATCH {
        starts: ["context.(*cancelCtx).propagateCancel.func", "context.propagateCancel.func"],
    }
    seen in "Go 1.27", shown by "";

    // --- containers, buffers and files of the standard library ---

    /// The nodes of a sync.Map, of all its makes.
    SYNC_MAP {
        starts: [
            "sync.(*Map).",
            "internal/sync.newIndirectNode",
            "internal/sync.newEntryNode",
            "internal/sync.(*HashTrieMap",
            "sync.newIndirectNode",
            "sync.newEntryNode",
            "sync.(*HashTrieMap",
            "sync.newEntry",
        ],
    }
    seen in "Go 1.27", shown by "sync-map";

    /// What puts entries into an expvar.Map.
    EXPVAR_MAP { starts: ["expvar.(*Map)."] }
    seen in "Go 1.27", shown by "";

    /// Elements of lists and heaps.
    LISTS { starts: ["container/list.(*List).", "container/heap.Push"] }
    seen in "Go 1.27", shown by "job-list";

    /// What is made for a pool.
    POOL { is: ["sync.(*Pool).Get"] }
    seen in "Go 1.27", shown by "defer-loop";

    /// What makes slices and buffers larger.
    BUFFERS { is: ["bytes.growSlice", "slices.Grow[...]", "slices.Insert[...]", "bytes.(*Buffer).grow"] }
    seen in "Go 1.27", shown by "pool-churn";

    /// What reads into buffers of which a part may be kept.
    WHOLE_READS {
        is: [
            "os.ReadFile",
            "os.readFileContents",
            "io.ReadAll",
            "io/ioutil.ReadAll",
            "io/ioutil.ReadFile",
            "bytes.(*Buffer).ReadFrom",
            "bufio.(*Scanner).Scan",
            "bufio.(*Reader).ReadBytes",
            "encoding/json.(*Decoder).refill",
        ],
    }
    seen in "Go 1.27", shown by "raw-message";

    /// What makes strings of which a part may be kept.
    WHOLE_STRINGS { is: ["bufio.(*Reader).ReadString"], starts: ["strings.(*Builder)."] }
    seen in "Go 1.27", shown by "substring";

    /// What opens files and connections.
    OPENS { is: ["os.newFile", "net.newFD", "internal/poll.(*FD).Init", "os.newUnixDirent"] }
    seen in "Go 1.27", shown by "files";

    /// Who waits for the network, or for a file that can be polled.
    NETWORK_WAIT { is: ["internal/poll.runtime_pollWait"] }
    seen in "Go 1.27", shown by "http-timeout";

    /// Who waits for connections to a listener.
    ACCEPT { is: ["net.(*TCPListener).Accept", "net.(*UnixListener).Accept"] }
    seen in "Go 1.27", shown by "clients-ramp";

    /// Who waits to write into an io.Pipe.
    PIPE_WRITE { is: ["io.(*pipe).write"] }
    seen in "Go 1.27", shown by "services/exportd";

    /// Who waits to read from an io.Pipe.
    PIPE_READ { is: ["io.(*pipe).read"] }
    seen in "Go 1.27", shown by "services/exportd";

    /// The goroutines that serve a command that was started.
    COMMAND { starts: ["os/exec.(*Cmd).Start.func", "os/exec.(*Cmd).watchCtx"] }
    seen in "Go 1.27", shown by "";

    // --- net/http, in all spellings (docs/go-profile-semantics.md, S17) ---

    /// The goroutine that a server starts for a connection.
    HTTP_SERVE { is: ["net/http.(*conn).serve"] }
    seen in "Go 1.27", shown by "handler-receive";

    /// The goroutine that a server runs beside a handler.
    HTTP_BACKGROUND_READ { is: ["net/http.(*connReader).backgroundRead"] }
    seen in "Go 1.27", shown by "handler-receive";

    /// Who reads the head of a request.
    HTTP_READS_HEAD { is: ["net/http.(*conn).readRequest"] }
    seen in "Go 1.19 to 1.27", shown by "handler-receive";

    /// The reader of a client's connection.
    HTTP_CLIENT_READER { is: ["net/http.(*persistConn).readLoop"] }
    seen in "Go 1.27", shown by "http-body";

    /// The writer of a client's connection.
    HTTP_CLIENT_WRITER { is: ["net/http.(*persistConn).writeLoop"] }
    seen in "Go 1.27", shown by "http-body";

    /// All that waits on behalf of a client's connection.
    HTTP_CLIENT_CONNECTION { starts: ["net/http.(*persistConn)."] }
    seen in "Go 1.27", shown by "http-body";

    /// Who waits for the answer to a request.
    HTTP_CALL {
        is: ["net/http.(*persistConn).roundTrip"],
        ends: [
            "(*http2ClientConn).RoundTrip",
            "(*http2clientStream).doRequest",
            "http2.(*ClientConn).roundTrip",
            "http2.(*clientStream).doRequest",
        ],
    }
    seen in "Go 1.27", shown by "http-timeout";

    /// What makes a client's connection.
    HTTP_DIALS { is: ["net/http.(*Transport).dialConn"] }
    seen in "Go 1.27", shown by "http-transport";

    /// What piles up of a client.
    HTTP_CLIENT {
        starts: [
            "net/http.(*persistConn).",
            "net/http.(*Transport).",
            "net/http.(*http2ClientConn).",
            "net/http.(*http2clientConnReadLoop).",
            "net/http/internal/http2.(*ClientConn).",
            "net/http/internal/http2.(*clientConnReadLoop).",
        ],
    }
    seen in "Go 1.27", shown by "http-body";

    /// How a client is called.
    HTTP_CLIENT_CALLS { starts: ["net/http.(*Client).", "net/http.(*Transport).RoundTrip"] }
    seen in "Go 1.27", shown by "http-body";

    // --- database/sql ---

    /// The goroutine beside each open result set or transaction.
    SQL_ROWS { is: ["database/sql.(*Rows).awaitDone", "database/sql.(*Tx).awaitDone"] }
    seen in "Go 1.27", shown by "sql-rows";

    /// Who waits for a connection of a pool, or makes one.
    SQL_CONN { is: ["database/sql.(*DB).conn"] }
    seen in "Go 1.27", shown by "sql-rows";

    /// What makes connections of a pool.
    SQL_DIALS { is: ["database/sql.(*DB).conn", "database/sql.(*DB).openNewConnection"] }
    seen in "Go 1.27", shown by "sql-rows";

    /// The goroutine of each *sql.DB.
    SQL_OPENER { is: ["database/sql.(*DB).connectionOpener"] }
    seen in "Go 1.27", shown by "sql-open";

    /// What prepares statements.
    SQL_PREPARES {
        starts: [
            "database/sql.(*DB).Prepare",
            "database/sql.(*Conn).Prepare",
            "database/sql.(*Tx).Prepare",
            "database/sql.(*Tx).Stmt",
        ],
    }
    seen in "Go 1.27", shown by "sealed2/fleet";

    /// All of the package's types.
    SQL { starts: ["database/sql.("] }
    seen in "Go 1.27", shown by "sql-rows";

    /// How a pool is called.
    SQL_CALLS {
        starts: [
            "database/sql.(*DB).",
            "database/sql.(*Conn).",
            "database/sql.(*Tx).",
            "database/sql.(*Stmt).",
        ],
    }
    seen in "Go 1.27", shown by "sql-rows";

    // --- gRPC ---

    /// The goroutines of a ClientConn and of each of its connections.
    GRPC_CONNECTION {
        within: [
            "google.golang.org/grpc/internal/transport.(*http2Client).",
            "google.golang.org/grpc/internal/transport.newHTTP2Client.func",
            "google.golang.org/grpc/internal/transport.NewHTTP2Client.func",
            "google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run",
            "google.golang.org/grpc.(*addrConn).",
            "google.golang.org/grpc.(*ccBalancerWrapper).",
            "google.golang.org/grpc.(*ccResolverWrapper).",
            "google.golang.org/grpc.(*ClientConn).",
        ],
    }
    seen in "grpc-go 1.33", shown by "sealed/orders";

    /// The reader of a connection.
    GRPC_READER { within: ["google.golang.org/grpc/internal/transport.(*http2Client).reader"] }
    seen in "grpc-go 1.33", shown by "sealed/orders";

    /// The goroutine beside each stream that is not unary, which waits for its context or its connection to end.
    GRPC_STREAM {
        within: [
            "google.golang.org/grpc.newClientStream.func",
            "google.golang.org/grpc.newClientStreamWithParams.func",
        ],
    }
    seen in "grpc-go 1.33", shown by "sealed/orders";

    /// What piles up of a client.
    GRPC_CLIENT {
        starts: [
            "google.golang.org/grpc.newClientStream",
            "google.golang.org/grpc.(*",
            "google.golang.org/grpc/internal/transport.newHTTP2Client",
            "google.golang.org/grpc/internal/transport.NewHTTP2Client",
            "google.golang.org/grpc/internal/transport.(*http2Client).",
            "google.golang.org/grpc/internal/transport.newBufWriter",
            "google.golang.org/grpc/internal/transport.newFramer",
        ],
    }
    seen in "grpc-go 1.33", shown by "sealed2/etcdwatch";

    /// How a client is called.
    GRPC_CLIENT_CALLS {
        starts: [
            "google.golang.org/grpc.Dial",
            "google.golang.org/grpc.NewClient",
            "google.golang.org/grpc.(*ClientConn).",
        ],
    }
    seen in "grpc-go 1.33", shown by "sealed/orders";

    // --- metrics ---

    /// The time series of a registry of Prometheus.
    PROMETHEUS {
        within: ["client_golang/prometheus.MakeLabelPairs", "prometheus.(*metricMap).getOrCreateMetric"],
    }
    seen in "client_golang 1.20", shown by "sealed/edgeprom";

    /// The time series of other kits.
    TELEMETRY {
        within: [
            "go.opentelemetry.io/otel/attribute.",
            "go.opentelemetry.io/otel/sdk/metric/internal",
            "go.opencensus.io/stats/view.",
            "go.opencensus.io/tag.",
            "rcrowley/go-metrics.(*StandardRegistry).",
            "/go-metrics.(*Metrics).",
        ],
    }
    seen in "no version", shown by "sealed2/loyalty";
}
