// Package basket keeps the baskets of a shop's visitors for a minute after the last change.
package basket

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/allegro/bigcache"
)

type Item struct {
	Article string
	Count   int
}

type Desk struct {
	cache *bigcache.BigCache
	bufs  sync.Pool

	Changes, Expired atomic.Int64
}

func New() (*Desk, error) {
	d := new(Desk)
	d.bufs.New = func() any { return bytes.NewBuffer(make([]byte, 0, 48<<10)) }
	var err error
	d.cache, err = bigcache.NewBigCache(bigcache.Config{
		Shards: 16, LifeWindow: 60 * time.Second, CleanWindow: 2 * time.Second, MaxEntriesInWindow: 600, MaxEntrySize: 400,
		OnRemove: func(string, []byte) { d.Expired.Add(1) },
	})
	return d, err
}

// Size is the number of baskets kept, and the bytes that the cache has for them.
func (d *Desk) Size() (int64, int64) { return int64(d.cache.Len()), int64(d.cache.Capacity()) }

// Put adds to a basket.
func (d *Desk) Put(w http.ResponseWriter, r *http.Request) {
	buf := d.bufs.Get().(*bytes.Buffer)
	defer d.bufs.Put(buf)
	buf.Reset()
	buf.ReadFrom(r.Body)
	var add []Item
	if err := json.Unmarshal(buf.Bytes(), &add); err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	id := r.FormValue("visitor")
	var items []Item
	if old, err := d.cache.Get(id); err == nil {
		json.Unmarshal(old, &items)
	}
	items = append(items, add...)
	if len(items) > 50 {
		items = items[len(items)-50:]
	}
	b, _ := json.Marshal(items)
	if err := d.cache.Set(id, b); err != nil {
		http.Error(w, err.Error(), 500)
		return
	}
	d.Changes.Add(1)
	w.Write(b)
}

// Bulk takes the baskets of a partner; it comes rarely, with many at once.
func (d *Desk) Bulk(w http.ResponseWriter, r *http.Request) {
	buf := d.bufs.Get().(*bytes.Buffer)
	buf.Reset()
	buf.ReadFrom(r.Body)
	time.Sleep(700 * time.Millisecond) // the partner wants to be answered late
	d.bufs.Put(buf)
}
