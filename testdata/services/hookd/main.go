package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"strings"
	"sync"
)

type Envelope struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

type Inbox struct {
	mu        sync.Mutex
	delivered map[string]Envelope // for idempotency
}

func (in *Inbox) Deliver(e Envelope) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if _, dup := in.delivered[e.ID]; dup {
		return false
	}
	in.delivered[e.ID] = e
	return true
}

func main() {
	inbox := &Inbox{delivered: map[string]Envelope{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hook", func(w http.ResponseWriter, r *http.Request) {
		var e Envelope
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
			log.Print(err)
			return
		}
		if !inbox.Deliver(e) {
			w.WriteHeader(http.StatusConflict)
		}
	})
	run(mux, 80, func(base string, i int) *http.Request {
		b := fmt.Sprintf(`{"id":"evt_%d","type":"push","payload":{"text":"%s"}}`, i, strings.Repeat("w", 5000))
		req, _ := http.NewRequest("POST", base+"/hook", strings.NewReader(b))
		return req
	})
}
