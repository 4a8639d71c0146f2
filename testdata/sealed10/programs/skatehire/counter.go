package main

import (
	"errors"
	"fmt"
	"math/rand"
	"sync/atomic"
	"time"

	"github.com/ReneKroon/ttlcache"
)

type pair struct {
	Size   int    `json:"size"`
	Shelf  string `json:"shelf"`
	Ground int    `json:"ground"` // hours since the blades were ground
}

type reservation struct {
	Code    string    `json:"code"`
	Family  string    `json:"family"`
	Pairs   []pair    `json:"pairs"`
	Waiver  []byte    `json:"-"` // what was signed, as an image of one bit a pixel
	Created time.Time `json:"created"`
}

var errNone = errors.New("no such reservation")

type counter struct {
	held   *ttlcache.Cache
	lapsed atomic.Int64
}

func openCounter(hold time.Duration) *counter {
	c := &counter{held: ttlcache.NewCache()}
	c.held.SetTTL(hold)
	c.held.SkipTTLExtensionOnHit(true)
	c.held.SetExpirationReasonCallback(func(_ string, why ttlcache.EvictionReason, _ interface{}) {
		if why == ttlcache.Expired {
			c.lapsed.Add(1)
		}
	})
	return c
}

func (c *counter) close() { c.held.Close() }

func (c *counter) reserve(family string, sizes []int, signature []byte) (*reservation, error) {
	r := &reservation{Code: fmt.Sprintf("%c%06d", 'A'+rand.Intn(26), rand.Intn(1e6)), Family: family, Created: time.Now()}
	r.Pairs = make([]pair, 0, len(sizes))
	for _, s := range sizes {
		if s < 24 || s > 49 {
			return nil, fmt.Errorf("no skates of size %d", s)
		}
		r.Pairs = append(r.Pairs, pair{s, fmt.Sprintf("%c-%d", 'a'+s%7, rand.Intn(200)), rand.Intn(40)})
	}
	r.Waiver = rasterize(family, signature)
	return r, c.held.Set(r.Code, r)
}

func (c *counter) find(code string) (*reservation, error) {
	v, err := c.held.Get(code)
	if err != nil {
		return nil, errNone
	}
	return v.(*reservation), nil
}

func (c *counter) handOut(code string) error {
	if c.held.Remove(code) != nil {
		return errNone
	}
	return nil
}

// rasterize draws the signature's strokes into a picture of 256 by 112 pixels.
func rasterize(name string, strokes []byte) []byte {
	const w, h = 256, 112
	pic := make([]byte, w*h/8)
	x, y := len(name)%w, h/2
	for _, s := range strokes {
		x = (x + int(s)%9 - 2 + w) % w
		y = (y + int(s)/9%7 - 3 + h) % h
		at := y*w + x
		pic[at/8] |= 1 << (at % 8)
	}
	return pic
}
