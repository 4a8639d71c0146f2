// Package session keeps who is signed in, for as long as they do something.
package session

import (
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"
)

// Session of a player.
type Session struct {
	Player  string
	Profile []byte
	expires time.Time
}

// Keeper keeps sessions in shards, for ttl after they were last used.
type Keeper struct {
	ttl    time.Duration
	shards [8]struct {
		mu sync.Mutex
		m  map[string]*Session
	}
}

func NewKeeper(ttl time.Duration) *Keeper {
	k := &Keeper{ttl: ttl}
	for i := range k.shards {
		k.shards[i].m = map[string]*Session{}
	}
	return k
}

// Open signs somebody in.
func (k *Keeper) Open(player string) (string, *Session) {
	var b [12]byte
	rand.Read(b[:])
	s := &Session{Player: player, Profile: make([]byte, 6000), expires: time.Now().Add(k.ttl)}
	copy(s.Profile, player)
	sh := &k.shards[b[0]%8]
	id := hex.EncodeToString(b[:])
	sh.mu.Lock()
	sh.m[id] = s
	sh.mu.Unlock()
	return id, s
}

// Janitor drops what is over.
func (k *Keeper) Janitor(every time.Duration) {
	for now := range time.Tick(every) {
		for i := range k.shards {
			sh := &k.shards[i]
			sh.mu.Lock()
			for id, s := range sh.m {
				if now.After(s.expires) {
					delete(sh.m, id)
				}
			}
			sh.mu.Unlock()
		}
	}
}
