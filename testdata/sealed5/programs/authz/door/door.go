// Package door is the rules for other systems: sessions begin and end, and ask.
package door

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"hash/fnv"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"

	"authz/access"
)

type session struct{ id, user string }

type Door struct {
	access              *access.Access
	mu                  sync.Mutex
	sessions            map[string]*session
	Begun, Ended, Asked atomic.Int64
}

func New(a *access.Access) *Door { return &Door{access: a, sessions: map[string]*session{}} }

func (d *Door) Routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /sessions", d.begin)
	m.HandleFunc("DELETE /sessions/{id}", d.end)
	m.HandleFunc("GET /may", d.may)
	return m
}

// teams are the teams of a user, two to five.
func teams(user string) (out []string) {
	h := fnv.New32()
	h.Write([]byte(user))
	n := int(h.Sum32())
	for i := range 2 + n%4 {
		out = append(out, "team"+strconv.Itoa((n/7+i)%8)+"-"+[]string{"read", "write"}[(n+i)%2])
	}
	return
}

func (d *Door) begin(w http.ResponseWriter, r *http.Request) {
	b := make([]byte, 40)
	rand.Read(b)
	s := &session{hex.EncodeToString(b), r.FormValue("user")}
	if err := d.access.Grant(s.id, teams(s.user)); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	d.Begun.Add(1)
	d.mu.Lock()
	d.sessions[s.id] = s
	d.mu.Unlock()
	json.NewEncoder(w).Encode(map[string]string{"ID": s.id})
}

func (d *Door) end(w http.ResponseWriter, r *http.Request) {
	d.Ended.Add(1)
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.sessions, r.PathValue("id"))
}

func (d *Door) may(w http.ResponseWriter, r *http.Request) {
	d.Asked.Add(1)
	d.mu.Lock()
	s := d.sessions[r.FormValue("session")]
	d.mu.Unlock()
	if s == nil {
		http.Error(w, "no such session", http.StatusUnauthorized)
		return
	}
	ok, err := d.access.May(s.id, r.FormValue("do"), r.FormValue("on"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(ok)
}
