// Command vmrules is what vmalert has to do with at a seller of shoes: the metrics of its orders, the pager, and people who look.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"strconv"
	"sync"
	"time"

	"pump"
)

type order struct {
	id, shop, carrier string
	since             time.Time
}

// stuck are the orders that do not move just now: there is always somebody who waits, but for no longer than half a minute.
type stuck struct {
	mu     sync.Mutex
	orders []order
	began  time.Time
}

func (s *stuck) feed() {
	for i := 0; ; i++ {
		time.Sleep(time.Duration(pump.Between(60, 180)) * time.Millisecond)
		now := time.Now()
		s.mu.Lock()
		keep := s.orders[:0]
		for _, o := range s.orders {
			if now.Sub(o.since) < time.Duration(9+len(o.carrier)*2)*time.Second {
				keep = append(keep, o)
			}
		}
		s.orders = append(keep, order{"SO-" + pump.ID(12), "shop-" + strconv.Itoa(rand.Intn(30)), []string{"ups", "hermes", "dpd", "post"}[rand.Intn(4)], now})
		s.mu.Unlock()
	}
}

func (s *stuck) query(w http.ResponseWriter, r *http.Request) {
	type sample struct {
		Metric map[string]string `json:"metric"`
		Value  [2]any            `json:"value"`
	}
	res := []sample{}
	s.mu.Lock()
	now := time.Now()
	for _, o := range s.orders {
		res = append(res, sample{map[string]string{"__name__": "order_stuck", "order": o.id, "shop": o.shop, "carrier": o.carrier, "state": "packed", "instance": "wms-2:9100", "job": "warehouse"},
			[2]any{now.Unix(), strconv.Itoa(int(now.Sub(o.since).Seconds()) + 60)}})
	}
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": map[string]any{"resultType": "vector", "result": res}})
}

func main() {
	pump.Flags()
	switch pump.Mode {
	case "upstream":
		s := &stuck{began: time.Now()}
		go s.feed()
		http.HandleFunc("/api/v1/query", s.query)
		http.HandleFunc("/api/v2/alerts", func(w http.ResponseWriter, r *http.Request) {})
		log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port+3), nil))
	case "load":
		base := fmt.Sprintf("http://127.0.0.1:%d/", pump.Port)
		pump.Run(pump.Wave(0.5, 5, 2), func(i int) {
			pump.Get(base + []string{"metrics", "api/v1/rules", "api/v1/alerts", "metrics"}[rand.Intn(4)])
		})
	}
}
