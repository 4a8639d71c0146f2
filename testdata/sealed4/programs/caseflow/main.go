//go:debug httpmuxgo121=0

// Command caseflow is the desk of an insurance: people work on cases, and can undo what they did.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"runtime"

	"github.com/gin-gonic/gin"

	"caseflow/cases"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	addr := fmt.Sprintf("127.0.0.1:%d", pump.Port)
	if pump.Mode == "load" {
		load("http://" + addr)
	}
	d := cases.New(80)
	probe.Gauge("steps", d.Steps.Load)
	probe.Gauge("undone", d.Undone.Load)
	probe.Gauge("saved", d.Saved.Load)
	probe.Gauge("undo_kept", func() int64 { return int64(d.Kept()) })
	probe.Gauge("undo_reachable", func() int64 { return int64(d.Reachable()) })
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	d.Routes(g)
	log.Fatal(g.Run(addr))
}

func load(base string) {
	what := []string{"note", "note", "letter", "photo", "damage", "party", "witness", "offer", "invoice", "call", "assess", "tags", "address", "bank", "risk"}
	go pump.Run(pump.Wave(.5, 3, 2.3), func(i int) { pump.Post(fmt.Sprintf("%s/case/%d/undo", base, rand.Intn(80)), nil) })
	go pump.Run(pump.Wave(1, 4, 2.3), func(i int) { pump.Post(fmt.Sprintf("%s/case/%d/save", base, rand.Intn(80)), nil) })
	go pump.Run(pump.Wave(4, 20, 2.3), func(i int) { pump.Get(fmt.Sprintf("%s/case/%d", base, rand.Intn(80))) })
	pump.Run(pump.Wave(8, 34, 2.3), func(i int) {
		w := what[rand.Intn(len(what))]
		b, _ := json.Marshal(map[string]any{"text": pump.ID(pump.Between(400, 4000)), "who": pump.ID(12), "cents": rand.Intn(1e6), "list": []string{pump.ID(30), pump.ID(30), pump.ID(30)}})
		pump.Post(fmt.Sprintf("%s/case/%d/%s", base, rand.Intn(80), w), b)
	})
}
