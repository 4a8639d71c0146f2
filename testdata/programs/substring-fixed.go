// Link checker. It reads each page of a site and remembers the title for its report.
// FIXED: the title is cloned, so that the page can go.
package main

import (
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

type checker struct {
	site string

	mu     sync.Mutex
	titles map[string]string // by address
}

func main() {
	recorder := openRecorder()
	site, err := writeSite()
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(site)
	startShop(1)
	c := &checker{site: site, titles: make(map[string]string)}
	next := 0
	steadily(25, func() {
		c.check(fmt.Sprintf("/news/%d.html", next), next)
		next++
	})
	recorder.run()
}

// siteSize is the number of files of the site. Many addresses lead to the same file, to spare the disk.
const siteSize = 24

func writeSite() (string, error) {
	dir, err := os.MkdirTemp("", "site-")
	if err != nil {
		return "", err
	}
	for i := range siteSize {
		var page strings.Builder
		fmt.Fprintf(&page, "<html><head><title>News of day %d</title></head><body>", i)
		for range 800 + rand.IntN(1200) {
			page.WriteString("<p>Nothing happened today.</p>")
		}
		page.WriteString("</body></html>")
		if err := os.WriteFile(pagePath(dir, i), []byte(page.String()), 0o600); err != nil {
			return "", err
		}
	}
	return dir, nil
}

func pagePath(site string, number int) string {
	return filepath.Join(site, fmt.Sprintf("%02d.html", number%siteSize))
}

func (c *checker) check(address string, number int) {
	raw, err := os.ReadFile(pagePath(c.site, number))
	if err != nil {
		log.Print(err)
		return
	}
	page := string(raw)
	start := strings.Index(page, "<title>") + len("<title>")
	end := strings.Index(page, "</title>")
	title := strings.Clone(page[start:end])
	c.mu.Lock()
	defer c.mu.Unlock()
	c.titles[address] = title
}
