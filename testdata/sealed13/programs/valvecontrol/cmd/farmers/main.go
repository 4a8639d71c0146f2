// Command farmers is the telephones of the farmers: they look at their fields, and open and close valves.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

func main() {
	to := flag.String("url", "http://127.0.0.1:7704", "")
	rate := flag.Float64("rate", 8, "requests a second")
	period := flag.Duration("period", 190*time.Second, "")
	set := flag.Int("set", 7, "of a hundred that set a valve")
	dur := flag.Duration("for", 20*time.Minute, "")
	flag.Parse()
	c := &http.Client{Timeout: 20 * time.Second}
	began := time.Now()
	var failed atomic.Int64
	for n := 0; time.Since(began) < *dur; n++ {
		r := *rate * (1 + 0.5*math.Sin(2*math.Pi*time.Since(began).Seconds()/period.Seconds()))
		time.Sleep(time.Duration(rand.ExpFloat64() / r * float64(time.Second)))
		go func() {
			f := rand.Intn(220)
			req, _ := http.NewRequest("GET", fmt.Sprintf("%s/fields/%d/changes", *to, f), nil)
			if rand.Intn(100) < *set {
				b, _ := json.Marshal(map[string]any{"open": rand.Intn(2) == 0, "litres": rand.Intn(9000), "by": fmt.Sprintf("farmer %d", rand.Intn(90)), "note": strings.Repeat("dry at the edge; ", rand.Intn(12))})
				req, _ = http.NewRequest("PUT", fmt.Sprintf("%s/fields/%d/valves/%d", *to, f, rand.Intn(2)), bytes.NewReader(b))
			}
			a, err := c.Do(req)
			if err != nil || a.StatusCode >= 300 {
				failed.Add(1)
			}
			if err == nil {
				io.Copy(io.Discard, a.Body)
				a.Body.Close()
			}
		}()
		if n%500 == 0 {
			log.Print(n, " requests, ", failed.Load(), " failed")
		}
	}
}
