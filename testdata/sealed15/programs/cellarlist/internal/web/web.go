// Package web is what merchants call.
package web

import (
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"strconv"
	"sync/atomic"

	"github.com/julienschmidt/httprouter"
	"github.com/rs/zerolog"

	"vintner.example/cellarlist/internal/labels"
	"vintner.example/cellarlist/internal/query"
	"vintner.example/cellarlist/internal/stock"
)

type Shop struct {
	Cellar   *stock.Cellar
	Press    *labels.Press
	Log      zerolog.Logger
	Searches int64
}

func (s *Shop) Routes() http.Handler {
	r := httprouter.New()
	r.GET("/wines", s.search)
	r.GET("/wines/:id/label", s.label)
	r.POST("/wines/:id/orders", s.order)
	r.HandlerFunc("GET", "/debug/pprof/:what", func(w http.ResponseWriter, q *http.Request) { pprof.Index(w, q) })
	return r
}

func (s *Shop) fail(w http.ResponseWriter, code int, err error) {
	s.Log.Warn().Err(err).Int("code", code).Msg("failed")
	http.Error(w, err.Error(), code)
}

func (s *Shop) search(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	f, err := query.Parse(r.URL.Query())
	if err != nil {
		s.fail(w, http.StatusBadRequest, err)
		return
	}
	atomic.AddInt64(&s.Searches, 1)
	ws, err := s.Cellar.Search(r.Context(), f)
	if err != nil {
		s.fail(w, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(ws)
}

func (s *Shop) label(w http.ResponseWriter, r *http.Request, ps httprouter.Params) {
	id, _ := strconv.Atoi(ps.ByName("id"))
	wine, err := s.Cellar.One(r.Context(), id)
	if err != nil {
		s.fail(w, http.StatusNotFound, err)
		return
	}
	width := 160
	if r.URL.Query().Get("size") == "small" {
		width = 90
	}
	b, err := s.Press.Label(id, wine.Name, width)
	if err != nil {
		s.fail(w, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Write(b)
}

func (s *Shop) order(w http.ResponseWriter, r *http.Request, ps httprouter.Params) {
	id, _ := strconv.Atoi(ps.ByName("id"))
	var o struct {
		Bottles  int    `json:"bottles"`
		Merchant string `json:"merchant"`
	}
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		s.fail(w, http.StatusBadRequest, err)
		return
	}
	if err := s.Cellar.Order(r.Context(), id, o.Bottles, o.Merchant); err != nil {
		s.fail(w, http.StatusConflict, err)
		return
	}
	w.WriteHeader(http.StatusCreated)
}
