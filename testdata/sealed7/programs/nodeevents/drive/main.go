// Command drive is what runs on a node beside containerd: an agent that creates, labels and removes containers,
// one that follows the events as it should, and auditors that subscribe and stop reading.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"strings"
	"time"

	"github.com/containerd/containerd"
	eventsapi "github.com/containerd/containerd/api/services/events/v1"
	"github.com/containerd/containerd/containers"
	"github.com/containerd/containerd/namespaces"
	"github.com/gogo/protobuf/types"
)

var (
	sock = flag.String("sock", "/tmp/run/containerd/c.sock", "")
	dur  = flag.Duration("for", 6*time.Minute, "")
)

func report(id string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"container":%q,"round":%d,"conditions":[`, id, n)
	for b.Len() < 2200+rand.Intn(1400) {
		fmt.Fprintf(&b, `{"type":"probe-%d","ok":%t,"ms":%d,"at":%d},`, rand.Intn(30), rand.Intn(20) > 0, rand.Intn(900), time.Now().UnixNano())
	}
	return b.String() + "{}]}"
}

func main() {
	flag.Parse()
	cl, err := containerd.New(*sock)
	if err != nil {
		log.Fatal(err)
	}
	ctx, done := context.WithTimeout(namespaces.WithNamespace(context.Background(), "mill"), *dur)
	defer done()
	// one that reads
	go func() {
		ch, errs := cl.Subscribe(ctx, `namespace==mill`)
		n := 0
		for {
			select {
			case <-ch:
				n++
			case e := <-errs:
				log.Print("reader ends after ", n, " ", e)
				return
			}
		}
	}()
	// auditors: their disk is full, so that they do not come back to read
	for _, wait := range []time.Duration{5 * time.Second, *dur * 2 / 5} {
		go func() {
			time.Sleep(wait)
			c2, err := containerd.New(*sock)
			if err != nil {
				log.Print(err)
				return
			}
			s, err := eventsapi.NewEventsClient(c2.Conn()).Subscribe(ctx, &eventsapi.SubscribeRequest{})
			if err != nil {
				log.Print(err)
				return
			}
			for i := 0; i < 40; i++ {
				s.Recv()
			}
			<-ctx.Done()
		}()
	}
	st := cl.ContainerService()
	var ids []string
	for n := 0; ctx.Err() == nil; n++ {
		if len(ids) < 40 || rand.Intn(12) == 0 {
			id := fmt.Sprintf("job-%06d-%04x", n, rand.Intn(1<<16))
			_, err := st.Create(ctx, containers.Container{ID: id, Image: "registry.mill.example/saw:4", Runtime: containers.RuntimeInfo{Name: "io.containerd.runc.v2"},
				Labels: map[string]string{"team": "saw", "report": report(id, 0)},
				Spec:   &types.Any{TypeUrl: "types.containerd.io/opencontainers/runtime-spec/1/Spec", Value: []byte(`{"ociVersion":"1.0.2"}`)}})
			if err != nil && ctx.Err() == nil {
				log.Fatal(err)
			} else {
				ids = append(ids, id)
			}
		}
		for len(ids) > 40 {
			st.Delete(ctx, ids[0])
			ids = ids[1:]
		}
		id := ids[rand.Intn(len(ids))]
		if _, err := st.Update(ctx, containers.Container{ID: id, Labels: map[string]string{"team": "saw", "report": report(id, n)}}, "labels"); err != nil && ctx.Err() == nil {
			log.Print(err)
		}
		if n%10 == 0 {
			st.List(ctx)
		}
		time.Sleep(time.Duration(20+rand.Intn(70)) * time.Millisecond)
	}
}
