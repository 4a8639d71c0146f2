// Package batch runs the statements of a house as one job.
package batch

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"homes.example/statementrun/internal/render"
)

var ErrBusy = errors.New("batch: that house is being done")

// State of a job.
type State struct {
	House             string
	Done, Total       int
	Started, Finished time.Time
}

type job struct {
	mu sync.Mutex
	State
	docs map[string][]byte
}

// Runner runs jobs; it remembers the last of each house.
type Runner struct {
	Dir string

	mu   sync.Mutex
	jobs map[string]*job
}

// Start begins the job of a house.
func (r *Runner) Start(ctx context.Context, house string, tenants int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.jobs == nil {
		r.jobs = map[string]*job{}
	}
	if j := r.jobs[house]; j != nil {
		j.mu.Lock()
		busy := j.Finished.IsZero()
		j.mu.Unlock()
		if busy {
			return ErrBusy
		}
	}
	j := &job{State: State{House: house, Total: tenants, Started: time.Now()}, docs: map[string][]byte{}}
	r.jobs[house] = j
	go r.run(ctx, j)
	return nil
}

func (r *Runner) run(ctx context.Context, j *job) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(3)
	for n := range j.Total {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			s := render.Statement{Tenant: fmt.Sprintf("%s / flat %d", j.House, n), Address: "Mill Lane 4\n10115 Town", Year: 2025}
			for i := range 25 + rand.Intn(60) {
				s.Costs = append(s.Costs, render.Cost{Name: fmt.Sprintf("share of post %d of the house, by square metre", i), Cents: rand.Intn(90000)})
			}
			b, err := render.PDF(s)
			if err != nil {
				return err
			}
			time.Sleep(time.Duration(40+rand.Intn(140)) * time.Millisecond) // the archive's signature
			j.mu.Lock()
			defer j.mu.Unlock()
			j.docs[fmt.Sprintf("%04d.pdf", n)] = b
			j.Done++
			return nil
		})
	}
	err := g.Wait()
	j.mu.Lock()
	defer j.mu.Unlock()
	if err == nil {
		err = write(filepath.Join(r.Dir, j.House+".zip"), j.docs)
	}
	j.docs = nil
	j.Finished = time.Now()
}

func write(name string, docs map[string][]byte) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for n, b := range docs {
		w, err := z.Create(n)
		if err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return z.Close()
}

// States of all jobs.
func (r *Runner) States() (l []State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, j := range r.jobs {
		j.mu.Lock()
		l = append(l, j.State)
		j.mu.Unlock()
	}
	return l
}
