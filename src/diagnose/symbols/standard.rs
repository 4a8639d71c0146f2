//! Functions of the runtime and of the standard library.

use super::{NONE, Symbols};

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
    seen in "Go 1.27", shown by "iterators";

    /// What makes timers and tickers.
    TIMERS {
        is: ["time.NewTicker", "time.NewTimer", "time.newTimer", "time.AfterFunc", "time.After", "time.Tick"],
    }
    seen in "Go 1.27", shown by "after-func";

    /// What has a function called later.
    AFTER_FUNC { is: ["time.AfterFunc"] }
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

    /// What reads strings of which a part may be kept. Strings that are put together are mostly kept whole.
    WHOLE_STRINGS { is: ["bufio.(*Reader).ReadString"] }
    seen in "Go 1.27", shown by "handler-receive-fixed";

    /// What makes one string of all fields of a record.
    CSV_RECORDS { is: ["encoding/csv.(*Reader).readRecord"] }
    seen in "Go 1.27", shown by "sealed7/bankfeed";

    /// What makes the strings of a request's line and header.
    HEADER_LINES { is: ["net/textproto.(*Reader).ReadLine", "net/textproto.readMIMEHeader"] }
    seen in "Go 1.27", shown by "sealed7/staffgate";

    /// What opens files and connections.
    OPENS { is: ["os.newFile", "net.newFD", "internal/poll.(*FD).Init", "os.newUnixDirent"] }
    seen in "Go 1.27", shown by "files";

    /// Who waits for the network, or for a file that can be polled.
    NETWORK_WAIT { is: ["internal/poll.runtime_pollWait"] }
    seen in "Go 1.27", shown by "http-timeout";

    /// Who reads or writes a file, a pipe of the system or a device.
    FILE { starts: ["os.(*File)."] }
    seen in "Go 1.27", shown by "commands";

    /// Who waits for connections to a listener.
    ACCEPT { is: ["net.(*TCPListener).Accept", "net.(*UnixListener).Accept", "net.(*netFD).accept"] }
    seen in "Go 1.27", shown by "servers";

    /// Who waits to write into an io.Pipe.
    PIPE_WRITE { is: ["io.(*pipe).write"] }
    seen in "Go 1.27", shown by "pipes";

    /// Who waits to read from an io.Pipe.
    PIPE_READ { is: ["io.(*pipe).read"] }
    seen in "Go 1.27", shown by "services/exportd";

    /// The goroutines that serve a command that was started, or wait for it.
    COMMAND {
        starts: [
            "os/exec.(*Cmd).Start.func", "os/exec.(*Cmd).watchCtx", "os/exec.(*Cmd).Wait", "os.(*Process).Wait",
        ],
    }
    seen in "Go 1.27", shown by "commands";

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

    /// The two goroutines that a server has for a connection of HTTP/2, which carries many requests.
    HTTP2_SERVE {
        ends: [
            "(*http2serverConn).serve",
            "(*http2serverConn).readFrames",
            "http2.(*serverConn).serve",
            "http2.(*serverConn).readFrames",
        ],
    }
    seen in "no version", shown by "";

    /// A handler of a server.
    HTTP_HANDLER { is: ["net/http.serverHandler.ServeHTTP"] }
    seen in "Go 1.27", shown by "handler-receive";

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

    /// What accumulates of a client.
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

    /// The goroutine beside each open transaction.
    SQL_TRANSACTION { is: ["database/sql.(*Tx).awaitDone"] }
    seen in "Go 1.27", shown by "transactions";

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
    seen in "Go 1.27", shown by "statements";

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
}
