// Voucher service. A voucher is valid for two fifths of the time that is recorded.
// BENIGN: they become more till the first ones expire, and no more from then on.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type voucher struct {
	code    uint64
	expires time.Time
	terms   [3000]byte
}

type vouchers struct {
	mu     sync.Mutex
	valid  map[uint64]*voucher
	lasts  time.Duration
	byTime []*voucher // the oldest first
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	v := &vouchers{valid: make(map[uint64]*voucher), lasts: recorder.span() * 2 / 5}
	recorder.held = v.len
	steadily(170, func() { v.issue(rand.Uint64()) })
	go v.expire()
	recorder.run()
}

func (v *vouchers) issue(code uint64) *voucher {
	p := &voucher{code: code, expires: time.Now().Add(v.lasts)}
	copy(p.terms[:], "not to be paid out")
	v.mu.Lock()
	defer v.mu.Unlock()
	v.valid[code] = p
	v.byTime = append(v.byTime, p)
	return p
}

func (v *vouchers) expire() {
	for now := range time.Tick(500 * time.Millisecond) {
		v.mu.Lock()
		for len(v.byTime) > 0 && v.byTime[0].expires.Before(now) {
			delete(v.valid, v.byTime[0].code)
			v.byTime[0] = nil
			v.byTime = v.byTime[1:]
		}
		v.mu.Unlock()
	}
}

func (v *vouchers) len() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.valid)
}
