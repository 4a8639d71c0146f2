// Expense service. A request for an expense waits for the manager to say yes or no.
// FIXED: the manager decides on a half of them; the other handlers go when their clients have gone.
package main

import (
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

type expense struct {
	receipt  []byte
	decision chan bool
}

type desk struct {
	mu   sync.Mutex
	open []*expense // for the manager
}

// visitors is the other side: people who hand in expenses and do not wait for more than a second.
func visitors(_ http.ResponseWriter, r *http.Request) {
	address := r.FormValue("address")
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	steadily(14, func() {
		go func() {
			answer, err := client.Get(address + "/expense")
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
	d := new(desk)
	mux := http.NewServeMux()
	mux.HandleFunc("/expense", d.serve)
	go func() { log.Fatal(http.Serve(listener, mux)) }()
	steadily(30, d.decide)
	started, err := http.Get(others + "?address=http://" + listener.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	started.Body.Close()
	recorder.run()
}

func (d *desk) serve(w http.ResponseWriter, r *http.Request) {
	e := d.handIn()
	select {
	case granted := <-e.decision:
		if granted {
			fmt.Fprintln(w, "granted", len(e.receipt))
			return
		}
		http.Error(w, "refused", http.StatusForbidden)
	case <-r.Context().Done():
	}
}

func (d *desk) handIn() *expense {
	e := &expense{receipt: make([]byte, 80<<10), decision: make(chan bool, 1)}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = append(d.open, e)
	return e
}

// decide is the manager, who takes the latest expense and forgets about every second one.
func (d *desk) decide() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.open) == 0 {
		return
	}
	e := d.open[len(d.open)-1]
	d.open = d.open[:len(d.open)-1]
	if rand.IntN(2) == 0 {
		e.decision <- rand.IntN(4) > 0
	}
}
