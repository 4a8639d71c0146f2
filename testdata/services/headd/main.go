package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
)

type visit struct {
	agent, referer, ip string
}

type recent struct {
	mu    sync.Mutex
	byIP  map[string]*visit
	total int
}

func (rc *recent) note(r *http.Request) {
	ip, _, _ := strings.Cut(r.Header.Get("X-Forwarded-For"), ",")
	v := &visit{agent: r.UserAgent()[:20], referer: r.Referer(), ip: ip}
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.byIP[ip] = v
	rc.total++
}

func main() {
	rc := &recent{byIP: map[string]*visit{}}
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { rc.note(r) }), 150, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/", nil)
		req.Header.Set("User-Agent", strings.Repeat("Mozilla ", 300))
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d, 192.168.0.1", i>>16&255, i>>8&255, i&255))
		req.Header.Set("Referer", "http://example.com/"+fmt.Sprint(i))
		return req
	})
}
