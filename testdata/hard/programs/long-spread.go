// Search index. Documents are read into it in twelve kinds of fields; most are thrown away as soon as they have been looked at.
// LEAK: a document that is marked as a draft is kept in a list that nobody empties.
package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

type document struct {
	title    *string
	author   *author
	words    map[string]int
	links    []string
	dates    []time.Time
	body     []byte
	scores   []float64
	tags     map[string]bool
	places   []*place
	history  *revision
	numbers  []int64
	language *language
}

type author struct {
	name, mail string
	bio        [150]byte
}

type place struct {
	name     string
	lat, lon float64
}

type revision struct {
	number int
	diff   [200]byte
	before *revision
}

type language struct {
	code    string
	letters [128]byte
}

type index struct {
	mu     sync.Mutex
	drafts []*document
}

func main() {
	recorder := openRecorder()
	startShop(0.3)
	x := new(index)
	arrivals(wave(20, 60), func() { x.serve(rand.IntN(1_000_000), rand.IntN(24) == 0) })
	recorder.run()
}

// wave is a load that goes from low to high and back in twenty minutes.
func wave(low, high float64) func(time.Duration) float64 {
	return func(t time.Duration) float64 {
		return low + (high-low)*(1-math.Cos(2*math.Pi*t.Minutes()/20))/2
	}
}

func (x *index) serve(n int, draft bool) int {
	d := readDocument(n)
	if draft {
		kept.Add(1)
		x.mu.Lock()
		x.drafts = append(x.drafts, d)
		x.mu.Unlock()
	}
	return len(d.words)
}

func readDocument(n int) *document {
	d := new(document)
	d.readTitle(n)
	d.readAuthor(n)
	d.readWords(n)
	d.readLinks(n)
	d.readDates(n)
	d.readBody(n)
	d.readScores(n)
	d.readTags(n)
	d.readPlaces(n)
	d.readHistory(n)
	d.readNumbers(n)
	d.readLanguage()
	return d
}

func (d *document) readTitle(n int) {
	s := strings.Repeat(fmt.Sprintf("title %d ", n), 10)
	d.title = &s
}

func (d *document) readAuthor(n int) { d.author = &author{name: fmt.Sprintf("author %d", n%500)} }

func (d *document) readWords(n int) {
	d.words = make(map[string]int)
	for i := range 6 {
		d.words[fmt.Sprintf("word-%d", n+i)]++
	}
}

func (d *document) readLinks(n int) {
	for i := range 4 {
		d.links = append(d.links, fmt.Sprintf("https://example.com/%d/%d", n, i))
	}
}

func (d *document) readDates(n int) {
	d.dates = make([]time.Time, 10)
	for i := range d.dates {
		d.dates[i] = time.Unix(int64(n+i), 0)
	}
}

func (d *document) readBody(n int) { d.body = fmt.Appendf(make([]byte, 0, 300), "%0200d", n) }

func (d *document) readScores(n int) {
	d.scores = make([]float64, 30)
	d.scores[0] = float64(n)
}

func (d *document) readTags(n int) {
	d.tags = make(map[string]bool)
	for i := range 10 {
		d.tags[fmt.Sprintf("tag-%d", (n+i)%100)] = true
	}
}

func (d *document) readPlaces(n int) {
	for i := range 5 {
		d.places = append(d.places, &place{name: fmt.Sprintf("place %d", i), lat: float64(n)})
	}
}

func (d *document) readHistory(n int) {
	d.history = &revision{number: 2, before: &revision{number: 1}}
}

func (d *document) readNumbers(n int) {
	d.numbers = make([]int64, 40)
	d.numbers[0] = int64(n)
}

func (d *document) readLanguage() { d.language = &language{code: "en"} }
