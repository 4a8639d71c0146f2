// Package web is the page for hikers. The ways that somebody has saved are in their cookie, the names of the latest in a ring.
package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"

	"github.com/dustin/go-humanize"
	"github.com/gorilla/mux"
	"github.com/gorilla/schema"
	"github.com/gorilla/sessions"

	"trail.example/trailcase/internal/profiles"
)

type saved struct{ name, way string }

type Server struct {
	profiles *profiles.Profiles
	cookies  *sessions.CookieStore
	form     *schema.Decoder

	mu     sync.Mutex
	latest [1500]saved
	n      int
}

func New(p *profiles.Profiles, key []byte) *Server {
	s := &Server{profiles: p, cookies: sessions.NewCookieStore(key), form: schema.NewDecoder()}
	s.cookies.MaxAge(86400)
	return s
}

func (s *Server) Routes() http.Handler {
	r := mux.NewRouter()
	w := r.PathPrefix("/ways/{x0:[0-9]+}.{y0:[0-9]+}-{x1:[0-9]+}.{y1:[0-9]+}").Subrouter()
	w.HandleFunc("/profile.svg", s.svg).Methods(http.MethodGet)
	w.HandleFunc("/summary", s.summary).Methods(http.MethodGet)
	w.HandleFunc("/saved", s.save).Methods(http.MethodPost)
	r.HandleFunc("/latest", s.list).Methods(http.MethodGet)
	return r
}

func way(r *http.Request) (w profiles.Way) {
	v := mux.Vars(r)
	w.X0, _ = strconv.Atoi(v["x0"])
	w.Y0, _ = strconv.Atoi(v["y0"])
	w.X1, _ = strconv.Atoi(v["x1"])
	w.Y1, _ = strconv.Atoi(v["y1"])
	return w
}

func (s *Server) svg(w http.ResponseWriter, r *http.Request) {
	p, err := s.profiles.Of(way(r))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Write(p.SVG)
}

func (s *Server) summary(w http.ResponseWriter, r *http.Request) {
	p, err := s.profiles.Of(way(r))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	at, rise := p.Steepest()
	json.NewEncoder(w).Encode(map[string]any{
		"up": humanize.FormatFloat("#,###.", p.Up), "down": humanize.FormatFloat("#,###.", p.Down), "steepest": at, "rise": rise,
	})
}

func (s *Server) save(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name string `schema:"name,required"`
	}
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := s.form.Decode(&in, r.PostForm); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	c, _ := s.cookies.Get(r, "ways")
	c.Values[in.Name] = way(r).Key()
	if err := c.Save(r, w); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.mu.Lock()
	s.latest[s.n%len(s.latest)] = saved{in.Name, way(r).Key()}
	s.n++
	s.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	var out []string
	s.mu.Lock()
	for i := 1; i <= 30 && i <= s.n; i++ {
		l := s.latest[(s.n-i)%len(s.latest)]
		out = append(out, l.name+": "+l.way)
	}
	s.mu.Unlock()
	json.NewEncoder(w).Encode(out)
}

func (s *Server) Saved() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}
