package main

import (
	"fmt"
	"net/http"
	"sync"
)

type node struct {
	name     string
	children []*node
	parent   *node
	meta     map[string]string
}

type tree struct {
	mu   sync.Mutex
	root *node
}

func (t *tree) insert(path []string) *node {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.root
	for _, name := range path {
		at = at.child(name)
	}
	return at
}

func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	c := &node{name: name, parent: n, meta: map[string]string{"kind": "dir", "owner": name}}
	n.children = append(n.children, c)
	return c
}

func main() {
	t := &tree{root: &node{name: "/"}}
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for j := range 8 {
			t.insert([]string{r.URL.Path[1:3], r.URL.Path[3:], fmt.Sprint("leaf-", j)})
		}
	}), 150, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", fmt.Sprintf("%s/%02d%d", base, i%90, i), nil)
		return req
	})
}
