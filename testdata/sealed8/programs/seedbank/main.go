// Command seedbank keeps the register of a seed bank.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

type Lot struct {
	Accession string
	Species   string
	Grams     float64
	Viability float64
	Tested    time.Time
}

type note struct {
	accession string
	by        string
	text      string
	sown, up  int
	at        time.Time
}

type Journal struct {
	mu    sync.Mutex
	notes []*note
}

func (j *Journal) Write(accession, by string, sown, up int, words []string) {
	n := &note{accession: accession, by: by, sown: sown, up: up, at: time.Now()}
	n.text = strings.Join(words, " ")
	j.mu.Lock()
	j.notes = append(j.notes, n)
	j.mu.Unlock()
}

func (j *Journal) Latest(k int) []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []string
	for i := len(j.notes) - 1; i >= 0 && len(out) < k; i-- {
		n := j.notes[i]
		out = append(out, fmt.Sprintf("%s %s %d/%d %s", n.at.Format(time.DateTime), n.accession, n.up, n.sown, n.text))
	}
	return out
}

type Register struct {
	mu      sync.RWMutex
	lots    map[string]*Lot
	journal Journal
}

func NewRegister(n int) *Register {
	r := &Register{lots: make(map[string]*Lot, n)}
	genera := []string{"Avena", "Bromus", "Carex", "Daucus", "Festuca", "Lolium", "Poa", "Trifolium", "Vicia"}
	for i := 0; i < n; i++ {
		a := fmt.Sprintf("SB%05d", i)
		r.lots[a] = &Lot{Accession: a, Species: genera[i%len(genera)] + fmt.Sprint(" sp. ", i%31), Grams: float64(20 + i%70), Viability: 1}
	}
	return r
}

func (r *Register) Germinate(w http.ResponseWriter, q *http.Request) {
	var t struct {
		By       string
		Sown, Up int
		Remarks  string
	}
	if err := json.NewDecoder(q.Body).Decode(&t); err != nil || t.Sown == 0 {
		http.Error(w, "not a test", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	l := r.lots[q.PathValue("accession")]
	if l == nil {
		r.mu.Unlock()
		http.NotFound(w, q)
		return
	}
	l.Viability = 0.8*l.Viability + 0.2*float64(t.Up)/float64(t.Sown)
	l.Tested = time.Now()
	r.mu.Unlock()
	r.journal.Write(l.Accession, t.By, t.Sown, t.Up, strings.Fields(t.Remarks))
	w.WriteHeader(http.StatusNoContent)
}

func (r *Register) Catalogue(w http.ResponseWriter, q *http.Request) {
	genus := q.URL.Query().Get("genus")
	var ls []Lot
	r.mu.RLock()
	for _, l := range r.lots {
		if strings.HasPrefix(l.Species, genus) {
			ls = append(ls, *l)
		}
	}
	r.mu.RUnlock()
	sort.Slice(ls, func(i, k int) bool { return ls[i].Accession < ls[k].Accession })
	json.NewEncoder(w).Encode(ls)
}

func main() {
	addr := flag.String("listen", "127.0.0.1:7204", "")
	flag.IntVar(&runtime.MemProfileRate, "profilerate", runtime.MemProfileRate, "")
	flag.Parse()
	r := NewRegister(3000)
	http.HandleFunc("POST /lots/{accession}/tests", r.Germinate)
	http.HandleFunc("GET /lots", r.Catalogue)
	http.HandleFunc("GET /journal", func(w http.ResponseWriter, q *http.Request) {
		json.NewEncoder(w).Encode(r.journal.Latest(40))
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}
