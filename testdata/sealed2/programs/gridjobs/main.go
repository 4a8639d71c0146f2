// Command gridjobs computes jobs and streams their results over gRPC.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math"
	"net"
	"runtime"

	"github.com/golang/protobuf/ptypes/wrappers"
	"google.golang.org/grpc"
	"gridjobs/grid"
	"probe"
	"pump"
)

func main() {
	port := flag.Int("port", 22180, "first port")
	mode := flag.String("mode", "serve", "serve or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	addr := fmt.Sprintf("127.0.0.1:%d", *port)
	if *mode == "load" {
		load(addr)
	}
	s := new(grid.Server)
	probe.Gauge("jobs_now", s.Now.Load)
	probe.Gauge("jobs_done", s.Done.Load)
	probe.Gauge("parts", s.Parts.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(*port + 1)
	l, err := net.Listen("tcp", addr)
	if err != nil {
		log.Fatal(err)
	}
	g := grpc.NewServer()
	g.RegisterService(&grid.Desc, s)
	log.Fatal(g.Serve(l))
}

func load(addr string) {
	var conns []*grpc.ClientConn
	for i := 0; i < 6; i++ {
		c, err := grpc.Dial(addr, grpc.WithInsecure(), grpc.WithBlock())
		if err != nil {
			log.Fatal(err)
		}
		conns = append(conns, c)
	}
	// The orders of a day: few at first, most at seven tenths, half as many at the end.
	day := func() float64 { return 0.4 + 6.5*math.Exp(-math.Pow((pump.X()-0.7)/0.26, 2)) }
	pump.Run(day, func(i int) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		st, err := conns[i%len(conns)].NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/grid.Jobs/Run")
		if err != nil {
			return
		}
		st.SendMsg(&wrappers.Int64Value{Value: int64(pump.Between(20, 70))})
		st.CloseSend()
		for n := 0; st.RecvMsg(new(wrappers.BytesValue)) == nil; n++ {
			if i%10 == 0 && n == 9 {
				return // has seen enough
			}
		}
	})
}
