// Package camera reads what the cameras on the slopes have stored.
package camera

import (
	"fmt"
	"math/rand"
	"sync"
)

const (
	Width  = 216
	Height = 162
)

type Archive struct {
	names []string
	known map[string]int
	raw   sync.Pool // *Raw
}

type Raw struct {
	Pix [Width * Height]byte
}

func NewArchive(n int) *Archive {
	a := &Archive{known: make(map[string]int, n)}
	a.raw.New = func() any { return new(Raw) }
	for i := range n {
		s := fmt.Sprintf("c%d", i)
		a.names = append(a.names, s)
		a.known[s] = i
	}
	return a
}

func (a *Archive) Names() []string { return a.names }

// Read returns the picture of a minute as the camera has made it.
func (a *Archive) Read(cam string, minute int) (*Raw, error) {
	n, ok := a.known[cam]
	if !ok {
		return nil, fmt.Errorf("no camera %q", cam)
	}
	r := new(Raw)
	a.expose(r, n, minute)
	return r, nil
}

func (a *Archive) expose(r *Raw, cam, minute int) {
	sky := byte(60 + (cam*7+minute/6)%150)
	for i := range r.Pix {
		r.Pix[i] = sky + byte(i>>7)
	}
	for range 300 {
		r.Pix[rand.Intn(len(r.Pix))] = 255 // snow
	}
}

func (a *Archive) Brightness(cam string, minute int) (int, error) {
	n, ok := a.known[cam]
	if !ok {
		return 0, fmt.Errorf("no camera %q", cam)
	}
	r := a.raw.Get().(*Raw)
	defer a.raw.Put(r)
	a.expose(r, n, minute)
	sum := 0
	for i := 0; i < len(r.Pix); i += 16 {
		sum += int(r.Pix[i])
	}
	return 16 * sum / len(r.Pix), nil
}

// Scale halves a picture in both directions.
func Scale(r *Raw) []byte {
	out := make([]byte, 0, Width*Height/4)
	for y := 0; y+1 < Height; y += 2 {
		for x := 0; x+1 < Width; x += 2 {
			i := y*Width + x
			out = append(out, byte((int(r.Pix[i])+int(r.Pix[i+1])+int(r.Pix[i+Width])+int(r.Pix[i+Width+1]))/4))
		}
	}
	return out
}
