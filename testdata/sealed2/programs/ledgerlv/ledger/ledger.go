// Package ledger keeps the bookings of accounts in a LevelDB, and pages through them.
package ledger

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/iterator"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/util"
)

type Ledger struct {
	db *leveldb.DB

	mu      sync.Mutex
	cursors map[string]iterator.Iterator

	Booked, Paged, Finished atomic.Int64
}

func Open(dir string) (*Ledger, error) {
	db, err := leveldb.OpenFile(dir, &opt.Options{WriteBuffer: 256 << 10, BlockCacheCapacity: 1 << 20, CompactionTableSize: 512 << 10})
	return &Ledger{db: db, cursors: map[string]iterator.Iterator{}}, err
}

// Cursors is the number of open ones.
func (l *Ledger) Cursors() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int64(len(l.cursors))
}

func (l *Ledger) Book(w http.ResponseWriter, r *http.Request) {
	b := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, b); err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	key := fmt.Sprintf("%s/%d", r.FormValue("account"), time.Now().UnixNano())
	if err := l.db.Put([]byte(key), b, nil); err != nil {
		http.Error(w, err.Error(), 500)
		return
	}
	l.Booked.Add(1)
}

// Page gives the next bookings of an account; next is the cursor to go on with, if there are more.
func (l *Ledger) Page(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.FormValue("n"))
	token := r.FormValue("cursor")
	l.mu.Lock()
	it := l.cursors[token]
	delete(l.cursors, token)
	l.mu.Unlock()
	if it == nil {
		it = l.db.NewIterator(util.BytesPrefix([]byte(r.FormValue("account")+"/")), nil)
	}
	l.Paged.Add(1)
	var page struct {
		Bookings []string
		Next     string
	}
	for len(page.Bookings) < n && it.Next() {
		page.Bookings = append(page.Bookings, string(it.Value()))
	}
	if len(page.Bookings) < n {
		it.Release()
		l.Finished.Add(1)
	} else {
		page.Next = strconv.FormatUint(rand.Uint64(), 36)
		l.mu.Lock()
		l.cursors[page.Next] = it
		l.mu.Unlock()
	}
	json.NewEncoder(w).Encode(page)
}
