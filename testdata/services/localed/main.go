package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
)

var templates sync.Map

func template(name string) string {
	if t, ok := templates.Load(name); ok {
		return t.(string)
	}
	t, _ := templates.LoadOrStore(name, strings.Repeat("<div>"+name+"</div>", 200))
	return t.(string)
}

func main() {
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, len(template(r.URL.Path))) }), 250, func(base string, i int) *http.Request {
		n := int(math.Abs(rand.NormFloat64()) * 500)
		req, _ := http.NewRequest("GET", fmt.Sprintf("%s/t%d", base, n), nil)
		return req
	})
}
