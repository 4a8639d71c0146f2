package main

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

var titleRE = regexp.MustCompile(`<title>([^<]*)</title>`)

type crawler struct {
	mu     sync.Mutex
	titles map[string]string
}

func (c *crawler) index(url string, page string) {
	m := titleRE.FindStringSubmatch(page)
	if m == nil {
		return
	}
	c.mu.Lock()
	c.titles[url] = m[1]
	c.mu.Unlock()
}

func (c *crawler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "short read", 400)
		return
	}
	c.index(r.URL.Path, string(b))
}

func main() {
	c := &crawler{titles: make(map[string]string)}
	run(c, 50, func(base string, i int) *http.Request {
		page := fmt.Sprintf("<html><title>Page %d</title>%s</html>", i, strings.Repeat("<p>text</p>", 900))
		req, _ := http.NewRequest("PUT", fmt.Sprintf("%s/p/%d", base, i), strings.NewReader(page))
		return req
	})
}
