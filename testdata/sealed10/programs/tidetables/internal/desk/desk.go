// Package desk has at hand the tables that were asked for in the last minutes.
package desk

import (
	"fmt"
	"time"

	cache "github.com/patrickmn/go-cache"

	"coast.example/tidetables/internal/harmonics"
)

type Desk struct {
	ports  *harmonics.Ports
	recent *cache.Cache
}

func New(ports *harmonics.Ports, keep time.Duration) *Desk {
	return &Desk{ports: ports, recent: cache.New(keep, 10*time.Second)}
}

// Table returns a port's table of a day, computed when it is not at hand.
func (d *Desk) Table(port string, day int) (*harmonics.Table, error) {
	k := fmt.Sprint(port, "/", day)
	if v, ok := d.recent.Get(k); ok {
		return v.(*harmonics.Table), nil
	}
	p, err := d.ports.Find(port)
	if err != nil {
		return nil, err
	}
	t := p.Predict(day)
	d.recent.SetDefault(k, t)
	return t, nil
}

func (d *Desk) Len() int { return d.recent.ItemCount() }
