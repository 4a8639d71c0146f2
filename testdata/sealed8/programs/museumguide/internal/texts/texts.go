// Package texts sets the pages of the guide.
package texts

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"html"
	"math/rand"
)

type Page struct {
	Tag  string
	Head string
	Body []byte
}

var words = []string{"bronze", "gilded", "workshop", "attributed", "panel", "fragment", "donated", "restored", "marble", "century", "portrait", "provenance", "<i>verso</i>"}

func Typeset(lang, room, object string) *Page {
	h := fnv.New64a()
	h.Write([]byte(lang + room + object))
	rnd := rand.New(rand.NewSource(int64(h.Sum64())))
	var b bytes.Buffer
	for i := 0; i < 4+rnd.Intn(10); i++ {
		b.WriteString("<p>")
		for k := 0; k < 40+rnd.Intn(50); k++ {
			b.WriteString(html.EscapeString(words[rnd.Intn(len(words))]))
			b.WriteByte(' ')
		}
		b.WriteString("</p>\n")
	}
	return &Page{
		Tag:  fmt.Sprintf("%q", fmt.Sprintf("%016x", h.Sum64())),
		Head: fmt.Sprintf("<h1>Room %s, object %s (%s)</h1>\n", html.EscapeString(room), html.EscapeString(object), html.EscapeString(lang)),
		Body: bytes.Clone(b.Bytes()),
	}
}
