// Package web answers browsers.
package web

import (
	"net/http"
	"strconv"
	"sync/atomic"

	"assetcache/variant"
)

type Server struct {
	variants   *variant.Variants
	Sent, Same atomic.Int64
}

func New(v *variant.Variants) *Server { return &Server{variants: v} }

func (s *Server) Asset(w http.ResponseWriter, r *http.Request) {
	size, err := strconv.Atoi(r.PathValue("size"))
	if err != nil || size < 1 || size > 2000 {
		http.NotFound(w, r)
		return
	}
	it := s.variants.Get(r.PathValue("id"), size)
	p := it.Value().(*variant.Picture)
	w.Header().Set("Etag", p.Tag)
	if m := r.Header.Get("If-None-Match"); m == "*" || m == p.Tag {
		s.Same.Add(1)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	defer it.Release()
	s.Sent.Add(1)
	w.Header().Set("Content-Type", "image/jpeg")
	w.Write(p.Data)
}
