// Command theoryexam marks the theory papers of learner drivers.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"drive.example/theoryexam/internal/examiner"
	"drive.example/theoryexam/internal/rolls"
	"drive.example/theoryexam/internal/sittings"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7308", "")
	flag.Parse()
	desk := sittings.New(7 * time.Minute)
	ex := examiner.New(rolls.New())

	http.HandleFunc("POST /sittings/{candidate}", func(w http.ResponseWriter, r *http.Request) {
		s := desk.Begin(r.PathValue("candidate"))
		fmt.Fprintln(w, s.Token, len(s.Questions))
	})
	http.HandleFunc("GET /sittings/{candidate}", func(w http.ResponseWriter, r *http.Request) {
		s, ok := desk.Find(r.PathValue("candidate"))
		if !ok {
			http.Error(w, "not sitting", http.StatusNotFound)
			return
		}
		json.NewEncoder(w).Encode(s.Questions)
	})
	http.HandleFunc("POST /papers", func(w http.ResponseWriter, r *http.Request) {
		var p examiner.Paper
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<17)).Decode(&p); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		m, err := ex.Mark(r.Context(), &p)
		switch {
		case errors.Is(err, rolls.ErrUnknown):
			http.Error(w, err.Error(), http.StatusForbidden)
		case err != nil:
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		default:
			json.NewEncoder(w).Encode(map[string]any{"candidate": m.Paper.Candidate, "points": m.Points, "passed": m.Points >= m.Needed})
		}
	})
	http.HandleFunc("GET /statistics", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"marked": ex.Marked(), "sitting": desk.Len()})
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}
