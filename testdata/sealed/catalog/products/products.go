// Package products serves products from a cache of limited size.
package products

import (
	"encoding/json"
	"log"
	"net/http"
	"strconv"
	"sync/atomic"

	"catalog/origin"

	lru "github.com/hashicorp/golang-lru"
)

type Handler struct {
	cache        *lru.TwoQueueCache
	hits, misses int64
}

func New(size int) *Handler {
	c, err := lru.New2Q(size)
	if err != nil {
		log.Fatal(err)
	}
	return &Handler{cache: c}
}

func (h *Handler) lookup(id int) *origin.Product {
	if p, ok := h.cache.Get(id); ok {
		atomic.AddInt64(&h.hits, 1)
		return p.(*origin.Product)
	}
	atomic.AddInt64(&h.misses, 1)
	p := origin.Load(id)
	h.cache.Add(id, p)
	return p
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.URL.Query().Get("id"))
	if err != nil {
		http.Error(w, "id?", http.StatusBadRequest)
		return
	}
	p := h.lookup(id)
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(struct {
		*origin.Product
		Description string `json:"description"`
	}{p, string(p.Description[:200])})
}

func (h *Handler) Stats() (n int, hits, misses int64) {
	return h.cache.Len(), atomic.LoadInt64(&h.hits), atomic.LoadInt64(&h.misses)
}
