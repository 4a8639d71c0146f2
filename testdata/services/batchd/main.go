package main

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

type importer struct{ rows int }

func (im *importer) importAll(files []string) error {
	var wg sync.WaitGroup
	var failed error
	for _, f := range files {
		wg.Add(1)
		go func() {
			if err := im.importOne(f); err != nil {
				failed = err
				return
			}
			wg.Done()
		}()
	}
	wg.Wait()
	return failed
}

func (im *importer) importOne(f string) error {
	buf := make([]byte, 5000)
	copy(buf, f)
	time.Sleep(2 * time.Millisecond)
	if len(f)%3 == 0 {
		return errors.New("bad file " + f)
	}
	return nil
}

func main() {
	im := new(importer)
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		go im.importAll([]string{"a" + r.URL.Path, "bb" + r.URL.Path, "ccc" + r.URL.Path})
	}), 40, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("POST", fmt.Sprintf("%s/%d", base, i), nil)
		return req
	})
}
