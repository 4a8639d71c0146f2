// Command parcelgeo finds the door that a parcel is for.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"strings"
	"time"

	"post.example/parcelgeo/internal/geo"
	"post.example/parcelgeo/internal/memo"
)

type api struct {
	book  *geo.Book
	found *memo.Memo[*geo.Door]
	mux   *http.ServeMux
}

func newAPI(ttl time.Duration) *api {
	a := &api{book: geo.Open(), found: memo.New[*geo.Door](ttl, 16), mux: http.DefaultServeMux}
	a.mux.HandleFunc("GET /door", a.door)
	a.mux.HandleFunc("POST /round", a.round)
	return a
}

func (a *api) locate(address string) *geo.Door {
	address = strings.Join(strings.Fields(strings.ToLower(address)), " ")
	if d, ok := a.found.Get(address); ok {
		return d
	}
	d := a.book.Locate(address)
	a.found.Put(address, d)
	return d
}

func (a *api) door(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query().Get("q")
	if q == "" {
		http.Error(w, "q is missing", http.StatusBadRequest)
		return
	}
	d := a.locate(q)
	json.NewEncoder(w).Encode(map[string]any{"lat": d.Lat, "lon": d.Lon, "score": d.Candidates[0].Score, "others": len(d.Candidates) - 1})
}

// round orders the addresses of a postman's round from north to south.
func (a *api) round(w http.ResponseWriter, r *http.Request) {
	var in []string
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	doors := make([]*geo.Door, 0, len(in))
	for _, s := range in {
		doors = append(doors, a.locate(s))
	}
	geo.NorthToSouth(doors)
	out := make([]string, len(doors))
	for i, d := range doors {
		out[i] = d.Address
	}
	json.NewEncoder(w).Encode(out)
}

func main() {
	addr := flag.String("listen", "127.0.0.1:7402", "")
	ttl := flag.Duration("ttl", 20*time.Minute, "how long a door is remembered")
	flag.Parse()
	a := newAPI(*ttl)
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			n, gone := a.found.State()
			log.Printf("age %v: %d doors, %d forgotten", time.Since(began).Round(time.Second), n, gone)
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, a.mux))
}
