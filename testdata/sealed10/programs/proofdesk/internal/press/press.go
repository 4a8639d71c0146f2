// Package press turns manuscripts into proofs. A job stays on the desk for a while, and is cleared away then.
package press

import (
	"bytes"
	"fmt"
	"math/rand"
	"sync"
	"time"

	"print.example/proofdesk/internal/meter"
)

const width, height = 200, 140

type Job struct {
	ID    int
	Due   time.Time
	Text  []byte
	Pages [][]byte
}

type Press struct {
	meter *meter.Meter

	mu     sync.Mutex
	last   int
	desk   map[int]*Job
	recent [64]int
}

func New(m *meter.Meter) *Press {
	p := &Press{meter: m, desk: make(map[int]*Job)}
	go p.clear()
	return p
}

// Accept takes a manuscript, which stays 30 to 150 seconds.
func (p *Press) Accept(text []byte) *Job {
	p.meter.Read(len(text))
	begin := time.Now()
	j := &Job{Text: text, Due: begin.Add(time.Duration(30+rand.Intn(120)) * time.Second)}
	for len(text) > 0 {
		n := min(len(text), 1800)
		j.Pages = append(j.Pages, set(text[:n]))
		text = text[n:]
	}
	p.mu.Lock()
	p.last++
	j.ID = p.last
	p.desk[j.ID] = j
	p.recent[j.ID%len(p.recent)] = j.ID
	p.mu.Unlock()
	p.meter.Stage("set", j.ID, time.Since(begin))
	return j
}

// set breaks a page into lines.
func set(text []byte) []byte {
	var out bytes.Buffer
	col := 0
	for _, w := range bytes.Fields(text) {
		if col += len(w) + 1; col > 64 {
			out.WriteByte('\n')
			col = len(w)
		}
		out.Write(w)
		out.WriteByte(' ')
	}
	return out.Bytes()
}

// Proof draws the first page of a job.
func (p *Press) Proof(id int) ([]byte, bool) {
	p.mu.Lock()
	j := p.desk[id]
	p.mu.Unlock()
	if j == nil || len(j.Pages) == 0 {
		return nil, false
	}
	out := make([]byte, 0, width*height+20)
	out = fmt.Appendf(out, "P5 %d %d 255\n", width, height)
	at := len(out)
	out = out[:at+width*height]
	for i := range out[at:] {
		out[at+i] = 255
	}
	x, y := 0, 0
	for _, c := range j.Pages[0] {
		if c == '\n' || x+3 >= width {
			x, y = 0, y+4
			if y+4 >= height {
				break
			}
			continue
		}
		for k := range 9 {
			if c>>(k%8)&1 != 0 {
				out[at+(y+k/3)*width+x+k%3] = 0
			}
		}
		x += 3
	}
	return out, true
}

func (p *Press) Recent(n int) []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]int(nil), p.recent[:min(n, len(p.recent))]...)
}

func (p *Press) clear() {
	for now := range time.Tick(2 * time.Second) {
		p.mu.Lock()
		for id, j := range p.desk {
			if j.Due.Before(now) {
				delete(p.desk, id)
			}
		}
		p.mu.Unlock()
	}
}

func (p *Press) Counts() (desk, all int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.desk), p.last
}
