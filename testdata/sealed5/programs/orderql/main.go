//go:debug httpmuxgo121=0

// Command orderql is the orders of a delivery kitchen in GraphQL.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"time"

	"orderql/graph"
	"orderql/kitchen"
	"probe"
	"pump"
)

func load() {
	base := fmt.Sprintf("http://127.0.0.1:%d", pump.Port)
	go pump.Run(pump.Wave(0.4, 2.4, 2), func(i int) { // a phone follows its order, until it is put away
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(pump.Between(1500, 14000))*time.Millisecond)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, "GET", fmt.Sprintf("%s/follow?order=%d", base, rand.Intn(5000)), nil)
		if r, err := http.DefaultClient.Do(req); err == nil {
			buf := make([]byte, 8192)
			for err == nil {
				_, err = r.Body.Read(buf)
			}
			r.Body.Close()
		}
	})
	pump.Run(pump.Wave(3, 18, 2), func(i int) {
		q := fmt.Sprintf(`{ orders(branch: %d, last: %d) { id dish state } }`, rand.Intn(12), pump.Between(2, 20))
		if rand.Intn(3) == 0 { // the old app writes what it looks for into the query
			q = fmt.Sprintf(`query Order%s { order(id: %d) { id dish state notes } other: orders(branch: %d, last: 3) { id state } }`, pump.ID(6), rand.Intn(5000), rand.Intn(12))
		}
		b, _ := json.Marshal(map[string]any{"query": q})
		pump.Post(base+"/graphql", b)
	})
}

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load()
	}
	k := kitchen.New()
	g := graph.New(k)
	probe.Gauge("plans", g.Plans)
	probe.Gauge("follows", g.Follows.Load)
	probe.Gauge("inside", g.Inside.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), g.Routes()))
}
