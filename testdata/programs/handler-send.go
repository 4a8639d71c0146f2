// Picture upload. The handler hands each picture to a goroutine that stores it.
// LEAK: that goroutine ends at the first picture that it cannot store, and all later handlers wait to hand theirs over.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

type picture struct {
	title  string
	pixels []byte
}

type gallery struct {
	incoming chan *picture
	stored   int
}

var errBroken = errors.New("the picture is broken")

// visitors is the other side: people who upload pictures and do not wait for more than a second.
func visitors(_ http.ResponseWriter, r *http.Request) {
	address := r.FormValue("address")
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	pixels := make([]byte, 64<<10)
	steadily(8, func() {
		size := 48<<10 + rand.IntN(16<<10)
		go func() {
			answer, err := client.Post(address+"/pictures", "image/png", bytes.NewReader(pixels[:size]))
			if err != nil {
				return
			}
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		}()
	})
}

func main() {
	others := startBackend(visitors)
	recorder := openRecorder()
	startShop(1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	g := &gallery{incoming: make(chan *picture)}
	go g.store()
	mux := http.NewServeMux()
	mux.Handle("POST /pictures", logged(g.upload))
	go func() { log.Fatal(http.Serve(listener, mux)) }()
	started, err := http.Get(others + "?address=http://" + listener.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	started.Body.Close()
	recorder.run()
}

// logged notes how long a request took.
func logged(handle http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		handle(w, r)
		_ = fmt.Sprint(r.URL.Path, time.Since(start))
	})
}

func (g *gallery) upload(w http.ResponseWriter, r *http.Request) {
	pixels, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, "cannot be read", http.StatusBadRequest)
		return
	}
	g.incoming <- &picture{title: r.FormValue("title"), pixels: pixels}
	w.WriteHeader(http.StatusCreated)
}

func (g *gallery) store() {
	for p := range g.incoming {
		if err := g.write(p); err != nil {
			log.Print(err)
			return
		}
	}
}

func (g *gallery) write(p *picture) error {
	if g.stored++; g.stored%10 == 0 {
		return errBroken
	}
	return nil
}
