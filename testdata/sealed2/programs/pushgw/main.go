// Command pushgw drives a prometheus-pushgateway as a fleet of batch jobs would. The import jobs push under a grouping
// key with the id of the run and never delete it; the other jobs push under their own name again and again.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand"
	"sync/atomic"
	"time"

	"pump"
)

func page(n int, family string) []byte {
	var b bytes.Buffer
	for i := 0; i < n; i++ {
		fmt.Fprintf(&b, "# TYPE %s_step_%02d_seconds gauge\n", family, i)
		fmt.Fprintf(&b, "%s_step_%02d_seconds{stage=\"load\",region=\"north\"} %g\n", family, i, rand.Float64()*40)
		fmt.Fprintf(&b, "%s_step_%02d_seconds{stage=\"check\",region=\"north\"} %g\n", family, i, rand.Float64()*4)
	}
	return b.Bytes()
}

func main() {
	port := flag.Int("port", 22010, "port of the server")
	mode := flag.String("mode", "load", "load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	_ = mode
	base := fmt.Sprintf("http://127.0.0.1:%d/metrics/job/", *port)
	var runs, pushes atomic.Int64
	// Imports come in waves of about 70 seconds.
	wave := func() float64 { return 3.2 + 2.6*math.Sin(2*math.Pi*pump.X()*float64(pump.Span)/70e9) }
	go pump.Run(wave, func(i int) {
		if _, code := pump.Send("PUT", base+"import/run/"+pump.ID(20), page(12, "import")); code == 200 || code == 202 {
			runs.Add(1)
		}
	})
	go pump.Run(pump.Flat(8), func(i int) {
		if _, code := pump.Send("PUT", fmt.Sprintf("%sreport/shop/s%03d", base, rand.Intn(60)), page(20, "report")); code == 200 || code == 202 {
			pushes.Add(1)
		}
	})
	for {
		time.Sleep(5 * time.Second)
		log.Printf("run groups never deleted %d pushes of 60 fixed groups %d", runs.Load(), pushes.Load())
	}
}
