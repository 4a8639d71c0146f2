// Package store keeps sessions.
package store

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/tidwall/buntdb"
)

// Life is how long a session lives.
const Life = 25 * time.Second

type Session struct {
	User   string `json:",omitempty"`
	Basket string
	Since  time.Time
	Seen   []string
}

type Store struct {
	db             *buntdb.DB
	Logins, Guests atomic.Int64
}

func Open() (*Store, error) {
	db, err := buntdb.Open(":memory:")
	if err != nil {
		return nil, err
	}
	return &Store{db: db}, nil
}

// Len counts the keys of a pattern.
func (s *Store) Len(pattern string) (n int) {
	s.db.View(func(tx *buntdb.Tx) error {
		return tx.AscendKeys(pattern, func(k, v string) bool { n++; return true })
	})
	return n
}

// put keeps a session, for as long as life if that is set.
func (s *Store) put(key string, v *Session, life time.Duration) error {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	opts := &buntdb.SetOptions{Expires: life > 0, TTL: life}
	return s.db.Update(func(tx *buntdb.Tx) error {
		_, _, err := tx.Set(key, string(b), opts)
		return err
	})
}

func id(kind string) string {
	b := make([]byte, 16)
	rand.Read(b)
	return kind + hex.EncodeToString(b)
}

func read(r *http.Request) (*Session, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 16<<10))
	v := &Session{Basket: string(b), Since: time.Now()}
	for i := 0; i+32 < len(b); i += 32 {
		v.Seen = append(v.Seen, string(b[i:i+32]))
	}
	return v, err
}

// Login begins a session of somebody who is known.
func (s *Store) Login(w http.ResponseWriter, r *http.Request) {
	v, err := read(r)
	if err != nil {
		return
	}
	v.User = r.PathValue("user")
	s.Logins.Add(1)
	key := id("s:")
	if err := s.put(key, v, Life); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	io.WriteString(w, key)
}

// Guest begins a session of somebody who is not, which ends when the browser says so.
func (s *Store) Guest(w http.ResponseWriter, r *http.Request) {
	v, err := read(r)
	if err != nil {
		return
	}
	s.Guests.Add(1)
	key := id("g:")
	if err := s.put(key, v, 0); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	io.WriteString(w, key)
}

func (s *Store) Show(w http.ResponseWriter, r *http.Request) {
	err := s.db.View(func(tx *buntdb.Tx) error {
		v, err := tx.Get(r.PathValue("id"))
		if err == nil {
			io.WriteString(w, v)
		}
		return err
	})
	if err != nil {
		http.NotFound(w, r)
	}
}
