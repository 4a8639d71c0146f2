// Command festivalcarts has the baskets of a festival's wristbands: what somebody has ordered at one stall can be paid at
// another, until six minutes after the last order.
//
//go:debug default=go1.27
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"
)

type order struct {
	Stall string `json:"stall"`
	Lines []struct {
		Article string `json:"article"`
		Count   int    `json:"count"`
		Wish    string `json:"wish"`
	} `json:"lines"`
}

type desk struct {
	baskets *baskets
	prices  map[string]int
}

func main() {
	addr := flag.String("listen", "127.0.0.1:7303", "")
	idle := flag.Duration("idle", 6*time.Minute, "a basket goes so long after its last order")
	flag.Parse()
	d := &desk{baskets: newBaskets(*idle), prices: map[string]int{}}
	for i := range 300 {
		d.prices[fmt.Sprintf("a%d", i)] = 150 + 37*i%1400
	}
	go d.baskets.sweep(10 * time.Second)
	http.HandleFunc("POST /wristbands/{band}/orders", d.order)
	http.HandleFunc("GET /wristbands/{band}", d.show)
	http.HandleFunc("POST /wristbands/{band}/payment", d.pay)
	http.HandleFunc("GET /stalls/{stall}/board", d.board)
	http.HandleFunc("GET /open", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, d.baskets.count()) })
	log.Fatal(http.ListenAndServe(*addr, nil))
}

func (d *desk) order(w http.ResponseWriter, r *http.Request) {
	var o order
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<17)).Decode(&o); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b := d.baskets.open(r.PathValue("band"))
	for _, l := range o.Lines {
		p, ok := d.prices[l.Article]
		if !ok {
			http.Error(w, "no article "+l.Article, http.StatusNotFound)
			return
		}
		b.add(item{Stall: o.Stall, Article: l.Article, Count: l.Count, Cents: p * l.Count, Wish: l.Wish, At: time.Now()})
	}
	n, cents := b.sum()
	json.NewEncoder(w).Encode(map[string]int{"items": n, "cents": cents})
}

func (d *desk) show(w http.ResponseWriter, r *http.Request) {
	b := d.baskets.find(r.PathValue("band"))
	if b == nil {
		http.Error(w, "no basket", http.StatusNotFound)
		return
	}
	var out bytes.Buffer
	b.each(func(i item) {
		fmt.Fprintf(&out, "%-12s %-8s %3d %6.2f  %s\n", i.Stall, i.Article, i.Count, float64(i.Cents)/100, i.Wish)
	})
	w.Write(out.Bytes())
}

func (d *desk) pay(w http.ResponseWriter, r *http.Request) {
	b := d.baskets.take(r.PathValue("band"))
	if b == nil {
		http.Error(w, "no basket", http.StatusNotFound)
		return
	}
	n, cents := b.sum()
	fmt.Fprintf(w, "%d items, %d.%02d paid\n", n, cents/100, cents%100)
}

// board is what a stall's kitchen sees, of the baskets that were touched last.
func (d *desk) board(w http.ResponseWriter, r *http.Request) {
	stall := r.PathValue("stall")
	rows := make([]item, 0, 64)
	for _, b := range d.baskets.latest(20) {
		b.each(func(i item) {
			if i.Stall == stall {
				rows = append(rows, i)
			}
		})
	}
	json.NewEncoder(w).Encode(rows)
}
