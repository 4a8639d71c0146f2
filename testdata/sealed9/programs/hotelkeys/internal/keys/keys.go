// Package keys issues and revokes door keys.
package keys

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sync"
	"time"
)

type Key struct {
	Serial  string
	Room    int
	Guest   string
	Until   time.Time
	Revoked bool
	Blob    []byte // what the telephone shows to the doors
}

type Office struct {
	secret []byte

	mu       sync.Mutex
	next     uint64
	bySerial map[string]*Key
	inRoom   map[int][]string
}

func NewOffice(secret []byte) *Office {
	return &Office{secret: secret, bySerial: make(map[string]*Key), inRoom: make(map[int][]string)}
}

// Issue makes a key for a room. Those of the guest before are not valid any more.
func (o *Office) Issue(room int, guest string, stay time.Duration) *Key {
	o.mu.Lock()
	o.next++
	n := o.next
	o.mu.Unlock()
	k := &Key{Room: room, Guest: guest, Until: time.Now().Add(stay)}
	k.Blob = o.cut(n, room, k.Until)
	k.Serial = hex.EncodeToString(k.Blob[:12])

	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.inRoom[room] {
		o.bySerial[s].Revoked = true
	}
	o.bySerial[k.Serial] = k
	o.inRoom[room] = append(o.inRoom[room][:0], k.Serial)
	return k
}

// cut makes one sealed slot for each of the doors on the way: 128 of them, for half an hour of offline use each.
func (o *Office) cut(n uint64, room int, until time.Time) []byte {
	m := hmac.New(sha256.New, o.secret)
	out := make([]byte, 0, 128*56)
	var head [24]byte
	for door := range 128 {
		binary.BigEndian.PutUint64(head[:], n)
		binary.BigEndian.PutUint32(head[8:], uint32(room))
		binary.BigEndian.PutUint32(head[12:], uint32(door))
		binary.BigEndian.PutUint64(head[16:], uint64(until.Unix()))
		m.Reset()
		m.Write(head[:])
		out = append(out, head[:]...)
		out = m.Sum(out)
	}
	return out
}

// CheckOut revokes what the room's guest has.
func (o *Office) CheckOut(room int) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for _, s := range o.inRoom[room] {
		if k := o.bySerial[s]; !k.Revoked {
			k.Revoked = true
			n++
		}
	}
	delete(o.inRoom, room)
	return n
}

type View struct {
	Serial string    `json:"serial"`
	Guest  string    `json:"guest"`
	Until  time.Time `json:"until"`
}

func (o *Office) Of(room int) []View {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := make([]View, 0, 1)
	for _, s := range o.inRoom[room] {
		k := o.bySerial[s]
		out = append(out, View{k.Serial, k.Guest, k.Until})
	}
	return out
}
