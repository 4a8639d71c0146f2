// Package web answers the park's page, and makes sure that a booking that is sent twice is made once.
package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"camp.example/caravanpark/internal/calendar"
	"camp.example/caravanpark/internal/pitches"
)

type answer struct {
	status int
	body   []byte
	at     time.Time
}

type Server struct {
	park *pitches.Park
	cals *calendar.Calendars

	mu   sync.Mutex
	sent map[string]*answer // by Idempotency-Key
}

func New(p *pitches.Park, c *calendar.Calendars) *Server {
	return &Server{park: p, cals: c, sent: make(map[string]*answer)}
}

func (s *Server) Routes(m *http.ServeMux) {
	m.HandleFunc("POST /pitches/{pitch}/bookings", s.once(s.book))
	m.HandleFunc("GET /pitches/{pitch}/calendar/{month}", s.calendar)
}

func (s *Server) Answers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sent)
}

// once answers a request that comes again, with the same key and within a day, as it was answered before.
func (s *Server) once(f func(*http.Request) (int, []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		k := strings.Clone(r.Header.Get("Idempotency-Key"))
		if k == "" {
			http.Error(w, "Idempotency-Key is missing", http.StatusBadRequest)
			return
		}
		s.mu.Lock()
		a := s.sent[k]
		s.mu.Unlock()
		if a == nil || time.Since(a.at) > 24*time.Hour {
			a = &answer{at: time.Now()}
			a.status, a.body = f(r)
			s.mu.Lock()
			s.sent[k] = a
			s.mu.Unlock()
		}
		w.WriteHeader(a.status)
		w.Write(a.body)
	}
}

func (s *Server) book(r *http.Request) (int, []byte) {
	var in struct {
		From, Nights int
		Name, Plate  string
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return http.StatusBadRequest, []byte(err.Error())
	}
	n, err := strconv.Atoi(r.PathValue("pitch"))
	if err != nil {
		return http.StatusNotFound, nil
	}
	if err := s.park.Book(n, in.From, in.Nights); err != nil {
		return http.StatusConflict, confirmation("We are sorry: "+err.Error(), in.Name, n, in.From, in.Nights)
	}
	return http.StatusCreated, confirmation("See you soon", in.Name, n, in.From, in.Nights)
}

func confirmation(title, name string, pitch, from, nights int) []byte {
	var b bytes.Buffer
	b.Grow(3 << 10)
	fmt.Fprintf(&b, "%s, %s\npitch %d\n", title, name, pitch)
	for i := range nights {
		fmt.Fprintf(&b, "night %3d: arrive after 15:00, leave before 11:00; water and power are on the left\n", from+i)
	}
	b.WriteString(rules)
	return b.Bytes()
}

var rules = strings.Repeat("Dogs on a lead. No open fire. Quiet from ten to seven.\n", 36)

func (s *Server) calendar(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.PathValue("pitch"))
	m, err := strconv.Atoi(r.PathValue("month"))
	if err != nil || m < 0 || m > 23 {
		http.NotFound(w, r)
		return
	}
	c, err := s.cals.Get(n, m, r.URL.Query().Get("lang"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	w.Write(c.HTML)
}
