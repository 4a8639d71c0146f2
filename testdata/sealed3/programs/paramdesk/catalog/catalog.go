// Package catalog knows parts and routes.
package catalog

import (
	"fmt"
	"hash/fnv"
	"math/rand"
	"net/http"

	"paramdesk/memo"
)

type Catalog struct {
	Parts, Routes *memo.Memo
}

// New has memos with the limits set for them.
func New(limits map[string]int) *Catalog {
	return &Catalog{Parts: memo.New(limits["parts"]), Routes: memo.New(limits["routes"])}
}

type step struct {
	Name  string
	Value float64
}

func steps(of string, lo, hi int) []step {
	h := fnv.New64()
	h.Write([]byte(of))
	r := rand.New(rand.NewSource(int64(h.Sum64())))
	out := make([]step, lo+r.Intn(hi-lo))
	for i := range out {
		out[i] = step{fmt.Sprintf("%s-%d-%x", of, i, r.Uint32()), r.Float64() * 100}
	}
	return out
}

// Part answers with the sizes of a part.
func (c *Catalog) Part(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	b, err := c.Parts.Get(id, func() any { return steps("p"+id, 10, 60) })
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(b)
}

// Route answers how a machine gets to its buyer.
func (c *Catalog) Route(w http.ResponseWriter, r *http.Request) {
	id, to := r.PathValue("id"), r.FormValue("to")
	b, err := c.Routes.Get(id+"/"+to, func() any { return map[string]any{"to": to, "steps": steps("r"+id, 10, 60)} })
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(b)
}
