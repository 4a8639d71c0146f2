// Command hotelkeys issues the keys that guests have on their telephones, and shows them the way to their room.
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
	"strconv"
	"time"

	"inn.example/hotelkeys/internal/keys"
	"inn.example/hotelkeys/internal/plans"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7307", "")
	sheets := flag.Int("plans", 9000, "ways to have at hand")
	flag.Parse()
	office := keys.NewOffice([]byte("front desk"))
	ways := plans.NewRack(*sheets)

	http.HandleFunc("POST /rooms/{room}/keys", func(w http.ResponseWriter, r *http.Request) {
		room, err := strconv.Atoi(r.PathValue("room"))
		if err != nil {
			http.Error(w, "no such room", http.StatusNotFound)
			return
		}
		var in struct {
			Guest  string `json:"guest"`
			Nights int    `json:"nights"`
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 8192)).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		k := office.Issue(room, in.Guest, time.Duration(in.Nights)*24*time.Hour)
		w.Header().Set("X-Serial", k.Serial)
		w.Write(k.Blob)
	})
	http.HandleFunc("DELETE /rooms/{room}/keys", func(w http.ResponseWriter, r *http.Request) {
		room, _ := strconv.Atoi(r.PathValue("room"))
		fmt.Fprintln(w, office.CheckOut(room), "revoked")
	})
	http.HandleFunc("GET /rooms/{room}/keys", func(w http.ResponseWriter, r *http.Request) {
		room, _ := strconv.Atoi(r.PathValue("room"))
		json.NewEncoder(w).Encode(office.Of(room))
	})
	http.HandleFunc("GET /way/{from}/{to}", func(w http.ResponseWriter, r *http.Request) {
		p := ways.Way(r.PathValue("from"), r.PathValue("to"))
		w.Header().Set("Content-Type", "image/svg+xml")
		w.Write(p.SVG)
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}
