// Package examiner marks papers.
package examiner

import (
	"context"
	"hash/crc32"
	"sync/atomic"
	"time"

	"drive.example/theoryexam/internal/rolls"
)

type Paper struct {
	Candidate string   `json:"candidate"`
	Licence   string   `json:"licence"`
	Answers   []string `json:"answers"`
	Sketch    string   `json:"sketch"`
}

type Line struct {
	Question int
	Given    uint32
	Right    bool
	Seconds  float64
}

type Marks struct {
	Paper  *Paper
	At     time.Time
	Lines  []Line
	Points int
	Needed int
}

type Examiner struct {
	rolls  *rolls.Rolls
	marked atomic.Int64
}

func New(r *rolls.Rolls) *Examiner { return &Examiner{rolls: r} }

// Mark marks a paper while the authority is asked whether it counts.
func (e *Examiner) Mark(ctx context.Context, p *Paper) (*Marks, error) {
	done := make(chan *Marks)
	go e.correct(p, done)
	if err := e.rolls.Check(ctx, p.Licence); err != nil {
		return nil, err
	}
	m := <-done
	e.marked.Add(1)
	return m, nil
}

func (e *Examiner) correct(p *Paper, done chan<- *Marks) {
	m := &Marks{Paper: p, At: time.Now(), Needed: 2 * len(p.Answers) / 3}
	m.Lines = make([]Line, 0, 4*len(p.Answers))
	for i, a := range p.Answers {
		for k := range 4 { // each answer is four boxes
			c := crc32.ChecksumIEEE([]byte(a[min(k, len(a)):]))
			m.Lines = append(m.Lines, Line{Question: i, Given: c, Right: c%5 != 0, Seconds: float64(c%40) / 4})
			if c%5 != 0 && k == 0 {
				m.Points++
			}
		}
	}
	done <- m
}

func (e *Examiner) Marked() int64 { return e.marked.Load() }
