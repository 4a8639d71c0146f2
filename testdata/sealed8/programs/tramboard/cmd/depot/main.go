// Command depot knows the lines.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"log"
	"math/rand"
	"net/http"
	"strconv"
	"time"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7305", "")
	flag.Parse()
	http.HandleFunc("GET /lines/{line}", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Duration(rand.Intn(60)) * time.Millisecond)
		n, err := strconv.Atoi(r.PathValue("line"))
		if err != nil || n >= 25 {
			http.Error(w, "line "+r.PathValue("line")+" does not run at this time of day; ask the night desk", 404)
			return
		}
		var t []map[string]any
		for i := 0; i < 40; i++ {
			t = append(t, map[string]any{"car": 2000 + n*10 + i, "minute": i * 7, "low_floor": i%3 == 0})
		}
		json.NewEncoder(w).Encode(t)
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}
