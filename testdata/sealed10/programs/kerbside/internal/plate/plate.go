// Package plate writes number plates the way that the authority writes them.
package plate

import "strings"

// Canonical takes out what people put between letters and figures.
func Canonical(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			return r
		}
		return -1
	}, s)
}

func Valid(s string) bool {
	c := Canonical(s)
	return len(c) >= 4 && len(c) <= 10
}
