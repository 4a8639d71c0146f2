//go:debug httpmuxgo121=0

// Command tenantgate is the gateway of a reporting product: it knows the tenants, limits callers, and passes calls on.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"time"

	"github.com/gorilla/mux"

	"probe"
	"pump"
	"tenantgate/edge"
	"tenantgate/quota"
)

func main() {
	pump.Flags()
	back := fmt.Sprintf("127.0.0.1:%d", pump.Port+3)
	switch pump.Mode {
	case "upstream":
		log.Fatal(http.ListenAndServe(back, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Duration(pump.Between(5, 150)) * time.Millisecond)
			w.Write([]byte(pump.ID(pump.Between(500, 12000))))
		})))
	case "load":
		base := fmt.Sprintf("http://127.0.0.1:%d/", pump.Port)
		pump.Run(pump.Wave(8, 40, 3), func(i int) {
			tenant := rand.Intn(60)
			if rand.Intn(3) > 0 && tenant%10 == 3 { // these have few users
				tenant++
			}
			// many callers are programs that run once and come from a new address each time
			caller := fmt.Sprintf("10.%d.%d.%d", rand.Intn(6), rand.Intn(200), rand.Intn(250))
			req, _ := http.NewRequest("GET", fmt.Sprintf("%st/%d/report/%d", base, tenant, rand.Intn(500)), nil)
			req.Header.Set("X-Real-Ip", caller)
			if resp, err := pump.Web.Do(req); err == nil {
				buf := make([]byte, 16384)
				for {
					if _, err := resp.Body.Read(buf); err != nil {
						break
					}
				}
				resp.Body.Close()
			}
		})
	}
	q := quota.New(20, 40)
	e := edge.New(back, q)
	probe.Gauge("passed", e.Passed.Load)
	probe.Gauge("passed_own", e.Own.Load)
	probe.Gauge("callers", func() int64 { return int64(q.Len()) })
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	m := mux.NewRouter()
	m.PathPrefix("/t/{tenant}/").Handler(q.Limit(e))
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), m))
}
