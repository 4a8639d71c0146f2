// Package session holds the sessions of guests who check in.
package session

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"sync"
	"time"
)

// Config of a store.
type Config struct {
	TTLSeconds int
}

// Session is one guest's session.
type Session struct {
	ID     string
	Token  string
	Form   Form
	Viewed []int
	seen   time.Time
}

// Form is what the guest has filled in.
type Form struct {
	Guest  string `json:"guest"`
	Lang   string `json:"lang"`
	Wishes string `json:"wishes"`
}

// Store is a table of sessions by token.
type Store struct {
	cfg Config
	mu  sync.Mutex
	m   map[string]*Session
}

// NewStore makes a store and starts its janitor.
func NewStore(cfg Config) *Store {
	s := &Store{cfg: cfg, m: make(map[string]*Session)}
	go s.janitor()
	return s
}

func random(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// Create opens a session with a filled-in form.
func (s *Store) Create(raw []byte) (*Session, error) {
	sess := &Session{ID: random(6), Token: random(16), seen: time.Now()}
	if err := json.Unmarshal(raw, &sess.Form); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[sess.Token] = sess
	return sess, nil
}

// Lookup finds a session by its token.
func (s *Store) Lookup(token string) (*Session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sess, ok := s.m[token]
	if ok {
		sess.seen = time.Now()
	}
	return sess, ok
}

// View notes that a room was looked at.
func (s *Store) View(sess *Session, room int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sess.Viewed = append(sess.Viewed, room)
}

func (s *Store) janitor() {
	ttl := time.Duration(s.cfg.TTLSeconds) * time.Second
	for range time.Tick(5 * time.Second) {
		s.mu.Lock()
		for _, sess := range s.m {
			if time.Since(sess.seen) > ttl {
				delete(s.m, sess.ID)
			}
		}
		s.mu.Unlock()
	}
}

// Len is the number of sessions.
func (s *Store) Len() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.m))
}
