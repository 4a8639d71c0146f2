//go:debug httpmuxgo121=0

// Command quotefan asks carriers what a shipment costs.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net/http"
	"runtime"
	"strings"
	"time"

	"probe"
	"pump"
	"quotefan/carrier"
	"quotefan/desk"
)

func main() {
	pump.Flags()
	switch pump.Mode {
	case "load":
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	case "upstream":
		upstream(fmt.Sprintf("127.0.0.1:%d", pump.Port+3))
	}
	cs := carrier.New(fmt.Sprintf("http://127.0.0.1:%d", pump.Port+3), "road", "rail", "sea", "air")
	d := desk.New(cs)
	probe.Gauge("quotes_waiting", d.Waiting.Load)
	probe.Gauge("quotes", d.Quotes.Load)
	probe.Gauge("customs_refused", cs.Refused.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	http.HandleFunc("POST /quote", d.Quote)
	http.HandleFunc("POST /customs/{code}", d.Customs)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), nil))
}

func upstream(addr string) {
	mux := http.NewServeMux()
	mux.HandleFunc("/price/{carrier}/{zip}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("carrier") == "sea" && strings.HasSuffix(r.PathValue("zip"), "7") { // an island
			<-r.Context().Done()
			return
		}
		time.Sleep(time.Duration(pump.Between(10, 180)) * time.Millisecond)
		json.NewEncoder(w).Encode(carrier.Price{Carrier: r.PathValue("carrier"), Cents: rand.Intn(90000), Terms: pump.ID(pump.Between(200, 2000))})
	})
	mux.HandleFunc("/customs/{code}", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Duration(pump.Between(5, 90)) * time.Millisecond)
		if strings.HasPrefix(r.PathValue("code"), "9") {
			w.WriteHeader(http.StatusUnprocessableEntity)
			w.Write([]byte(pump.ID(9000)))
			return
		}
		fmt.Fprint(w, rand.Intn(40))
	})
	log.Fatal(http.ListenAndServe(addr, mux))
}

func load(base string) {
	client := &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 20}}
	post := func(path string, v any) {
		b, _ := json.Marshal(v)
		if resp, err := client.Post(base+path, "application/json", strings.NewReader(string(b))); err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	}
	go pump.Run(pump.Wave(4, 14, 2), func(i int) { post(fmt.Sprintf("/customs/%02d%d", i%100, rand.Intn(1000)), 0) })
	pump.Run(pump.Wave(4, 16, 2), func(i int) {
		var ps []desk.Parcel
		for k := pump.Between(5, 80); k > 0; k-- {
			ps = append(ps, desk.Parcel{Kilos: rand.Float64() * 30, Mark: pump.ID(40), What: pump.ID(pump.Between(20, 200))})
		}
		zip := fmt.Sprintf("%04d", rand.Intn(1000)*10+[]int{0, 1, 2, 3, 4, 5, 6, 8, 9, 0, 1, 2}[rand.Intn(12)])
		if i%18 == 0 {
			zip = "4417"
		}
		post("/quote", desk.Shipment{Zip: zip, Parcels: ps})
	})
}
