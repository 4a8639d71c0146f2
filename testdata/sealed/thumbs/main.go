package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"thumbs.example.net/album"
	"thumbs.example.net/loadgen"
	"thumbs.example.net/render"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21090", "")
	admin = flag.String("admin", "127.0.0.1:21091", "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

type server struct {
	rend   *render.Renderer
	albums *album.Albums
}

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	s := &server{render.New(250 * time.Millisecond), album.New(60000)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /thumb/{name}", s.thumb)
	mux.HandleFunc("POST /album/{id}", s.upload)
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, mux)) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	fmt.Println("KEPT renderings", atomic.LoadInt64(&s.rend.Late), "uploads waiting", atomic.LoadInt64(&s.albums.Waiting))
}

func (s *server) thumb(w http.ResponseWriter, r *http.Request) {
	ms, _ := strconv.Atoi(r.URL.Query().Get("ms"))
	img, err := s.rend.Thumb(r.Context(), 160, 160, time.Duration(ms)*time.Millisecond)
	if err != nil {
		log.Printf("%s: %v", r.PathValue("name"), err)
		http.Error(w, err.Error(), http.StatusGatewayTimeout)
		return
	}
	zw, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
	zw.Write(img.Pix)
	zw.Close()
}

func (s *server) upload(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := s.albums.Add(r.PathValue("id"), r.URL.Query().Get("name"), len(data)); err != nil {
		http.Error(w, err.Error(), http.StatusInsufficientStorage)
		return
	}
	json.NewEncoder(w).Encode(map[string]int{"bytes": len(data)})
}

func load() {
	base := "http://" + *addr
	go loadgen.Run(*span, func(x float64) float64 { return 9 + 7*math.Sin(x*15) }, func(i int) {
		ms := rand.Intn(60)
		if rand.Intn(11) == 0 {
			ms = 300 + rand.Intn(500)
		}
		loadgen.Get(fmt.Sprintf("%s/thumb/%x?ms=%d", base, rand.Int63(), ms))
	})
	loadgen.Run(*span, loadgen.Steady(7), func(i int) {
		size := 3000 + rand.Intn(12000)
		if rand.Intn(70) == 0 {
			size = 61000
		}
		loadgen.Post(fmt.Sprintf("%s/album/%d?name=%x", base, rand.Intn(120), i), "image/png", bytes.Repeat([]byte("p"), size))
	})
}
