package catalog

import (
	"fmt"
	"strings"
)

// Part is something one can order.
type Part struct {
	Number string
	Name   string
	Words  []string
	Price  int
}

// Catalog is a list of parts.
type Catalog []Part

var nouns = strings.Fields("bolt nut valve pump hose filter gasket bearing belt chain shaft spring screw washer seal relay fuse lamp motor switch")
var kinds = strings.Fields("steel brass rubber long short heavy light left right front rear upper lower inner outer")

// Make makes up n parts.
func Make(n int) Catalog {
	c := make(Catalog, n)
	for i := range c {
		w := []string{nouns[i%len(nouns)], kinds[i/7%len(kinds)], kinds[i/31%len(kinds)], fmt.Sprintf("m%d", 10+i%90)}
		c[i] = Part{Number: fmt.Sprintf("P-%06d", i*37%999983), Name: strings.Join(w, " "), Words: w, Price: 10 + i%400}
	}
	return c
}

// Match says how well a part fits to words.
func (p *Part) Match(words []string) (score int) {
	for _, w := range words {
		for _, v := range p.Words {
			if w == v {
				score++
			}
		}
	}
	return score
}
