package main

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

type token struct {
	id   string
	blob [2500]byte
}

type vault struct {
	mu   sync.Mutex
	live map[string]*token
}

func (v *vault) issue(id string) *token {
	t := &token{id: id}
	v.mu.Lock()
	v.live[id] = t
	v.mu.Unlock()
	time.AfterFunc(24*time.Hour, func() { v.revoke(t) })
	return t
}

func (v *vault) use(t *token) { v.revoke(t) } // used up at once; the timer runs on

func (v *vault) revoke(t *token) {
	v.mu.Lock()
	delete(v.live, t.id)
	v.mu.Unlock()
}

func main() {
	v := &vault{live: make(map[string]*token)}
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := v.issue(r.FormValue("id"))
		v.use(t)
		fmt.Fprintln(w, t.id)
	}), 120, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("POST", fmt.Sprintf("%s/?id=%d", base, i), nil)
		return req
	})
}
