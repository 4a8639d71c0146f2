// Package probe is the debug port of a service: pprof, and its own counts at /counts.
package probe

import (
	"fmt"
	"net/http"
	_ "net/http/pprof"
	"sort"
	"sync"
)

var (
	mu     sync.Mutex
	gauges = map[string]func() int64{}
)

// Gauge adds a count by name.
func Gauge(name string, f func() int64) {
	mu.Lock()
	gauges[name] = f
	mu.Unlock()
}

// Listen serves pprof and /counts on the local port.
func Listen(port int) {
	http.HandleFunc("/counts", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		var names []string
		for n := range gauges {
			names = append(names, n)
		}
		sort.Strings(names)
		for _, n := range names {
			fmt.Fprintf(w, "%s=%d ", n, gauges[n]())
		}
	})
	go http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", port), nil)
}
