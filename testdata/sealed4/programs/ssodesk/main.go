//go:debug httpmuxgo121=0

// Command ssodesk signs people in for a group of companies: sessions that end, and a table of grants that is read anew.
package main

import (
	"fmt"
	"log"
	"math"
	"math/rand"
	"net/http"
	"runtime"
	"sync"
	"time"

	"probe"
	"pump"
	"ssodesk/grants"
	"ssodesk/sign"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	g := grants.New(25 * time.Second)
	go g.Run()
	d := sign.New(g, 45*time.Second)
	probe.Gauge("signed_in", d.Signed.Load)
	probe.Gauge("sessions", func() int64 { return int64(d.Len()) })
	probe.Gauge("grants", func() int64 { return int64(g.Len()) })
	probe.Gauge("grants_read", g.Rounds.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /sign-in/{user}", d.SignIn)
	mux.HandleFunc("GET /whoami", d.Whoami)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

// load is two days and the morning of a third: few at night, most in the morning and after lunch.
func load(base string) {
	day := func(lo, hi float64) func() float64 {
		return func() float64 {
			x := math.Mod(pump.X()*2.42, 1)
			return lo + (hi-lo)*max(0, math.Exp(-80*(x-.35)*(x-.35)), .8*math.Exp(-80*(x-.6)*(x-.6)))
		}
	}
	var mu sync.Mutex
	var keys []string
	go pump.Run(day(3, 40), func(i int) {
		mu.Lock()
		key := ""
		if len(keys) > 0 {
			key = keys[rand.Intn(len(keys))]
		}
		mu.Unlock()
		pump.Get(base + "/whoami?key=" + key)
	})
	pump.Run(day(.7, 22), func(i int) {
		b, code := pump.Post(fmt.Sprintf("%s/sign-in/u%d", base, rand.Intn(20000)), []byte(pump.ID(pump.Between(2000, 9000))))
		if code == 200 {
			mu.Lock()
			keys = append(keys, string(b))
			keys = keys[max(0, len(keys)-300):]
			mu.Unlock()
		}
	})
}
