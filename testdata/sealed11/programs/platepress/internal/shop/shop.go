// Package shop is the page on which plates are ordered.
package shop

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"go.uber.org/zap"

	"plates.example/platepress/internal/engine"
	"plates.example/platepress/internal/orders"
)

type Shop struct {
	engines *engine.Pool
	orders  *orders.List
	log     *zap.Logger
}

func New(e *engine.Pool, o *orders.List, log *zap.Logger) *Shop { return &Shop{e, o, log} }

type wish struct {
	Text string `json:"text"`
}

func read(w http.ResponseWriter, r *http.Request) (*wish, bool) {
	var x wish
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<14)).Decode(&x); err != nil || strings.TrimSpace(x.Text) == "" {
		http.Error(w, "what is to be on it?", http.StatusBadRequest)
		return nil, false
	}
	return &x, true
}

func (s *Shop) draw(w http.ResponseWriter, r *http.Request, text string, slow time.Duration) (pic []byte) {
	err := s.engines.With(r.Context(), func(e *engine.Engine) (err error) {
		pic, err = e.Engrave(r.Context(), text, slow)
		return err
	})
	if err != nil {
		s.log.Warn("draw", zap.String("request", middleware.GetReqID(r.Context())), zap.Error(err))
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return nil
	}
	return pic
}

// Preview draws a plate.
func (s *Shop) Preview(w http.ResponseWriter, r *http.Request) {
	x, ok := read(w, r)
	if !ok {
		return
	}
	if pic := s.draw(w, r, x.Text, 1500*time.Millisecond); pic != nil {
		w.Header().Set("Content-Type", "image/png")
		w.Write(pic)
	}
}

// Order draws it once more, finely, and puts it on the list.
func (s *Shop) Order(w http.ResponseWriter, r *http.Request) {
	x, ok := read(w, r)
	if !ok {
		return
	}
	if pic := s.draw(w, r, x.Text, 3*time.Second); pic != nil {
		o := s.orders.Add(x.Text, pic)
		w.Header().Set("Location", "/orders/"+o.ID)
		w.WriteHeader(http.StatusCreated)
	}
}

func (s *Shop) Show(w http.ResponseWriter, r *http.Request) {
	o := s.orders.Get(chi.URLParam(r, "order"))
	if o == nil {
		http.NotFound(w, r)
		return
	}
	json.NewEncoder(w).Encode(o)
}

type row struct {
	*orders.Order
	Since string `json:"since"`
	Size  string `json:"size"`
}

func (s *Shop) List(w http.ResponseWriter, r *http.Request) {
	var out []row
	for _, o := range s.orders.Latest(40) {
		out = append(out, row{o, humanize.Time(o.At), humanize.Bytes(uint64(len(o.Picture)))})
	}
	json.NewEncoder(w).Encode(out)
}
