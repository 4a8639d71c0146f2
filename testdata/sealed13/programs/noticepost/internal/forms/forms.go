// Package forms has the leaflets that go with notices.
package forms

import (
	"encoding/base64"
	"io"
	"math/rand"
)

// Forms are files by name.
type Forms struct{ files map[string][]byte }

// Names of the leaflets, and how long they are.
var sizes = map[string]int{"waterworks": 240 << 10, "roadworks": 410 << 10, "waste-calendar": 690 << 10, "elections": 150 << 10, "childcare": 320 << 10}

// Load has them all in memory.
func Load() *Forms {
	r := rand.New(rand.NewSource(7))
	f := &Forms{files: make(map[string][]byte)}
	for name, n := range sizes {
		b := make([]byte, n)
		r.Read(b)
		f.files[name] = b
	}
	return f
}

// Write writes a leaflet as it is put into a mail.
func (f *Forms) Write(w io.Writer, name string) error {
	e := base64.NewEncoder(base64.StdEncoding, w)
	if _, err := e.Write(f.files[name]); err != nil {
		return err
	}
	return e.Close()
}
