package main

import (
	"fmt"
	"net/http"
	"sync"
)

type version struct {
	doc  []byte
	prev *version
}

type document struct {
	sync.Mutex
	head *version
}

func (d *document) edit(text string) {
	v := &version{doc: make([]byte, 2000)}
	copy(v.doc, text)
	d.Lock()
	defer d.Unlock()
	v.prev = d.head
	d.head = v
}

var doc document

func main() {
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { doc.edit(r.URL.Path) }), 150, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("PUT", fmt.Sprintf("%s/%d", base, i), nil)
		return req
	})
}
