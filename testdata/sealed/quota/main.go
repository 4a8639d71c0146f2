// Quota grants permits, of which Redis keeps count.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"syscall"
	"time"

	"quota/loadgen"
	"quota/workers"

	"github.com/gomodule/redigo/redis"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21140", "")
	admin = flag.String("admin", "127.0.0.1:21141", "")
	store = flag.String("upstream", "127.0.0.1:21142", "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	p := workers.New(*store, 72)
	mux := http.NewServeMux()
	mux.HandleFunc("/acquire", func(w http.ResponseWriter, r *http.Request) {
		var left int
		err := p.Do(r.Context(), func(c redis.Conn, scratch []byte) {
			who := append(scratch[:0], r.URL.Query().Get("who")...)
			left, _ = redis.Int(c.Do("INCR", who))
			c.Do("EXPIRE", who, 30)
		})
		reply(w, left, err)
	})
	mux.HandleFunc("/wait", func(w http.ResponseWriter, r *http.Request) { // for a permit that somebody gives back
		var n int
		err := p.Do(r.Context(), func(c redis.Conn, scratch []byte) {
			v, _ := redis.Strings(c.Do("BLPOP", "free:"+r.URL.Query().Get("who"), 1))
			n = len(v) + copy(scratch, fmt.Sprint(v))
		})
		reply(w, n, err)
	})
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, mux)) }()
	go func() {
		for range time.Tick(10 * time.Second) {
			log.Print("workers: ", p.Len())
		}
	}()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	fmt.Println("KEPT workers", p.Len())
}

func reply(w http.ResponseWriter, n int, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"n": n, "at": time.Now()})
}

func load() {
	go loadgen.Run(*span, loadgen.Steady(18), func(int) { loadgen.Get(fmt.Sprintf("http://%s/acquire?who=w%d", *addr, rand.Intn(500))) })
	loadgen.Run(*span, func(x float64) float64 { // more and more wait, until seven tenths
		if x > 0.7 {
			x = 0.7
		}
		return 2 + 42*x
	}, func(int) { loadgen.Get(fmt.Sprintf("http://%s/wait?who=w%d", *addr, rand.Intn(500))) })
}
