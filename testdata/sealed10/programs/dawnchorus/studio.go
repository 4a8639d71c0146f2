package main

import (
	"math"
	"sync"
	"time"
)

const sites = 40

// A print is what is kept of a clip.
type print struct {
	id    int
	at    time.Time
	bytes []byte
}

type site struct {
	mu     sync.RWMutex
	prints []print
	bands  [64]float64
}

type studio struct {
	mu    sync.Mutex
	last  int
	sites [sites]site
}

func newStudio() *studio { return new(studio) }

// add keeps the fingerprint of a clip, and returns how many of the site's last 200 clips sound like it.
func (s *studio) add(n int, clip []byte) (id, alike int) {
	s.mu.Lock()
	s.last++
	id = s.last
	s.mu.Unlock()

	at := loudest(clip)
	p := print{id: id, at: time.Now(), bytes: clip[at : at+mark : at+mark]}
	w := &s.sites[n]
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.prints[max(0, len(w.prints)-200):] {
		if distance(o.bytes, p.bytes) < 60 {
			alike++
		}
	}
	w.prints = append(w.prints, p)
	for i, b := range analyse(clip) {
		w.bands[i] += (b - w.bands[i]) / 16
	}
	return id, alike
}

// analyse is a coarse spectrum of a clip's beginning.
func analyse(clip []byte) []float64 {
	window := make([]float64, 512)
	for i := range window {
		window[i] = float64(clip[head+i]) * (0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/512))
	}
	out := make([]float64, 64)
	for k := range out {
		var re, im float64
		for i, v := range window {
			sin, cos := math.Sincos(2 * math.Pi * float64(k*i) / 512)
			re, im = re+v*cos, im-v*sin
		}
		out[k] = math.Hypot(re, im)
	}
	return out
}

func (s *studio) spectrum(n int) []float64 {
	w := &s.sites[n]
	w.mu.RLock()
	defer w.mu.RUnlock()
	return append([]float64(nil), w.bands[:]...)
}

func (s *studio) clips() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}
