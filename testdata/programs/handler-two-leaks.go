// Search page. It keeps the results of every search, and notes which article was looked at.
// LEAK 1, the bigger one: results are kept by the words of the search, and most people word it in their own way.
// LEAK 2, the smaller one: the notes are only ever appended to. Both are under the same handler.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

type result struct {
	Words    string
	Articles [600]int64
}

type note struct {
	article int
	at      time.Time
	from    [1400]byte
}

type searches struct {
	mu      sync.Mutex
	results map[string]*result
}

type audit struct {
	mu    sync.Mutex
	notes []*note
}

type site struct {
	searches searches
	audit    audit
}

// visitors is the other side: some people who search, and look at what they find in two of five cases.
func visitors(_ http.ResponseWriter, r *http.Request) {
	address := r.FormValue("address")
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}, Timeout: 10 * time.Second}
	steadily(250, func() {
		page := fmt.Sprintf("%s/search?words=shoe+%d", address, rand.IntN(1_000_000))
		if rand.IntN(5) < 2 {
			page += fmt.Sprintf("&article=%d", 1+rand.IntN(1000))
		}
		go func() {
			answer, err := client.Get(page)
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
	s := &site{searches: searches{results: make(map[string]*result)}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /search", s.serveSearch)
	go func() { log.Fatal(http.Serve(listener, mux)) }()
	started, err := http.Get(others + "?address=http://" + listener.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	started.Body.Close()
	recorder.run()
}

func (s *site) serveSearch(w http.ResponseWriter, r *http.Request) {
	if article, err := strconv.Atoi(r.FormValue("article")); err == nil {
		s.audit.record(article)
	}
	found := s.searches.find(r.FormValue("words"))
	json.NewEncoder(w).Encode(found.Articles[:5])
}

func (s *searches) find(words string) *result {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.results[words]; known != nil {
		return known
	}
	found := &result{Words: words}
	s.results[words] = found
	return found
}

func (a *audit) record(article int) {
	n := &note{article: article, at: time.Now()}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.notes = append(a.notes, n)
}
