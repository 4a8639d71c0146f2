// Command bgpglass drives gobgpd: a looking glass whose pages watch the routing table, while routes come and go.
package main

import (
	"context"
	"fmt"
	"log"
	"math/rand"
	"sync/atomic"
	"time"

	api "github.com/osrg/gobgp/v3/api"
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"pump"
)

// codec is for messages of the newer protobuf package.
type codec struct{}

func (codec) Name() string                       { return "proto" }
func (codec) Marshal(v any) ([]byte, error)      { return proto.Marshal(v.(proto.Message)) }
func (codec) Unmarshal(data []byte, v any) error { return proto.Unmarshal(data, v.(proto.Message)) }

func init() { encoding.RegisterCodec(codec{}) }

func route(i int) *api.Path {
	nlri, _ := anypb.New(&api.IPAddressPrefix{Prefix: fmt.Sprintf("10.%d.%d.0", i/200, i%200), PrefixLen: 24})
	origin, _ := anypb.New(&api.OriginAttribute{})
	hop, _ := anypb.New(&api.NextHopAttribute{NextHop: fmt.Sprintf("192.0.2.%d", 1+rand.Intn(200))})
	var as []uint32
	for k := pump.Between(2, 9); k > 0; k-- {
		as = append(as, uint32(pump.Between(1000, 60000)))
	}
	path, _ := anypb.New(&api.AsPathAttribute{Segments: []*api.AsSegment{{Type: 2, Numbers: as}}})
	var cs []uint32
	for k := pump.Between(2, 30); k > 0; k-- {
		cs = append(cs, rand.Uint32())
	}
	com, _ := anypb.New(&api.CommunitiesAttribute{Communities: cs})
	return &api.Path{Family: &api.Family{Afi: api.Family_AFI_IP, Safi: api.Family_SAFI_UNICAST}, Nlri: nlri, Pattrs: []*anypb.Any{origin, hop, path, com}}
}

func main() {
	pump.Flags()
	conn := func() api.GobgpApiClient {
		c, err := grpc.Dial(fmt.Sprintf("127.0.0.1:%d", pump.Port), grpc.WithInsecure(), grpc.WithBlock())
		if err != nil {
			log.Fatal(err)
		}
		return api.NewGobgpApiClient(c)
	}
	speaker, pages := conn(), []api.GobgpApiClient{conn(), conn(), conn()}
	bg := context.Background()
	for {
		if _, err := speaker.GetBgp(bg, &api.GetBgpRequest{}); err == nil {
			break
		}
		time.Sleep(300 * time.Millisecond)
	}
	for i := 0; i < 1500; i++ {
		if _, err := speaker.AddPath(bg, &api.AddPathRequest{Path: route(i)}); err != nil {
			log.Fatal(err)
		}
	}
	log.Print("1500 routes are there")
	var gone, ended atomic.Int64
	go pump.Run(pump.Flat(14), func(i int) {
		speaker.AddPath(bg, &api.AddPathRequest{Path: route(rand.Intn(1500))})
	})
	go pump.Run(pump.Flat(2.4), func(i int) {
		ctx, cancel := context.WithCancel(bg)
		s, err := pages[i%3].WatchEvent(ctx, &api.WatchEventRequest{Table: &api.WatchEventRequest_Table{Filters: []*api.WatchEventRequest_Table_Filter{{Type: api.WatchEventRequest_Table_Filter_BEST, Init: i%9 != 0}}}})
		if err != nil {
			cancel()
			return
		}
		until := time.Now().Add(time.Duration(pump.Between(1000, 6000)) * time.Millisecond)
		go func() {
			for time.Now().Before(until) {
				if _, err := s.Recv(); err != nil {
					break
				}
			}
			if i%6 == 0 { // a page that was left
				gone.Add(1)
				_ = cancel
				return
			}
			cancel()
			ended.Add(1)
		}()
	})
	for range time.Tick(5 * time.Second) {
		log.Print("watches left: ", gone.Load(), " ended: ", ended.Load())
	}
}
