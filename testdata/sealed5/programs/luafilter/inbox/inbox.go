// Package inbox takes mail and moves it where the rules say.
package inbox

import (
	"io"
	"math/rand"
	"net/http"
	"sync/atomic"
	"time"

	"luafilter/script"
)

type Inbox struct {
	rules *script.Pool
	Mails atomic.Int64
}

func New(p *script.Pool) *Inbox { return &Inbox{rules: p} }

func (b *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	b.Mails.Add(1)
	folder, err := b.rules.Sort(string(text), store)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	io.WriteString(w, folder)
}

// store is the time that the mail store takes.
func store() { time.Sleep(time.Duration(200+rand.Intn(2600)) * time.Millisecond) }
