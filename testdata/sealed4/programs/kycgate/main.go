//go:debug httpmuxgo121=0

// Command kycgate checks who somebody is, for banks: documents by a reader of documents, names by lists of sanctions.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"runtime"
	"strings"
	"time"

	"kycgate/check"
	"kycgate/lists"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	up := fmt.Sprintf("127.0.0.1:%d", pump.Port+3)
	switch pump.Mode {
	case "upstream":
		upstream(up)
	case "load":
		load(fmt.Sprintf("http://127.0.0.1:%d", pump.Port))
	}
	c := check.New("http://"+up, 20)
	l := lists.New("http://" + up)
	probe.Gauge("checks", c.Checks.Load)
	probe.Gauge("checks_unreadable", c.Unreadable.Load)
	probe.Gauge("checks_waiting", c.Waiting.Load)
	probe.Gauge("names", l.Names.Load)
	probe.Gauge("names_found", l.Found.Load)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /document", c.Document)
	mux.HandleFunc("GET /name/{name}", l.Name)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), mux))
}

func upstream(addr string) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /read", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		time.Sleep(time.Duration(pump.Between(30, 400)) * time.Millisecond)
		if bytes.HasPrefix(b, []byte("blurred")) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		json.NewEncoder(w).Encode(map[string]string{"name": pump.ID(12), "number": pump.ID(9), "mrz": pump.ID(88)})
	})
	mux.HandleFunc("GET /sanctions/{name}", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Duration(pump.Between(5, 80)) * time.Millisecond)
		var lines []string
		if strings.HasPrefix(r.PathValue("name"), "x") {
			lines = append(lines, "name "+r.PathValue("name"))
		}
		for k := 1100; k > 0; k-- {
			lines = append(lines, "like "+pump.ID(pump.Between(20, 120)))
		}
		w.Header().Set("Content-Encoding", "gzip")
		z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
		io.WriteString(z, strings.Join(lines, "\n"))
		z.Close()
	})
	log.Fatal(http.ListenAndServe(addr, mux))
}

func load(base string) {
	client := &http.Client{Timeout: 4 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	go pump.Run(pump.Wave(1.5, 8, 2), func(i int) {
		name := "a" + pump.ID(8)
		if i%6 == 0 {
			name = "x" + pump.ID(8)
		}
		if resp, err := client.Get(base + "/name/" + name); err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	})
	pump.Run(pump.Wave(1, 4.5, 2), func(i int) {
		doc := pump.ID(pump.Between(6000, 40000))
		if i%16 == 7 {
			doc = "blurred" + doc
		}
		if resp, err := client.Post(base+"/document", "image/jpeg", strings.NewReader(doc)); err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	})
}
