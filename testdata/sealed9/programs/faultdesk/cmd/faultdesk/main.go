// Command faultdesk takes the faults that lorries report and tells their drivers what to do.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
	"runtime"

	"haul.example/faultdesk/internal/reports"
	"haul.example/faultdesk/internal/terms"
)

func init() { runtime.MemProfileRate = 1 << 16 }

type incoming struct {
	Lorry  string   `json:"lorry"`
	Faults []string `json:"faults"` // system:code, as in spn:fmi
	Note   string   `json:"note"`
}

func main() {
	addr := flag.String("listen", "127.0.0.1:7304", "")
	flag.Parse()
	t := terms.New()
	journal := reports.NewLog(400)
	http.HandleFunc("POST /reports", func(w http.ResponseWriter, r *http.Request) {
		var in incoming
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		rep := reports.Report{Lorry: in.Lorry, Note: in.Note}
		for _, f := range in.Faults {
			x, err := t.Of(f)
			if err != nil {
				http.Error(w, err.Error(), http.StatusUnprocessableEntity)
				return
			}
			rep.Faults = append(rep.Faults, x)
		}
		journal.Add(rep)
		fmt.Fprint(w, rep.Advice())
	})
	http.HandleFunc("GET /terms/{code}", func(w http.ResponseWriter, r *http.Request) {
		x, err := t.Of(r.PathValue("code"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		json.NewEncoder(w).Encode(x)
	})
	http.HandleFunc("GET /lorries/{lorry}", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(journal.Of(r.PathValue("lorry")))
	})
	http.HandleFunc("GET /worst", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"faults": journal.Worst(12), "terms": t.Len()})
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}
