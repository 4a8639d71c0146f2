// Package sheet draws labels into sheets.
package sheet

import (
	"bytes"
	"compress/flate"
	"fmt"
	"sync"
)

type Label struct{ To, Street, Code string }

// A Press is what is needed to draw and pack; they are used again.
type Press struct {
	ink bytes.Buffer
	out bytes.Buffer
	zip *flate.Writer
}

var presses = sync.Pool{New: func() any {
	p := new(Press)
	p.zip, _ = flate.NewWriter(&p.out, flate.BestSpeed)
	return p
}}

func Get() *Press { return presses.Get().(*Press) }

// Put gives a press back, but for those that have grown too large.
func Put(p *Press) {
	if p.ink.Cap() > 256<<10 {
		return
	}
	p.ink.Reset()
	p.out.Reset()
	presses.Put(p)
}

// Draw adds a label.
func (p *Press) Draw(n int, l Label) {
	fmt.Fprintf(&p.ink, "page %d\nfont 12\nat 10 20 %q\nat 10 40 %q\n", n, l.To, l.Street)
	for i, c := range []byte(l.Code) {
		fmt.Fprintf(&p.ink, "bar %d %08b\n", i*4, c)
	}
}

// Packed is the sheet, good until the press is given back.
func (p *Press) Packed() ([]byte, error) {
	p.zip.Reset(&p.out)
	if _, err := p.zip.Write(p.ink.Bytes()); err != nil {
		return nil, err
	}
	return p.out.Bytes(), p.zip.Close()
}
