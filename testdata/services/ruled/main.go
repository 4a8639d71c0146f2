package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"

	"ruled/expr"
)

type compiler struct{ cache sync.Map } // source -> expr.Node

func (c *compiler) compile(src string) expr.Node {
	if n, ok := c.cache.Load(src); ok {
		return n.(expr.Node)
	}
	n := expr.Parse(src)
	c.cache.Store(src, n)
	return n
}

func main() {
	c := new(compiler)
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, c.compile(r.URL.Query().Get("rule")).Eval())
	}), 60, func(base string, i int) *http.Request {
		rule := fmt.Sprintf("%d", i) + strings.Repeat("+(1*(2", 60) + strings.Repeat("))", 60)
		req, _ := http.NewRequest("GET", base+"/?rule="+strings.ReplaceAll(rule, "+", "%2B"), nil)
		return req
	})
}
