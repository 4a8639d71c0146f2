// Command etcdwatch drives an etcd as a fleet of job runners would. A runner watches the settings of its job. When the
// job is done it should end the watch; a job that is called off (one of nine) just goes, and its stream stays open on
// the connection that all runners of a host share.
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
	port := flag.Int("port", 22020, "port of the server")
	mode := flag.String("mode", "load", "load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	_ = mode
	var hosts []*grpc.ClientConn
	for i := 0; i < 4; i++ {
		c, err := grpc.Dial(fmt.Sprintf("127.0.0.1:%d", *port), grpc.WithInsecure(), grpc.WithBlock())
		if err != nil {
			log.Fatal(err)
		}
		hosts = append(hosts, c)
	}
	var open, done atomic.Int64
	go pump.Run(pump.Flat(7.2), func(i int) {
		ctx, cancel := context.WithCancel(context.Background())
		st, err := pb.NewWatchClient(hosts[i%len(hosts)]).Watch(ctx)
		if err != nil {
			cancel()
			return
		}
		key := []byte(fmt.Sprintf("jobs/%03d/settings", rand.Intn(200)))
		st.Send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: &pb.WatchCreateRequest{Key: key}}})
		st.Recv()
		if rand.Intn(9) == 0 {
			open.Add(1) // called off: nobody cancels
			return
		}
		time.Sleep(time.Duration(pump.Between(1000, 9000)) * time.Millisecond)
		cancel()
		done.Add(1)
	})
	kv := pb.NewKVClient(hosts[0])
	put := func(k, n int) {
		kv.Put(context.Background(), &pb.PutRequest{Key: []byte(fmt.Sprintf("jobs/%03d/settings", k)), Value: make([]byte, n)})
	}
	go func() {
		for k := 0; k < 200; k++ {
			put(k, pump.Between(400, 2500))
		}
		// Settings hardly ever change; they are read all the time.
		pump.Run(pump.Flat(0.7), func(i int) { put(rand.Intn(200), 120) })
	}()
	go pump.Run(pump.Flat(20), func(i int) {
		kv.Range(context.Background(), &pb.RangeRequest{Key: []byte("jobs/"), RangeEnd: []byte("jobs0"), Limit: 60})
	})
	for {
		time.Sleep(5 * time.Second)
		log.Printf("watch streams left open %d closed %d", open.Load(), done.Load())
	}
}
