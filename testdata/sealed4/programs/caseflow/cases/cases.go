// Package cases has the cases of an insurance and the steps that change them.
package cases

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gin-gonic/gin"

	"caseflow/undo"
)

// A Case is what is known about a damage. Each part is replaced as a whole.
type Case struct {
	mu sync.Mutex
	undo.Log

	note, letter, call, offer string
	photo, assess             []byte
	damage, risk              map[string]int
	party, address, bank      *Party
	witness, tags             []string
	invoice                   []Line
}

type Party struct{ Name, Text string }

type Line struct {
	Text  string
	Cents int
}

// A Step is what comes in.
type Step struct {
	Text, Who string
	Cents     int
	List      []string
}

type Desk struct {
	cases                []*Case
	Steps, Undone, Saved atomic.Int64
}

func New(n int) *Desk {
	d := &Desk{}
	for i := 0; i < n; i++ {
		d.cases = append(d.cases, &Case{})
	}
	return d
}

func (d *Desk) Kept() (n int) {
	for _, c := range d.cases {
		k, _ := c.Len()
		n += k
	}
	return n
}

func (d *Desk) Reachable() (n int) {
	for _, c := range d.cases {
		_, k := c.Len()
		n += k
	}
	return n
}

func (d *Desk) of(g *gin.Context) *Case {
	n, err := strconv.Atoi(g.Param("id"))
	if err != nil || n < 0 || n >= len(d.cases) {
		g.AbortWithStatus(http.StatusNotFound)
		return nil
	}
	return d.cases[n]
}

// step reads a step and lets do change the case.
func (d *Desk) step(do func(c *Case, s *Step)) gin.HandlerFunc {
	return func(g *gin.Context) {
		c := d.of(g)
		if c == nil {
			return
		}
		var s Step
		if err := g.ShouldBindJSON(&s); err != nil {
			g.AbortWithStatus(http.StatusBadRequest)
			return
		}
		d.Steps.Add(1)
		c.mu.Lock()
		do(c, &s)
		c.mu.Unlock()
		g.Status(http.StatusNoContent)
	}
}

func (d *Desk) Routes(g *gin.Engine) {
	g.GET("/case/:id", d.Show)
	g.POST("/case/:id/undo", d.Undo)
	g.POST("/case/:id/save", d.Save)
	for name, do := range map[string]func(*Case, *Step){
		"note": (*Case).Note, "letter": (*Case).Letter, "photo": (*Case).Photo, "damage": (*Case).Damage, "party": (*Case).SetParty,
		"witness": (*Case).Witness, "offer": (*Case).Offer, "invoice": (*Case).Invoice, "call": (*Case).Call, "assess": (*Case).Assess,
		"tags": (*Case).Tags, "address": (*Case).Address, "bank": (*Case).Bank, "risk": (*Case).Risk,
	} {
		g.POST("/case/:id/"+name, d.step(do))
	}
}

func (d *Desk) Show(g *gin.Context) {
	c := d.of(g)
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	g.JSON(http.StatusOK, gin.H{"note": c.note, "letter": c.letter, "offer": c.offer, "tags": c.tags, "invoice": c.invoice, "party": c.party})
}

func (d *Desk) Undo(g *gin.Context) {
	c := d.of(g)
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Log.Undo() {
		d.Undone.Add(1)
	}
}

func (d *Desk) Save(g *gin.Context) {
	if c := d.of(g); c != nil {
		c.Log.Save()
		d.Saved.Add(1)
	}
}

// The steps.

func (c *Case) Note(s *Step) {
	old := c.note
	c.Push(func() { c.note = old })
	c.note = s.Who + ": " + s.Text
}

func (c *Case) Letter(s *Step) {
	old := c.letter
	c.Push(func() { c.letter = old })
	c.letter = fmt.Sprintf("Dear %s,\n%s\nYours", s.Who, s.Text)
}

func (c *Case) Call(s *Step) {
	old := c.call
	c.Push(func() { c.call = old })
	c.call = strings.Join([]string{"called", s.Who, s.Text}, " ")
}

func (c *Case) Offer(s *Step) {
	old := c.offer
	c.Push(func() { c.offer = old })
	c.offer = strings.Repeat(s.Who+" ", 3) + strings.ToUpper(s.Text)
}

func (c *Case) Photo(s *Step) {
	old := c.photo
	c.Push(func() { c.photo = old })
	c.photo = []byte(s.Text)
}

func (c *Case) Assess(s *Step) {
	old := c.assess
	c.Push(func() { c.assess = old })
	c.assess = make([]byte, 2*len(s.Text))
	copy(c.assess, s.Text)
}

func (c *Case) Damage(s *Step) {
	old := c.damage
	c.Push(func() { c.damage = old })
	c.damage = map[string]int{}
	for i := 0; i < len(s.Text)/60; i++ {
		c.damage[s.Text[i*60:i*60+6]] = i
	}
}

func (c *Case) Risk(s *Step) {
	old := c.risk
	c.Push(func() { c.risk = old })
	c.risk = make(map[string]int, 40)
	for i := 0; i < 30; i++ {
		c.risk[strings.Clone(s.Text[i*10:i*10+10])] = s.Cents
	}
}

func (c *Case) SetParty(s *Step) {
	old := c.party
	c.Push(func() { c.party = old })
	c.party = &Party{s.Who, strings.Clone(s.Text)}
}

func (c *Case) Address(s *Step) {
	old := c.address
	c.Push(func() { c.address = old })
	c.address = &Party{s.Who, strings.ToUpper(s.Text)}
}

func (c *Case) Bank(s *Step) {
	old := c.bank
	c.Push(func() { c.bank = old })
	c.bank = &Party{s.Who, strings.ReplaceAll(s.Text, "a", "A")}
}

func (c *Case) Witness(s *Step) {
	old := c.witness
	c.Push(func() { c.witness = old })
	c.witness = slices.Concat(s.List, strings.SplitAfter(strings.Clone(s.Text), "e"))
}

func (c *Case) Tags(s *Step) {
	old := c.tags
	c.Push(func() { c.tags = old })
	c.tags = nil
	for i := 0; i < len(s.Text)/40; i++ {
		c.tags = append(c.tags, strings.Clone(s.Text[i*40:i*40+20]))
	}
}

func (c *Case) Invoice(s *Step) {
	old := c.invoice
	c.Push(func() { c.invoice = old })
	c.invoice = make([]Line, 0, 24)
	for i := 0; i < 24; i++ {
		c.invoice = append(c.invoice, Line{fmt.Sprint(s.Who, " ", s.List[i%3]), s.Cents * i})
	}
}
