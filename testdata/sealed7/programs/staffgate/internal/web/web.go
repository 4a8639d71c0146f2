// Package web is the gate's HTTP side.
package web

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"uni.example/staffgate/internal/directory"
	"uni.example/staffgate/internal/meter"
)

type ticket struct {
	person *directory.Person
	until  time.Time
}

// Gate signs people in.
type Gate struct {
	Dir   *directory.Directory
	Meter *meter.Meter

	mu      sync.Mutex
	tickets map[string]ticket
}

func (g *Gate) issue(p *directory.Person) string {
	var b [16]byte
	rand.Read(b[:])
	id := hex.EncodeToString(b[:])
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tickets == nil {
		g.tickets = map[string]ticket{}
	}
	g.tickets[id] = ticket{p, time.Now().Add(45 * time.Second)}
	return id
}

// Sweep drops tickets that are over.
func (g *Gate) Sweep() {
	for range time.Tick(5 * time.Second) {
		g.mu.Lock()
		for id, t := range g.tickets {
			if time.Now().After(t.until) {
				delete(g.tickets, id)
			}
		}
		g.mu.Unlock()
	}
}

func (g *Gate) measured(route string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		defer g.Meter.Request(route, r.FormValue("uid"), r.UserAgent(), time.Now())
		h(w, r)
	}
}

func (g *Gate) signIn(w http.ResponseWriter, r *http.Request) {
	p, err := g.Dir.SignIn(r.FormValue("uid"), r.FormValue("password"))
	switch {
	case errors.Is(err, directory.ErrUnknown), errors.Is(err, directory.ErrPassword):
		g.Meter.Outcome("refused")
		http.Error(w, "who?", http.StatusUnauthorized)
	case err != nil:
		g.Meter.Outcome("error")
		http.Error(w, err.Error(), http.StatusBadGateway)
	default:
		g.Meter.Outcome("ok")
		json.NewEncoder(w).Encode(map[string]string{"ticket": g.issue(p), "name": p.Name})
	}
}

func (g *Gate) who(w http.ResponseWriter, r *http.Request) {
	p, err := g.Dir.Lookup(r.FormValue("uid"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(p)
}

// Handler are the gate's routes.
func (g *Gate) Handler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /signin", g.measured("signin", g.signIn))
	m.HandleFunc("GET /who", g.measured("who", g.who))
	m.Handle("GET /panel", g.Meter)
	return m
}
