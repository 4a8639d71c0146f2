// Package grants knows who may do what. The table is read anew from time to time, as people come and go.
package grants

import (
	"fmt"
	"math/rand"
	"sync/atomic"
	"time"
)

type Grant struct {
	Apps  []string
	Until int64
}

type Table map[string]*Grant

type Grants struct {
	now    atomic.Pointer[Table]
	every  time.Duration
	Rounds atomic.Int64
}

func New(every time.Duration) *Grants {
	g := &Grants{every: every}
	t := read()
	g.now.Store(&t)
	return g
}

func (g *Grants) Run() {
	for range time.Tick(g.every) {
		t := read()
		g.now.Store(&t)
		g.Rounds.Add(1)
	}
}

func (g *Grants) Len() int { return len(*g.now.Load()) }

func (g *Grants) Of(user string) *Grant { return (*g.now.Load())[user] }

func read() Table {
	t := Table{}
	for i := 0; i < 11500+rand.Intn(1500); i++ {
		gr := &Grant{Until: time.Now().Unix() + 3600}
		for k := rand.Intn(6); k >= 0; k-- {
			gr.Apps = append(gr.Apps, fmt.Sprintf("app-%d:role-%d", rand.Intn(400), rand.Intn(9)))
		}
		t[fmt.Sprintf("u%d", rand.Intn(20000))] = gr
	}
	return t
}
