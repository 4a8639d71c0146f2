// Package dict makes the pages of terms, and keeps those asked for last.
package dict

import (
	"bytes"
	"fmt"
	"html/template"
	"math/rand"
	"net/http"
	"strconv"
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru"
)

type Dict struct {
	pages       *lru.Cache
	Made, Found atomic.Int64
}

// New keeps as many pages as size says.
func New(size int) (*Dict, error) {
	c, err := lru.New(size)
	return &Dict{pages: c}, err
}

func (d *Dict) Len() int { return d.pages.Len() }

type sense struct{ Lang, Word, Use string }

var page = template.Must(template.New("").Parse(`<h1>{{.ID}}</h1>{{range .Senses}}<p lang="{{.Lang}}"><b>{{.Word}}</b> {{.Use}}</p>{{end}}`))

func (d *Dict) make(id int) ([]byte, error) {
	r := rand.New(rand.NewSource(int64(id)))
	v := struct {
		ID     int
		Senses []sense
	}{ID: id}
	for n := 8 + r.Intn(60); n > 0; n-- {
		v.Senses = append(v.Senses, sense{[]string{"en", "de", "fr", "it"}[r.Intn(4)], fmt.Sprintf("%x", r.Uint64()), fmt.Sprintf("as in %x %x", r.Uint64(), r.Uint64())})
	}
	var b bytes.Buffer
	if err := page.Execute(&b, v); err != nil {
		return nil, err
	}
	d.Made.Add(1)
	return bytes.Clone(b.Bytes()), nil
}

// Serve answers with the page of a term.
func (d *Dict) Serve(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	if p, ok := d.pages.Get(id); ok {
		d.Found.Add(1)
		w.Write(p.([]byte))
		return
	}
	p, err := d.make(id)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	d.pages.Add(id, p)
	w.Write(p)
}
