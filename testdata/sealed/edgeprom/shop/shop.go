// Package shop is what stands behind the edge.
package shop

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
)

type page struct {
	Title string   `json:"title"`
	Items []string `json:"items"`
}

type Shop struct {
	mu    sync.Mutex
	pages map[string]*page // one a department, and there are 40
}

func New() *Shop { return &Shop{pages: map[string]*page{}} }

func (s *Shop) department(name string) *page {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pages[name]
	if p == nil {
		p = &page{Title: "All of " + name}
		for i := 0; i < 150; i++ {
			sum := sha256.Sum256([]byte(fmt.Sprint(name, i)))
			p.Items = append(p.Items, hex.EncodeToString(sum[:12]))
		}
		s.pages[name] = p
	}
	return p
}

func (s *Shop) Routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/shop", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(s.department("d" + r.URL.Query().Get("d")))
	})
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("ok\n")) })
	mux.HandleFunc("/search", func(w http.ResponseWriter, r *http.Request) {
		var hits []page
		for i := 0; i < 6; i++ {
			hits = append(hits, *s.department(fmt.Sprint("d", i*5)))
		}
		b, _ := json.Marshal(hits)
		w.Write(b)
	})
	return mux
}
