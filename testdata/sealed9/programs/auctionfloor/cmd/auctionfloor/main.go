// Command auctionfloor shows the bids of an auction while they come.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	_ "net/http/pprof"
	"strconv"
	"time"

	"bids.example/auctionfloor/internal/floor"
	"bids.example/auctionfloor/internal/lots"
)

type hall struct {
	floor *floor.Floor
	lots  *lots.Catalogue
	stay  time.Duration
}

func main() {
	addr := flag.String("listen", "127.0.0.1:7305", "")
	stay := flag.Duration("stay", 20*time.Second, "a stream ends after this, or up to twice of it")
	flag.Parse()
	h := &hall{floor: floor.New(), lots: lots.New(80), stay: *stay}
	http.HandleFunc("GET /lots/{lot}/stream", h.stream)
	http.HandleFunc("POST /lots/{lot}/bids", h.bid)
	http.HandleFunc("GET /lots/{lot}", h.lot)
	http.HandleFunc("GET /watching", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(h.floor.Watching())
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}

func number(w http.ResponseWriter, r *http.Request) (int, bool) {
	n, err := strconv.Atoi(r.PathValue("lot"))
	if err != nil {
		http.Error(w, "no such lot", http.StatusNotFound)
	}
	return n, err == nil
}

// stream sends the bids on a lot as server-sent events. Browsers come back by themselves when it ends.
func (h *hall) stream(w http.ResponseWriter, r *http.Request) {
	lot, ok := number(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	rc := http.NewResponseController(w)
	seat := h.floor.Enter(lot)
	defer h.floor.Leave(seat)
	end := time.NewTimer(h.stay + time.Duration(rand.Int63n(int64(h.stay))))
	defer end.Stop()
	fmt.Fprintf(w, ": lot %d\n\n", lot)
	if rc.Flush() != nil {
		return
	}
	for {
		select {
		case b := <-seat.Bids:
			fmt.Fprintf(w, "event: bid\ndata: %d.%02d by paddle %s\n\n", b.Cents/100, b.Cents%100, b.Paddle)
			if rc.Flush() != nil {
				return
			}
		case <-end.C:
			fmt.Fprint(w, "event: pause\ndata: \n\n")
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (h *hall) bid(w http.ResponseWriter, r *http.Request) {
	lot, ok := number(w, r)
	if !ok {
		return
	}
	var b floor.Bid
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(&b); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.At = time.Now()
	fmt.Fprintln(w, h.floor.Call(lot, b))
}

func (h *hall) lot(w http.ResponseWriter, r *http.Request) {
	lot, ok := number(w, r)
	if !ok {
		return
	}
	text, ok := h.lots.Describe(lot)
	if !ok {
		http.Error(w, "no such lot", http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"text": text, "bids": h.floor.Last(lot)})
}
