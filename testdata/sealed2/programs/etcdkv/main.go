// Command etcdkv drives an etcd with a load that closes all: a fixed set of keys written again and again, watches that
// end, leases that run out, and a compaction every 40 seconds. The server keeps its last 5,000 raft entries, so its heap
// grows until it has as many.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"sync/atomic"
	"time"

	pb "go.etcd.io/etcd/etcdserver/etcdserverpb"
	"google.golang.org/grpc"
	"pump"
)

func main() {
	port := flag.Int("port", 22030, "port of the server")
	mode := flag.String("mode", "load", "load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	_ = mode
	c, err := grpc.Dial(fmt.Sprintf("127.0.0.1:%d", *port), grpc.WithInsecure(), grpc.WithBlock())
	if err != nil {
		log.Fatal(err)
	}
	bg := context.Background()
	kv, leases := pb.NewKVClient(c), pb.NewLeaseClient(c)
	var rev, puts, watches, granted atomic.Int64
	go pump.Run(pump.Flat(26), func(i int) {
		r, err := kv.Put(bg, &pb.PutRequest{Key: []byte(fmt.Sprintf("stock/%04d", rand.Intn(500))), Value: make([]byte, pump.Between(800, 2000))})
		if err == nil {
			rev.Store(r.Header.Revision)
			puts.Add(1)
		}
	})
	go pump.Run(pump.Flat(2), func(i int) {
		l, err := leases.LeaseGrant(bg, &pb.LeaseGrantRequest{TTL: 15})
		if err == nil {
			granted.Add(1)
			kv.Put(bg, &pb.PutRequest{Key: []byte("till/" + pump.ID(8)), Value: []byte("open"), Lease: l.ID})
		}
	})
	go pump.Run(pump.Flat(3), func(i int) {
		ctx, cancel := context.WithTimeout(bg, time.Duration(pump.Between(2, 12))*time.Second)
		defer cancel()
		st, err := pb.NewWatchClient(c).Watch(ctx)
		if err != nil {
			return
		}
		st.Send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: &pb.WatchCreateRequest{Key: []byte("stock/"), RangeEnd: []byte("stock0")}}})
		for {
			if _, err := st.Recv(); err != nil {
				watches.Add(1)
				return
			}
		}
	})
	go func() {
		for {
			time.Sleep(40 * time.Second)
			kv.Compact(bg, &pb.CompactionRequest{Revision: rev.Load()})
		}
	}()
	for {
		time.Sleep(5 * time.Second)
		log.Printf("puts %d watches ended %d leases granted %d", puts.Load(), watches.Load(), granted.Load())
	}
}
