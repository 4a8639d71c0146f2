// Package api is what suppliers and the shop talk to.
package api

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"trade.example/catalogsync/internal/catalog"
	"trade.example/catalogsync/internal/feed"
)

const maxFeed = 4 << 20

// Middleware wraps a handler.
type Middleware func(http.Handler) http.Handler

// Chain puts a handler behind middlewares, the first outermost.
func Chain(h http.Handler, m ...Middleware) http.Handler {
	for i := len(m) - 1; i >= 0; i-- {
		h = m[i](h)
	}
	return h
}

// Recover turns panics into answers.
func Recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if e := recover(); e != nil {
				slog.Error("panic", "path", r.URL.Path, "err", e)
				http.Error(w, "internal", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// Limit bounds what a request may send.
func Limit(n int64) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, n)
			next.ServeHTTP(w, r)
		})
	}
}

// API serves a catalog.
type API struct{ Catalog *catalog.Catalog }

func (a *API) deliver(w http.ResponseWriter, r *http.Request) {
	doc, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	b, err := feed.Parse(doc)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, `{"offers":%d,"changed":%d}`, len(b.Offers), a.Catalog.Apply(b))
}

func (a *API) price(w http.ResponseWriter, r *http.Request) {
	it, ok := a.Catalog.Price(r.PathValue("supplier"), r.PathValue("sku"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	json.NewEncoder(w).Encode(it)
}

func (a *API) receipts(w http.ResponseWriter, r *http.Request) {
	l := a.Catalog.Receipts(r.PathValue("supplier"))
	for _, x := range l[max(0, len(l)-50):] {
		fmt.Fprintf(w, "%s\n", x)
	}
}

// Handler are the routes.
func (a *API) Handler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /feeds", a.deliver)
	m.HandleFunc("GET /price/{supplier}/{sku}", a.price)
	m.HandleFunc("GET /receipts/{supplier}", a.receipts)
	return Chain(m, Recover, Limit(maxFeed))
}
