package main

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

type Config struct {
	sync.RWMutex
	values map[string]string
	reload chan map[string]string
}

func (c *Config) Get(k string) string {
	c.RLock()
	defer c.RUnlock()
	return c.values[k]
}

// apply waits for the next version while it holds the lock.
func (c *Config) apply() {
	for {
		c.Lock()
		c.values = <-c.reload
		c.Unlock()
	}
}

func main() {
	c := &Config{values: map[string]string{"greeting": "hi"}, reload: make(chan map[string]string)}
	go func() {
		time.Sleep(3 * time.Second)
		c.apply()
	}()
	run(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, c.Get("greeting")) }), 60, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("GET", base+"/", nil)
		return req
	})
}
