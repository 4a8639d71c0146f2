// Package edition gathers pieces, and brings an edition out every few minutes.
package edition

import (
	"bytes"
	"fmt"
	"html/template"
	"sync"
	"time"

	"newsdesk.example/newsdigest/internal/pieces"
)

var page = template.Must(template.New("edition").Parse(`<!doctype html><title>Edition {{.N}}</title>
{{range .Pieces}}<section><h2>{{.Title}}</h2><i>{{.Paper}}, {{.Byline}}</i>{{len .Photo}} bytes of photo</section>
{{end}}`))

type Editor struct {
	mu      sync.Mutex
	printed map[string]time.Time // codes of articles that were in an edition already
	next    []*pieces.Piece
	n       int
	last    []byte
	latest  []*pieces.Piece // for the ticker, without photos
}

func NewEditor() *Editor { return &Editor{printed: map[string]time.Time{}} }

// Take puts a piece into the next edition, unless it was printed before.
func (e *Editor) Take(p *pieces.Piece) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.printed[p.Code]; ok {
		return false
	}
	e.printed[p.Code] = time.Now()
	e.next = append(e.next, p)
	return true
}

// Print brings the edition out.
func (e *Editor) Print() error {
	e.mu.Lock()
	ps := e.next
	e.next, e.n = nil, e.n+1
	n := e.n
	e.mu.Unlock()
	var b bytes.Buffer
	if err := page.Execute(&b, map[string]interface{}{"N": n, "Pieces": ps}); err != nil {
		return fmt.Errorf("edition %d: %w", n, err)
	}
	short := make([]*pieces.Piece, 0, 20)
	for i := len(ps) - 1; i >= 0 && len(short) < 20; i-- {
		short = append(short, &pieces.Piece{Paper: ps[i].Paper, Title: ps[i].Title, Summary: ps[i].Summary})
	}
	e.mu.Lock()
	e.last, e.latest = b.Bytes(), short
	e.mu.Unlock()
	return nil
}

func (e *Editor) Last() []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.last
}

func (e *Editor) Latest() []*pieces.Piece {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.latest
}

// Counts are for the log: the codes, and the pieces of the next edition.
func (e *Editor) Counts() (printed, next int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.printed), len(e.next)
}
