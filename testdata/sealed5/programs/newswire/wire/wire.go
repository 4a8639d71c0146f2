// Package wire sends the news of the desks to whoever listens, and what a listener has missed when it comes back.
package wire

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/donovanhide/eventsource"
)

var Desks = []string{"world", "money", "sport", "culture"}

type item struct {
	id         uint64
	head, body string
}

func (i *item) Id() string    { return fmt.Sprintf("%08d", i.id) }
func (i *item) Event() string { return i.head }
func (i *item) Data() string  { return i.body }

type Wire struct {
	server *eventsource.Server
	missed map[string]*eventsource.SliceRepository
	News   atomic.Int64
}

func New() *Wire {
	w := &Wire{server: eventsource.NewServer(), missed: map[string]*eventsource.SliceRepository{}}
	w.server.BufferSize = 64
	for _, d := range Desks {
		w.missed[d] = eventsource.NewSliceRepository()
		w.server.Register(d, w.missed[d])
	}
	return w
}

func (w *Wire) Routes() http.Handler {
	m := http.NewServeMux()
	for _, d := range Desks {
		m.HandleFunc("GET /stream/"+d, w.server.Handler(d))
	}
	m.HandleFunc("POST /news/{desk}", w.news)
	return m
}

func (w *Wire) news(rw http.ResponseWriter, r *http.Request) {
	desk := r.PathValue("desk")
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil || w.missed[desk] == nil {
		http.Error(rw, "not taken", http.StatusBadRequest)
		return
	}
	w.publish(desk, layout(desk, string(body)))
}

// layout breaks a text into lines, as the papers want it.
func layout(desk, text string) string {
	var b strings.Builder
	b.WriteString(strings.ToUpper(desk) + ", " + time.Now().Format(time.Kitchen) + "\n")
	n := 0
	for _, word := range strings.Fields(text) {
		if n += len(word) + 1; n > 78 {
			b.WriteByte('\n')
			n = len(word) + 1
		}
		b.WriteString(word)
		b.WriteByte(' ')
	}
	return b.String()
}

func (w *Wire) publish(desk, text string) {
	i := &item{id: uint64(w.News.Add(1)), head: desk, body: text}
	w.missed[desk].Add(desk, i)
	w.server.Publish([]string{desk}, i)
}
