// Package resolve answers questions from a cache, or asks the upstream.
package resolve

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
)

type entry struct {
	msg   *dns.Msg
	until time.Time
}

type Resolver struct {
	upstream string
	client   *dns.Client

	mu    sync.Mutex
	cache map[dns.Question]entry

	Asked atomic.Int64
}

func New(upstream string) *Resolver {
	return &Resolver{upstream: upstream, client: &dns.Client{Timeout: 3 * time.Second, UDPSize: 4096}, cache: map[dns.Question]entry{}}
}

// Entries is the number of answers kept, and of those that have run out.
func (r *Resolver) Entries() (all, old int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for _, e := range r.cache {
		all++
		if now.After(e.until) {
			old++
		}
	}
	return
}

func (r *Resolver) lookup(q dns.Question) *dns.Msg {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.cache[q]; ok && time.Now().Before(e.until) {
		return e.msg
	}
	return nil
}

func (r *Resolver) store(q dns.Question, m *dns.Msg) {
	ttl := 20 * time.Second
	r.mu.Lock()
	r.cache[q] = entry{m, time.Now().Add(ttl)}
	r.mu.Unlock()
}

// ServeDNS is the handler of all questions.
func (r *Resolver) ServeDNS(w dns.ResponseWriter, req *dns.Msg) {
	if len(req.Question) != 1 {
		dns.HandleFailed(w, req)
		return
	}
	q := req.Question[0]
	m := r.lookup(q)
	if m == nil {
		var err error
		r.Asked.Add(1)
		m, _, err = r.client.Exchange(req, r.upstream)
		if err != nil {
			dns.HandleFailed(w, req)
			return
		}
		r.store(q, m)
	}
	a := *m
	a.Id = req.Id
	w.WriteMsg(&a)
}
