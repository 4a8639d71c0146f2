// Package job runs one merge after the other.
package job

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"avromerge/merge"
)

type Jobs struct {
	dir               string
	queue             chan int
	Index, Read, Done atomic.Int64
}

func New(dir string) *Jobs {
	j := &Jobs{dir: dir, queue: make(chan int, 10)}
	go func() {
		for n := range j.queue {
			if err := j.run(n); err != nil {
				fmt.Println(err)
			}
			j.Index.Store(0)
			j.Done.Add(1)
		}
	}()
	return j
}

func (j *Jobs) Routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /merge", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.FormValue("records"))
		j.queue <- n
	})
	m.HandleFunc("GET /state", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%d read, %d households, %d done\n", j.Read.Load(), j.Index.Load(), j.Done.Load())
	})
	return m
}

// run reads a delivery into an index, as fast as it comes, and writes the index when it is complete.
func (j *Jobs) run(n int) error {
	c, err := merge.NewCodec()
	if err != nil {
		return err
	}
	ix := merge.Index{}
	beat := time.NewTicker(10 * time.Millisecond)
	defer beat.Stop()
	for i := range n {
		<-beat.C
		b, err := c.Deliver(i)
		if err != nil {
			return err
		}
		if err := ix.Add(c, b); err != nil {
			return err
		}
		j.Read.Add(1)
		j.Index.Store(int64(len(ix)))
	}
	f, err := os.Create(filepath.Join(j.dir, "households.avro"))
	if err != nil {
		return err
	}
	defer f.Close()
	return ix.Write(c, f)
}
