// Package origin stands for the slow store behind the cache.
package origin

import (
	"fmt"
	"math/rand"
	"time"
)

type Product struct {
	ID          int               `json:"id"`
	Title       string            `json:"title"`
	Attributes  map[string]string `json:"attributes"`
	Description []byte            `json:"description"`
}

func Load(id int) *Product {
	time.Sleep(3 * time.Millisecond)
	p := &Product{ID: id, Title: fmt.Sprintf("product %d", id), Attributes: map[string]string{}}
	for i := 0; i < 12; i++ {
		p.Attributes[fmt.Sprintf("attr%d", i)] = fmt.Sprintf("value %d of %d", i*id, id)
	}
	p.Description = make([]byte, 12000+rand.Intn(4000))
	for i := range p.Description {
		p.Description[i] = byte('a' + (i+id)%26)
	}
	return p
}
