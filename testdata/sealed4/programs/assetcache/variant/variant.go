// Package variant makes sizes of pictures and keeps the last of them.
package variant

import (
	"fmt"
	"math/rand"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/karlseguin/ccache"
)

// A Picture is a picture in one size.
type Picture struct {
	Tag  string
	Data []byte
}

type Variants struct {
	cache         *ccache.Cache
	Made, Dropped atomic.Int64
}

// New keeps max pictures, and those that are being sent.
func New(max int64) *Variants {
	v := &Variants{}
	c := ccache.Configure().MaxSize(max).ItemsToPrune(100).Buckets(16).GetsPerPromote(1).Track()
	c.OnDelete(func(*ccache.Item) { v.Dropped.Add(1) })
	v.cache = ccache.New(c)
	return v
}

func (v *Variants) Len() int { return v.cache.ItemCount() }

// Get gives a picture; it is to be released when it has been sent.
func (v *Variants) Get(id string, size int) ccache.TrackedItem {
	key := id + "/" + strconv.Itoa(size)
	if it := v.cache.TrackingGet(key); it.Value() != nil {
		return it
	}
	v.cache.Set(key, v.scale(key, size), time.Hour)
	return v.cache.TrackingGet(key)
}

func (v *Variants) scale(key string, size int) *Picture {
	v.Made.Add(1)
	p := &Picture{Tag: fmt.Sprintf("%q", key), Data: make([]byte, size*20+rand.Intn(6000))}
	for i := range p.Data {
		p.Data[i] = byte(i * size)
	}
	return p
}
