// Package rotas has who works on which ward, and when they are to be called.
package rotas

import (
	"bytes"
	"fmt"
	"sync"
	"text/template"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/robfig/cron/v3"

	"ward.example/shiftcall/internal/calls"
)

// Change is the form that a ward's sister sends.
type Change struct {
	Hour   int      `schema:"hour,required"`
	Minute int      `schema:"minute"`
	Days   string   `schema:"days"`
	Nurses []string `schema:"nurse"`
	Remark string   `schema:"remark"`
}

// A plan calls the nurses of a ward, each time the clock says so.
type plan struct {
	ward  string
	out   *calls.Outbox
	texts []calls.Call
}

func (p *plan) Run() {
	now := time.Now()
	for i := range p.texts {
		p.texts[i].Due = now.Add(time.Hour)
	}
	p.out.Put(p.texts...)
}

type rota struct {
	plan    *plan
	entry   cron.EntryID
	spec    string
	changed time.Time
	times   int
}

type Book struct {
	clock *cron.Cron
	out   *calls.Outbox

	mu      sync.Mutex
	rotas   map[string]*rota
	planned int
	summary []byte
}

func NewBook(c *cron.Cron, o *calls.Outbox) *Book {
	return &Book{clock: c, out: o, rotas: make(map[string]*rota)}
}

var text = template.Must(template.New("call").Parse(
	`Good day {{.Nurse}}. Your shift on ward {{.Ward}} begins at {{printf "%02d:%02d" .Hour .Minute}}, {{.Days}}. {{.Remark}} ` +
		`Please say within the hour if you cannot come; the ward's telephone is {{.Phone}}. Bring your badge and your second pair of shoes.`))

// Change gives a ward a new rota, instead of the one it had.
func (b *Book) Change(ward string, c *Change) error {
	if c.Days == "" {
		c.Days = "1-5"
	}
	p, err := b.draft(ward, c)
	if err != nil {
		return err
	}
	spec := fmt.Sprintf("%d %d * * %s", c.Minute, c.Hour, c.Days)
	id, err := b.clock.AddJob(spec, p)
	if err != nil {
		return fmt.Errorf("rota of %s: %w", ward, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.planned++
	r := b.rotas[ward]
	if r == nil {
		r = new(rota)
		b.rotas[ward] = r
	}
	r.plan, r.entry, r.spec, r.changed = p, id, spec, time.Now()
	r.times++
	return nil
}

// draft writes the calls of a rota.
func (b *Book) draft(ward string, c *Change) (*plan, error) {
	p := &plan{ward: ward, out: b.out, texts: make([]calls.Call, 0, len(c.Nurses))}
	var w bytes.Buffer
	for i, n := range c.Nurses {
		w.Reset()
		err := text.Execute(&w, map[string]any{"Nurse": n, "Ward": ward, "Hour": c.Hour, "Minute": c.Minute, "Days": c.Days, "Remark": c.Remark, "Phone": 4400 + i})
		if err != nil {
			return nil, err
		}
		p.texts = append(p.texts, calls.Call{Nurse: n, Text: w.String()})
	}
	return p, nil
}

// View is what a ward's page shows.
type View struct {
	Ward    string   `json:"ward"`
	Spec    string   `json:"spec"`
	Changed string   `json:"changed"`
	Times   string   `json:"times"`
	Calls   []string `json:"calls"`
}

func (b *Book) View(ward string) (*View, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.rotas[ward]
	if r == nil {
		return nil, false
	}
	v := &View{Ward: ward, Spec: r.spec, Changed: humanize.Time(r.changed), Times: humanize.Ordinal(r.times)}
	for _, c := range r.plan.texts {
		v.Calls = append(v.Calls, c.Text)
	}
	return v, true
}

// Summaries writes the list of all wards anew.
func (b *Book) Summaries() {
	var w bytes.Buffer
	b.mu.Lock()
	defer b.mu.Unlock()
	for n, r := range b.rotas {
		fmt.Fprintf(&w, "%s\t%s\t%d nurses\tchanged %s\n", n, r.spec, len(r.plan.texts), humanize.Time(r.changed))
	}
	b.summary = w.Bytes()
}

func (b *Book) Summary() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.summary
}

func (b *Book) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.rotas)
}

func (b *Book) Planned() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.planned
}
