package main

import (
	"fmt"
	"net/http"
	"time"

	"usaged/internal/usage"
)

func main() {
	col := usage.NewCollector(1 << 18)
	mux := http.NewServeMux()
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		fmt.Fprintln(w, "hello")
		col.Observe(r, time.Since(start))
	})
	run(mux, 120, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", fmt.Sprintf("%s/api/things/%d", base, i), nil)
		return req
	})
}
