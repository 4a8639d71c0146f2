// Package lots is the printed catalogue.
package lots

import (
	"fmt"
	"strings"
)

type Catalogue struct{ pages []string }

var things = []string{"walnut bureau", "longcase clock", "pair of candlesticks", "carpet from Tabriz", "box of medals", "portrait of a miller"}

func New(n int) *Catalogue {
	c := &Catalogue{}
	for i := range n {
		var b strings.Builder
		for k := range 30 {
			fmt.Fprintf(&b, "%s, about %d, with traces of %d repairs. ", things[(i+k)%len(things)], 1700+(i*k)%230, k)
		}
		c.pages = append(c.pages, b.String())
	}
	return c
}

func (c *Catalogue) Describe(i int) (string, bool) {
	if i < 0 || i >= len(c.pages) {
		return "", false
	}
	return strings.ToUpper(c.pages[i][:1]) + c.pages[i][1:], true
}
