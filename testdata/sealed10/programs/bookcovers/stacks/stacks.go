// Package stacks knows the titles of a library; they are computed from the number, as a stand-in for a catalogue on disk.
package stacks

import (
	"strconv"
	"strings"
)

type Book struct {
	ISBN   int
	Title  string
	Author string
}

type Library struct{ size int }

var nouns = strings.Fields("garden winter letter river silence island mirror clock orchard shadow harvest station lantern bridge stranger")
var names = strings.Fields("Abara Brandt Cho Dimitrov Eriksen Farkas Gomes Haddad Ivanova Jansen Kowalski Lindqvist Moreau Nakamura Okafor")

func Open(size int) *Library { return &Library{size} }

func (l *Library) Find(isbn string) (Book, bool) {
	n, err := strconv.Atoi(isbn)
	if err != nil || n < 0 || n >= l.size {
		return Book{}, false
	}
	return Book{ISBN: n, Title: "The " + nouns[n%15] + " of " + nouns[n/15%15], Author: names[n/225%15]}, true
}
