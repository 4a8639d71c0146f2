// Package roads has the roads of tiles, computed when they are wanted.
package roads

import (
	"math/rand"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/ReneKroon/ttlcache"
)

type Road struct{ X1, Y1, X2, Y2 int32 }

type Tile struct {
	Roads []Road
	Names map[int]string
}

type Roads struct {
	cache         *ttlcache.Cache
	Made, Expired atomic.Int64
}

// New keeps tiles for a time after they were made.
func New(life time.Duration, limit int) *Roads {
	r := &Roads{cache: ttlcache.NewCache()}
	r.cache.SetTTL(life)
	r.cache.SkipTTLExtensionOnHit(true)
	r.cache.SetCacheSizeLimit(limit)
	r.cache.SetExpirationCallback(func(string, interface{}) { r.Expired.Add(1) })
	return r
}

func (r *Roads) Len() int { return r.cache.Count() }

func (r *Roads) Tile(n int) *Tile {
	key := strconv.Itoa(n)
	if v, err := r.cache.Get(key); err == nil {
		return v.(*Tile)
	}
	t := r.make(n)
	r.cache.Set(key, t)
	return t
}

func (r *Roads) make(n int) *Tile {
	r.Made.Add(1)
	t := &Tile{Roads: make([]Road, 120+rand.Intn(300)), Names: map[int]string{}}
	for i := range t.Roads {
		t.Roads[i] = Road{rand.Int31n(4096), rand.Int31n(4096), rand.Int31n(4096), rand.Int31n(4096)}
		if i%12 == 0 {
			t.Names[i] = "road " + strconv.Itoa(n*1000+i)
		}
	}
	return t
}
