// harbour is the harbour office: positions of ferries by gRPC.
package main

import (
	"context"
	"flag"
	"log"
	"math/rand"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	"strait.example/ferrydesk/internal/radar"
)

var open, all int64

type office struct{}

func (office) Timetable(ctx context.Context, f *radar.Ferry) (*radar.Times, error) {
	return &radar.Times{Stops: []string{"North Quay", "Old Pier", "Seal Island", "Lighthouse", "South Ramp"}}, nil
}

func (office) Watch(f *radar.Ferry, out grpc.ServerStream) error {
	atomic.AddInt64(&open, 1)
	atomic.AddInt64(&all, 1)
	defer atomic.AddInt64(&open, -1)
	wait := 300 * time.Millisecond
	for {
		select {
		case <-out.Context().Done():
			return nil
		case <-time.After(wait):
		}
		m := &radar.Reading{Ferry: f.Name, Fairway: strings.Repeat("buoy ", 20), Lat: rand.Float64(), Lon: rand.Float64(), Knots: 8 + 10*rand.Float64(), Quality: 0.4 + 0.6*rand.Float64()}
		if err := out.SendMsg(m); err != nil {
			return err
		}
		if wait < 5*time.Second {
			wait += 300 * time.Millisecond
		}
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:9090", "address")
	flag.Parse()
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		for range time.Tick(time.Minute) {
			log.Print("watches open ", atomic.LoadInt64(&open), " of ", atomic.LoadInt64(&all))
		}
	}()
	s := grpc.NewServer()
	s.RegisterService(&radar.Desc, office{})
	log.Fatal(s.Serve(l))
}
