// Package check finds what is odd in a text.
package check

import "strings"

type Finding struct {
	Line int
	What string
}

// A Tree is what is known about a text.
type Tree struct {
	lines []string
	names map[string][]int
}

func Parse(text string) *Tree {
	t := &Tree{lines: strings.Split(text, "\n"), names: map[string][]int{}}
	for i, l := range t.lines {
		for _, w := range strings.Fields(l) {
			t.names[w] = append(t.names[w], i)
		}
	}
	return t
}

func (t *Tree) Findings() (out []Finding) {
	for w, at := range t.names {
		if len(at) > 100 && len(out) < 20 {
			out = append(out, Finding{at[0], "often: " + w})
		}
	}
	return
}
