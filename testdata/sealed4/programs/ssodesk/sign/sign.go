// Package sign signs people in.
package sign

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"ssodesk/grants"
)

type session struct {
	User, Assertion string
	Grant           *grants.Grant
	Until           time.Time
}

type Desk struct {
	grants *grants.Grants
	life   time.Duration

	mu       sync.Mutex
	sessions map[string]*session
	Signed   atomic.Int64
}

func New(g *grants.Grants, life time.Duration) *Desk {
	d := &Desk{grants: g, life: life, sessions: map[string]*session{}}
	go d.sweep()
	return d
}

func (d *Desk) Len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.sessions)
}

// sweep ends sessions whose time is over.
func (d *Desk) sweep() {
	for now := range time.Tick(2 * time.Second) {
		d.mu.Lock()
		for k, s := range d.sessions {
			if now.After(s.Until) {
				delete(d.sessions, k)
			}
		}
		d.mu.Unlock()
	}
}

func (d *Desk) SignIn(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		return
	}
	user := r.PathValue("user")
	s := &session{User: user, Assertion: string(b), Until: time.Now().Add(d.life)}
	if g := d.grants.Of(user); g != nil {
		c := *g
		s.Grant = &c
	}
	key := make([]byte, 16)
	rand.Read(key)
	d.mu.Lock()
	d.sessions[hex.EncodeToString(key)] = s
	d.mu.Unlock()
	d.Signed.Add(1)
	io.WriteString(w, hex.EncodeToString(key))
}

func (d *Desk) Whoami(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	s := d.sessions[r.FormValue("key")]
	d.mu.Unlock()
	if s == nil {
		http.Error(w, "sign in", http.StatusUnauthorized)
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"user": s.User, "until": s.Until, "grant": s.Grant})
}
