// Package shelf keeps the catalogue of books in a bolt file.
package shelf

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
)

var bucket = []byte("books")

type Shelf struct {
	db             *bolt.DB
	Searches, Left atomic.Int64
}

func Open(file string) (*Shelf, error) {
	db, err := bolt.Open(file, 0o644, &bolt.Options{Timeout: time.Second, InitialMmapSize: 4 << 30, NoSync: true, NoFreelistSync: true, FreelistType: bolt.FreelistMapType})
	if err != nil {
		return nil, err
	}
	return &Shelf{db: db}, db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucket)
		return err
	})
}

// Put writes a book's card.
func (s *Shelf) Put(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if err := s.db.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucket).Put([]byte(r.PathValue("id")), b) }); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

type card struct{ Title, Text string }

// Search lists cards from a number on, till the last or till there are enough.
func (s *Shelf) Search(w http.ResponseWriter, r *http.Request) {
	limit, _ := strconv.Atoi(r.FormValue("max"))
	s.Searches.Add(1)
	tx, err := s.db.Begin(false)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var out []card
	cur := tx.Bucket(bucket).Cursor()
	for k, v := cur.Seek([]byte(r.FormValue("from"))); k != nil; k, v = cur.Next() {
		if len(out) == limit {
			s.Left.Add(1)
			json.NewEncoder(w).Encode(map[string]any{"cards": out, "next": string(k)})
			return
		}
		if !bytes.Contains(v, []byte("q")) {
			continue
		}
		var c card
		if json.Unmarshal(v, &c) == nil {
			out = append(out, c)
		}
	}
	tx.Rollback()
	json.NewEncoder(w).Encode(map[string]any{"cards": out})
}
