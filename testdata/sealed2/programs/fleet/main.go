// Command fleet is the desk of a haulier: positions of trucks and their consumption.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"os"
	"strconv"
	"strings"

	"fleet/store"
	"probe"
	"pump"
)

func main() {
	port := flag.Int("port", 22050, "first port")
	mode := flag.String("mode", "serve", "serve or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	if *mode == "load" {
		load(*port)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	st, err := store.Open(ctx, fmt.Sprintf("host=127.0.0.1 port=%d user=postgres sslmode=disable", *port+3))
	if err != nil {
		log.Print(err)
		os.Exit(1)
	}
	probe.Gauge("rows_not_closed", st.Stale.Load)
	probe.Gauge("statements_not_closed", st.Reports.Load)
	probe.Gauge("conns_in_use", func() int64 { n, _ := st.Conns(); return n })
	probe.Gauge("conns_open", func() int64 { _, n := st.Conns(); return n })
	probe.Listen(*port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("/position", func(w http.ResponseWriter, r *http.Request) {
		var p struct {
			Truck    int
			Lat, Lon float64
			Note     string
		}
		if json.NewDecoder(r.Body).Decode(&p) == nil {
			st.Report(p.Truck, p.Lat, p.Lon, p.Note)
		}
	})
	mux.HandleFunc("/track", func(w http.ResponseWriter, r *http.Request) {
		truck, _ := strconv.Atoi(r.FormValue("truck"))
		t, err := st.Track(truck, 60)
		if err != nil {
			http.Error(w, err.Error(), 404)
			return
		}
		json.NewEncoder(w).Encode(t)
	})
	mux.HandleFunc("/consumption", func(w http.ResponseWriter, r *http.Request) {
		truck, _ := strconv.Atoi(r.FormValue("truck"))
		n, err := st.Consumption(truck, r.FormValue("filter"))
		if err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		fmt.Fprintln(w, n)
	})
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), mux))
}

func load(port int) {
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	go pump.Run(pump.Flat(14), func(i int) {
		lat, lon := 48+rand.Float64(), 11+rand.Float64()
		truck := rand.Intn(120)
		if truck >= 116 { // these have lost their receiver
			lat, lon = 0, 0
		}
		b, _ := json.Marshal(map[string]any{"Truck": truck, "Lat": lat, "Lon": lon, "Note": strings.Repeat("ok ", rand.Intn(120))})
		pump.Post(base+"/position", b)
	})
	go pump.Run(pump.Flat(8), func(i int) { pump.Get(fmt.Sprintf("%s/track?truck=%d", base, rand.Intn(120))) })
	pump.Run(pump.Flat(4.5), func(i int) {
		pump.Get(fmt.Sprintf("%s/consumption?truck=%d&filter=consumption_reading_%02d>%d", base, rand.Intn(120), rand.Intn(44), rand.Intn(100000)))
	})
}
