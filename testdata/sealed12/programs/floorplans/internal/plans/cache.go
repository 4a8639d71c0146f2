package plans

import (
	"runtime"
	"sync"
	"weak"
)

// Cache knows the plans that somebody has open, so that visitors of one hall share one plan. It does not keep them itself:
// a plan that nobody has open any more is freed, and then taken out of the map.
type Cache struct {
	mu    sync.Mutex
	plans map[string]weak.Pointer[Plan]
	stats Stats
}

type Stats struct{ Known, Drawn, Found, Dropped int }

func NewCache() *Cache { return &Cache{plans: map[string]weak.Pointer[Plan]{}} }

// Get is the plan that is known by a key, drawn if need be.
func (c *Cache) Get(key string) *Plan {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.plans[key].Value(); p != nil {
		c.stats.Found++
		return p
	}
	p := draw(key)
	c.stats.Drawn++
	c.plans[key] = weak.Make(p)
	// When nobody has it any more. It may have been drawn anew by then, and the new one has to stay.
	runtime.AddCleanup(p, func(key string) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.plans[key] == weak.Make(p) {
			delete(c.plans, key)
			c.stats.Dropped++
		}
	}, key)
	return p
}

func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Known = len(c.plans)
	return s
}
