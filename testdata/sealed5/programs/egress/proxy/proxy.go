// Package proxy lets tills out to the world, and remembers where they went last.
package proxy

import (
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/elazarl/goproxy"
)

type visit struct {
	at        time.Time
	till, url string
}

type Proxy struct {
	http              *goproxy.ProxyHttpServer
	mu                sync.Mutex
	last              [500]visit
	n                 int
	Requests, Tunnels atomic.Int64
}

func New() *Proxy {
	p := &Proxy{http: goproxy.NewProxyHttpServer()}
	p.http.Logger = log.New(io.Discard, "", 0)
	p.http.Tr = &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: 20 * time.Second}
	p.http.ConnectDial = (&net.Dialer{Timeout: 3 * time.Second}).Dial
	p.http.OnRequest().DoFunc(func(r *http.Request, ctx *goproxy.ProxyCtx) (*http.Request, *http.Response) {
		p.Requests.Add(1)
		p.remember(r.RemoteAddr, r.URL.String())
		return r, nil
	})
	p.http.OnRequest().HandleConnectFunc(func(host string, ctx *goproxy.ProxyCtx) (*goproxy.ConnectAction, string) {
		p.Tunnels.Add(1)
		p.remember(ctx.Req.RemoteAddr, host)
		return goproxy.OkConnect, host
	})
	return p
}

func (p *Proxy) remember(till, url string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[p.n%len(p.last)] = visit{time.Now(), till, url}
	p.n++
}

func (p *Proxy) Handler() http.Handler { return p.http }
