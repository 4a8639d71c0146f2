// Command trackerpost takes the positions of lorries from their trackers.
package main

import (
	"flag"
	"net"
	"net/http"
	_ "net/http/pprof"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.uber.org/zap"

	"freight.example/trackerpost/internal/fleet"
	"freight.example/trackerpost/internal/session"
	"freight.example/trackerpost/internal/web"
)

var (
	accepted = promauto.NewCounter(prometheus.CounterOpts{Name: "tracker_sessions_total", Help: "Connections taken."})
	open     = promauto.NewGauge(prometheus.GaugeOpts{Name: "tracker_sessions_open", Help: "Sessions that are open."})
)

type registry struct {
	mu  sync.Mutex
	all map[*session.Session]struct{}
}

func (r *registry) add(s *session.Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all[s] = struct{}{}
	accepted.Inc()
	open.Inc()
}

func (r *registry) remove(s *session.Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, s)
	open.Dec()
}

func (r *registry) stats() (n, old int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.all {
		if s.Age() > 4*time.Minute {
			old++
		}
	}
	return len(r.all), old
}

func main() {
	addr := flag.String("listen", "127.0.0.1:7702", "address of the pages")
	trackers := flag.String("trackers", "127.0.0.1:7752", "address that trackers call")
	flag.Parse()
	log, _ := zap.NewProduction()
	defer log.Sync()

	fl := fleet.New()
	opt := &session.Options{PingEvery: 20 * time.Second, Silence: 70 * time.Second, ReadSize: 8 << 10, Log: log, Fleet: fl}
	reg := &registry{all: make(map[*session.Session]struct{})}
	l, err := net.Listen("tcp", *trackers)
	if err != nil {
		log.Fatal("listen", zap.Error(err))
	}
	go accept(l, opt, reg, log)

	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			n, old := reg.stats()
			log.Info("stats", zap.Duration("age", time.Since(began).Round(time.Second)), zap.Int("sessions", n), zap.Int("older_than_4m", old), zap.Int("vehicles", fl.Len()))
		}
	}()
	log.Fatal("serve", zap.Error(http.ListenAndServe(*addr, web.Routes(fl))))
}

func accept(l net.Listener, opt *session.Options, reg *registry, log *zap.Logger) {
	for {
		c, err := l.Accept()
		if err != nil {
			log.Error("accept", zap.Error(err))
			time.Sleep(100 * time.Millisecond)
			continue
		}
		s := session.New(c, opt, reg.remove)
		reg.add(s)
		s.Start()
	}
}
