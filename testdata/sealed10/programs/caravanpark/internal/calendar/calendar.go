// Package calendar draws the calendars that the park's page shows. They are fresh for some minutes.
package calendar

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"camp.example/caravanpark/internal/pitches"
)

type Calendar struct {
	HTML  []byte
	drawn time.Time
}

type Calendars struct {
	park  *pitches.Park
	fresh time.Duration
	one   singleflight.Group

	mu    sync.Mutex
	drawn map[string]*Calendar
}

func New(p *pitches.Park, fresh time.Duration) *Calendars {
	c := &Calendars{park: p, fresh: fresh, drawn: make(map[string]*Calendar)}
	go c.expire(15 * time.Second)
	return c
}

func (c *Calendars) Get(pitch, month int, lang string) (*Calendar, error) {
	k := fmt.Sprintf("%d.%d.%s", pitch, month, lang)
	c.mu.Lock()
	x := c.drawn[k]
	c.mu.Unlock()
	if x != nil {
		return x, nil
	}
	v, err, _ := c.one.Do(k, func() (any, error) {
		x, err := c.draw(pitch, month, lang)
		if err == nil {
			c.mu.Lock()
			c.drawn[k] = x
			c.mu.Unlock()
		}
		return x, err
	})
	if err != nil {
		return nil, err
	}
	return v.(*Calendar), nil
}

func (c *Calendars) draw(pitch, month int, lang string) (*Calendar, error) {
	b := make([]byte, 0, 3072)
	b = fmt.Appendf(b, "<table lang=%q><caption>%d/%d</caption><tr>", lang, pitch, month)
	for d := range 42 {
		taken, err := c.park.Taken(pitch, (month*30+d)%pitches.Nights)
		if err != nil {
			return nil, err
		}
		if d%7 == 0 {
			b = append(b, "</tr><tr>"...)
		}
		b = fmt.Appendf(b, `<td class="day" data-night="%d" data-taken="%v">%d</td>`, month*30+d, taken, d%30+1)
	}
	return &Calendar{HTML: append(b, "</tr></table>"...), drawn: time.Now()}, nil
}

func (c *Calendars) expire(every time.Duration) {
	for now := range time.Tick(every) {
		c.mu.Lock()
		for k, x := range c.drawn {
			if now.Sub(x.drawn) > c.fresh {
				delete(c.drawn, k)
			}
		}
		c.mu.Unlock()
	}
}

func (c *Calendars) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.drawn)
}
