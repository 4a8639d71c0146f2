// Command lspdesk is a language server for many editors (JSON-RPC over TCP).
package main

import (
	"context"
	"fmt"
	"log"
	"math"
	"math/rand"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"lspdesk/check"
	"lspdesk/editor"
	"probe"
	"pump"
)

type quiet struct{}

func (quiet) Handle(context.Context, *jsonrpc2.Conn, *jsonrpc2.Request) {}

// work is a person with an editor: some files, changes, and the end of the day.
func work(at string) {
	c, err := net.Dial("tcp", at)
	if err != nil {
		return
	}
	ctx := context.Background()
	j := jsonrpc2.NewConn(ctx, jsonrpc2.NewBufferedStream(c, jsonrpc2.VSCodeObjectCodec{}), quiet{})
	defer j.Close()
	end := time.Now().Add(time.Duration(pump.Between(15, 70)) * time.Second)
	for i := 0; time.Now().Before(end); i++ {
		text := strings.Repeat("func "+pump.ID(9)+"() { return }\n", pump.Between(40, 700))
		var out []check.Finding
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := j.Call(ctx, "text/change", editor.Change{File: fmt.Sprintf("f%d.go", i%6), Text: text}, &out)
		cancel()
		if err != nil {
			return
		}
		time.Sleep(time.Duration(pump.Between(500, 4000)) * time.Millisecond)
	}
}

func main() {
	pump.Flags()
	at := fmt.Sprintf("127.0.0.1:%d", pump.Port)
	if pump.Mode == "load" {
		var on atomic.Int64
		for {
			want := 6 + 55*(1-math.Cos(2*math.Pi*2.5*pump.X()))/2
			if float64(on.Load()) < want {
				on.Add(1)
				go func() { defer on.Add(-1); work(at) }()
			}
			time.Sleep(time.Duration(200+rand.Intn(200)) * time.Millisecond)
		}
	}
	s := editor.New()
	probe.Gauge("editors", s.Editors.Load)
	probe.Gauge("changes", s.Changes.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	log.Fatal(s.Serve(at))
}
