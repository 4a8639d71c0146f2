//go:debug httpmuxgo121=0

// Command avromerge merges the deliveries of address lists (Avro) when it is asked to.
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"avromerge/job"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		base := fmt.Sprintf("http://127.0.0.1:%d", pump.Port)
		go pump.Run(pump.Wave(1, 8, 2), func(i int) { pump.Get(base + "/state") })
		for _, at := range []struct{ x, size float64 }{{0.04, 5000}, {0.36, 8200}, {0.72, 16000}} {
			for pump.X() < at.x {
				time.Sleep(100 * time.Millisecond)
			}
			pump.Post(fmt.Sprintf("%s/merge?records=%d", base, int(at.size)), nil)
		}
		select {}
	}
	j := job.New(pump.Dir)
	probe.Gauge("index", j.Index.Load)
	probe.Gauge("read", j.Read.Load)
	probe.Gauge("merges_done", j.Done.Load)
	probe.Listen(pump.Port + 1)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), j.Routes()))
}
