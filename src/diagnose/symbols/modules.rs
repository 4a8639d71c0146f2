//! Functions of modules beyond the standard library.

use super::{NONE, Symbols};

symbols! {
    // --- bolt ---

    /// What makes a transaction of bolt.
    BOLT_TRANSACTION {
        is: [
            "go.etcd.io/bbolt.(*DB).beginTx",
            "github.com/etcd-io/bbolt.(*DB).beginTx",
            "github.com/coreos/bbolt.(*DB).beginTx",
            "github.com/boltdb/bolt.(*DB).beginTx",
        ],
    }
    seen in "bbolt 1.3", shown by "";

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

    /// What opens a stream.
    GRPC_OPENS_STREAM {
        within: ["google.golang.org/grpc.newClientStream", "google.golang.org/grpc.(*ClientConn).NewStream"],
    }
    seen in "grpc-go 1.33", shown by "sealed/orders";

    /// How code opens a stream. A unary call opens one as well, and ends it.
    GRPC_STREAM_CALLS { starts: ["google.golang.org/grpc.(*ClientConn).NewStream"] }
    seen in "grpc-go 1.33", shown by "sealed/orders";

    /// What accumulates of a client.
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

    // --- calls that several share ---

    /// Where goroutines wait for a call that another of them makes; that one stands in it as well.
    SINGLEFLIGHT { within: ["singleflight.(*Group).Do"] }
    seen in "golang.org/x/sync 0.1", shown by "sealed2/pricewall";

    // --- clients of other services ---

    /// The goroutines that each client, or each of its pools, has of its own.
    CLIENTS {
        within: [
            // redis: go-redis 5 was seen, others are known from reading.
            "redis.v5/internal/pool.(*ConnPool).reaper",
            "redis/internal/pool.(*ConnPool).reaper",
            "redis/v7/internal/pool.(*ConnPool).reaper",
            "redis/v8/internal/pool.(*ConnPool).reaper",
            // nats.go
            "nats-io/nats.go.(*Conn).readLoop",
            "nats-io/nats.go.(*Conn).flusher",
            "nats-io/nats.go.(*Conn).doReconnect",
            // kafka
            "sarama.(*client).backgroundMetadataUpdater",
            "sarama.(*asyncProducer).dispatcher",
            "segmentio/kafka-go.(*connPool).discover",
            // mongo
            "mongo-driver/x/mongo/driver/topology.(*Server).update",
            "mongo-driver/x/mongo/driver/topology.(*rttMonitor).start",
            "mongo-driver/x/mongo/driver/topology.(*pool).maintain",
            // pgx
            "pgxpool.(*Pool).backgroundHealthCheck",
            "pgxpool.NewWithConfig.func",
            // memory caches and batching exporters
            "otel/sdk/trace.(*batchSpanProcessor).processQueue",
            "otel/sdk/metric.(*PeriodicReader).run",
        ],
    }
    seen in "go-redis 5", shown by "";

    // --- subscriptions ---

    /// What serves a subscription for as long as it lasts.
    SUBSCRIPTION {
        within: [
            "nats-io/nats.go.(*Conn).waitForMsgs",
            "streadway/amqp.(*consumers).buffer",
            "rabbitmq/amqp091-go.(*consumers).buffer",
            "redis/v7.(*PubSub).initMsgChan",
            "redis/v8.(*channel).initMsgChan",
            "redis/go-redis/v9.(*channel).initMsgChan",
        ],
    }
    seen in "nats.go 1.22", shown by "sealed11/lockerwatch";

    // --- caches ---

    /// What puts an entry into a cache that gives up one for each new one, once it is full, or has own code make one.
    BOUNDED_CACHES {
        within: [
            "golang-lru/simplelru.(*LRU",
            "golang-lru.(*Cache",
            "golang-lru.(*ARCCache",
            "golang-lru.(*TwoQueueCache",
            "golang-lru/v2/simplelru.(*LRU",
            "golang-lru/v2/expirable.(*LRU",
            "golang-lru/v2.(*Cache",
            "golang-lru/v2.(*TwoQueueCache",
            "golang-lru/arc/v2.(*ARCCache",
            "dgraph-io/ristretto.",
            "dgraph-io/ristretto/v2.",
            "allegro/bigcache.",
            "allegro/bigcache/v3.",
            "coocood/freecache.",
            "maypok86/otter.",
            "maypok86/otter/v2.",
            "karlseguin/ccache.",
            "karlseguin/ccache/v2.",
            "karlseguin/ccache/v3.",
            "golang/groupcache.(*Group",
        ],
    }
    seen in "golang-lru 0.5.4, ccache 2.0.3", shown by "sealed9/vinylprices";

    // --- spans ---

    /// What starts a span, and what is put into one.
    SPANS {
        within: [
            "go.opentelemetry.io/otel/sdk/trace.(*tracer).Start",
            "go.opentelemetry.io/otel/sdk/trace.(*tracer).newSpan",
            "go.opencensus.io/trace.startSpanInternal",
            "go.opencensus.io/trace.(*span).",
            "uber/jaeger-client-go.(*Tracer).startSpanWithOptions",
        ],
    }
    seen in "OpenCensus 0.24", shown by "sealed3/tracehall";

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
            "go-metrics.(*Metrics).",
        ],
    }
    seen in "no version", shown by "sealed2/loyalty";
}
