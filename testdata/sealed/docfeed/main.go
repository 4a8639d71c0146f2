package main

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	mrand "math/rand"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"docfeed/catalogue"
	"docfeed/ingest"
	"docfeed/loadgen"

	"github.com/gorilla/websocket"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21050", "")
	admin = flag.String("admin", "127.0.0.1:21051", "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	cat := catalogue.New()
	s := &ingest.Server{Cat: cat}
	mux := http.NewServeMux()
	mux.Handle("/feed", s)
	mux.HandleFunc("/stat", func(w http.ResponseWriter, r *http.Request) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		json.NewEncoder(w).Encode(map[string]any{"documents": cat.Len(), "sessions": atomic.LoadInt64(&s.Active), "mem": m.BySize[:10]})
	})
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, mux)) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	fmt.Println("KEPT heads", cat.Len(), "pingers", atomic.LoadInt64(&s.Pingers), "of which active", atomic.LoadInt64(&s.Active))
}

func document() []byte {
	b := make([]byte, 48+16000+mrand.Intn(30000))
	rand.Read(b[:len(b)/2])
	var buf bytes.Buffer
	buf.Write(b[:48])
	fw, _ := flate.NewWriter(&buf, flate.BestSpeed)
	fw.Write(b)
	fw.Close()
	return buf.Bytes()
}

func load() {
	go loadgen.Run(*span, loadgen.Steady(4), func(int) { loadgen.Get("http://" + *addr + "/stat") })
	// A client connects, sends four or so documents and goes.
	loadgen.Run(*span, loadgen.Steady(5), func(int) {
		c, _, err := websocket.DefaultDialer.Dial("ws://"+*addr+"/feed", nil)
		if err != nil {
			return
		}
		defer c.Close()
		for n := 2 + mrand.Intn(5); n > 0; n-- {
			if c.WriteMessage(websocket.BinaryMessage, document()) != nil {
				return
			}
			if _, _, err := c.ReadMessage(); err != nil {
				return
			}
			time.Sleep(time.Duration(300+mrand.Intn(1500)) * time.Millisecond)
		}
	})
}
